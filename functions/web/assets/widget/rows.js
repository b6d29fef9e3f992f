// One row for each message: what was said, where it is from, and what the visitor may do about it.

import { attribute, each, empty, find, map, nextFrame, push, text } from "./builtins.js";
import { add, h, hidden, icon } from "./dom.js";
import { link, markdown } from "./markdown.js";

/** @typedef {import("./memory.js").Message} Message */
/**
 * @typedef {object} Actions
 * @property {(message: Message) => any} retry
 * @property {(message: Message, value: 1 | -1) => any} rate
 * @property {(question: string) => any} ask
 */

/** A page's name where it has no title. @param {string} url */
const short = (url) =>
  url
    .replace(/^\w+:\/\/(www\.)?/, "")
    .replace(/[?#].*$/, "")
    .replace(/\/$/, "");

/**
 * @param {HTMLElement} log what scrolls
 * @param {HTMLElement} stack what the rows are in
 * @param {import("./strings.js").Words} words
 * @param {string} bot its name
 * @param {Actions} actions
 */
export const rows = (log, stack, words, bot, actions) => {
  /** @type {{ message: Message, node: HTMLElement }[]} */
  let shown = [];
  /** @type {Message | null} */
  let drawing = null;

  const bottom = () => {
    log.scrollTop = log.scrollHeight;
  };
  const isAtBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;

  /** @param {Message} one */
  const sources = (one) => {
    /** @param {{ title: string, url: string | null }} source */
    const nameOf = ({ title, url }) => title || (url ? short(url) : "");
    const items = map(one.sources, (source) => {
      const { url } = source;
      const name = nameOf(source);
      // A stored pair has none: what it asks is what the visitor asked. Of two with one name the first is shown.
      if (!url || find(one.sources, (other) => !!other.url && nameOf(other) === name) !== source) return null;
      const node = link(url, h("b", { dir: "auto" }, name), "source");
      // A file's name is no address.
      if (node.tagName === "A") node.insertBefore(icon("link"), node.firstChild);
      return h("li", null, node);
    });
    return items.length > 0 && all(h("ul", { class: "sources", "aria-label": text(words, "sources") }), items);
  };

  /** @param {Message} one @param {1 | -1} value @param {string} name */
  const thumb = (one, value, name) =>
    h(
      "button",
      {
        class: "rate",
        type: "button",
        title: text(words, name),
        "aria-label": text(words, name),
        "aria-pressed": one.rated === value ? "true" : "false",
        click: () => one.rated !== value && actions.rate(one, value),
      },
      icon("up", value < 0 ? "flip" : ""),
      h("span", { class: "said" }, text(words, name)),
    );

  /** @param {string[]} questions */
  const chips = (questions) => {
    const buttons = map(questions, (question) =>
      h("button", { class: "chip", type: "button", dir: "auto", click: () => actions.ask(question) }, question),
    );
    return all(h("div", { class: "chips", role: "group", "aria-label": text(words, "conversation") }), buttons);
  };

  /** @param {HTMLElement} node @param {Message} one */
  const fill = (node, one) => {
    empty(node);
    if (one.role === "event") {
      add(node, one.content);
      return;
    }
    if (one.role === "agent") {
      add(node, h("div", { class: "from" }, icon("person"), h("bdi", null, one.author || text(words, "person"))));
    }
    const bubble = h("div", { class: "bubble" });
    if (one.role === "user") {
      attribute(bubble, "dir", "auto");
      add(node, hidden(`${text(words, "you")}: `));
      add(bubble, one.content);
    } else {
      if (one.role === "bot") add(node, hidden(`${bot}: `));
      markdown(bubble, one.content);
    }
    add(node, bubble);
    if (one.offers.length) add(node, chips(one.offers));
    add(node, sources(one));
    if (one.role === "bot" && (one.id || one.conversation)) {
      const both = [thumb(one, 1, "feedbackYesText"), thumb(one, -1, "feedbackNoText")];
      add(node, all(h("div", { class: "under" }), both));
    }
    if (one.failed) {
      const retry = { class: "again", type: "button", click: () => actions.retry(one) };
      add(
        node,
        h(
          "div",
          { class: "under" },
          h("span", { class: "note bad", dir: "auto" }, one.failed),
          h("button", retry, icon("retry"), text(words, "retry")),
        ),
      );
    }
  };

  /** @param {Message} one */
  const nodeOf = (one) => find(shown, (row) => row.message === one)?.node;

  return {
    bottom,
    isAtBottom,
    chips,
    /** @param {Message} one @param {boolean} still without a movement */
    show: (one, still) => {
      let node = nodeOf(one);
      const follows = !node || isAtBottom();
      // What has the focus keeps it, by its place.
      const focused = node ? placeOf(node) : -1;
      if (!node) {
        const kind = one.role === "event" ? "event" : `row ${one.role}`;
        node = h("div", { class: still ? kind : `${kind} enter`, dir: one.role === "event" && "auto" });
        push(shown, { message: one, node });
        add(stack, node);
      }
      fill(node, one);
      if (focused >= 0) node.querySelectorAll("button")[focused]?.focus();
      if (follows) {
        // The beginning of a long answer, the end of a short one.
        if (node.offsetHeight > log.clientHeight - 40 && one.role !== "user")
          log.scrollTop = node.offsetTop - log.offsetTop - 12;
        else bottom();
      }
    },
    /** An answer that is coming; drawn once a frame. @param {Message} one @param {() => void} drawn */
    draw: (one, drawn) => {
      const waits = drawing;
      drawing = one;
      if (waits) return;
      nextFrame(() => {
        const last = drawing;
        drawing = null;
        if (last) drawn();
      });
    },
    undraw: () => {
      drawing = null;
    },
    /** @param {Message} one */
    remove: (one) => {
      const node = nodeOf(one);
      /** @type {typeof shown} */
      const rest = [];
      each(shown, (row) => row.message !== one && push(rest, row));
      shown = rest;
      node?.remove();
    },
    /** What a screen reader is told of it. @param {Message} one */
    spoken: (one) => {
      const node = nodeOf(one);
      return `${one.role === "agent" ? `${one.author || text(words, "person")}: ` : ""}${node?.querySelector(".bubble")?.textContent ?? one.content}`;
    },
    clear: () => {
      shown = [];
      drawing = null;
      empty(stack);
    },
  };
};

/** @template {HTMLElement} T @param {T} parent @param {HTMLElement[]} children @returns {T} */
export const all = (parent, children) => {
  each(children, (child) => add(parent, child));
  return parent;
};

/** Which of its buttons has the focus; -1 if none. @param {HTMLElement} node */
const placeOf = (node) => {
  const root = /** @type {ShadowRoot} */ (node.getRootNode());
  let place = -1;
  each(node.querySelectorAll("button"), (button, at) => {
    if (button === root.activeElement) place = at;
  });
  return place;
};
