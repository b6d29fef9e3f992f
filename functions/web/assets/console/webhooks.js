// Webhooks of a chatbot in each API's format: subscriptions, their deliveries, and sending one again.

import { get, part, post, remove } from "./api.js";
import { breakable, h, replace } from "./dom.js";
import { at, title } from "./format.js";
import { chatbotId } from "./state.js";
import {
  badge,
  button,
  editButton,
  checkbox,
  complain,
  confirm,
  empty,
  field,
  fill,
  form,
  loading,
  openDialog,
  pageHead,
  select,
  showSecret,
  table,
  toast,
} from "./ui.js";

/**
 * @typedef {{ name: string, path: () => string, scope: () => string, events: string[], remove: (id: string) => string, about: string }} Format
 */

/** @type {Record<string, Format>} */
const FORMATS = {
  botplot: {
    name: "BotPlot",
    path: () => `/api/v1/projects/${part(chatbotId())}/webhooks`,
    scope: chatbotId,
    remove: (id) => `/api/v1/projects/${part(chatbotId())}/webhooks/${part(id)}`,
    events: [
      "conversation.started",
      "conversation.ended",
      "message.created",
      "lead.captured",
      "handoff.requested",
      "rating.received",
    ],
    about: "An envelope with the event and its data; signed by HMAC-SHA256 in X-BotPlot-Signature.",
  },
  helpbot: {
    name: "HelpBot",
    path: () => "/api/v1/webhooks",
    scope: chatbotId,
    remove: (id) => `/api/v1/webhooks?id=${part(id)}`,
    events: ["conversation.created", "conversation.unanswered", "conversation.feedback", "conversation.handoff"],
    about: "Questions with their answers; signed in X-HelpBot-Signature.",
  },
  conferbot: {
    name: "Conferbot",
    path: () => "/api/v1/external/v1/webhooks",
    scope: () => "workspace",
    remove: (id) => `/api/v1/external/v1/webhooks/${part(id)}`,
    events: ["response.created", "response.updated", "conversation.started", "conversation.completed"],
    about: "Ids alone, in a flat body; signed in x-webhook-signature.",
  },
  chatbotplatform: {
    name: "Chatbot Platform",
    path: () => "/v1/webhooks",
    scope: () => "workspace",
    remove: (id) => `/v1/webhooks/${part(id)}`,
    events: ["bot.message_received", "integration.failed", "agent_loop.completed", "channel.disconnected"],
    about: "By the Standard Webhooks specification, for all chatbots of the workspace.",
  },
};

/** @param {string} key */
const formatOf = (key) => /** @type {Format} */ (FORMATS[key]);

/** @type {Record<string, string>} */
const STATUS = { delivered: "good", pending: "info", failed: "bad" };

/** @param {any} row */
const idOf = (row) => String(row.id ?? row._id);

/** @param {any} row */
const isActive = (row) => row.is_active ?? row.active ?? row.status === "active";

/** @param {HTMLElement} page */
export function showWebhooks(page) {
  const board = h("div", { class: "card flush" }, loading());
  const again = () =>
    fill(board, async () => {
      const lists = await Promise.all(
        Object.entries(FORMATS).map(async ([key, format]) => {
          const found = await get(format.path(), format.scope()).catch((error) => {
            complain(error);
            return {};
          });
          const rows = found.webhooks ?? found.data ?? [];
          return rows.map((/** @type {any} */ row) => ({ key, row }));
        }),
      );
      const rows = lists.flat();
      if (rows.length === 0) {
        return empty(
          "webhooks",
          "No webhooks yet",
          "A webhook tells a system of yours what happens here: leads, requests for a person, questions without an answer.",
          editButton("Add a webhook", () => add(again), "primary"),
        );
      }
      return table(
        "Webhooks",
        ["Address", "Format", "Events", "Status", ""],
        rows.map(({ key, row }) => [
          [
            "wide",
            h(
              "div",
              {},
              h("span", { class: "mono" }, breakable(row.url)),
              row.description && h("p", { class: "small quiet" }, row.description),
            ),
          ],
          formatOf(key).name,
          ["text", breakable(row.events.join(", "))],
          isActive(row) ? badge("Active", "good") : badge("Switched off", "bad"),
          [
            "actions",
            h(
              "div",
              { class: "row" },
              button("Deliveries", () => deliveries(key, row), "small"),
              editButton(
                "Delete",
                () =>
                  confirm(
                    "Delete this webhook?",
                    `Nothing is sent to ${row.url} any more, and its deliveries are removed.`,
                    "Delete",
                    async () => {
                      await remove(formatOf(key).remove(idOf(row)), formatOf(key).scope());
                      toast("Deleted.");
                      again();
                    },
                  ),
                "small danger",
              ),
            ),
          ],
        ]),
      );
    });
  replace(
    page,
    pageHead(
      "Webhooks",
      "Every event is sent at least once, signed, and again while your server can't take it.",
      editButton("Add a webhook", () => add(again), "primary"),
    ),
    board,
  );
  again();
}

/** @param {() => void} done */
function add(done) {
  openDialog("Add a webhook", (close) => {
    const url = h("input", { type: "url", required: true, maxlength: 2048, placeholder: "https://example.com/hooks" });
    const note = h("input", { maxlength: 200 });
    const choices = h("fieldset");
    const about = h("span");
    /** @type {[string, HTMLInputElement][]} */
    let boxes = [];
    const format = select(
      Object.entries(FORMATS).map(([key, one]) => /** @type {[string, string]} */ ([key, one.name])),
      "botplot",
    );
    const draw = () => {
      const made = formatOf(format.value).events.map((event) => /** @type {const} */ ([event, checkbox(event, true)]));
      boxes = made.map(([event, [, box]]) => [event, box]);
      replace(
        choices,
        h("legend", {}, "Events"),
        made.map(([, [label]]) => label),
      );
      replace(about, formatOf(format.value).about);
    };
    format.addEventListener("change", draw);
    draw();
    return form(
      [field("Format", format, about), field("Address", url), choices, field("Note", note, "For you.")],
      "Add",
      async () => {
        const events = boxes.filter(([, box]) => box.checked).map(([event]) => event);
        const chosen = formatOf(format.value);
        const body = { url: url.value, events, description: note.value || undefined, chatbotId: chatbotId() };
        const made = await post(chosen.path(), body, chosen.scope());
        close();
        done();
        const secret = (made.webhook ?? made.data)?.secret;
        if (secret)
          showSecret("The webhook's secret", "Your server checks signatures with it. It is shown this once.", secret);
      },
    );
  });
}

/**
 * @param {string} key
 * @param {any} row
 */
function deliveries(key, row) {
  const format = formatOf(key);
  const base = `${format.path()}/${part(idOf(row))}/deliveries`;
  openDialog(
    `Deliveries to ${row.url}`,
    () => {
      const place = h("div", {}, loading());
      /** @param {string} cursor @returns {Promise<void>} */
      const read = (cursor) =>
        fill(place, async () => {
          const found = await get(`${base}?limit=50${cursor ? `&cursor=${part(cursor)}` : ""}`, format.scope());
          const all = found.deliveries ?? found.data ?? [];
          const next = found.next_cursor ?? found.nextCursor ?? found.meta?.next_cursor;
          if (all.length === 0)
            return empty("webhooks", "Nothing was sent yet", "Deliveries of the last 30 days are listed here.");
          return [
            table(
              "Deliveries",
              ["Event", "Made at", "Status", "Last attempt", ""],
              all.map((/** @type {any} */ one) => deliveryRow(base, format, one, () => read(cursor))),
            ),
            next &&
              h(
                "div",
                { class: "table-foot row end" },
                button("Older", () => read(next), "small"),
              ),
          ];
        });
      read("");
      return place;
    },
    "wide",
  );
}

/**
 * @param {string} base
 * @param {Format} format
 * @param {any} one
 * @param {() => void} again
 * @returns {(import("./dom.js").Child | [string, import("./dom.js").Child])[]}
 */
function deliveryRow(base, format, one, again) {
  const last = one.attempts.at(-1);
  const status = last && (last.status_code ?? last.statusCode);
  const latency = last && (last.latency_ms ?? last.latencyMs);
  const next = one.next_attempt_at ?? one.nextAttemptAt;
  const seen = last
    ? h(
        "div",
        {},
        h("span", {}, status ? `Answered ${status} in ${latency} ms` : `No answer in ${latency} ms`),
        last.response && h("pre", { class: "small quiet" }, last.response),
      )
    : "";
  return [
    h("span", { class: "wrap" }, breakable(one.event)),
    ["nowrap", at(one.created_at ?? one.createdAt)],
    h(
      "div",
      {},
      badge(title(one.status), STATUS[one.status]),
      one.status === "pending" && next && h("p", { class: "small quiet" }, `next try ${at(next)}`),
    ),
    ["text", seen],
    [
      "actions",
      one.status === "pending"
        ? ""
        : editButton(
            "Send again",
            async () => {
              await post(`${base}/${part(idOf(one))}/replay`, {}, format.scope());
              toast("It is sent again.");
              again();
            },
            "small",
          ),
    ],
  ];
}
