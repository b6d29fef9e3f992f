// The inbox: a list of conversations beside one of them, which a person can take over and answer.

import { call, get, part, patch } from "./api.js";
import { h, outside, renew, replace } from "./dom.js";
import { onInboxChange } from "./feed.js";
import { at, percent } from "./format.js";
import { CHANNELS, forgetFound, inboxList, statusBadge } from "./inbox-list.js";
import { may, nameOf, state } from "./state.js";
import {
  badge,
  button,
  complain,
  editButton,
  empty,
  field,
  fill,
  loading,
  pageHead,
  replyButton,
  toast,
} from "./ui.js";
import { visitorDialog } from "./visitors.js";

/**
 * @param {HTMLElement} page
 * @param {string[]} rest
 */
export function showInbox(page, rest) {
  const wanted = rest[0] ?? "";
  const list = inboxList(wanted);
  const talk = h("section", { class: "talk", "aria-label": "Conversation" });
  replace(
    page,
    pageHead("Inbox", "Conversations of all chatbots. Answer one, and it is yours until you give it back."),
    list.filters,
    h("div", { class: `inbox ${wanted ? "reading" : ""}` }, list.element, talk),
  );
  list.begin();
  if (wanted) open(talk, wanted, true);
  else
    replace(
      talk,
      empty("inbox", "Choose a conversation", "What was said is shown here, and you can take it over and answer."),
    );
  return onInboxChange((changed, reset) => {
    list.change(changed, reset);
    if (changed.some((row) => row.id === wanted)) open(talk, wanted, false);
  });
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
      requestAnimationFrame(() => toEnd(talk));
      return [...conversation(talk, found), composer(talk, id)];
    });
    return;
  }
  const refreshed = async () => {
    const [head, messages] = conversation(talk, await read());
    // The field stays what it is: whoever writes in it goes on.
    if (talk.querySelector(".composer")?.getAttribute("data-of") !== id) return;
    const log = talk.querySelector(".messages");
    if (log && !log.isEqualNode(messages)) {
      renew(log, messages);
      toEnd(talk);
    }
    for (const part of [".row", "p", ".actions"]) {
      const shown = talk.querySelector(`.talk-head ${part}`);
      const fresh = head.querySelector(part);
      if (!shown || !fresh) continue;
      const focused = shown.contains(document.activeElement);
      renew(shown, fresh);
      // Who took a conversation over by the keyboard is at what can be done with it now.
      if (focused && !shown.contains(document.activeElement)) shown.querySelector("button")?.focus();
    }
  };
  refreshed().catch(complain);
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * A visitor's id as far as it tells visitors apart: the widget's are random and long.
 *
 * @param {string} id
 */
const shortened = (id) => (/^[\da-f-]{24,}$/.test(id) ? `${id.slice(0, 8)}…` : id);

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
  // Where a handoff takes a reason alone, the widget gives the address as one.
  const email = row.customerEmail || (EMAIL.test(row.handoffReason ?? "") ? row.handoffReason : "");
  const about = [
    nameOf(row.chatbotId),
    CHANNELS[row.channel] ?? row.channel,
    `visitor ${shortened(row.visitorId)}`,
    email && `reach them at ${email}`,
    row.handoffReason && row.handoffReason !== email && `“${row.handoffReason}”`,
  ]
    .filter(Boolean)
    .join(" · ");
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
    h("div", { class: "row actions" }, actions(talk, row)),
  );
  const messages = h(
    "div",
    { class: "messages", tabindex: "0", role: "log", "aria-label": "Messages" },
    found.messages.map(message),
  );
  return [head, messages];
}

/**
 * What a member may do with a conversation as it is.
 *
 * @param {HTMLElement} talk
 * @param {any} row
 */
function actions(talk, row) {
  /** @param {Record<string, any>} body @param {string} done */
  const change = async (body, done) => {
    await patch(`/api/v1/inbox/conversations/${part(row.id)}`, body);
    toast(done);
    open(talk, row.id, false);
  };
  /** @param {string} text @param {Record<string, any>} body @param {string} done */
  const action = (text, body, done) => replyButton(text, () => change(body, done), "small");
  const me = state.session?.user.email;
  const theirs = row.status === "handed_off";
  return [
    theirs
      ? action("Give back to the chatbot", { status: "active" }, "The chatbot answers again.")
      : action("Take over", { status: "handed_off", assignee: me }, "It is yours. The chatbot is silent."),
    theirs && row.assignee !== me && action("Assign to me", { assignee: me }, "Assigned to you."),
    row.status === "closed"
      ? action("Archive", { status: "archived" }, "Archived.")
      : row.status !== "archived" && action("Close", { status: "closed", assignee: null }, "Closed."),
    editButton("Visitor's data", () => visitorDialog(row.chatbotId, row.visitorId, leave), "small"),
  ];
}

/**
 * Sources by what is shown of them: two with one title are one to a reader.
 *
 * @param {any[]} sources
 */
const distinct = (sources) => [...new Map(sources.toReversed().map((one) => [one.title, one])).values()].toReversed();

/** To the list, which is read again: the conversation is no more. */
function leave() {
  forgetFound();
  location.hash = "#/inbox";
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
        h("span", { class: "quiet" }, "From"),
        distinct(one.sources).map((/** @type {any} */ source) =>
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
    field("Reply", text),
    h(
      "div",
      { class: "foot" },
      h(
        "p",
        { class: "hint" },
        h("span", { class: "by-keyboard" }, "Ctrl + Enter sends. "),
        "The chatbot is silent until you give the conversation back.",
      ),
      send,
    ),
  );
}
