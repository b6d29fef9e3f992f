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

const show = () => {
  const key = keyInAddress();
  form.hidden = !!key;
  byId("try").hidden = !key;
  byId("look").hidden = !key;
  /** @type {any} */ (window).colloquy?.destroy();
  document.getElementById("widget")?.remove();
  if (!key) return;
  const script = document.createElement("script");
  script.id = "widget";
  const given = attributes(key);
  for (const [name, value] of Object.entries(given)) script.setAttribute(name, value);
  script.async = true;
  script.addEventListener("error", () => {
    status.textContent = "The widget could not be loaded.";
  });
  document.body.append(script);
  const written = Object.entries(given).map(([name, value]) => `${name}=${quoted(value)}`);
  byId("snippet").textContent = `<script async ${written.join("\n  ")}></${"script"}>`;
  suggest(key);
};

/** Questions that the chatbot knows an answer to. @param {string} key */
const suggest = async (key) => {
  const list = byId("ask");
  list.replaceChildren();
  const url = new URL("api/v1/widget/config", location.href);
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${key}` } }).catch(() => null);
  if (!answer?.ok) {
    status.textContent = answer ? "This key belongs to no chatbot here." : "The platform can’t be reached.";
    if (answer) form.hidden = false;
    return;
  }
  status.textContent = "";
  const { suggestedQuestions } = await answer.json();
  const questions = suggestedQuestions?.length ? suggestedQuestions : ["What can you help me with?"];
  for (const question of questions.slice(0, 4)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = question;
    button.addEventListener("click", () => /** @type {any} */ (window).colloquy?.ask(question));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
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
