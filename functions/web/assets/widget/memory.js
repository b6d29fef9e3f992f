// What the widget remembers over reloads, in the page's own local storage: no cookie. Where a browser
// refuses storage, it remembers until the page goes.

import { bare, define, each, encode, list, map, now, own, parseJson, push, randomId, text, win } from "./builtins.js";

const MAX_MESSAGES = 60;
const MAX_BYTES = 200000;
const MAX_DAYS = 30;
const DAY = 86400000;

/**
 * @typedef {object} Source
 * @property {string} title
 * @property {string} url "" for what has no address
 */
/**
 * @typedef {object} Message
 * @property {"user" | "bot" | "agent" | "event"} role `event` is a line of the widget's own
 * @property {string} content
 * @property {string} id the platform's; "" while it has none
 * @property {string} conversation
 * @property {string} author a person's name
 * @property {Source[]} sources
 * @property {string[]} offers
 * @property {number} rated 1, -1 or 0
 * @property {string} failed why it was not sent; "" if it was
 */
/**
 * @typedef {object} Memory
 * @property {string} visitor
 * @property {string} conversation
 * @property {string} token
 * @property {string} last the platform's last message that is known
 * @property {string} handed a conversation that a person was requested for
 * @property {string} handedToken
 * @property {number} live 1 while the chatbot is silent in it
 * @property {number} unread
 * @property {number} open
 * @property {number} at
 * @property {Message[]} messages
 */

/** @type {(part: Partial<Message>) => Message} */
export const message = (part) => complete(bare(part));

/** @type {(part: Partial<Message>) => Message} */
const complete = (part) => ({
  role: part.role || "event",
  content: part.content || "",
  id: part.id || "",
  conversation: part.conversation || "",
  author: part.author || "",
  sources: part.sources || [],
  offers: part.offers || [],
  rated: part.rated || 0,
  failed: part.failed || "",
});

/** @param {any} value @returns {Source | null} */
export const source = (value) => {
  if (typeof value === "string") return { title: "", url: value };
  const url = text(value, "url");
  const title = text(value, "title");
  return url || title ? { title, url } : null;
};

/** @param {any} value @returns {string | null} */
const plain = (value) => (typeof value === "string" ? value : null);

/** @param {any} from as it was kept, or as the platform sends it @returns {Message | null} */
export const readMessage = (from) => {
  const role = text(from, "role");
  const content = text(from, "content");
  if (!content) return null;
  return message({
    role: role === "user" || role === "agent" || role === "event" ? role : "bot",
    content,
    id: text(from, "id"),
    conversation: text(from, "conversation"),
    author: text(from, "author"),
    sources: map(list(from, "sources"), source),
    offers: map(list(from, "offers"), plain),
    rated: Number(own(from, "rated") ?? own(from, "rating")) || 0,
    failed: text(from, "failed"),
  });
};

/** @param {string} key */
export const memory = (key) => {
  const name = `colloquy:${key.slice(-12)}`;
  /** @type {Storage | null} */
  let storage = null;
  try {
    storage = win.localStorage;
  } catch {}

  /** @type {(visitor?: string) => Memory} */
  const fresh = (visitor) => ({
    visitor: visitor || randomId(),
    conversation: "",
    token: "",
    last: "",
    handed: "",
    handedToken: "",
    live: 0,
    unread: 0,
    open: 0,
    at: now(),
    messages: [],
  });

  const load = () => {
    const state = fresh();
    try {
      const kept = parseJson(storage?.getItem(name) || "null");
      const at = Number(own(kept, "at"));
      if (!(at > now() - MAX_DAYS * DAY)) return state;
      for (const field in state) {
        const value = own(kept, field);
        if (typeof value === typeof own(state, field)) define(state, field, bare({ value }));
      }
      state.messages = map(list(kept, "messages"), readMessage);
    } catch {}
    return state;
  };

  /** @param {Memory} state */
  const save = (state) => {
    while (state.messages.length > MAX_MESSAGES) drop(state);
    const made = encode(state);
    if (made.length > MAX_BYTES && state.messages.length > 1) {
      drop(state);
      save(state);
      return;
    }
    try {
      storage?.setItem(name, made);
    } catch {}
  };

  return { name, load, save, fresh };
};

/** Forgets the oldest message. @param {Memory} state */
const drop = (state) => {
  const kept = state.messages;
  /** @type {Message[]} */
  const rest = [];
  each(kept, (one, at) => at > 0 && push(rest, one));
  state.messages = rest;
};
