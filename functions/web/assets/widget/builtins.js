// What the browser offers, taken once at the start: a host page may replace any of it later, and may
// have put anything on Object.prototype or Array.prototype before. Arrays are walked by index here,
// never by a method or an iterator, and objects that a builtin reads options from have no prototype.

export const win = window;
export const doc = document;
export const html = doc.documentElement;
const { Reflect: reflect, Object: objects, JSON: json, Math: math } = win;
export const { apply, defineProperty: define, deleteProperty } = reflect;
const setPrototype = objects.setPrototypeOf;
const { hasOwnProperty: has } = objects.prototype;
export const { parse: parseJson } = json;
const { stringify } = json;
export const { min, max, pow } = math;
export const now = Date.now;
export const isArray = Array.isArray;
export const UrlClass = URL;
export const EventClass = Event;
export const AbortClass = AbortController;
export const Decoder = TextDecoder;
export const Sheet = CSSStyleSheet;
const rawFetch = win.fetch;
const rawSetTimeout = win.setTimeout;
const rawClearTimeout = win.clearTimeout;
const rawFrame = win.requestAnimationFrame;
const { addEventListener: rawListen } = EventTarget.prototype;
const { createElement, createElementNS, createTextNode } = Document.prototype;
const { setAttribute: rawSetAttribute, removeAttribute: rawRemoveAttribute } = Element.prototype;
const { appendChild, removeChild } = Node.prototype;
const { getRandomValues } = Crypto.prototype;

/**
 * The same object without a prototype: what a page adds to Object.prototype is not in it.
 * @template {object} T
 * @param {T} object
 * @returns {T}
 */
export const bare = (object) => setPrototype(object, null);

/**
 * A property that is the object's own; undefined for one that is inherited, and for what is no object.
 * @param {any} object
 * @param {string | number} key
 * @returns {any}
 */
export const own = (object, key) =>
  object !== null && typeof object === "object" && apply(has, object, [key]) ? object[key] : undefined;

/**
 * The text that a property holds; "" for anything else.
 * @param {any} object
 * @param {string | number} key
 * @returns {string}
 */
export const text = (object, key) => {
  const value = own(object, key);
  return typeof value === "string" ? value : "";
};

/**
 * The list that a property holds; an empty one for anything else.
 * @param {any} object
 * @param {string | number} key
 * @returns {any[]}
 */
export const list = (object, key) => {
  const value = own(object, key);
  return isArray(value) ? value : [];
};

/**
 * Calls `see` for each item.
 * @template T
 * @param {ArrayLike<T>} items
 * @param {(item: T, at: number) => void} see
 */
export const each = (items, see) => {
  for (let at = 0; at < items.length; at++) see(/** @type {T} */ (items[at]), at);
};

/**
 * Adds an item at the end, past any setter that a page may have put on Array.prototype.
 * @template T
 * @param {T[]} items
 * @param {T} value
 */
export const push = (items, value) => {
  define(items, items.length, bare({ value, writable: true, enumerable: true, configurable: true }));
  return value;
};

/**
 * What `make` makes of each item, without those that it makes nothing of.
 * @template T, U
 * @param {ArrayLike<T>} items
 * @param {(item: T, at: number) => U | null | undefined | false} make
 * @returns {U[]}
 */
export const map = (items, make) => {
  /** @type {U[]} */
  const made = [];
  each(items, (item, at) => {
    const one = make(item, at);
    if (one !== null && one !== undefined && one !== false) push(made, one);
  });
  return made;
};

/**
 * The first item that `is` accepts.
 * @template T
 * @param {ArrayLike<T>} items
 * @param {(item: T) => unknown} is
 * @returns {T | undefined}
 */
export const find = (items, is) => {
  for (let at = 0; at < items.length; at++) if (is(/** @type {T} */ (items[at]))) return items[at];
  return undefined;
};

/** @type {(name: string) => HTMLElement} */
export const element = (name) => apply(createElement, doc, [name]);
/** @type {(name: string) => Element} */
export const svgElement = (name) => apply(createElementNS, doc, ["http://www.w3.org/2000/svg", name]);
/** @type {(content: string) => Text} */
export const textNode = (content) => apply(createTextNode, doc, [content]);
/** @type {(parent: Node, child: Node) => void} */
export const append = (parent, child) => apply(appendChild, parent, [child]);
/** @param {Node} parent */
export const empty = (parent) => {
  while (parent.lastChild) apply(removeChild, parent, [parent.lastChild]);
};
/** @param {Node} child */
export const detach = (child) => {
  if (child.parentNode) apply(removeChild, child.parentNode, [child]);
};
/**
 * Sets an attribute; null and false remove it.
 * @param {Element} node
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export const attribute = (node, name, value) => {
  if (value === null || value === undefined || value === false) apply(rawRemoveAttribute, node, [name]);
  else apply(rawSetAttribute, node, [name, value === true ? "" : `${value}`]);
};

/**
 * Runs `work`; what it throws is told to the console and stays out of the host page.
 * @param {() => any} work
 */
export const guard = (work) => {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(report);
  } catch (error) {
    report(error);
  }
};

/** @param {unknown} error */
export const report = (error) => {
  try {
    console.warn("Colloquy widget:", error);
  } catch {}
};

/**
 * @param {EventTarget} target
 * @param {string} name
 * @param {(event: any) => any} react
 */
export const listen = (target, name, react) => {
  apply(rawListen, target, [name, (/** @type {Event} */ event) => guard(() => react(event)), false]);
};

/** @type {(url: string, options: RequestInit) => Promise<Response>} */
export const request = (url, options) => apply(rawFetch, win, [url, options]);
/** @type {(work: () => any, ms: number) => number} */
export const later = (work, ms) => apply(rawSetTimeout, win, [() => guard(work), ms]);
/** @type {(timer: number) => void} */
export const cancel = (timer) => apply(rawClearTimeout, win, [timer]);
/** @type {(work: () => any) => void} */
export const nextFrame = (work) => apply(rawFrame, win, [() => guard(work)]);

/** 128 random bits in hexadecimal digits. */
export const randomId = () => {
  const bytes = new Uint8Array(16);
  apply(getRandomValues, win.crypto, [bytes]);
  let id = "";
  each(bytes, (byte) => {
    id += (byte + 256).toString(16).slice(1);
  });
  return id;
};

/**
 * JSON of a value, which keeps no prototype: none is asked for a toJSON that a page may have added.
 * @param {any} value
 */
export const encode = (value) => stringify(inert(value));

/** @param {any} value */
const inert = (value) => {
  if (value === null || typeof value !== "object") return value;
  bare(value);
  for (const key in value) inert(value[key]);
  return value;
};
