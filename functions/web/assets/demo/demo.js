// The demo page: puts the widget into it for the key behind the # of its address, and shows the script
// tag that does the same on another page.

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (byId("key"));
const theme = /** @type {HTMLSelectElement} */ (byId("theme"));
const language = /** @type {HTMLSelectElement} */ (byId("language"));
const status = byId("status");
const address = new URL("widget.js", location.href).href;

const keyInAddress = () => {
  const key = decodeURIComponent(location.hash.slice(1));
  return /^(pk|wk)_\S+$/.test(key) ? key : "";
};

/** @param {string} key */
const attributes = (key) => {
  /** @type {Record<string, string>} */
  const made = { src: address, "data-key": key };
  if (theme.value) made["data-theme"] = theme.value;
  if (language.value) made["data-language"] = language.value;
  return made;
};

/** @param {string} value */
const quoted = (value) => `"${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`;

/** @returns {any} what the widget offers to the page; undefined until it is there */
const widget = () => /** @type {any} */ (window).colloquy;
/** The widget that was begun last is there, or will not come. */
let settled = Promise.resolve();

/** Puts the widget in the place of the one before. @param {Record<string, string>} given @returns {Promise<void>} */
const begin = (given) =>
  new Promise((resolve) => {
    widget()?.destroy();
    const script = document.createElement("script");
    for (const [name, value] of Object.entries(given)) script.setAttribute(name, value);
    script.async = true;
    window.addEventListener("colloquy-ready", () => resolve(), { once: true });
    setTimeout(resolve, 5000);
    script.addEventListener("error", () => {
      status.textContent = "The widget could not be loaded.";
      resolve();
    });
    document.body.append(script);
  });

const show = () => {
  const key = keyInAddress();
  form.hidden = !!key;
  byId("try").hidden = !key;
  byId("look").hidden = !key;
  if (!key) {
    widget()?.destroy();
    return;
  }
  const given = attributes(key);
  settled = settled.then(() => begin(given));
  const written = Object.entries(given).map(([name, value]) => `${name}=${quoted(value)}`);
  byId("snippet").textContent = `<script async ${written.join("\n  ")}></${"script"}>`;
  suggest(key);
};

let asked = 0;

/** Questions that the chatbot knows an answer to. @param {string} key */
const suggest = async (key) => {
  asked += 1;
  const mine = asked;
  const url = new URL("api/v1/widget/config", location.href);
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${key}` } }).catch(() => null);
  const config = answer?.ok ? await answer.json() : {};
  // Another key or setting may have been chosen meanwhile.
  if (mine !== asked) return;
  status.textContent = answer ? "" : "The platform can’t be reached.";
  if (answer && !answer.ok) {
    status.textContent = "This key belongs to no chatbot here.";
    form.hidden = false;
  }
  const known = config.suggestedQuestions ?? [];
  const questions = known.length ? known : ["What can you help me with?"];
  const items = questions.slice(0, 4).map((/** @type {string} */ question) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = question;
    button.addEventListener("click", () => settled.then(() => widget()?.ask(question)));
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  byId("ask").replaceChildren(...items);
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (byId("key-field"));
  location.hash = encodeURIComponent(field.value.trim());
});
byId("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(byId("snippet").textContent ?? "");
    status.textContent = "Copied.";
  } catch {
    status.textContent = "This browser does not allow copying; select the text instead.";
  }
});
theme.addEventListener("change", show);
language.addEventListener("change", show);
window.addEventListener("hashchange", show);
show();
