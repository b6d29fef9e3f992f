// The field that a visitor writes in.

import { attribute, each, listen, text } from "./builtins.js";
import { h, icon } from "./dom.js";

/**
 * @param {import("./chat.js").Visit} visit
 * @param {import("./strings.js").Words} words
 * @param {() => void} sent
 */
export const compose = (visit, words, sent) => {
  const field = /** @type {HTMLTextAreaElement} */ (
    h("textarea", {
      rows: 1,
      placeholder: text(words, "inputPlaceholder"),
      "aria-label": text(words, "inputPlaceholder"),
      maxlength: visit.maxLength,
      enterkeyhint: "send",
    })
  );
  const send = h("button", { class: "send", type: "submit", "aria-label": text(words, "emailSendText") }, icon("send"));
  const check = () => {
    // An empty field shows its placeholder the way that the widget is written.
    attribute(field, "dir", field.value && "auto");
    const off = visit.busy() || !field.value.trim();
    attribute(send, "aria-disabled", off && "true");
    // Where the browser doesn't size the field by what is in it.
    let lines = 1 + field.value.length / 40;
    each(field.value, (sign) => {
      if (sign === "\n") lines++;
    });
    attribute(field, "rows", lines > 5 ? 5 : lines | 0);
  };
  const submit = () => {
    const question = field.value;
    if (visit.busy() || !question.trim()) return;
    field.value = "";
    visit.send(question);
    sent();
    check();
  };
  listen(field, "input", check);
  listen(field, "keydown", (event) => {
    // Enter also ends the choice of a character, in languages that compose them.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  const form = h(
    "form",
    {
      class: "composer",
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        submit();
      },
    },
    field,
    send,
  );
  check();
  return { form, field, check };
};
