// Elements, made of text alone: nothing from outside is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, any>} Props
 */

/**
 * @param {Element} element
 * @param {Props} props
 */
function assign(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
      /** @type {any} */ (element)[name] = value;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

/**
 * @param {Element} element
 * @param {(Child | Child[])[]} children
 */
export function append(element, children) {
  for (const child of /** @type {Child[]} */ (children.flat(Number.POSITIVE_INFINITY))) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * An element with attributes, listeners (`onclick`) and children; text stays text.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Props} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, props);
  append(element, children);
  return element;
}

/**
 * The same for a picture.
 *
 * @param {string} tag
 * @param {Props} [props]
 * @param {...(Child | Child[])} children
 */
export function svg(tag, props = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  assign(element, props);
  append(element, children);
  return element;
}

/**
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/**
 * Gives `element` the children of `fresh`. A child that is the same already stays: whoever has the focus in it, or
 * has scrolled in it, goes on, and a screen reader is told of what is new alone.
 *
 * @param {Element} element
 * @param {Element} fresh
 */
export function renew(element, fresh) {
  let next = element.firstChild;
  const wanted = [...fresh.childNodes];
  for (const child of wanted) {
    let same = next;
    while (same && !same.isEqualNode(child)) same = same.nextSibling;
    if (!same && isSameInPart(next, child, wanted)) {
      const old = /** @type {Element} */ (next);
      next = old.nextSibling;
      renew(old, /** @type {Element} */ (child));
      continue;
    }
    if (!same) {
      element.insertBefore(child, next);
      continue;
    }
    removeUntil(next, same);
    next = same.nextSibling;
  }
  removeUntil(next, null);
}

/**
 * Whether `old` is `child` but for what is in it, such as how long ago something was, and none of those that are `wanted`.
 * @param {ChildNode | null} old
 * @param {ChildNode} child
 * @param {ChildNode[]} wanted
 */
function isSameInPart(old, child, wanted) {
  if (!(old instanceof Element && child instanceof Element) || !old.children.length) return false;
  return old.cloneNode(false).isEqualNode(child.cloneNode(false)) && !wanted.some((one) => one.isEqualNode(old));
}

/** @param {ChildNode | null} first @param {ChildNode | null} end which stays */
function removeUntil(first, end) {
  for (let at = first; at && at !== end; ) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** @type {Record<string, string[]>} The lines of each icon, in a square of 24. */
const ICONS = {
  overview: ["M4 20V10", "M10 20V4", "M16 20v-8", "M21 20H3"],
  inbox: ["M4 13l2.5-8h11L20 13v6H4z", "M4 13h5a3 3 0 0 0 6 0h5"],
  knowledge: ["M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3z", "M9 8h6", "M9 12h6"],
  question: ["M12 21a9 9 0 1 1 9-9", "M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7", "M12 17h.01"],
  leads: ["M12 12a4 4 0 1 0-4-4 4 4 0 0 0 4 4z", "M4.5 20a7.5 7.5 0 0 1 15 0"],
  members: [
    "M9 11a3.5 3.5 0 1 0-3.5-3.5A3.5 3.5 0 0 0 9 11z",
    "M3 19a6 6 0 0 1 12 0",
    "M16 4.5a3.5 3.5 0 0 1 0 6",
    "M18 13.5a6 6 0 0 1 3 5.5",
  ],
  settings: ["M4 7h10", "M18 7h2", "M16 5v4", "M4 17h2", "M10 17h10", "M8 15v4"],
  integrations: ["M8 3v5", "M16 3v5", "M6 8h12v4a6 6 0 0 1-12 0z", "M12 18v3"],
  channels: ["M4 5h16v11H9l-5 4z", "M8 9h8", "M8 12h5"],
  loops: ["M4 12a8 8 0 0 1 14-5l2 2", "M20 4v5h-5", "M20 12a8 8 0 0 1-14 5l-2-2", "M4 20v-5h5"],
  try: ["M11 18a7 7 0 1 1 7-7", "M20 20l-4-4", "M9 11h4"],
  webhooks: ["M7 17a3 3 0 1 1-2-5", "M12 6a3 3 0 1 1 2.5 4.5L11 16", "M17 14a3 3 0 1 1-2 5H7"],
  keys: ["M15 9a4 4 0 1 0-3.5 4L14 15.5 16 14l1 1.5 3-3L15.4 9"],
  usage: ["M4 18a8 8 0 1 1 16 0", "M12 18l4-6"],
  menu: ["M4 6h16", "M4 12h16", "M4 18h16"],
};

/** @param {string} name */
export function icon(name) {
  const lines = ICONS[name] ?? [];
  return svg(
    "svg",
    { viewBox: "0 0 24 24", "aria-hidden": "true" },
    lines.map((line) => svg("path", { d: line })),
  );
}

/** The mark of the project. */
export function logo() {
  const d = "M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z";
  return svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d }));
}

/**
 * A link's address, if it leads to a web page; anything else is shown as text.
 *
 * @param {unknown} address
 * @returns {string | null}
 */
export function webAddress(address) {
  if (typeof address !== "string") return null;
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * A long address or name, which may break after its slashes and hyphens before it breaks anywhere.
 *
 * @param {unknown} text
 */
export function breakable(text) {
  const parts = String(text ?? "").split(/(?<=[/?&=@_-])(?=[^/?&=@_-])/);
  const shown = document.createDocumentFragment();
  for (const part of parts) shown.append(part, h("wbr"));
  shown.lastChild?.remove();
  return shown;
}

/**
 * A link to another site, or its text where the address isn't one.
 *
 * @param {unknown} address
 * @param {string} [text]
 */
export function outside(address, text) {
  const href = webAddress(address);
  const shown = text ?? breakable(address);
  return href
    ? h("a", { href, rel: "noopener noreferrer", target: "_blank", class: "wrap" }, shown)
    : h("span", { class: "wrap" }, shown);
}
