// The style sheets of a shadow tree, as objects, which every content security policy allows. A browser
// that lacks them gets style elements, with the nonce of the widget's script.

import { Sheet, attribute, element } from "./builtins.js";
import { add } from "./dom.js";
import { STYLES } from "./styles.js";

/**
 * @param {ShadowRoot} shadow
 * @param {string} nonce
 * @returns {(rules: string) => void} sets the rules that change
 */
export const dress = (shadow, nonce) => {
  /** @param {number} at */
  const sheet = (at) => {
    if ("replaceSync" in Sheet.prototype && "adoptedStyleSheets" in shadow) {
      const made = new Sheet();
      // By index: a list would be read by an iterator that the page may have replaced.
      shadow.adoptedStyleSheets[at] = made;
      return (/** @type {string} */ rules) => made.replaceSync(rules);
    }
    const style = element("style");
    if (nonce) attribute(style, "nonce", nonce);
    add(shadow, style);
    return (/** @type {string} */ rules) => {
      style.textContent = rules;
    };
  };
  sheet(0)(STYLES);
  return sheet(1);
};
