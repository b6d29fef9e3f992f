// The inbox's list: conversations by filters, and by words that were said in them.

import { get, part, query } from "./api.js";
import { h, replace } from "./dom.js";
import { ago, at } from "./format.js";
import { nameOf, state } from "./state.js";
import { badge, button, complain, empty, loading, select } from "./ui.js";

/** @type {Record<string, [string, string]>} */
const STATUS = {
  active: ["With the chatbot", "info"],
  handed_off: ["With a person", "warn"],
  closed: ["Closed", ""],
  archived: ["Archived", ""],
};

/** @type {Record<string, string>} */
export const CHANNELS = {
  web: "Web",
  telegram: "Telegram",
  slack: "Slack",
  discord: "Discord",
  whatsapp: "WhatsApp",
  messenger: "Messenger",
};

const ROWS = 30;
/** A search that has found this many shows them before it reads on. */
const FEW = 10;
/** Pages that a search reads before it asks whether to read on. */
const PAGES = 5;

/** What the list was filtered by, kept while the console is open. */
const filters = { status: "", chatbot: "", channel: "", text: "" };

/** What a search has found, so that it is not made again for each conversation that is looked at. */
let kept = { of: "", rows: /** @type {any[]} */ ([]), cursor: "", top: 0 };

/** The next list is searched again. */
export const forgetFound = () => {
  kept = { of: "", rows: [], cursor: "", top: 0 };
};

/** Who looks, and for what. */
const question = () => JSON.stringify([state.session?.user.id, filters]);

const isFiltered = () => Object.values(filters).some(Boolean);

/** @param {any} row */
export function statusBadge(row) {
  const [text, kind] = STATUS[row.status] ?? [row.status, ""];
  return badge(text, kind);
}

/**
 * The list with its filters. `wanted` is the conversation that is open.
 *
 * @param {string} wanted
 */
export function inboxList(wanted) {
  const places = { list: h("ul"), more: h("div", { class: "more" }) };
  /** @type {any[]} */
  let rows = [];
  let cursor = "";
  /** Counts what was asked: the answer to an earlier question is of no use. */
  let asked = 0;
  const draw = () => {
    replace(
      places.list,
      rows.map((row) => item(row, wanted)),
    );
    replace(
      places.more,
      foot(rows.length, cursor, () => read(true)),
    );
    kept = { ...kept, of: question(), rows, cursor };
  };
  const read = async (/** @type {boolean} */ older) => {
    asked += 1;
    const mine = asked;
    if (!older) replace(places.more, loading(filters.text ? "Searching…" : undefined));
    const found = await search(older ? cursor : "");
    if (mine !== asked) return;
    rows = older ? [...rows, ...found.rows] : found.rows;
    cursor = found.cursor;
    draw();
  };
  const again = () => {
    read(false).catch(complain);
  };
  const begin = () => {
    if (!filters.text || kept.of !== question()) return again();
    ({ rows, cursor } = kept);
    draw();
    requestAnimationFrame(() => {
      element.scrollTop = kept.top;
    });
  };
  /** @param {any[]} changed @param {boolean} reset */
  const change = (changed, reset) => {
    if (reset) return again();
    rows = merged(rows, changed);
    draw();
  };
  const element = h(
    "div",
    { class: "inbox-list", tabindex: "0", role: "region", "aria-label": "Conversations" },
    places.list,
    places.more,
  );
  element.addEventListener("scroll", () => {
    kept.top = element.scrollTop;
  });
  return { element, filters: filterBar(again), begin, change };
}

/**
 * Conversations that fit the filters from `cursor` on. A page of a search may be empty and have a next one.
 *
 * @param {string} cursor
 */
async function search(cursor) {
  /** @type {any[]} */
  const rows = [];
  let next = cursor;
  for (let page = 0; page < PAGES; page++) {
    const found = await get(`/api/v1/inbox/conversations${query({ ...filters, limit: ROWS, cursor: next })}`);
    rows.push(...found.conversations);
    next = found.cursor ?? "";
    if (!next || rows.length >= FEW) break;
  }
  return { rows, cursor: next };
}

/**
 * `rows` with those that changed meanwhile.
 *
 * @param {any[]} rows
 * @param {any[]} changed
 */
function merged(rows, changed) {
  const all = [...rows];
  for (const row of changed) {
    const known = all.findIndex((one) => one.id === row.id);
    // What was found in its messages is still there.
    if (known >= 0 && fits(row)) all[known] = { ...row, excerpt: all[known].excerpt };
    else if (known >= 0) all.splice(known, 1);
    else if (fits(row) && hasText(row)) all.unshift(row);
  }
  return all.sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** @param {any} row */
function fits(row) {
  return (
    (!filters.status || row.status === filters.status) &&
    (!filters.chatbot || row.chatbotId === filters.chatbot) &&
    (!filters.channel || row.channel === filters.channel)
  );
}

/** @param {any} row */
function hasText(row) {
  const text = filters.text.toLowerCase();
  const places = [row.firstMessage, row.visitorId, row.customerEmail, row.handoffReason];
  return places.some((of) => of?.toLowerCase().includes(text));
}

/**
 * @param {any} row
 * @param {string} wanted
 */
function item(row, wanted) {
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#/inbox/${part(row.id)}`, "aria-current": String(row.id === wanted) },
      h("span", { class: "first" }, row.firstMessage || "(no text)"),
      row.excerpt && h("span", { class: "excerpt" }, marked(row.excerpt)),
      h(
        "span",
        { class: "meta" },
        h(
          "span",
          {},
          state.chatbots.length > 1 ? `${nameOf(row.chatbotId)} · ` : "",
          CHANNELS[row.channel] ?? row.channel,
          ` · ${row.messageCount === 1 ? "1 message" : `${row.messageCount} messages`}`,
        ),
        h("span", { class: "nowrap" }, ago(row.updatedAt)),
      ),
      h("span", { class: "row" }, statusBadge(row), row.assignee && badge(row.assignee, "accent")),
    ),
  );
}

/**
 * The text that was searched for, marked in `excerpt`.
 *
 * @param {string} excerpt
 */
function marked(excerpt) {
  const begin = filters.text ? excerpt.toLowerCase().indexOf(filters.text.toLowerCase()) : -1;
  if (begin < 0) return excerpt;
  const end = begin + filters.text.length;
  return [excerpt.slice(0, begin), h("mark", {}, excerpt.slice(begin, end)), excerpt.slice(end)];
}

/**
 * What is below the list: how far it goes, and the way on.
 *
 * @param {number} shown
 * @param {string} cursor
 * @param {() => Promise<unknown>} older
 */
function foot(shown, cursor, older) {
  if (cursor && filters.text) {
    const words = shown > 0 ? "Searched" : "Nothing found so far. Searched";
    return [
      h("p", { class: "small quiet", role: "status" }, `${words} back to ${at(timeOf(cursor))}.`),
      button("Search further back", older),
    ];
  }
  if (cursor) return button("Older conversations", older);
  return shown > 0 ? null : nothing();
}

/**
 * When the conversation began that an id names: the first 48 bits of an id are a time.
 *
 * @param {string} id
 */
const timeOf = (id) => new Date(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toISOString();

function nothing() {
  if (isFiltered()) {
    return empty("inbox", "Nothing fits", "No conversation fits these filters.");
  }
  return empty(
    "inbox",
    "No conversations yet",
    "They appear here as soon as a visitor writes. Put the widget on a page, or try the demo.",
    h("a", { class: "button", href: "#/keys" }, "Get the script tag"),
  );
}

/** @param {() => void} changed */
function filterBar(changed) {
  /** @param {keyof typeof filters} name @param {HTMLInputElement | HTMLSelectElement} control @param {string} label */
  const filter = (name, control, label) => {
    control.setAttribute("aria-label", label);
    control.value = filters[name];
    control.addEventListener("change", () => {
      filters[name] = control.value.trim();
      changed();
    });
    return control;
  };
  const statuses = Object.entries(STATUS).map(([value, [text]]) => /** @type {[string, string]} */ ([value, text]));
  const chatbots = state.chatbots.map((one) => /** @type {[string, string]} */ ([one.id, one.name]));
  return h(
    "div",
    { class: "filters" },
    filter("status", select([["", "Any status"], ...statuses], ""), "Status"),
    chatbots.length > 1 && filter("chatbot", select([["", "All chatbots"], ...chatbots], ""), "Chatbot"),
    filter("channel", select([["", "Any channel"], ...Object.entries(CHANNELS)], ""), "Channel"),
    filter("text", h("input", { type: "search", placeholder: "Words, visitor or e-mail", maxlength: 100 }), "Search"),
  );
}
