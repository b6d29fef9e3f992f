// Shows openapi.json: operations by tag, with keys, parameters, bodies, answers and failures.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

// Text with `code` in it.
function prose(text) {
  return (text || "")
    .split("`")
    .map((part, at) => (at % 2 ? element("code", {}, part) : part))
    .filter((part) => part !== "");
}

function resolver(api) {
  return function resolve(value) {
    if (!value || !value.$ref) return value;
    const found = value.$ref.slice(2).split("/").reduce((at, part) => at && at[part], api);
    return resolve(found);
  };
}

// A schema in a few words.
function typeOf(schema, resolve) {
  const name = schema.$ref ? schema.$ref.split("/").pop() : null;
  const type = resolve(schema);
  if (!type) return name || "any";
  if (type.const !== undefined) return JSON.stringify(type.const);
  if (type.enum) return type.enum.map((value) => JSON.stringify(value)).join(" | ");
  const several = type.oneOf || type.anyOf;
  const types = several
    ? several.map((one) => typeOf(one, resolve))
    : [].concat(type.type || (type.properties ? "object" : "any")).map((one) => {
        if (one === "array" && type.items) return listOf(typeOf(type.items, resolve));
        return one === "object" && name ? name : one;
      });
  // What it is before that it may be missing.
  return types.sort((a, b) => (a === "null") - (b === "null")).join(" | ");
}

function listOf(type) {
  return type.includes(" | ") ? `(${type})[]` : `${type}[]`;
}

function bounds(schema) {
  const words = [];
  // The width of a number is for generators.
  if (schema.format && !/^(u?int|float|double)/.test(schema.format)) words.push(schema.format);
  const { minLength: shortest, maxLength: longest } = schema;
  if (shortest !== undefined && longest !== undefined) {
    words.push(`${shortest} to ${longest} characters`);
  } else if (longest !== undefined) words.push(`at most ${longest} characters`);
  else if (shortest !== undefined) words.push(`at least ${shortest} characters`);
  if (schema.pattern && schema.pattern !== "\\S") words.push(`like \`${schema.pattern}\``);
  if (schema.minItems !== undefined) words.push(`at least ${schema.minItems}`);
  if (schema.minimum !== undefined) words.push(`from ${schema.minimum}`);
  if (schema.maximum !== undefined) words.push(`to ${schema.maximum}`);
  if (schema.default !== undefined) words.push(`default ${JSON.stringify(schema.default)}`);
  return words.join(", ");
}

// Which objects a value may be.
function objects(type, resolve) {
  return (type.oneOf || type.anyOf || []).filter((one) => (resolve(one) || {}).type === "object");
}

// The fields of an object, those of objects within indented.
function rows(schema, resolve, depth, found) {
  const type = resolve(schema);
  if (!type || depth > 4) return found;
  for (const one of type.allOf || objects(type, resolve)) rows(one, resolve, depth, found);
  if (type.items) return rows(type.items, resolve, depth, found);
  for (const [name, field] of Object.entries(type.properties || {})) {
    const parts = (field.oneOf || []).filter((one) => one.type !== "null");
    const only = parts.length === 1 ? parts[0] : field;
    const whole = { ...resolve(only), ...only };
    found.push({
      name,
      depth,
      type: typeOf(field, resolve),
      required: (type.required || []).includes(name),
      text: [whole.description, bounds(whole)].filter(Boolean).join(" – "),
    });
    rows(field, resolve, depth + 1, found);
  }
  return found;
}

function table(name, list) {
  const body = element("tbody", {});
  for (const row of list) {
    body.append(
      element(
        "tr",
        {},
        element(
          "td",
          { style: `padding-left: ${(row.depth || 0) * 1.25}rem` },
          element("code", {}, row.name),
          row.required ? "" : " (optional)",
        ),
        element("td", {}, element("span", { class: "type" }, row.type)),
        element("td", {}, ...prose(row.text)),
      ),
    );
  }
  const head = ["Name", "Type", "Meaning"].map((word) => element("th", { scope: "col" }, word));
  const whole = element("table", {}, element("thead", {}, element("tr", {}, ...head)), body);
  // Can be scrolled by keyboard where it is wider than the screen.
  return element("div", { class: "wide", tabindex: "0", role: "group", "aria-label": name }, whole);
}

function sample(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return element("pre", { tabindex: "0" }, element("code", {}, text));
}

// A list's or an envelope's example is made of those of its parts.
function exampleOf(schema, resolve, depth) {
  const type = resolve(schema);
  if (!type || depth > 6) return undefined;
  if (type.example !== undefined) return type.example;
  if (type.examples && type.examples.length) return type.examples[0];
  if (type.type === "array") {
    const item = exampleOf(type.items, resolve, depth + 1);
    return item === undefined ? undefined : [item];
  }
  if (type.type === "integer") return type.minimum ?? 1;
  if (type.type !== "object" || !type.properties) return undefined;
  const fields = Object.entries(type.properties).map(([name, field]) => [
    name,
    exampleOf(field, resolve, depth + 1),
  ]);
  if (fields.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(fields);
}

function content(media, resolve) {
  return Object.entries(media || {}).flatMap(([kind, { schema, example, examples }]) => {
    const whole = resolve(schema) || {};
    const several = objects(whole, resolve);
    const tables = (several.length ? several : [schema]).flatMap((one) => {
      const fields = one ? rows(one, resolve, 0, []) : [];
      const title = several.length ? [element("p", {}, `${typeOf(one, resolve)}:`)] : [];
      return fields.length ? [...title, table("fields", fields)] : [];
    });
    const named = Object.entries(examples || {}).flatMap(([name, { value }]) => [
      element("p", {}, `Example, ${name}:`),
      sample(value),
    ]);
    const only = example ?? exampleOf(schema, resolve, 0);
    const samples = only === undefined ? [] : [element("p", {}, "Example:"), sample(only)];
    return [
      element("p", {}, element("code", {}, kind), schema ? `: ${typeOf(schema, resolve)}` : ""),
      ...tables,
      ...(named.length ? named : samples),
    ];
  });
}

function keys(operation) {
  const names = (operation.security || []).flatMap((one) => Object.keys(one));
  if (!names.length) return element("p", {}, "No key.");
  const codes = names.flatMap((name, at) => [at ? " or " : "", element("code", {}, name)]);
  return element("p", {}, element("a", { href: "#keys" }, "Key"), ": ", ...codes);
}

function operationOf(id, method, path, operation, resolve) {
  const parameters = (operation.parameters || []).map(resolve).map((one) => ({
    name: `${one.name} (${one.in})`,
    type: typeOf(one.schema || {}, resolve),
    required: one.required === true,
    text: [one.description, bounds(resolve(one.schema) || {})].filter(Boolean).join(" – "),
  }));
  const heading = (word) => element("h3", {}, word);
  const answers = Object.entries(operation.responses || {}).sort();
  const good = answers.filter(([code]) => code < "400");
  const bad = answers.filter(([code]) => code >= "400");
  const request = resolve(operation.requestBody);
  const failures = bad.flatMap(([code, answer]) => {
    const { description, content: media } = resolve(answer);
    const example = Object.values(media || {})[0]?.example;
    const row = element("dt", {}, element("code", {}, code), " ", ...prose(description));
    return [row, element("dd", {}, element("code", {}, JSON.stringify(example ?? {})))];
  });
  return element(
    "details",
    { id },
    element(
      "summary",
      {},
      element("b", { class: method }, method.toUpperCase()),
      " ",
      element("code", {}, path),
      " ",
      element("span", {}, operation.summary || ""),
    ),
    operation.description ? element("p", {}, ...prose(operation.description)) : null,
    keys(operation),
    parameters.length ? heading("Parameters") : null,
    parameters.length ? table("parameters", parameters) : null,
    ...(request ? [heading("Request"), ...content(request.content, resolve)] : []),
    ...good.flatMap(([code, answer]) => {
      const { description, content: media } = resolve(answer);
      return [heading(`Answer ${code}: ${description}`), ...content(media, resolve)];
    }),
    heading("Failures"),
    element("dl", {}, ...failures),
  );
}

function show(api) {
  const resolve = resolver(api);
  const place = document.getElementById("operations");
  place.replaceChildren();
  const schemes = Object.entries(api.components.securitySchemes || {});
  place.append(
    element("h2", { id: "keys" }, "Keys"),
    table(
      "keys",
      schemes.map(([name, scheme]) => ({
        name,
        required: true,
        type: scheme.type === "http" ? "Authorization: Bearer" : `${scheme.in} ${scheme.name}`,
        text: scheme.description,
      })),
    ),
  );
  const links = api.tags.map(({ name }) => element("li", {}, element("a", { href: `#${name}` }, name)));
  place.prepend(element("ul", { class: "tags", "aria-label": "Dialects" }, ...links));
  for (const tag of api.tags) {
    const section = element(
      "section",
      { id: tag.name },
      element("h2", {}, tag.name),
      element("p", {}, tag.description),
    );
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const method of METHODS.filter((one) => methods[one])) {
        const operation = methods[method];
        const place = operation.tags.indexOf(tag.name);
        if (place < 0) continue;
        // What two dialects share stands under both, each time with a name of its own.
        const id = place ? `${operation.operationId}-${tag.name}` : operation.operationId;
        section.append(operationOf(id, method, path, operation, resolve));
      }
    }
    place.append(section);
  }
}

function filter(words) {
  let found = 0;
  for (const section of document.querySelectorAll("#operations section")) {
    let here = 0;
    for (const details of section.querySelectorAll("details")) {
      const text = details.querySelector("summary").textContent.toLowerCase();
      details.hidden = !words.every((word) => text.includes(word));
      here += details.hidden ? 0 : 1;
    }
    section.hidden = here === 0;
    found += here;
  }
  document.getElementById("found").textContent = words.length ? `${found} found` : "";
}

// Opens what the address names.
function follow() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named) return;
  if (named.tagName === "DETAILS") named.open = true;
  named.scrollIntoView();
}

fetch("../openapi.json")
  .then((answer) => answer.json())
  .then((api) => {
    show(api);
    document.getElementById("filter").addEventListener("input", (event) => {
      filter(event.target.value.toLowerCase().split(/\s+/).filter(Boolean));
    });
    addEventListener("hashchange", follow);
    follow();
  })
  .catch((error) => {
    document.getElementById("operations").textContent = `openapi.json could not be read: ${error}`;
  });
