// API keys of the workspace, and the script tag that puts the widget on a page.

import { get, part, post, remove } from "./api.js";
import { h, replace } from "./dom.js";
import { ago, title } from "./format.js";
import { chatbotId, may, nameOf, state } from "./state.js";
import {
  badge,
  governButton,
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
  showSecret,
  table,
  toast,
} from "./ui.js";

/** @type {[string, string, string, boolean][]} */
const KINDS = [
  ["botplot/public", "Public key of a chatbot, for pages", "BotPlot", true],
  ["botplot/secret", "Secret key of a chatbot", "BotPlot", true],
  ["helpbot/widget", "Key of a widget, for pages", "HelpBot", true],
  ["helpbot/site", "Key of a site", "HelpBot", true],
  ["conferbot/workspace", "Key of the workspace", "Conferbot", false],
  ["chatbotplatform/workspace", "Key of the workspace", "Chatbot Platform", false],
];

/** @type {Record<string, string>} */
const APIS = Object.fromEntries(KINDS.map(([kind, , name]) => [kind.split("/")[0], name]));

/** @param {HTMLElement} page */
export function showKeys(page) {
  const board = h("div", { class: "card flush" }, loading());
  const again = () =>
    fill(board, async () => {
      const { data } = await get("/api/v1/api-keys");
      if (data.length === 0)
        return empty(
          "keys",
          "No keys yet",
          "A program signs its requests with a key. Each speaks one API and opens a chatbot or the workspace.",
        );
      return table(
        "API keys",
        ["Key", "API", "Opens", "Made", ""],
        data.map((/** @type {any} */ one) => [
          h("span", { class: "mono" }, one.prefix),
          APIS[one.dialect] ?? one.dialect,
          h(
            "div",
            { class: "row" },
            badge(title(one.kind), ["public", "widget"].includes(one.kind) ? "good" : ""),
            one.chatbotId ? nameOf(one.chatbotId) : "All chatbots",
          ),
          ["nowrap", ago(one.createdAt)],
          [
            "actions",
            governButton(
              "Revoke",
              () =>
                confirm(
                  "Revoke this key?",
                  `Whatever uses ${one.prefix} is refused from its next request on.`,
                  "Revoke",
                  async () => {
                    await remove(`/api/v1/api-keys/${part(one.id)}`);
                    toast("Revoked.");
                    again();
                  },
                ),
              "small danger",
            ),
          ],
        ]),
      );
    });
  replace(
    page,
    pageHead(
      "API keys",
      "A key is shown once, when it is made. Only its hash is stored.",
      governButton("New key", () => create(again), "primary"),
    ),
    state.chatbot && may("govern") && tag(again),
    board,
  );
  again();
}

/** @param {() => void} done */
function tag(done) {
  const place = h("div", { class: "stack" });
  const make = governButton("Make a public key and show the tag", async () => {
    const made = await post("/api/v1/api-keys", { dialect: "botplot", kind: "public", chatbotId: chatbotId() });
    const script = `<script src="${new URL("widget.js", document.baseURI).href}" data-key="${made.key}" defer></script>`;
    replace(
      place,
      h("p", {}, "Paste this before ", h("code", {}, "</body>"), " on every page that should have the chat:"),
      h("div", { class: "secret" }, h("code", {}, script), copyButton(script)),
      h(
        "p",
        {},
        h("a", { href: `demo#${made.key}`, target: "_blank", rel: "noopener" }, "See it on a page of its own"),
      ),
    );
    done();
  });
  replace(
    place,
    h(
      "p",
      { class: "quiet" },
      `One script tag puts ${state.chatbot?.name} on a page. A public key may be seen by anyone: it chats, and reads nothing.`,
    ),
    h("div", { class: "row" }, make),
  );
  return h("section", { class: "card" }, h("h2", {}, "On your page"), place);
}

/** @param {() => void} done */
function create(done) {
  openDialog("New key", (close) => {
    const kind = select(
      KINDS.map(([value, text, api]) => /** @type {[string, string]} */ ([value, `${api}: ${text}`])),
      "botplot/secret",
    );
    const chatbots = state.chatbots.map((one) => /** @type {[string, string]} */ ([one.id, one.name]));
    const chatbot = select(chatbots, chatbotId());
    const which = field("Chatbot", chatbot);
    const draw = () => {
      which.hidden = !KINDS.find(([value]) => value === kind.value)?.[3];
    };
    kind.addEventListener("change", draw);
    draw();
    return form([field("Kind", kind), which], "Make it", async () => {
      const [dialect, of] = kind.value.split("/");
      const body = { dialect, kind: of, chatbotId: which.hidden ? undefined : chatbot.value };
      const made = await post("/api/v1/api-keys", body);
      close();
      done();
      showSecret("The new key", "Keep it where your program reads it. It is shown this once.", made.key);
    });
  });
}
