// Shows openapi.json: operations by tag, with keys, parameters, bodies, answers and failures.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
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
  if (several) return several.map((one) => typeOf(one, resolve)).join(" | ");
  const types = [].concat(type.type || (type.properties ? "object" : "any"));
  return types
    .map((one) => (one === "array" && type.items ? `${typeOf(type.items, resolve)}[]` : one))
    .join(" | ");
}

function bounds(schema) {
  const words = [];
  if (schema.format) words.push(schema.format);
  if (schema.minLength !== undefined) words.push(`at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined) words.push(`at most ${schema.maxLength} characters`);
  if (schema.minimum !== undefined) words.push(`from ${schema.minimum}`);
  if (schema.maximum !== undefined) words.push(`to ${schema.maximum}`);
  if (schema.default !== undefined) words.push(`default ${JSON.stringify(schema.default)}`);
  return words.join(", ");
}

// The fields of an object, those of objects within indented.
function rows(schema, resolve, depth, found) {
  const type = resolve(schema);
  if (!type || depth > 4) return found;
  for (const one of type.allOf || type.oneOf || type.anyOf || []) rows(one, resolve, depth, found);
  if (type.items) return rows(type.items, resolve, depth, found);
  for (const [name, field] of Object.entries(type.properties || {})) {
    const whole = { ...resolve(field), ...field };
    found.push({
      name: "\u2003".repeat(depth) + name,
      type: typeOf(field, resolve),
      required: (type.required || []).includes(name),
      text: [whole.description, bounds(whole)].filter(Boolean).join(" – "),
    });
    rows(field, resolve, depth + 1, found);
  }
  return found;
}

function table(list) {
  const body = element("tbody", {});
  for (const row of list) {
    body.append(
      element(
        "tr",
        {},
        element("td", {}, element("code", {}, row.name), row.required ? "" : " (optional)"),
        element("td", {}, row.type),
        element("td", {}, row.text || ""),
      ),
    );
  }
  const head = ["name", "type", "meaning"].map((word) => element("th", { scope: "col" }, word));
  return element("table", {}, element("thead", {}, element("tr", {}, ...head)), body);
}

function content(media, resolve) {
  return Object.entries(media || {}).flatMap(([kind, { schema, example, examples }]) => {
    const whole = resolve(schema) || {};
    const named = Object.values(examples || {})[0];
    const shown = example ?? (named && named.value) ?? whole.example ?? (whole.examples || [])[0];
    const fields = schema ? rows(schema, resolve, 0, []) : [];
    const text = typeof shown === "string" ? shown : JSON.stringify(shown, null, 2);
    return [
      element("p", {}, element("code", {}, kind), schema ? `: ${typeOf(schema, resolve)}` : ""),
      fields.length ? table(fields) : null,
      shown === undefined ? null : element("pre", {}, element("code", {}, text)),
    ].filter(Boolean);
  });
}

function keys(operation) {
  const names = (operation.security || []).flatMap((one) => Object.keys(one));
  if (!names.length) return element("p", {}, "No key.");
  const codes = names.flatMap((name, at) => [at ? " or " : "", element("code", {}, name)]);
  return element("p", {}, "Key: ", ...codes);
}

function operationOf(method, path, operation, resolve) {
  const parameters = (operation.parameters || []).map(resolve).map((one) => ({
    name: `${one.name} (${one.in})`,
    type: typeOf(one.schema || {}, resolve),
    required: one.required === true,
    text: [one.description, bounds(resolve(one.schema) || {})].filter(Boolean).join(" – "),
  }));
  const heading = (word) => element("h4", {}, word);
  const answers = Object.entries(operation.responses || {}).sort();
  const good = answers.filter(([code]) => code < "400");
  const bad = answers.filter(([code]) => code >= "400");
  const request = resolve(operation.requestBody);
  const failures = bad.flatMap(([code, answer]) => {
    const { description, content: media } = resolve(answer);
    const example = Object.values(media || {})[0]?.example;
    const row = element("dt", {}, element("code", {}, code), ` ${description}`);
    return [row, element("dd", {}, element("code", {}, JSON.stringify(example ?? {})))];
  });
  return element(
    "details",
    { id: operation.operationId },
    element(
      "summary",
      {},
      element("code", {}, `${method.toUpperCase()} ${path}`),
      ` ${operation.summary || ""}`,
    ),
    operation.description ? element("p", {}, operation.description) : null,
    keys(operation),
    parameters.length ? heading("Parameters") : null,
    parameters.length ? table(parameters) : null,
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
      schemes.map(([name, scheme]) => ({
        name,
        required: true,
        type: scheme.type === "http" ? "Authorization: Bearer" : `${scheme.in} ${scheme.name}`,
        text: scheme.description,
      })),
    ),
  );
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
        if (!operation.tags.includes(tag.name)) continue;
        section.append(operationOf(method, path, operation, resolve));
      }
    }
    place.append(section);
  }
}

function filter(words) {
  for (const details of document.querySelectorAll("#operations details")) {
    const text = details.querySelector("summary").textContent.toLowerCase();
    details.hidden = !words.every((word) => text.includes(word));
  }
}

fetch("../openapi.json")
  .then((answer) => answer.json())
  .then((api) => {
    show(api);
    document.getElementById("filter").addEventListener("input", (event) => {
      filter(event.target.value.toLowerCase().split(/\s+/).filter(Boolean));
    });
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.setAttribute("open", "");
  })
  .catch((error) => {
    document.getElementById("operations").textContent = `openapi.json could not be read: ${error}`;
  });
