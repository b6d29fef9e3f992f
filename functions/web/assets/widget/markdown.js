// Markdown as a model or a page writes it, as nodes. What isn't known to be Markdown is text; a link
// leads to http, https, mailto or tel and nowhere else, and an image is a link to it.

import { UrlClass, each, min, push } from "./builtins.js";
import { add, h } from "./dom.js";

const MAX_CHARACTERS = 20000;
// How far the end of an emphasis or a link may be from its beginning.
const MAX_SPAN = 2000;
const MAX_DEPTH = 5;
const SCHEMES = /^(https?|mailto|tel):$/;
const BARE = /https?:\/\/[^\s<>"`]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}/y;
const ITEM = /^( {0,6})(?:[-*+•]|(\d{1,9})[.)])\s+(.*)$/;

/**
 * The address that `href` names, in full; null if it is none that may be opened.
 * @param {string} href
 */
export const safeUrl = (href) => {
  try {
    const url = new UrlClass(href);
    return SCHEMES.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
};

/**
 * A link to `href`, or its text alone where that is no address that may be opened.
 * @param {string} href
 * @param {import("./dom.js").Child} label
 * @param {string} [kind]
 */
export const link = (href, label, kind) => {
  const url = safeUrl(href);
  if (!url) return h("span", { class: kind }, label);
  const web = url[0] === "h";
  const attributes = { href: url, class: kind, target: web && "_blank", rel: "noopener noreferrer nofollow" };
  return h("a", attributes, label);
};

/**
 * @param {Node} parent
 * @param {string} source one paragraph or less
 * @param {number} depth
 */
const inline = (parent, source, depth) => {
  let plain = "";
  let at = 0;
  /** @type {(node: Node, to: number) => void} */
  const put = (node, to) => {
    add(parent, plain);
    plain = "";
    add(parent, node);
    at = to;
  };
  /** @type {(mark: string, from: number) => number} */
  const seek = (mark, from) => {
    const found = source.slice(from, from + MAX_SPAN).indexOf(mark);
    return found < 0 ? -1 : from + found;
  };
  /** @type {(name: string, from: number, to: number) => HTMLElement} */
  const within = (name, from, to) => {
    const node = h(name);
    inline(node, source.slice(from, to), depth + 1);
    return node;
  };
  while (at < source.length) {
    const sign = source[at] ?? "";
    const before = source[at - 1] ?? " ";
    if (sign === "\\" && /[!-/:-@[-`{-~]/.test(source[at + 1] ?? "")) {
      plain += source[at + 1];
      at += 2;
      continue;
    }
    if (sign === "\n") {
      put(h("br"), at + 1);
      continue;
    }
    if (sign === "`") {
      const ticks = /^`+/.exec(source.slice(at, at + 9))?.[0] ?? "`";
      const end = seek(ticks, at + ticks.length);
      if (end > 0) {
        put(h("code", { dir: "ltr" }, source.slice(at + ticks.length, end).trim()), end + ticks.length);
        continue;
      }
    }
    if (depth < MAX_DEPTH && (sign === "*" || sign === "~" || (sign === "_" && !/\w/.test(before)))) {
      const double = source[at + 1] === sign;
      const mark = double ? sign + sign : sign;
      const from = at + mark.length;
      let end = /\S/.test(source[from] ?? "") && (double || sign !== "~") ? seek(mark, from) : -1;
      // The end of `*a **b***` is its last star.
      while (end > 0 && source[end + mark.length] === sign) end++;
      const closes = end > from && /\S/.test(source[end - 1] ?? "");
      if (closes && !(sign === "_" && /\w/.test(source[end + mark.length] ?? ""))) {
        put(within(sign === "~" ? "s" : double ? "strong" : "em", from, end), end + mark.length);
        continue;
      }
    }
    const image = sign === "!" && source[at + 1] === "[";
    if (depth < MAX_DEPTH && (sign === "[" || image)) {
      const from = at + (image ? 2 : 1);
      const middle = seek("](", from);
      const end = middle < 0 ? -1 : closing(source, middle + 2);
      if (end > 0 && source.slice(from, middle).indexOf("[") < 0) {
        const href =
          source
            .slice(middle + 2, end)
            .trim()
            .split(/\s/)[0] ?? "";
        const label = h("span");
        inline(label, source.slice(from, middle) || href, MAX_DEPTH);
        put(link(href, label), end + 1);
        continue;
      }
    }
    if (/[\w<]/.test(sign) && !/\w/.test(before)) {
      BARE.lastIndex = sign === "<" ? at + 1 : at;
      const found = BARE.exec(source)?.[0];
      if (found) {
        const start = BARE.lastIndex - found.length;
        const address = found.replace(found.indexOf("(") < 0 ? /[.,;:!?)\]*_'’»”]+$/ : /[.,;:!?*_'’»”]+$/, "");
        const href = address.indexOf("://") > 0 ? address : `mailto:${address}`;
        const closed = sign === "<" && source[start + address.length] === ">";
        if (sign !== "<" || closed) {
          put(link(href, address), start + address.length + (closed ? 1 : 0));
          continue;
        }
      }
    }
    plain += sign;
    at++;
  }
  add(parent, plain);
};

/**
 * Where the parenthesis that is open at `from` closes; -1 if it doesn't.
 * @param {string} source
 * @param {number} from
 */
const closing = (source, from) => {
  let open = 1;
  for (let at = from; at < min(source.length, from + MAX_SPAN); at++) {
    if (source[at] === "(") open++;
    if (source[at] === ")" && --open === 0) return at;
    if (source[at] === "\n") return -1;
  }
  return -1;
};

/**
 * Nodes of a whole text, put into `parent`.
 * @param {HTMLElement} parent
 * @param {string} source
 */
export const markdown = (parent, source) => {
  const lines = source.slice(0, MAX_CHARACTERS).replace(/\r\n?/g, "\n").split("\n");
  let at = 0;
  /** @type {(name: string, content: string, attributes?: Record<string, any>) => HTMLElement} */
  const block = (name, content, attributes) => {
    const node = h(name, { dir: "auto", ...attributes });
    inline(node, content, 0);
    return node;
  };
  const line = () => lines[at] ?? "";
  const isTable = () => /^\s*\|.*\|\s*$/.test(line()) && /^\s*\|[\s:|-]+\|\s*$/.test(lines[at + 1] ?? "");
  while (at < lines.length) {
    const fence = /^ {0,3}(```+|~~~+)/.exec(line())?.[1];
    const heading = /^#{1,6}\s+(.*)$/.exec(line());
    if (!line().trim()) at++;
    else if (fence) {
      let code = "";
      for (at++; at < lines.length && !line().trim().startsWith(fence); at++) code += `${line()}\n`;
      at++;
      add(parent, h("pre", { dir: "ltr", tabindex: 0 }, h("code", null, code)));
    } else if (heading) {
      add(parent, block("p", (heading[1] ?? "").replace(/\s#+\s*$/, ""), { class: "heading" }));
      at++;
    } else if (/^ {0,3}([-*_])( *\1){2,} *$/.test(line())) {
      add(parent, h("hr"));
      at++;
    } else if (isTable()) {
      const table = h("table");
      for (let first = true; /^\s*\|/.test(line()); at++) {
        if (/^\s*\|[\s:|-]+\|\s*$/.test(line())) continue;
        const row = h("tr");
        each(line().trim().slice(1, -1).split("|"), (cell) =>
          add(row, block(first ? "th" : "td", cell.trim(), { dir: null })),
        );
        add(table, row);
        first = false;
      }
      add(parent, h("div", { class: "table", dir: "auto", tabindex: 0 }, table));
    } else if (/^>/.test(line())) {
      let quoted = "";
      for (; /^>/.test(line()); at++) quoted += `${line().replace(/^> ?/, "")}\n`;
      add(parent, block("blockquote", quoted.trim()));
    } else if (ITEM.test(line())) at = items(lines, at, parent, block);
    else {
      let content = "";
      do content += `${content && "\n"}${lines[at++]}`;
      while (line().trim() && !/^(#{1,6}\s|>| {0,3}(```|~~~))/.test(line()) && !ITEM.test(line()) && !isTable());
      add(parent, block("p", content));
    }
  }
};

/**
 * A list that begins at line `at`, with lists within it; where it ends.
 * @param {string[]} lines
 * @param {number} at
 * @param {HTMLElement} parent
 * @param {(name: string, content: string, attributes?: Record<string, any>) => HTMLElement} block
 */
const items = (lines, at, parent, block) => {
  /** @type {{ node: HTMLElement, indent: number, ordered: boolean }[]} */
  const open = [];
  /** @type {HTMLElement | null} */
  let last = null;
  for (; at < lines.length; at++) {
    const found = ITEM.exec(lines[at] ?? "");
    if (!found) {
      // A blank line within a list, or a line that belongs to its item.
      if (!(lines[at] ?? "").trim() && ITEM.test(lines[at + 1] ?? "")) continue;
      if (!last || !/^ {2,}\S/.test(lines[at] ?? "")) break;
      add(last, block("div", (lines[at] ?? "").trim()));
      continue;
    }
    const indent = (found[1] ?? "").length;
    const ordered = found[2] !== undefined;
    while (open.length > 1 && indent < (open[open.length - 1]?.indent ?? 0)) open.length--;
    let top = open[open.length - 1];
    if (top && indent < top.indent + 2 && ordered !== top.ordered) {
      open.length--;
      top = open[open.length - 1];
      if (!top) break;
    }
    if (!top || (indent >= top.indent + 2 && open.length < MAX_DEPTH)) {
      const node = h(ordered ? "ol" : "ul", { dir: "auto", start: ordered && found[2] !== "1" && found[2] });
      add(last ?? parent, node);
      top = push(open, { node, indent, ordered });
    }
    last = block("li", found[3] ?? "", { dir: null });
    add(top.node, last);
  }
  return at;
};
