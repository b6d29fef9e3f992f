// The inbox: a list of conversations beside one of them, which a person can take over and answer.

import { call, get, part, patch, query } from "./api.js";
import { h, outside, replace } from "./dom.js";
import { onInboxChange } from "./feed.js";
import { ago, at, percent } from "./format.js";
import { may, nameOf, state } from "./state.js";
import { badge, button, replyButton, complain, empty, field, fill, loading, pageHead, select, toast } from "./ui.js";

/** @type {Record<string, [string, string]>} */
const STATUS = {
  active: ["With the chatbot", "info"],
  handed_off: ["With a person", "warn"],
  closed: ["Closed", ""],
  archived: ["Archived", ""],
};

/** @type {Record<string, string>} */
const CHANNELS = {
  web: "Web",
  telegram: "Telegram",
  slack: "Slack",
  discord: "Discord",
  whatsapp: "WhatsApp",
  messenger: "Messenger",
};

/** What the list was filtered by, kept while the console is open. */
const filters = { status: "", chatbot: "", channel: "", text: "" };

/** @param {any} row */
function statusBadge(row) {
  const [text, kind] = STATUS[row.status] ?? [row.status, ""];
  return badge(text, kind);
}

/**
 * @param {HTMLElement} page
 * @param {string[]} rest
 */
export function showInbox(page, rest) {
  const wanted = rest[0] ?? "";
  /** @type {any[]} */
  let rows = [];
  let cursor = "";
  const list = h("ul");
  const more = h("div", { class: "more" });
  const talk = h("section", { class: "talk", "aria-label": "Conversation" });
  const frame = h(
    "div",
    { class: `inbox ${wanted ? "reading" : ""}` },
    h("div", { class: "inbox-list", tabindex: "0", role: "region", "aria-label": "Conversations" }, list, more),
    talk,
  );
  const board = h("div", {}, frame);

  const draw = () => {
    replace(
      list,
      rows.map((row) =>
        h(
          "li",
          {},
          h(
            "a",
            { href: `#/inbox/${part(row.id)}`, "aria-current": String(row.id === wanted) },
            h("span", { class: "first" }, row.firstMessage || "(no text)"),
            h(
              "span",
              { class: "meta" },
              h(
                "span",
                {},
                state.chatbots.length > 1 ? `${nameOf(row.chatbotId)} · ` : "",
                CHANNELS[row.channel] ?? row.channel,
                ` · ${row.messageCount} messages`,
              ),
              h("span", { class: "nowrap" }, ago(row.updatedAt)),
            ),
            h("span", { class: "row" }, statusBadge(row), row.assignee && badge(row.assignee, "accent")),
          ),
        ),
      ),
    );
    replace(more, cursor ? button("Older conversations", () => read(true)) : null);
    if (rows.length === 0) replace(more, nothing());
  };
  const read = async (/** @type {boolean} */ older) => {
    const asked = query({ ...filters, limit: 30, cursor: older ? cursor : "" });
    const found = await get(`/api/v1/inbox/conversations${asked}`);
    rows = older ? [...rows, ...found.conversations] : found.conversations;
    cursor = found.cursor ?? "";
    draw();
  };
  const again = () => {
    replace(more, loading());
    read(false).catch(complain);
  };
  const changed = (/** @type {any[]} */ all, /** @type {boolean} */ reset) => {
    if (reset) return again();
    for (const row of all) {
      const known = rows.findIndex((one) => one.id === row.id);
      const fits = matches(row);
      if (known >= 0 && fits) rows[known] = row;
      else if (known >= 0) rows.splice(known, 1);
      else if (fits) rows.unshift(row);
    }
    rows.sort((a, b) => (a.id < b.id ? 1 : -1));
    draw();
    if (all.some((row) => row.id === wanted)) open(talk, wanted, false);
  };
  replace(
    page,
    pageHead("Inbox", "Conversations of all chatbots. Answer one, and it is yours until you give it back."),
    filterBar(again),
    board,
  );
  again();
  if (wanted) open(talk, wanted, true);
  else
    replace(
      talk,
      empty("inbox", "Choose a conversation", "What was said is shown here, and you can take it over and answer."),
    );
  return onInboxChange(changed);
}

/** @param {any} row */
function matches(row) {
  const text = filters.text.toLowerCase();
  const holds = [row.firstMessage, row.visitorId, row.customerEmail].some((of) => of?.toLowerCase().includes(text));
  return (
    (!filters.status || row.status === filters.status) &&
    (!filters.chatbot || row.chatbotId === filters.chatbot) &&
    (!filters.channel || row.channel === filters.channel) &&
    (!text || holds)
  );
}

function nothing() {
  const filtered = Object.values(filters).some(Boolean);
  return filtered
    ? empty("inbox", "Nothing fits", "No conversation fits these filters.")
    : empty(
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
  const chatbots = /** @type {[string, string][]} */ (state.chatbots.map((one) => [one.id, one.name]));
  return h(
    "div",
    { class: "filters" },
    filter(
      "status",
      select(
        [
          ["", "Any status"],
          ...Object.entries(STATUS).map(([value, [text]]) => /** @type {[string, string]} */ ([value, text])),
        ],
        "",
      ),
      "Status",
    ),
    chatbots.length > 1 && filter("chatbot", select([["", "All chatbots"], ...chatbots], ""), "Chatbot"),
    filter("channel", select([["", "Any channel"], ...Object.entries(CHANNELS)], ""), "Channel"),
    filter(
      "text",
      h("input", { type: "search", placeholder: "First question, visitor or e-mail", maxlength: 100 }),
      "Search",
    ),
  );
}

/**
 * @param {HTMLElement} talk
 * @param {string} id
 * @param {boolean} first
 */
function open(talk, id, first) {
  const read = () => get(`/api/v1/inbox/conversations/${part(id)}`);
  if (first) {
    replace(talk, loading());
    fill(talk, async () => {
      const found = await read();
      queueMicrotask(() => toEnd(talk));
      return [...conversation(talk, found), composer(talk, id)];
    });
    return;
  }
  const refreshed = async () => {
    const [head, messages] = conversation(talk, await read());
    // The field stays what it is: whoever writes in it goes on.
    if (talk.querySelector(".composer")?.getAttribute("data-of") !== id) return;
    talk.querySelector(".talk-head")?.replaceWith(head);
    talk.querySelector(".messages")?.replaceWith(messages);
    toEnd(talk);
  };
  refreshed().catch(complain);
}

/** @param {HTMLElement} talk */
function toEnd(talk) {
  const messages = talk.querySelector(".messages");
  if (messages) messages.scrollTop = messages.scrollHeight;
}

/**
 * Its head and its messages.
 *
 * @param {HTMLElement} talk
 * @param {any} found
 * @returns {[HTMLElement, HTMLElement]}
 */
function conversation(talk, found) {
  const row = found.conversation;
  const again = () => open(talk, row.id, false);
  /** @param {Record<string, any>} body @param {string} done */
  const change = async (body, done) => {
    await patch(`/api/v1/inbox/conversations/${part(row.id)}`, body);
    toast(done);
    again();
  };
  const theirs = row.status === "handed_off";
  const about = [
    nameOf(row.chatbotId),
    CHANNELS[row.channel] ?? row.channel,
    `visitor ${row.visitorId}`,
    row.customerEmail && `reach them at ${row.customerEmail}`,
    row.handoffReason && `“${row.handoffReason}”`,
  ]
    .filter(Boolean)
    .join(" · ");
  const me = state.session?.user.email;
  const head = h(
    "header",
    { class: "talk-head" },
    h(
      "div",
      {},
      h(
        "div",
        { class: "row" },
        h("a", { class: "button small back", href: "#/inbox" }, "All"),
        statusBadge(row),
        row.assignee && badge(row.assignee, "accent"),
      ),
      h("p", {}, about),
    ),
    h(
      "div",
      { class: "row" },
      theirs
        ? replyButton(
            "Give back to the chatbot",
            () => change({ status: "active" }, "The chatbot answers again."),
            "small",
          )
        : replyButton(
            "Take over",
            () => change({ status: "handed_off", assignee: me }, "It is yours. The chatbot is silent."),
            "small",
          ),
      theirs &&
        row.assignee !== me &&
        replyButton("Assign to me", () => change({ assignee: me }, "Assigned to you."), "small"),
      row.status === "closed"
        ? replyButton("Archive", () => change({ status: "archived" }, "Archived."), "small")
        : row.status !== "archived" &&
            replyButton("Close", () => change({ status: "closed", assignee: null }, "Closed."), "small"),
    ),
  );
  const messages = h(
    "div",
    { class: "messages", tabindex: "0", role: "log", "aria-label": "Messages" },
    found.messages.map(message),
  );
  return [head, messages];
}

/** @param {any} one */
function message(one) {
  const who = one.role === "user" ? "Visitor" : one.role === "agent" ? one.author : "Chatbot";
  const notes = [
    who,
    at(one.createdAt),
    one.confidence !== null && one.role === "assistant" && `${percent(one.confidence)} sure`,
  ]
    .filter(Boolean)
    .join(" · ");
  return h(
    "div",
    { class: `message ${one.role}` },
    h("div", { class: "bubble" }, one.content),
    one.sources.length > 0 &&
      h(
        "div",
        { class: "sources" },
        one.sources.map((/** @type {any} */ source) =>
          source.url ? outside(source.url, source.title) : badge(source.title),
        ),
      ),
    h(
      "div",
      { class: "by row" },
      notes,
      one.unanswered && badge("nothing found", "warn"),
      one.rating === 1 && badge("thumbs up", "good"),
      one.rating === -1 && badge("thumbs down", "bad"),
    ),
  );
}

/**
 * @param {HTMLElement} talk
 * @param {string} id of the conversation
 */
function composer(talk, id) {
  if (!may("reply")) {
    return h("p", { class: "composer small quiet", "data-of": id }, "Agents, editors and owners may reply.");
  }
  const text = h("textarea", { maxlength: 4000, required: true, placeholder: "Write to the visitor" });
  // The same key for the same text: one that is sent again after an error is stored once.
  let key = crypto.randomUUID();
  text.addEventListener("input", () => {
    key = crypto.randomUUID();
  });
  const send = button(
    "Send",
    async () => {
      const content = text.value.trim();
      if (!content) {
        text.focus();
        return;
      }
      await call("POST", `/api/v1/inbox/conversations/${part(id)}/messages`, { body: { content }, key });
      text.value = "";
      open(talk, id, false);
    },
    "primary",
  );
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send.click();
  });
  return h(
    "div",
    { class: "composer stack", "data-of": id },
    field("Reply", text, "Ctrl + Enter sends. The chatbot is silent until you give the conversation back."),
    h("div", { class: "row end" }, send),
  );
}
