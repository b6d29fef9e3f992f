// What a chatbot has of one visitor: a file of it for whoever asks, and its erasure.

import { call, get, part, query } from "./api.js";
import { h, replace } from "./dom.js";
import { at } from "./format.js";
import { button, copyButton, confirm, download, editButton, field, form, openDialog, toast } from "./ui.js";

const WORKING = 2_000;
const PENDING =
  "Erasing. It takes a minute or two, several where there is much. You may close this: it goes on by itself.";

/**
 * Shows what may be done with a visitor's data.
 *
 * @param {string} chatbot
 * @param {string} visitor
 * @param {() => void} erased called once they are being erased and that was read
 */
export function visitorDialog(chatbot, visitor, erased) {
  const progress = h("p", { class: "small quiet", role: "status" });
  openDialog("This visitor's data", (close) => [
    h("p", {}, "Visitor ", h("code", { class: "wrap" }, visitor), ", as this one chatbot knows them."),
    h(
      "p",
      { class: "quiet" },
      "The file has their leads and their conversations with all messages and ratings. The erasure takes the same for good.",
    ),
    progress,
    h(
      "div",
      { class: "row end" },
      button("Download as a file", () => exported(chatbot, visitor, progress)),
      editButton(
        "Erase",
        () => {
          close();
          ask(chatbot, visitor, erased);
        },
        "danger",
      ),
    ),
  ]);
}

/**
 * All parts of a visitor's export in one file.
 *
 * @param {string} chatbot
 * @param {string} visitor
 * @param {HTMLElement} progress
 */
async function exported(chatbot, visitor, progress) {
  /** @type {{ visitorId: string, leads: any[], conversations: any[] }} */
  const whole = { visitorId: visitor, leads: [], conversations: [] };
  let cursor = "";
  do {
    replace(progress, `Reading… ${whole.conversations.length} conversations so far.`);
    const found = await get(`/api/v1/visitors/${part(visitor)}/export${query({ cursor })}`, chatbot);
    whole.leads.push(...found.leads);
    whole.conversations.push(...found.conversations);
    cursor = found.cursor ?? "";
  } while (cursor && progress.isConnected);
  if (!progress.isConnected) return;
  replace(progress, `Conversations: ${whole.conversations.length}. Leads: ${whole.leads.length}.`);
  const name = visitor.replace(/[^\p{L}\p{N}_-]+/gu, "-").slice(0, 60);
  download(`visitor-${name}.json`, "application/json", `${JSON.stringify(whole, null, 2)}\n`);
  toast("The file is downloaded.");
}

/**
 * @param {string} chatbot
 * @param {string} visitor
 * @param {() => void} erased
 */
function ask(chatbot, visitor, erased) {
  confirm(
    "Erase this visitor's data?",
    `All conversations and leads of “${visitor}” with this chatbot are deleted for good. Download them first if you may need them.`,
    "Erase for good",
    async () => {
      const { erasure } = await call("DELETE", `/api/v1/visitors/${part(visitor)}`, { scope: chatbot });
      receipt(chatbot, erasure).addEventListener("close", erased);
    },
  );
}

/**
 * A field for the number of a receipt, which shows how far that erasure is.
 *
 * @param {string} chatbot
 */
export function receiptForm(chatbot) {
  const number = h("input", { required: true, maxlength: 100, autocomplete: "off", spellcheck: "false" });
  return form(
    [field("Number of a receipt", number, "From when a visitor's data was erased.")],
    "Look it up",
    async () => {
      const { erasure } = await get(`/api/v1/erasures/${part(number.value.trim())}`, chatbot);
      receipt(chatbot, erasure);
    },
  );
}

/**
 * How far an erasure is, until it is complete or nobody looks any more.
 *
 * @param {string} chatbot
 * @param {any} erasure
 */
function receipt(chatbot, erasure) {
  const state = h("p", { role: "status" });
  const works = h("div", { class: "progress", role: "progressbar", "aria-label": "Erasing" });
  const begun = Date.now();
  const show = (/** @type {any} */ now) => {
    const done = now.status === "complete";
    const minutes = Math.floor((Date.now() - begun) / 60_000);
    const since = minutes > 0 ? ` It has taken ${minutes === 1 ? "a minute" : `${minutes} minutes`} so far.` : "";
    const words = done ? `Erased ${at(now.completedAt)}.` : `${PENDING}${since}`;
    // What a screen reader was told is not told again.
    if (state.textContent !== words) replace(state, words);
    works.hidden = done;
    if (!done) setTimeout(look, WORKING);
  };
  const look = async () => {
    if (!state.isConnected) return;
    try {
      show((await get(`/api/v1/erasures/${part(erasure.id)}`, chatbot)).erasure);
    } catch {
      setTimeout(look, WORKING * 5);
    }
  };
  const dialog = openDialog("Receipt", () => [
    state,
    works,
    h("div", { class: "secret" }, h("code", {}, erasure.id), copyButton(erasure.id)),
    h(
      "p",
      { class: "small quiet" },
      "Keep this number: it shows that the erasure was done, and does not say whose. “Chatbot”, “What is kept” looks it up.",
    ),
    erasure.kept.length > 0 && h("p", { class: "small quiet" }, "Still in:"),
    h(
      "ul",
      { class: "small quiet" },
      erasure.kept.map((/** @type {any} */ one) => h("li", {}, `${one.what}: ${one.days} days at most`)),
    ),
  ]);
  show(erasure);
  return dialog;
}
