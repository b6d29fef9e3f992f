// A chatbot's own settings: its name, when it answers, what its AI backends are told; and the look and
// the words of its widget, with the widget itself beside them.

import { get, part, patch, put, remove } from "./api.js";
import { h, replace } from "./dom.js";
import { percent } from "./format.js";
import { chatbotId, loadChatbots, may, state } from "./state.js";
import {
  checkbox,
  editButton,
  confirm,
  field,
  fill,
  forEditors,
  form,
  loading,
  pageHead,
  select,
  toast,
} from "./ui.js";
import { receiptForm } from "./visitors.js";

/** @type {[string, string][]} */
const COLORS = [
  ["primaryColor", "Accent"],
  ["primaryForeground", "Text on the accent"],
  ["backgroundColor", "Background"],
  ["foregroundColor", "Text"],
  ["secondaryColor", "Bubbles"],
  ["secondaryForeground", "Text in bubbles"],
];
/** @type {[string, string][]} */
const TEXTS = [
  ["botName", "Name"],
  ["greeting", "Greeting"],
  ["inputPlaceholder", "In the empty field"],
  ["typingText", "While it writes"],
  ["onlineText", "Below the name"],
  ["handoffText", "Ask for a person"],
  ["handoffSentText", "After that"],
  ["emailPlaceholder", "In the e-mail field"],
  ["emailSendText", "Send the e-mail address"],
  ["emailSkipText", "Without an address"],
  ["feedbackYesText", "Thumbs up"],
  ["feedbackNoText", "Thumbs down"],
  ["errorText", "When something fails"],
  ["networkErrorText", "Without a connection"],
];

/** @type {typeof form} */
const editorsForm = (...parts) => forEditors(form(...parts));

/** @param {HTMLElement} page */
export function showSettings(page) {
  const board = h("div", { class: "stack" }, loading());
  /** @type {{ update: (config: Record<string, unknown>) => void, unmount: () => void } | null} */
  let preview = null;
  replace(page, pageHead("Chatbot", "How it answers, and how it looks on your pages."), board);
  fill(board, async () => {
    const [config, kept] = await Promise.all([
      get("/api/v1/config", chatbotId()),
      get("/api/v1/retention", chatbotId()),
    ]);
    const place = h("div", { class: "preview", role: "region", "aria-label": "Preview of the widget" });
    const widget = widgetForm(config, (changed) => preview?.update(changed));
    queueMicrotask(() => {
      preview = mount(place, config);
    });
    return [
      answersForm(),
      h("div", { class: "settings" }, widget, place),
      retentionForm(kept.retention),
      may("edit") &&
        h(
          "section",
          { class: "card stack" },
          h("h2", {}, "Delete this chatbot"),
          h(
            "p",
            { class: "quiet" },
            "With its knowledge, conversations, leads, keys and webhooks. This can't be undone.",
          ),
          h("div", { class: "row" }, deletion()),
        ),
    ];
  });
  return () => preview?.unmount();
}

/**
 * The widget, as a page would show it, without a network.
 *
 * @param {HTMLElement} container
 * @param {Record<string, unknown>} config
 */
function mount(container, config) {
  const widget = /** @type {any} */ (window).ColloquyWidget;
  if (!widget) {
    replace(container, h("p", { class: "loading" }, "The preview could not be loaded."));
    return null;
  }
  return widget.mount({ container, config });
}

function answersForm() {
  const bot = /** @type {import("./state.js").Chatbot} */ (state.chatbot);
  const settings = bot.settings ?? {};
  const name = h("input", { required: true, maxlength: 100, value: bot.name });
  const [thresholdField, threshold] = slider(
    "Sure enough to answer",
    settings.confidenceThreshold ?? 0.5,
    "Higher: fewer answers, and fewer wrong ones.",
  );
  const [nearField, near] = slider(
    "Sure enough to ask back",
    settings.nearThreshold ?? 0.2,
    "Below that, it says that it doesn't know.",
  );
  const from = select(
    [
      ["knowledge", "Only from what the chatbot has read"],
      ["anything", "Also from what the model knows"],
    ],
    settings.answerFrom ?? "knowledge",
  );
  const instructions = h("textarea", { maxlength: 4000, value: settings.instructions ?? "" });
  const suggested = h("textarea", { value: (settings.suggestedQuestions ?? []).join("\n") });
  const [talkLabel, talk] = checkbox("Answers greetings and thanks by itself", settings.smallTalk !== false);
  const [pairsLabel, pairs] = checkbox(
    "Gives an answer of yours word for word before a model is asked",
    settings.pairsFirst !== false,
  );
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Answers"),
    editorsForm(
      [
        h("div", { class: "columns" }, field("Name", name), thresholdField, nearField),
        h(
          "div",
          { class: "columns" },
          field("A model answers", from, "Counts once the chatbot has a model, under Integrations."),
          h("fieldset", {}, h("legend", {}, "Without a model"), talkLabel, pairsLabel),
        ),
        field("Instructions for models", instructions, "Tone, names, what to avoid. Up to 4,000 characters."),
        field(
          "Questions to begin with",
          suggested,
          "One a line, up to six; visitors see them as buttons. Empty: the newest questions that you have answered.",
        ),
      ],
      "Save",
      async () => {
        const questions = suggested.value
          .split("\n")
          .map((line) => line.trim())
          .filter(Boolean);
        const patched = {
          confidenceThreshold: Number(threshold.value),
          nearThreshold: Number(near.value),
          answerFrom: from.value,
          instructions: instructions.value,
          pairsFirst: pairs.checked,
          suggestedQuestions: questions.length > 0 ? questions : null,
          // Texts of one's own stay what they are.
          ...(talk.checked === (settings.smallTalk !== false) ? {} : { smallTalk: talk.checked ? null : false }),
        };
        await patch(`/api/v1/chatbots/${part(bot.id)}`, { name: name.value, settings: patched });
        await loadChatbots();
        toast("Saved. It counts from the next question on.");
      },
    ),
  );
}

/**
 * How long conversations and leads are kept.
 *
 * @param {{ conversationDays: number | null, leadDays: number | null }} kept
 */
function retentionForm(kept) {
  /** @param {number | null} value */
  const days = (value) => h("input", { type: "number", min: 1, max: 3650, step: 1, value: value ?? "" });
  const conversations = days(kept.conversationDays);
  const leads = days(kept.leadDays);
  /** @param {HTMLInputElement} input */
  const given = (input) => (input.value === "" ? null : Number(input.value));
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "What is kept"),
    editorsForm(
      [
        h(
          "div",
          { class: "columns" },
          field(
            "Days to keep conversations",
            conversations,
            "From the last message on. Empty: as long as the chatbot.",
          ),
          field("Days to keep leads", leads, "From when they were left on. Empty: as long as the chatbot."),
        ),
        h(
          "p",
          { class: "quiet" },
          "What is older is deleted and can't be restored. Statistics keep what they counted.",
        ),
      ],
      "Save",
      async () => {
        const body = { conversationDays: given(conversations), leadDays: given(leads) };
        await put("/api/v1/retention", body, chatbotId());
        toast("Saved. What is older goes within minutes.");
      },
    ),
    may("edit") &&
      h("details", { class: "apart" }, h("summary", {}, "Was a visitor's data erased?"), receiptForm(chatbotId())),
  );
}

/**
 * A share from 0 to 1, with its percent beside it.
 *
 * @param {string} label
 * @param {number} value
 * @param {string} hint
 * @returns {[HTMLElement, HTMLInputElement]}
 */
function slider(label, value, hint) {
  const input = h("input", { type: "range", min: 0, max: 1, step: 0.05 });
  input.value = String(value);
  const output = h("output");
  const show = () => {
    const text = percent(Number(input.value));
    replace(output, text);
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", show);
  show();
  const made = field(label, input, hint);
  const line = h("div", { class: "slider" });
  input.before(line);
  line.append(input, output);
  return [made, input];
}

/**
 * @param {Record<string, any>} config
 * @param {(config: Record<string, any>) => void} changed
 */
function widgetForm(config, changed) {
  /** @type {Record<string, any>} */
  const now = { ...config };
  /** @type {Record<string, any>} */
  const sent = {};
  const set = (/** @type {string} */ name, /** @type {unknown} */ value) => {
    now[name] = value;
    sent[name] = value;
    changed({ ...now });
  };
  const colors = COLORS.map(([name, label]) => {
    const text = h("input", {
      value: now[name],
      pattern: "#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})",
      maxlength: 9,
      spellcheck: "false",
    });
    const picker = h("input", { type: "color", value: hex(now[name]), "aria-label": `${label}, chosen` });
    picker.addEventListener("input", () => {
      text.value = picker.value;
      set(name, picker.value);
    });
    text.addEventListener("change", () => {
      if (!text.checkValidity()) return;
      picker.value = hex(text.value);
      set(name, text.value);
    });
    const made = field(label, text);
    const line = h("div", { class: "color" }, picker);
    text.before(line);
    line.append(text);
    return made;
  });
  const texts = TEXTS.map(([name, label]) => {
    const input = h("input", { value: now[name], required: true, maxlength: 200 });
    input.addEventListener("change", () => set(name, input.value));
    return field(label, input);
  });
  const position = select(
    [
      ["bottom-right", "Bottom right"],
      ["bottom-left", "Bottom left"],
    ],
    now.position,
  );
  position.addEventListener("change", () => set("position", position.value));
  const language = h("input", { value: now.aiLanguage, maxlength: 35, pattern: "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*" });
  language.addEventListener("change", () => set("aiLanguage", language.value));
  const [brandLabel, brand] = checkbox("Shows “Powered by Colloquy”", now.showBranding);
  brand.addEventListener("change", () => set("showBranding", brand.checked));
  return h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h2", {}, "Widget"), h("a", { href: "#/keys" }, "Put it on a page")),
    editorsForm(
      [
        h("fieldset", {}, h("legend", {}, "Colours"), h("div", { class: "columns" }, colors)),
        h(
          "fieldset",
          {},
          h("legend", {}, "Place and language"),
          h(
            "div",
            { class: "columns" },
            field("Corner", position),
            field("Language", language, "Such as en or pt-BR."),
          ),
          brandLabel,
        ),
        h(
          "details",
          { class: "apart" },
          h("summary", {}, "Words"),
          h("p", { class: "hint" }, "What you leave as it is appears in the visitor's own language."),
          h("div", { class: "columns" }, texts),
        ),
      ],
      "Save the widget",
      async () => {
        if (Object.keys(sent).length === 0) {
          toast("Nothing was changed.");
          return;
        }
        await patch("/api/v1/config", sent, chatbotId());
        toast("Saved. Pages show it within a minute.");
      },
    ),
  );
}

/**
 * A colour as a picker takes it: six digits.
 *
 * @param {string} color
 */
function hex(color) {
  const digits = color.slice(1);
  return digits.length === 3 ? `#${[...digits].map((digit) => digit + digit).join("")}` : `#${digits.slice(0, 6)}`;
}

function deletion() {
  return editButton(
    "Delete the chatbot",
    () =>
      confirm(
        "Delete this chatbot?",
        `“${state.chatbot?.name}” and everything that belongs to it are removed for good.`,
        "Delete it",
        async () => {
          await remove(`/api/v1/chatbots/${part(chatbotId())}`);
          state.chatbot = null;
          toast("Deleted.");
          location.hash = "#/overview";
          location.reload();
        },
      ),
    "danger",
  );
}
