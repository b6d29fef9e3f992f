// Forms within the conversation: an e-mail address for a person to answer to, and contact details.

import { attribute, each, map, text } from "./builtins.js";
import { add, h } from "./dom.js";
import { all } from "./rows.js";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {string} type
 * @property {string} complete for autocomplete
 * @property {number} max
 */

/** @type {(words: import("./strings.js").Words) => Record<"name" | "email" | "phone", Field>} */
export const fieldsOf = (words) => ({
  name: { name: "name", label: text(words, "name"), type: "text", complete: "name", max: 200 },
  email: { name: "email", label: text(words, "emailPlaceholder"), type: "email", complete: "email", max: 254 },
  phone: { name: "phone", label: text(words, "phone"), type: "tel", complete: "tel", max: 50 },
});

/**
 * A card with fields. `send` gets what was typed and tells what went wrong, or "" if it is done.
 * @param {import("./strings.js").Words} words
 * @param {string} title
 * @param {Field[]} fields
 * @param {(values: Record<string, string>) => Promise<string>} send
 * @param {{ label: string, act: () => any }} other the second button
 * @param {() => void} done
 * @param {() => void} grown after the card has become larger
 */
export const card = (words, title, fields, send, other, done, grown) => {
  let busy = false;
  const note = h("p", { class: "note bad", role: "alert", id: "card-note" });
  const inputs = map(fields, (field) => {
    const input = /** @type {HTMLInputElement} */ (
      h("input", {
        type: field.type,
        name: field.name,
        autocomplete: field.complete,
        maxlength: field.max,
        dir: "auto",
        "aria-describedby": "card-note",
      })
    );
    return input;
  });
  const submit = h("button", { class: "button", type: "submit" }, text(words, "emailSendText"));
  /** @param {string} why @param {HTMLInputElement | undefined} [at] */
  const refuse = (why, at) => {
    note.textContent = why;
    each(inputs, (input) => attribute(input, "aria-invalid", input === at && "true"));
    if (at) at.focus();
    grown();
  };
  /** @param {(values: Record<string, string>) => Promise<string>} act @param {Record<string, string>} values */
  const run = async (act, values) => {
    if (busy) return;
    busy = true;
    attribute(submit, "aria-disabled", "true");
    const why = await act(values);
    busy = false;
    attribute(submit, "aria-disabled", null);
    if (why) refuse(why);
    else done();
  };
  const form = h(
    "form",
    {
      class: "card enter",
      novalidate: true,
      "aria-label": title,
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        refuse("");
        /** @type {Record<string, string>} */
        const values = { name: "", email: "", phone: "" };
        /** @type {HTMLInputElement | undefined} */
        let email;
        each(inputs, (input) => {
          values[input.name] = input.value.trim();
          if (input.name === "email") email = input;
        });
        const reachable = values.email ? EMAIL.test(values.email) : /\d/.test(values.phone ?? "");
        if (!reachable) return refuse(text(words, "emailWrong"), email);
        return run(send, values);
      },
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        done();
      },
    },
    h("p", { class: "title" }, title),
  );
  each(fields, (field, at) => add(form, h("label", { class: "field" }, field.label, inputs[at])));
  add(form, note);
  const skip = h("button", { class: "button quiet", type: "button", click: () => run(other.act, {}) }, other.label);
  add(form, all(h("div", { class: "buttons" }), [submit, skip]));
  return { form, focus: () => inputs[0]?.focus() };
};
