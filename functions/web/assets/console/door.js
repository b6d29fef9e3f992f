// Signing in: by address and password, or by a link that works once.

import { call } from "./api.js";
import { h, logo, replace } from "./dom.js";
import { state } from "./state.js";
import { field, form } from "./ui.js";

/** @param {string} token */
export async function signInByLink(token) {
  state.session = await call("POST", "/api/v1/auth/link", { body: { token }, quiet: true });
}

/** @param {() => unknown} entered */
export function signIn(entered) {
  const card = h("main", { class: "card", id: "main-content", tabindex: "-1" });
  const brand = () => h("p", { class: "brand" }, logo(), "Colloquy");
  const asMember = () => {
    const email = h("input", { type: "email", required: true, autocomplete: "username" });
    const password = h("input", { type: "password", required: true, autocomplete: "current-password" });
    const fields = [field("E-mail address", email), field("Password", password)];
    replace(
      card,
      brand(),
      h("h1", {}, "Sign in"),
      form(fields, "Sign in", async () => {
        const body = { email: email.value, password: password.value };
        state.session = await call("POST", "/api/v1/auth/login", { body, quiet: true });
        await entered();
      }),
      h(
        "p",
        { class: "small quiet" },
        "No account yet? ",
        h("button", { type: "button", class: "plain small", onclick: asNew }, "Sign up"),
        " · ",
        h("button", { type: "button", class: "plain small", onclick: asInvited }, "I was invited"),
      ),
    );
    email.focus();
  };
  const asInvited = () => {
    const code = h("input", { required: true, maxlength: 128, autocomplete: "one-time-code" });
    const password = newPassword();
    replace(
      card,
      brand(),
      h("h1", {}, "Join a workspace"),
      form(
        [
          field("Code", code, "From the e-mail that invited you."),
          field("Password", password, "8 characters or more."),
        ],
        "Join",
        async () => {
          const body = { code: code.value.trim(), password: password.value };
          state.session = await call("POST", "/api/v1/auth/join", { body, quiet: true });
          await entered();
        },
      ),
      h(
        "p",
        { class: "small quiet" },
        "You have an account? ",
        h("button", { type: "button", class: "plain small", onclick: asMember }, "Sign in"),
      ),
    );
    code.focus();
  };
  const newPassword = () =>
    h("input", { type: "password", required: true, minlength: 8, maxlength: 128, autocomplete: "new-password" });
  const asNew = () => {
    const organization = h("input", { required: true, maxlength: 100, autocomplete: "organization" });
    const email = h("input", { type: "email", required: true, autocomplete: "username" });
    const password = newPassword();
    const fields = [
      field("Organization", organization),
      field("E-mail address", email),
      field("Password", password, "8 characters or more."),
    ];
    replace(
      card,
      brand(),
      h("h1", {}, "Sign up"),
      form(fields, "Sign up", async () => {
        const body = { email: email.value, password: password.value, organization: organization.value };
        state.session = await call("POST", "/api/v1/auth/signup", { body, quiet: true });
        await entered();
      }),
      h(
        "p",
        { class: "small quiet" },
        "You have an account? ",
        h("button", { type: "button", class: "plain small", onclick: asMember }, "Sign in"),
      ),
    );
    organization.focus();
  };
  asMember();
  return h("div", { class: "door" }, card);
}
