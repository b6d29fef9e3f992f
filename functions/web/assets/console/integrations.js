// AI backends of a chatbot: who writes its answers, how often each is asked, and how they do.

import { get, part, patch, post, remove } from "./api.js";
import { h, replace } from "./dom.js";
import { count, sentence, title } from "./format.js";
import { chatbotId } from "./state.js";
import {
  badge,
  editButton,
  checkbox,
  confirm,
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

/** @type {[string, string][]} */
const KINDS = [
  ["openai_compatible", "OpenAI, or what speaks its API"],
  ["anthropic", "Anthropic"],
  ["bedrock", "Amazon Bedrock"],
  ["custom", "An endpoint of your own"],
  ["builtin", "The built-in answerer"],
  ["echo", "Echo, for tests"],
];
const SCOPE = "workspace";

/** @param {HTMLElement} page */
export function showIntegrations(page) {
  const board = h("div", { class: "card flush" }, loading());
  const again = () =>
    fill(board, async () => {
      const { data } = await get(`/v1/bots/${part(chatbotId())}/integrations?per_page=100`, SCOPE);
      if (data.length === 0) {
        return empty(
          "integrations",
          "The built-in answerer answers",
          "It quotes what the chatbot has read and costs nothing. Add a model to have answers written from the same passages, in the visitor's words.",
          editButton("Add an integration", () => edit(null, again), "primary"),
        );
      }
      return table(
        "Integrations",
        ["Name", "Kind", "Model", ["num", "Weight"], "Status", ""],
        data.map((/** @type {any} */ one) => [
          [
            "text",
            h("div", {}, one.name, one.status_reason && h("p", { class: "field-error" }, sentence(one.status_reason))),
          ],
          ["text", KINDS.find(([kind]) => kind === one.type)?.[1] ?? one.type],
          ["text", one.model ?? ""],
          ["num", one.is_fallback ? badge("Fallback", "info") : count(one.weight)],
          badge(title(one.status), one.status === "active" ? "good" : one.status === "error" ? "bad" : ""),
          [
            "actions",
            h(
              "div",
              { class: "row" },
              editButton("Edit", () => edit(one, again), "small"),
              editButton(
                "Delete",
                () =>
                  confirm(
                    "Delete this integration?",
                    `“${one.name}” is asked no more. Without any, the built-in answerer answers.`,
                    "Delete",
                    async () => {
                      await remove(`/v1/integrations/${part(one.id)}`, SCOPE);
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
      "Integrations",
      "Models that write answers from what your chatbot has read. Requests go to each by its weight; the fallback answers where one fails.",
      editButton("Add an integration", () => edit(null, again), "primary"),
    ),
    board,
  );
  again();
}

/**
 * @param {any} one
 * @param {() => void} done
 */
function edit(one, done) {
  openDialog(one ? `Edit ${one.name}` : "Add an integration", (close) => {
    const name = h("input", { required: true, maxlength: 100, value: one?.name ?? "" });
    const kind = select(KINDS, one?.type ?? "openai_compatible");
    kind.disabled = Boolean(one);
    const url = h("input", {
      type: "url",
      maxlength: 2048,
      value: one?.url ?? "",
      placeholder: "https://api.example.com/v1",
    });
    const model = h("input", { maxlength: 200, value: one?.model ?? "" });
    const key = h("input", {
      type: "password",
      autocomplete: "off",
      placeholder: one?.has_api_key ? "Stays as it is" : "",
    });
    const weight = h("input", { type: "number", min: 0, max: 1000, value: String(one?.weight ?? 1) });
    const timeout = h("input", { type: "number", min: 1, max: 120, value: String(one?.timeout_seconds ?? 30) });
    const [fallbackLabel, fallback] = checkbox("Answers where another one fails", one?.is_fallback ?? false);
    return form(
      [
        field("Kind", kind),
        field("Name", name, "For you."),
        field("Address", url, "Needed for an endpoint of your own; the others know theirs."),
        field("Model", model, "As whoever runs it names it."),
        field("API key", key, "Sealed when it is stored, and never shown again."),
        h(
          "div",
          { class: "columns" },
          field("Weight", weight, "2 is asked twice as often as 1, and 0 never."),
          field("Time-out, seconds", timeout),
        ),
        fallbackLabel,
      ],
      one ? "Save" : "Add",
      async () => {
        /** @type {Record<string, unknown>} */
        const body = {
          name: name.value,
          weight: Number(weight.value),
          timeout_seconds: Number(timeout.value),
          is_fallback: fallback.checked,
        };
        if (url.value) body.url = url.value;
        if (model.value) body.model = model.value;
        if (key.value) body.api_key = key.value;
        if (one) await patch(`/v1/integrations/${part(one.id)}`, body, SCOPE);
        else await post(`/v1/bots/${part(chatbotId())}/integrations`, { ...body, type: kind.value }, SCOPE);
        close();
        toast(one ? "Saved." : "Added. It is asked from the next question on.");
        done();
      },
    );
  });
}
