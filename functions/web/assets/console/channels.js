// Messaging platforms that a chatbot answers on: connected by credentials, switched off, connected again.

import { get, part, patch, post, remove } from "./api.js";
import { breakable, h, replace } from "./dom.js";
import { sentence, title } from "./format.js";
import { chatbotId } from "./state.js";
import {
  badge,
  editButton,
  confirm,
  copyButton,
  empty,
  field,
  fill,
  form,
  loading,
  openDialog,
  pageHead,
  select,
  table,
  toast,
} from "./ui.js";

const SCOPE = "workspace";

/** @type {Record<string, [string, [string, string][], string]>} */
const PLATFORMS = {
  telegram: ["Telegram", [["bot_token", "Bot token"]], "Talk to @BotFather to make a bot; it gives you the token."],
  slack: [
    "Slack",
    [
      ["bot_token", "Bot token"],
      ["signing_secret", "Signing secret"],
    ],
    "Both are on the pages of your app at api.slack.com. Paste the address below as its request URL.",
  ],
  discord: ["Discord", [["bot_token", "Bot token"]], "From the page of your application, under Bot."],
  whatsapp: [
    "WhatsApp",
    [
      ["access_token", "Access token"],
      ["phone_number_id", "Phone number ID"],
      ["app_secret", "App secret"],
    ],
    "From your app at developers.facebook.com.",
  ],
  messenger: [
    "Messenger",
    [
      ["page_access_token", "Page access token"],
      ["app_secret", "App secret"],
    ],
    "From your app at developers.facebook.com.",
  ],
  web: ["Web", [], "A page of your own that calls the chat routes."],
};
/** @type {Record<string, string>} */
const STATUS = { connected: "good", disconnected: "", error: "bad" };

/** @param {HTMLElement} page */
export function showChannels(page) {
  const board = h("div", { class: "card flush" }, loading());
  const again = () =>
    fill(board, async () => {
      const { data } = await get(`/v1/bots/${part(chatbotId())}/channels?per_page=100`, SCOPE);
      if (data.length === 0) {
        return empty(
          "channels",
          "No channels yet",
          "Connect Telegram, Slack, Discord, WhatsApp or Messenger, and your chatbot answers there, too. The inbox shows all of it.",
          editButton("Add a channel", () => add(again), "primary"),
        );
      }
      return table(
        "Channels",
        ["Name", "Platform", "Status", "Address for the platform", ""],
        data.map((/** @type {any} */ one) => row(one, again)),
      );
    });
  replace(
    page,
    pageHead(
      "Channels",
      "Where your chatbot answers besides your pages.",
      editButton("Add a channel", () => add(again), "primary"),
    ),
    board,
  );
  again();
}

/**
 * @param {any} one
 * @param {() => void} again
 * @returns {(import("./dom.js").Child | [string, import("./dom.js").Child])[]}
 */
function row(one, again) {
  const off = one.status === "disconnected";
  const change = async (/** @type {Record<string, unknown>} */ body, /** @type {string} */ done) => {
    await patch(`/v1/channels/${part(one.id)}`, body, SCOPE);
    toast(done);
    again();
  };
  return [
    [
      "text",
      h("div", {}, one.name, one.status_reason && h("p", { class: "field-error" }, sentence(one.status_reason))),
    ],
    PLATFORMS[one.type]?.[0] ?? one.type,
    badge(title(one.status), STATUS[one.status]),
    [
      "text",
      one.type === "web"
        ? ""
        : h(
            "div",
            {},
            h("span", { class: "mono" }, breakable(one.webhook_url)),
            one.verify_token && h("p", { class: "small quiet wrap" }, `Verify token: ${one.verify_token}`),
          ),
    ],
    [
      "actions",
      h(
        "div",
        { class: "row" },
        one.type !== "web" && copyButton(one.webhook_url),
        editButton(
          off ? "Connect" : "Switch off",
          () =>
            change(
              { status: off ? "connected" : "disconnected" },
              off ? "It is being connected." : "It is silent there.",
            ),
          "small",
        ),
        editButton("Edit", () => edit(one, again), "small"),
        editButton(
          "Delete",
          () =>
            confirm(
              "Delete this channel?",
              `The chatbot answers no more in “${one.name}”. Its conversations stay.`,
              "Delete",
              async () => {
                await remove(`/v1/channels/${part(one.id)}`, SCOPE);
                toast("Deleted.");
                again();
              },
            ),
          "small danger",
        ),
      ),
    ],
  ];
}

/**
 * The fields of a platform's credentials.
 *
 * @param {string} platform
 * @param {boolean} needed
 * @returns {[HTMLElement[], () => Record<string, string>]}
 */
function credentials(platform, needed) {
  const inputs = (PLATFORMS[platform]?.[1] ?? []).map(
    ([name, label]) =>
      /** @type {const} */ ([name, label, h("input", { type: "password", autocomplete: "off", required: needed })]),
  );
  const made = inputs.map(([, label, input]) => field(label, input, needed ? undefined : "Empty: stays as it is."));
  const values = () =>
    Object.fromEntries(inputs.filter(([, , input]) => input.value).map(([name, , input]) => [name, input.value]));
  return [made, values];
}

/** @param {() => void} done */
function add(done) {
  openDialog("Add a channel", (close) => {
    const name = h("input", { required: true, maxlength: 100 });
    const kinds = Object.entries(PLATFORMS).map(([key, [text]]) => /** @type {[string, string]} */ ([key, text]));
    const kind = select(kinds, "telegram");
    const secrets = h("div", { class: "stack" });
    let values = () => /** @type {Record<string, string>} */ ({});
    const draw = () => {
      const [made, read] = credentials(kind.value, true);
      values = read;
      replace(secrets, h("p", { class: "hint" }, PLATFORMS[kind.value]?.[2]), made);
    };
    kind.addEventListener("change", draw);
    draw();
    return form([field("Platform", kind), field("Name", name, "For you."), secrets], "Connect", async () => {
      const made = await post(
        `/v1/bots/${part(chatbotId())}/channels`,
        { name: name.value, type: kind.value, credentials: values() },
        SCOPE,
      );
      close();
      toast(
        made.data.status === "error" ? `Stored, but not connected: ${made.data.status_reason}` : "Connected.",
        made.data.status === "error" ? "bad" : "good",
      );
      done();
    });
  });
}

/**
 * @param {any} one
 * @param {() => void} done
 */
function edit(one, done) {
  openDialog(`Edit ${one.name}`, (close) => {
    const name = h("input", { required: true, maxlength: 100, value: one.name });
    const [made, values] = credentials(one.type, false);
    return form([field("Name", name), ...made], "Save and connect", async () => {
      /** @type {Record<string, unknown>} */
      const body = { name: name.value };
      if (Object.keys(values()).length > 0) body.credentials = values();
      await patch(`/v1/channels/${part(one.id)}`, body, SCOPE);
      close();
      toast("Saved.");
      done();
    });
  });
}
