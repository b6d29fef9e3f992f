// The console: signs in, shows the shell, and a screen by the address behind the #.

import { get, post, whenSignedOut } from "./api.js";
import { h, icon, logo, replace } from "./dom.js";
import { signIn, signInByLink } from "./door.js";
import { watchInbox } from "./feed.js";
import { screens } from "./screens.js";
import { choose, loadChatbots, state } from "./state.js";
import { button, complain, editButton, empty, loading, openDialog, form, field, toast } from "./ui.js";

const app = /** @type {HTMLElement} */ (document.getElementById("app"));

/** Ends what the screen shown now has running. */
let leave = () => {};

async function begin() {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (token) {
    // It works once: no copy of it stays in the address.
    history.replaceState(null, "", location.pathname + location.search);
    await signInByLink(token).catch(complain);
  }
  try {
    state.session = await get("/api/v1/auth/session");
  } catch {
    return door();
  }
  return enter();
}

function door() {
  leave();
  state.session = null;
  document.title = "Sign in · Colloquy console";
  replace(app, signIn(enter));
}

async function enter() {
  whenSignedOut(door);
  replace(app, loading());
  try {
    await loadChatbots();
  } catch (error) {
    complain(error);
  }
  shell();
  show();
}

/** The name of the screen in the address, and what follows it. */
function place() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const screen =
    screens().find((one) => one.name === name) ?? /** @type {import("./screens.js").Screen} */ (screens()[0]);
  return { screen, rest: rest.map(decodeURIComponent) };
}

function shell() {
  const side = h("div", { class: "side", id: "side" });
  const veil = h("div", { class: "veil", hidden: true });
  const menu = h(
    "button",
    { type: "button", class: "plain", "aria-expanded": "false", "aria-controls": "side" },
    "Menu",
  );
  const open = (/** @type {boolean} */ is) => {
    side.classList.toggle("open", is);
    veil.hidden = !is;
    menu.setAttribute("aria-expanded", String(is));
    if (is) side.querySelector("a")?.focus();
  };
  menu.addEventListener("click", () => open(!side.classList.contains("open")));
  veil.addEventListener("click", () => open(false));
  side.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a")) open(false);
  });
  side.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      open(false);
      menu.focus();
    }
  });
  const brand = () => h("a", { class: "brand", href: "#/overview" }, logo(), "Colloquy");
  replace(side, brand(), chatbotChoice(), navigation(), who());
  const main = h("main", { class: "main", id: "main-content", tabindex: "-1" });
  replace(app, h("div", { class: "shell" }, h("div", { class: "topbar" }, brand(), menu), veil, side, main));
}

function chatbotChoice() {
  const id = "chatbot-choice";
  const options = state.chatbots.map((one) => h("option", { value: one.id }, one.name));
  const choice = h(
    "select",
    {
      id,
      onchange: () => {
        choose(choice.value);
        show();
      },
    },
    options,
  );
  choice.value = state.chatbot?.id ?? "";
  const add = editButton("New chatbot", () => newChatbot(), "plain small");
  return h(
    "div",
    { class: "choice" },
    h("div", { class: "row spread" }, h("label", { for: id }, "Chatbot"), add),
    state.chatbots.length > 0 && choice,
  );
}

function newChatbot() {
  const name = h("input", { required: true, maxlength: 100, autocomplete: "off" });
  openDialog("New chatbot", (close) =>
    form([field("Name", name, "Visitors see it in the widget.")], "Create", async () => {
      const made = await post("/api/v1/chatbots", { name: name.value });
      await loadChatbots();
      choose(made.chatbot.id);
      close();
      shell();
      toast("The chatbot is there. Give it something to read.");
      location.hash = "#/knowledge";
      show();
    }),
  );
}

function navigation() {
  /** @type {HTMLElement[]} */
  const parts = [];
  for (const group of ["", "Answers", "Setup", "Workspace"]) {
    const own = screens().filter((screen) => screen.group === group);
    if (own.length === 0) continue;
    if (group) parts.push(h("p", { class: "group" }, group));
    parts.push(
      h(
        "ul",
        {},
        own.map((screen) =>
          h(
            "li",
            {},
            h(
              "a",
              { href: `#/${screen.name}`, "data-screen": screen.name },
              icon(screen.icon),
              screen.title,
              screen.name === "inbox" && h("span", { class: "count", id: "waiting", hidden: true }),
            ),
          ),
        ),
      ),
    );
  }
  return h("nav", { "aria-label": "Screens" }, parts);
}

function who() {
  const out = button(
    "Sign out",
    async () => {
      await post("/api/v1/auth/logout", {});
      door();
    },
    "small",
  );
  return h(
    "div",
    { class: "who" },
    h(
      "div",
      { class: "name" },
      h("strong", { title: state.session?.workspace.name }, state.session?.workspace.name),
      h("span", {}, `Role: ${state.session?.user.role}`),
    ),
    h("span", { title: state.session?.user.email }, state.session?.user.email),
    h("div", { class: "row" }, out, h("a", { href: "docs", class: "small" }, "Documentation")),
  );
}

function show() {
  if (!state.session) return;
  leave();
  leave = () => {};
  const { screen, rest } = place();
  document.title = `${screen.title} · Colloquy console`;
  for (const link of app.querySelectorAll("[data-screen]")) {
    if (link.getAttribute("data-screen") === screen.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const main = document.getElementById("main-content");
  if (!main) return;
  const page = h("div", { class: "page" });
  replace(main, page);
  main.focus({ preventScroll: true });
  if (screen.needsChatbot && !state.chatbot) {
    replace(
      page,
      h(
        "div",
        { class: "card" },
        empty(
          "overview",
          "Make your first chatbot",
          "A chatbot answers from what you give it to read, and says so when it doesn't know.",
          editButton("New chatbot", () => newChatbot(), "primary"),
        ),
      ),
    );
    return;
  }
  const ends = screen.show(page, rest);
  leave = typeof ends === "function" ? /** @type {() => void} */ (ends) : () => {};
}

window.addEventListener("hashchange", () => {
  if (location.hash !== "#main-content") show();
});
document.getElementById("skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main-content")?.focus();
});
watchInbox((waiting) => {
  const shown = document.getElementById("waiting");
  if (!shown) return;
  shown.hidden = waiting === 0;
  replace(shown, waiting > 99 ? "99+" : waiting, h("span", { class: "visually-hidden" }, " wait for a person"));
});
begin();
