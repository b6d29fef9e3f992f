// Elements, built node by node: text is always a text node, and no markup is ever parsed.

import { append, attribute, each, element, listen, own, svgElement, textNode } from "./builtins.js";

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element with attributes, listeners (a function under an event's name) and children.
 * @param {string} name
 * @param {Record<string, any> | null} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export const h = (name, attributes, ...children) => {
  const node = element(name);
  for (const key in attributes) {
    const value = own(attributes, key);
    if (typeof value === "function") listen(node, key, value);
    else if (value !== undefined) attribute(node, key, value);
  }
  each(children, (child) => add(node, child));
  return node;
};

/**
 * @param {Node} parent
 * @param {Child} child
 */
export const add = (parent, child) => {
  if (typeof child === "string") append(parent, textNode(child));
  else if (child) append(parent, child);
};

/** Text for screen readers alone. @param {string} text */
export const hidden = (text) => h("span", { class: "hidden" }, text);

/** @type {Record<string, string>} Paths in a square of 24. */
const ICONS = {
  chat: "M12 3c5.2 0 9.3 3.5 9.3 8s-4.1 8-9.3 8c-1 0-2-.1-2.9-.4L4.6 21l.9-3.7C3.7 15.9 2.7 13.5 2.7 11c0-4.5 4.1-8 9.3-8Z",
  close: "m6 6 12 12M18 6 6 18",
  down: "m6 9 6 6 6-6",
  send: "M5 12h14M13 6l6 6-6 6",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  up: "M7 10.5v9H4v-9h3Zm0 0 4.2-7c1.4 0 2.3 1.1 2 2.5l-.7 3.5h5.2c1.3 0 2.2 1.2 1.9 2.4l-1.5 6c-.2.9-1 1.6-2 1.6H7",
  link: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c1-3.5 4-5.5 7.5-5.5s6.5 2 7.5 5.5",
  retry: "M4.5 12a7.5 7.5 0 1 0 2.2-5.3L4.5 9M4.5 4v5h5",
};

/**
 * @param {string} name
 * @param {string} [kind] a class
 */
export const icon = (name, kind) => {
  const svg = svgElement("svg");
  attribute(svg, "viewBox", "0 0 24 24");
  attribute(svg, "aria-hidden", "true");
  attribute(svg, "class", kind ? `icon ${kind}` : "icon");
  const path = svgElement("path");
  attribute(path, "d", ICONS[name] ?? "");
  append(svg, path);
  return svg;
};
