// Begins: finds its script element, reads the configuration, and puts the widget beside the page's body.

import {
  EventClass,
  UrlClass,
  attribute,
  bare,
  define,
  deleteProperty,
  detach,
  doc,
  element,
  guard,
  html,
  list,
  listen,
  map,
  own,
  push,
  report,
  text,
  win,
} from "./builtins.js";
import { failure, platform } from "./api.js";
import { visit } from "./chat.js";
import { palette } from "./colors.js";
import { add } from "./dom.js";
import { memory } from "./memory.js";
import { preview } from "./preview.js";
import { languageOf, worded } from "./strings.js";
import { dress } from "./sheets.js";
import { frame } from "./view.js";

const MAX_QUESTIONS = 6;
const GLOBAL = "colloquy";
const TAG = "colloquy-widget";
// What is shown where the configuration can't be read.
const DEFAULTS = {
  primaryColor: "#2563eb",
  primaryForeground: "#ffffff",
  backgroundColor: "#ffffff",
  foregroundColor: "#111827",
  secondaryColor: "#f3f4f6",
  secondaryForeground: "#111827",
};

/** The configuration with a default for each colour that it lacks. @param {any} config */
const completed = (config) => {
  /** @type {any} */
  const made = bare({ ...DEFAULTS });
  for (const name in config) {
    const value = own(config, name);
    if (value !== undefined) made[name] = value;
  }
  return made;
};

/**
 * Puts a widget into `parent`.
 * @param {object} what
 * @param {import("./api.js").Platform} what.from
 * @param {ReturnType<typeof memory>} what.kept
 * @param {any} what.config
 * @param {(name: string) => string} what.option
 * @param {Node} what.parent
 * @param {boolean} what.framed
 */
const mount = ({ from, kept, config: given, option, parent, framed }) => {
  const config = completed(given);
  /** @type {string[]} */
  const tags = [option("language")];
  const wanted = win.navigator.languages || [win.navigator.language];
  for (let at = 0; at < wanted.length; at++) push(tags, wanted[at] ?? "");
  push(tags, html.lang);
  push(tags, text(config, "aiLanguage"));
  const language = languageOf(tags);
  const words = worded(config, language);
  const host = element(TAG);
  const shadow = host.attachShadow(bare({ mode: "open" }));
  const dark = win.matchMedia("(prefers-color-scheme:dark)");
  let rules = "";
  const sheet = dress(shadow, option("nonce"));
  const paint = () => {
    const theme = option("theme");
    sheet(`.root{${palette(config, theme === "dark" || (theme !== "light" && dark.matches))}${rules}}`);
  };
  paint();
  listen(dark, "change", paint);
  const questions = option("questions");
  const suggested = questions ? questions.split("|") : list(config, "suggestedQuestions");
  const guest = visit(from, kept, words, language);
  const wasOpen = guest.state().open;
  const shown = frame({
    visit: guest,
    words,
    language,
    config,
    questions: map(suggested, (one, at) => at < MAX_QUESTIONS && typeof one === "string" && one.trim()),
    shadow,
    framed,
    place: (made) => {
      rules = made;
      paint();
    },
  });
  attribute(host, "framed", framed);
  add(parent, host);
  // Not on a phone, where it would hide the page.
  if (!framed && ((wasOpen && !shown.isModal()) || option("open") === "true")) shown.show(true, false);
  return {
    open: () => shown.show(true, true),
    close: () => shown.show(false, true),
    /** @param {string} question */
    ask: (question) => shown.ask(`${question}`),
    destroy: () => {
      guest.stop();
      detach(host);
      deleteProperty(win, GLOBAL);
    },
  };
};

/** @param {Element} script @param {string} key */
const start = async (script, key) => {
  /** @param {string} name */
  const option = (name) =>
    (name === "nonce" && /** @type {any} */ (script).nonce) || script.getAttribute(`data-${name}`) || "";
  const source = new UrlClass(script.getAttribute("src") || "", doc.baseURI);
  const base = option("base") || (source.origin + source.pathname).replace(/\/[^/]*$/, "");
  const from = platform(base.replace(/\/$/, ""), key);
  const kept = memory(key);
  /** @type {any} */
  let config = null;
  try {
    config = await from.config();
  } catch (thrown) {
    const { why } = failure(thrown);
    if (why === "refused" || why === "gone") return report("the key in data-key is not valid here");
  }
  await ready();
  if (doc.querySelector(TAG)) return;
  const widget = mount({ from, kept, config, option, parent: html, framed: false });
  if (!own(win, GLOBAL)) define(win, GLOBAL, bare({ value: widget, configurable: true }));
  win.dispatchEvent(new EventClass("colloquy-ready"));
};

/** The page has its body. @returns {Promise<void>} */
const ready = () =>
  new Promise((resolve) => {
    if (doc.readyState === "loading") listen(doc, "DOMContentLoaded", () => resolve());
    else resolve();
  });

const script = doc.currentScript || doc.querySelector('script[data-key][src*="widget.js"]');
const key = script?.getAttribute("data-key") ?? "";
guard(() => {
  if (script && key) return start(script, key);
  define(win, "ColloquyWidget", bare({ value: { mount: preview(mount) }, configurable: true }));
});
