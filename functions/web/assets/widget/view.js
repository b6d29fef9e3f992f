// The launcher and the window: where everything is, what has the focus, and what is told to screen readers.

import { attribute, detach, each, element, empty, find, listen, map, own, text, win } from "./builtins.js";
import { all, rows } from "./rows.js";
import { card, fieldsOf } from "./cards.js";
import { compose } from "./composer.js";
import { add, h, hidden, icon } from "./dom.js";
import { message } from "./memory.js";
import { rightToLeft } from "./strings.js";

/** @typedef {import("./memory.js").Message} Message */

// The same as in the style sheet.
const PHONE = "(max-width:480px),(max-height:460px)";
const FOCUSABLE = 'button,input,textarea,a[href],[tabindex="0"]';

/**
 * @typedef {object} Setup
 * @property {import("./chat.js").Visit} visit
 * @property {import("./strings.js").Words} words
 * @property {string} language
 * @property {any} config
 * @property {string[]} questions suggested to who has asked none yet
 * @property {ShadowRoot} shadow
 * @property {boolean} framed within an element of the page, with no launcher
 * @property {(rules: string) => void} place sets rules for the phone's visible part
 */

/** @param {Setup} setup */
export const frame = ({ visit, words, language, config, questions, shadow, framed, place }) => {
  /** @param {string} name */
  const say = (name) => text(words, name);
  const bot = text(config, "botName") || say("open");
  const phone = win.matchMedia(PHONE);
  const isModal = () => phone.matches && !framed;

  const live = h("div", { class: "hidden", role: "status" });
  const log = h("div", {
    class: "log",
    role: "log",
    "aria-live": "off",
    tabindex: 0,
    "aria-label": say("conversation"),
  });
  const stack = h("div", { class: "stack" });
  // What comes after the messages: a form keeps the focus when another message comes.
  const tail = h("div", { class: "stack" });
  all(log, [stack, tail]);
  const notice = h("div", { class: "notice", role: "status", hidden: true });
  const state = h("span", null, say("onlineText"));
  const { form: composer, field, check } = compose(visit, words, () => lines.bottom());
  const person = h(
    "button",
    { class: "person", type: "button", hidden: true, click: () => askForPerson() },
    icon("person"),
    say("handoffText"),
  );
  const badge = h("span", { class: "badge", hidden: true, "aria-hidden": "true" });
  const unread = hidden("");
  const launcher = h("button", {
    class: "launcher",
    type: "button",
    "aria-haspopup": "dialog",
    click: () => show(!isOpen, true),
  });
  const head = h("div", { class: "head" });
  const pane = h("div", { class: "window", role: "dialog", "aria-label": bot, tabindex: -1, hidden: true });
  const root = h("div", {
    class: `root${text(config, "position") === "bottom-left" ? " left" : ""}${framed ? " framed" : ""}`,
    dir: rightToLeft(language) ? "rtl" : "ltr",
    lang: language,
  });
  let isOpen = false;
  /** @type {Message | null} */
  let coming = null;
  const waiting = h(
    "div",
    { class: "row" },
    h(
      "div",
      { class: "bubble wait" },
      element("i"),
      element("i"),
      element("i"),
      h("span", { class: "note" }, say("typingText")),
    ),
  );
  /** @type {{ form: HTMLElement, focus: () => void } | null} */
  let form = null;

  const lines = rows(log, stack, words, bot, {
    retry: (mine) => visit.retry(mine),
    rate: (answer, value) => visit.rate(answer, value),
    ask: (question) => {
      visit.send(question);
      field.focus();
    },
  });

  // ── Menu ──
  const menu = h("div", { class: "menu", hidden: true });
  const more = h(
    "button",
    {
      class: "tool",
      type: "button",
      "aria-label": say("menu"),
      "aria-expanded": "false",
      click: () => openMenu(!!menu.hidden),
    },
    icon("more", "dots"),
  );
  /** @param {boolean} open */
  const openMenu = (open) => {
    attribute(menu, "hidden", !open);
    attribute(more, "aria-expanded", `${open}`);
    if (open) menu.querySelector("button")?.focus();
  };
  /** @type {(label: string, act: () => void) => HTMLElement} */
  const entry = (label, act) =>
    h(
      "button",
      {
        type: "button",
        click: () => {
          openMenu(false);
          act();
        },
      },
      label,
    );
  add(
    menu,
    entry(say("restart"), () => {
      visit.restart();
      field.focus();
    }),
  );
  if (visit.takesLeads)
    add(
      menu,
      entry(say("details"), () => askForDetails()),
    );
  listen(menu, "focusout", (event) => {
    if (!menu.contains(event.relatedTarget) && event.relatedTarget !== more) openMenu(false);
  });

  // ── Forms ──
  const closeForm = () => {
    if (form) detach(form.form);
    form = null;
    if (isOpen) field.focus();
    refresh();
  };
  /** @param {{ form: HTMLElement, focus: () => void }} made */
  const openForm = (made) => {
    if (form) detach(form.form);
    form = made;
    add(tail, made.form);
    lines.bottom();
    made.focus();
    refresh();
  };
  const askForPerson = () => {
    const skip = { label: say("emailSkipText"), act: () => visit.handOff("") };
    const submit = (/** @type {Record<string, string>} */ values) => visit.handOff(text(values, "email"));
    openForm(card(words, say("handoffText"), [fieldsOf(words).email], submit, skip, closeForm, lines.bottom));
  };
  const askForDetails = () => {
    const { name, email, phone: number } = fieldsOf(words);
    const submit = (/** @type {any} */ values) => visit.leave(values);
    const skip = { label: say("emailSkipText"), act: () => Promise.resolve("") };
    openForm(card(words, say("details"), [name, email, number], submit, skip, closeForm, lines.bottom));
  };

  // ── What is said ──
  const greet = () => {
    lines.show(message({ role: "bot", content: say("greeting") }), true);
    if (questions.length && !find(visit.state().messages, (one) => one.role === "user")) {
      const chips = lines.chips(questions);
      attribute(chips, "id", "questions");
      add(tail, chips);
    }
  };
  const reset = () => {
    form = null;
    empty(tail);
    lines.clear();
    greet();
    each(visit.state().messages, (one) => lines.show(one, true));
    lines.bottom();
  };
  const settled = () => {
    detach(waiting);
    lines.undraw();
    if (coming && !find(visit.state().messages, (one) => one === coming)) lines.remove(coming);
    coming = null;
    check();
  };
  /** @param {Message} one */
  const shown = (one) => {
    const chips = one.role === "user" && shadow.getElementById("questions");
    if (chips) detach(chips);
    lines.show(one, false);
  };

  // ── Open and closed ──
  const refresh = () => {
    const { unread: count, conversation, handed, live: silent } = visit.state();
    badge.textContent = count > 9 ? "9+" : `${count}`;
    attribute(badge, "hidden", !count);
    unread.textContent = count ? `${say("unread")} ${count}` : "";
    attribute(person, "hidden", !conversation || !!(handed && silent) || !!form);
  };
  /** @param {boolean} open @param {boolean} focus */
  const show = (open, focus) => {
    if (framed && !open) return;
    isOpen = open;
    attribute(pane, "hidden", !open);
    attribute(pane, "aria-modal", open && isModal() && "true");
    attribute(root, "class", root.className.replace(" isopen", "") + (open ? " isopen" : ""));
    attribute(launcher, "aria-expanded", `${open}`);
    attribute(launcher, "aria-label", say(open ? "close" : "open"));
    empty(launcher);
    all(launcher, [/** @type {any} */ (icon(open ? "down" : "chat")), badge, unread]);
    visit.opened(open);
    if (open) lines.bottom();
    if (!focus) return;
    if (!open) launcher.focus();
    // On a phone the keyboard would hide what there is to read.
    else (isModal() ? pane : field).focus();
  };
  listen(pane, "keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      if (!menu.hidden) {
        openMenu(false);
        more.focus();
      } else show(false, true);
    }
    if (event.key !== "Tab" || !isModal()) return;
    const stops = map(
      pane.querySelectorAll(FOCUSABLE),
      (node) => /** @type {HTMLElement} */ (node).offsetParent && /** @type {HTMLElement} */ (node),
    );
    const first = stops[0];
    const last = stops[stops.length - 1];
    const at = shadow.activeElement;
    if (event.shiftKey ? at === first || at === pane : at === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  });

  const connection = () => {
    const off = !win.navigator.onLine;
    attribute(notice, "hidden", !off);
    notice.textContent = off ? say("networkErrorText") : "";
    state.textContent = off ? "" : say("onlineText");
    attribute(head, "class", off ? "head off" : "head");
  };
  listen(win, "online", connection);
  listen(win, "offline", connection);
  const view = win.visualViewport;
  if (view && !framed) {
    // The part of a phone's screen that the keyboard leaves.
    const fit = () => place(isModal() && isOpen ? `--height:${view.height}px;--top:${view.offsetTop}px;` : "");
    listen(view, "resize", fit);
    listen(view, "scroll", fit);
  }

  const initial = /[\p{L}\p{N}]/u.exec(bot)?.[0] ?? "?";
  const who = h(
    "div",
    { class: "who" },
    h("p", { class: "name" }, h("bdi", null, bot)),
    h("p", { class: "state" }, state),
  );
  const close = h(
    "button",
    { class: "tool", type: "button", "aria-label": say("close"), click: () => show(false, true) },
    icon("close"),
  );
  all(head, [h("div", { class: "avatar", "aria-hidden": "true" }, initial.toUpperCase()), who, more]);
  if (!framed) add(head, close);
  add(head, menu);
  const brand =
    own(config, "showBranding") !== false &&
    h("span", { class: "brand", lang: "en", dir: "ltr" }, "Powered by ", h("b", null, "Colloquy"));
  const foot = h("div", { class: "foot" }, composer, h("div", { class: "links" }, person, brand));
  all(pane, [head, notice, log, foot]);
  add(root, pane);
  if (!framed) add(root, launcher);
  add(root, live);
  add(shadow, root);
  connection();

  visit.attach({
    show: shown,
    typing: (answer) => {
      if (!answer) {
        add(stack, waiting);
        lines.bottom();
        return;
      }
      detach(waiting);
      coming = answer;
      lines.draw(answer, () => shown(answer));
    },
    settled,
    reset,
    refresh,
    announce: (what) => {
      live.textContent = typeof what === "string" ? what : lines.spoken(what);
    },
  });
  reset();
  show(framed, false);
  refresh();
  return {
    show,
    isModal,
    isOpen: () => isOpen,
    /** @param {string} question */
    ask: (question) => {
      show(true, true);
      visit.send(question);
    },
  };
};
