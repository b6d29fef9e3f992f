// Which language the widget speaks, and in which words.

import { bare, each, find, own } from "./builtins.js";
import { CONFIGURED, NAMES, TEXTS } from "./texts.js";

/** @typedef {Record<string, string>} Words A text by its name. */

/**
 * The first of `tags` that there are texts for, as it is among them; "en" if there is none.
 * @param {readonly string[]} tags BCP 47
 */
export const languageOf = (tags) => {
  let found = "";
  find(tags, (tag) => {
    const base = `${tag}`.toLowerCase().split("-")[0] ?? "";
    if (own(TEXTS, base)) found = base;
    return found;
  });
  return found || "en";
};

/**
 * @param {string} language one of those that there are texts for
 * @returns {Words}
 */
export const wordsOf = (language) => {
  /** @type {Words} */
  const words = bare({});
  const texts = (TEXTS[language] ?? "").split("\n");
  each(NAMES.split(" "), (name, at) => {
    words[name] = texts[at] ?? "";
  });
  return words;
};

/**
 * What is said with this configuration: a text that is the platform's English default was never set,
 * and is said in the visitor's language; any other is the owner's.
 * @param {any} config
 * @param {string} language
 */
export const worded = (config, language) => {
  const words = wordsOf(language);
  const defaults = wordsOf("en");
  each(NAMES.split(" "), (name, at) => {
    const set = own(config, name);
    if (at < CONFIGURED && typeof set === "string" && set && set !== defaults[name]) words[name] = set;
  });
  return words;
};

/** Languages that are written from right to left. */
export const rightToLeft = (/** @type {string} */ language) => language === "ar";
