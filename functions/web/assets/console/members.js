// Members of the workspace: who may do what, and who was invited.

import { call, get, part, patch, post, remove } from "./api.js";
import { breakable, h, replace } from "./dom.js";
import { ago, at, title } from "./format.js";
import { may, state } from "./state.js";
import {
  badge,
  confirm,
  copyButton,
  field,
  fill,
  form,
  governButton,
  loading,
  openDialog,
  pageHead,
  select,
  table,
  toast,
} from "./ui.js";

/** @type {[string, string, string][]} */
const ROLES = [
  ["owner", "Owner", "Everything: keys, members, the plan and closing the account, too."],
  ["editor", "Editor", "Chatbots, knowledge, integrations, channels, webhooks and agent loops."],
  ["agent", "Agent", "Reads everything, and answers in the inbox."],
  ["viewer", "Viewer", "Reads everything."],
];
const CHOICES = ROLES.map(([value, text]) => /** @type {[string, string]} */ ([value, text]));

/** @param {HTMLElement} page */
export function showMembers(page) {
  const people = h("div", { class: "card flush" }, loading());
  const invited = h("div", { class: "card flush", hidden: true });
  const again = () =>
    fill(people, async () => {
      const { data, invitations } = await get("/api/v1/members");
      invited.hidden = invitations.length === 0;
      replace(invited, invitations.length > 0 && invitationTable(invitations, again));
      return memberTable(data, again);
    });
  replace(
    page,
    pageHead(
      "Members",
      "Who works in this workspace, and what each of them may do.",
      governButton("Invite a member", () => invite(again), "primary"),
    ),
    people,
    invited,
    legend(),
    may("govern") && closing(),
  );
  again();
}

function closing() {
  const name = state.session?.workspace.name;
  return h(
    "section",
    { class: "card stack" },
    h("h2", {}, "Close the account"),
    h(
      "p",
      { class: "quiet" },
      `${name} with all of its members, keys, chatbots, knowledge, conversations, leads and webhooks. This can't be undone.`,
    ),
    h("div", { class: "row" }, governButton("Close the account", closeAccount, "danger")),
  );
}

function closeAccount() {
  const password = h("input", { type: "password", required: true, autocomplete: "current-password" });
  openDialog("Close the account?", (close) =>
    form(
      [
        h("p", {}, "Everybody is signed out and every key is refused at once. Everything is deleted for good."),
        field("Your password", password),
      ],
      "Close it for good",
      async () => {
        const body = { password: password.value };
        const { erasure } = await call("DELETE", "/api/v1/account", { body, quiet: true });
        close();
        farewell(erasure.id);
      },
      "danger",
    ),
  );
}

/** @param {string} id of the receipt */
function farewell(id) {
  const address = new URL(`api/v1/auth/closures/${part(id)}`, document.baseURI).href;
  openDialog("The account is closed", () => [
    h("p", {}, "What was in it is being deleted. This address says how far that has come:"),
    h("div", { class: "secret" }, h("code", {}, address), copyButton(address)),
  ]).addEventListener("close", () => location.reload());
}

function legend() {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Roles"),
    h(
      "dl",
      { class: "roles" },
      ROLES.flatMap(([, name, text]) => [h("dt", {}, name), h("dd", {}, text)]),
    ),
  );
}

/**
 * @param {any[]} members
 * @param {() => void} again
 */
function memberTable(members, again) {
  return table(
    "Members",
    ["E-mail", "Role", "Since", ""],
    members.map((one) => [
      ["text", h("span", { class: "wrap" }, breakable(one.email), one.id === state.session?.user.id && " (you)")],
      may("govern") ? roleChoice(one, again) : badge(title(one.role)),
      ["nowrap", ago(one.joinedAt)],
      [
        "actions",
        governButton(
          "Remove",
          () =>
            confirm(
              "Remove this member?",
              `${one.email} is signed out everywhere at once, and the account is gone. API keys stay: revoke those they know.`,
              "Remove",
              async () => {
                await remove(`/api/v1/members/${part(one.id)}`);
                toast("Removed.");
                again();
              },
            ),
          "small danger",
        ),
      ],
    ]),
  );
}

/**
 * @param {any} one
 * @param {() => void} again
 */
function roleChoice(one, again) {
  const choice = select(CHOICES, one.role, { "aria-label": `Role of ${one.email}` });
  choice.addEventListener("change", async () => {
    choice.disabled = true;
    try {
      await patch(`/api/v1/members/${part(one.id)}`, { role: choice.value });
      if (one.id === state.session?.user.id) {
        // What they may see and do has changed under them.
        location.reload();
        return;
      }
      toast(`${one.email} is ${choice.value} now.`);
    } catch (error) {
      toast(error instanceof Error ? error.message : "That did not work.", "bad");
    }
    again();
  });
  return choice;
}

/**
 * @param {any[]} invitations
 * @param {() => void} again
 */
function invitationTable(invitations, again) {
  return table(
    "Invitations",
    ["Invited", "As", "Until", ""],
    invitations.map((one) => [
      ["text", h("span", { class: "wrap" }, breakable(one.email))],
      badge(title(one.role)),
      ["nowrap", at(one.expiresAt)],
      [
        "actions",
        governButton(
          "Withdraw",
          async () => {
            await remove(`/api/v1/members/invitations/${part(one.id)}`);
            toast("Withdrawn. The code opens nothing any more.");
            again();
          },
          "small danger",
        ),
      ],
    ]),
  );
}

/** @param {() => void} done */
function invite(done) {
  const email = h("input", { type: "email", required: true, autocomplete: "off" });
  const role = select(CHOICES, "agent");
  const means = h("span");
  const draw = () => replace(means, ROLES.find(([value]) => value === role.value)?.[2]);
  role.addEventListener("change", draw);
  draw();
  openDialog("Invite a member", (close) =>
    form(
      [
        field("E-mail address", email, "A code is sent there; it is valid for seven days."),
        field("Role", role, [means, " It can be changed later."]),
      ],
      "Send the invitation",
      async () => {
        await post("/api/v1/members/invitations", { email: email.value, role: role.value });
        close();
        toast("The invitation is on its way.");
        done();
      },
    ),
  );
}
