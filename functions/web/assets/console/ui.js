// Parts that screens are made of.

import { Refused } from "./api.js";
import { breakable, h, icon, replace } from "./dom.js";
import { may } from "./state.js";

/** @typedef {import("./dom.js").Child} Child */

/**
 * A message that goes by itself.
 *
 * @param {string} text
 * @param {"good" | "bad"} [kind]
 */
export function toast(text, kind = "good") {
  const place = document.getElementById("toasts");
  const shown = h("div", { class: `toast ${kind}` }, text);
  place?.append(shown);
  setTimeout(() => shown.remove(), kind === "bad" ? 9000 : 4500);
}

/** @param {unknown} error */
export function wordsOf(error) {
  if (error instanceof Refused) return error.message;
  console.error(error);
  return "Something went wrong in this page. Reload it and try again.";
}

/** @param {unknown} error */
export const complain = (error) => toast(wordsOf(error), "bad");

/**
 * The head of a screen.
 *
 * @param {string} title
 * @param {Child} about
 * @param {...Child} actions
 */
export function pageHead(title, about, ...actions) {
  return h(
    "header",
    { class: "page-head" },
    h("div", {}, h("h1", {}, title), about ? h("p", {}, about) : null),
    actions.some(Boolean) ? h("div", { class: "row" }, actions) : null,
  );
}

/**
 * @param {string} text
 * @param {string} [kind]
 */
export const badge = (text, kind = "") => h("span", { class: `badge ${kind}` }, text);

/**
 * What is shown where there is nothing yet: why, and what to do next.
 *
 * @param {string} picture
 * @param {string} title
 * @param {Child} text
 * @param {...Child} actions
 */
export function empty(picture, title, text, ...actions) {
  return h(
    "div",
    { class: "empty" },
    icon(picture),
    h("h2", {}, title),
    h("p", {}, text),
    actions.some(Boolean) ? h("div", { class: "row" }, actions) : null,
  );
}

export const loading = (text = "Loading…") => h("p", { class: "loading", role: "status" }, text);

/**
 * @param {string} text
 * @param {(event: MouseEvent) => unknown} onclick
 * @param {string} [kind]
 */
export function button(text, onclick, kind = "") {
  const made = h("button", { type: "button", class: kind }, text);
  // One that is disabled would lose the focus, and with it the place that a dialog returns to.
  made.addEventListener("click", async (event) => {
    if (made.hasAttribute("aria-disabled")) return;
    made.setAttribute("aria-disabled", "true");
    try {
      await onclick(event);
    } catch (error) {
      complain(error);
    } finally {
      made.removeAttribute("aria-disabled");
    }
  });
  return made;
}

/**
 * A button for members who may do that, and nothing for the others.
 *
 * @param {import("./state.js").Access} access
 * @returns {(text: string, onclick: (event: MouseEvent) => unknown, kind?: string) => HTMLButtonElement | null}
 */
const buttonFor = (access) => (text, onclick, kind) => (may(access) ? button(text, onclick, kind) : null);

export const replyButton = buttonFor("reply");
export const editButton = buttonFor("edit");
export const governButton = buttonFor("govern");

/**
 * A form as it is for members who may not send it: to read, with a word on why.
 *
 * @param {HTMLFormElement} made
 */
export function forEditors(made) {
  if (may("edit")) return made;
  for (const control of made.elements) /** @type {HTMLInputElement} */ (control).disabled = true;
  made.prepend(h("p", { class: "notice" }, "Editors and owners of the workspace may change this."));
  return made;
}

let fields = 0;

/**
 * A labelled field. `control` gets an id, and its hint as its description.
 *
 * @param {string} label
 * @param {HTMLElement} control
 * @param {Child | Child[]} [hint]
 */
export function field(label, control, hint) {
  fields += 1;
  const id = `field-${fields}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return h(
    "div",
    {},
    h("label", { for: id }, label),
    control,
    hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null,
  );
}

/**
 * A choice among few. `options` are values with their texts.
 *
 * @param {[string, string][]} options
 * @param {string} value
 * @param {Record<string, any>} [more]
 */
export function select(options, value, more = {}) {
  const made = h(
    "select",
    more,
    options.map(([of, text]) => h("option", { value: of }, text)),
  );
  made.value = value;
  return made;
}

/**
 * @param {string} text
 * @param {boolean} checked
 * @param {Record<string, any>} [more]
 * @returns {[HTMLLabelElement, HTMLInputElement]}
 */
export function checkbox(text, checked, more = {}) {
  const box = h("input", { type: "checkbox", checked, ...more });
  return [h("label", { class: "check" }, box, text), box];
}

/**
 * A form whose errors are shown in it.
 *
 * @param {Child[]} children
 * @param {string} action
 * @param {() => Promise<unknown>} onsubmit
 * @param {string} [kind] of the button
 */
export function form(children, action, onsubmit, kind = "primary") {
  const wrong = h("p", { class: "notice bad", role: "alert", hidden: true });
  const send = h("button", { type: "submit", class: kind }, action);
  const made = h("form", { novalidate: false }, children, wrong, h("div", { class: "row" }, send));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    wrong.hidden = true;
    try {
      await onsubmit();
    } catch (error) {
      wrong.hidden = false;
      replace(wrong, wordsOf(error));
    } finally {
      send.disabled = false;
    }
  });
  return made;
}

/**
 * A dialog that is open until it is closed. `fill` makes what is in it.
 *
 * @param {string} title
 * @param {(close: () => void) => Child | Child[]} fill
 * @param {string} [kind]
 */
export function openDialog(title, fill, kind = "") {
  const heading = h("h2", { id: "dialog-title", class: "wrap" }, breakable(title));
  const dialog = h("dialog", { class: kind, "aria-labelledby": "dialog-title" });
  const close = () => dialog.close();
  const head = h(
    "div",
    { class: "dialog-head" },
    heading,
    h("button", { type: "button", class: "plain", onclick: close }, "Close"),
  );
  dialog.append(h("div", { class: "stack" }, head, fill(close)));
  const opener = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    // The browser gives the focus back; where the opener is gone, one goes on at the beginning of the screen.
    if (!opener?.isConnected) document.getElementById("main-content")?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  // Where one begins: the first field, or the way back from what can't be undone.
  const begin =
    dialog.querySelector("[autofocus]") ??
    dialog.querySelector("form :is(input, select, textarea):not(:disabled), .cancel");
  /** @type {HTMLElement | null} */ (begin)?.focus();
  return dialog;
}

/**
 * Asks whether to go on with what can't be undone.
 *
 * @param {string} title
 * @param {string} text
 * @param {string} action
 * @param {() => Promise<unknown>} work
 */
export function confirm(title, text, action, work) {
  openDialog(title, (close) => [
    h("p", {}, text),
    h(
      "div",
      { class: "row end" },
      h("button", { type: "button", class: "cancel", onclick: close }, "Cancel"),
      button(
        action,
        async () => {
          await work();
          close();
        },
        "danger",
      ),
    ),
  ]);
}

/**
 * A secret that is shown this once.
 *
 * @param {string} title
 * @param {string} about
 * @param {string} secret
 */
export function showSecret(title, about, secret) {
  openDialog(title, () => [
    h("p", {}, about),
    h("div", { class: "secret" }, h("code", {}, secret), copyButton(secret)),
  ]);
}

/**
 * Hands a file to the browser to keep.
 *
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}

/** @param {string} text */
export function copyButton(text) {
  return button(
    "Copy",
    async () => {
      try {
        await navigator.clipboard.writeText(text);
        toast("Copied");
      } catch {
        toast("The browser doesn't let this page copy. Mark the text and copy it yourself.", "bad");
      }
    },
    "small",
  );
}

/**
 * A table. Cells are children of `td`; a cell may be `[class, child]`. On a phone each row is a card, whose lines
 * begin with the head of their column: the roles say that it is a table all the same.
 *
 * @param {string} caption
 * @param {(string | [string, string])[]} heads
 * @param {(Child | [string, Child])[][]} rows
 */
export function table(caption, heads, rows) {
  /** @param {string | [string, string]} head */
  const th = (head) => {
    const [kind, text] = Array.isArray(head) ? head : [null, head];
    return h("th", { scope: "col", role: "columnheader", class: kind }, text);
  };
  const names = heads.map((head) => (Array.isArray(head) ? head[1] : head));
  /** @param {Child | [string, Child]} cell @param {number} at */
  const td = (cell, at) => {
    const [kind, child] = Array.isArray(cell) ? cell : [null, cell];
    return h("td", { role: "cell", class: kind, "data-label": names[at] || null }, child);
  };
  return h(
    "div",
    { class: "table", role: "region", "aria-label": caption, tabindex: "0" },
    h(
      "table",
      { role: "table" },
      h("caption", { class: "visually-hidden" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads.map(th))),
      h(
        "tbody",
        { role: "rowgroup" },
        rows.map((row) => h("tr", { role: "row" }, row.map(td))),
      ),
    ),
  );
}

/**
 * Runs `read` and shows what comes of it in `place`.
 *
 * @param {Element} place
 * @param {() => Promise<Child | Child[]>} read
 */
export async function fill(place, read) {
  try {
    const shown = await read();
    replace(place, shown);
  } catch (error) {
    const again = button("Try again", () => fill(place, read));
    replace(
      place,
      h("div", { class: "notice bad", role: "alert" }, h("p", {}, wordsOf(error)), h("div", { class: "row" }, again)),
    );
  }
}
