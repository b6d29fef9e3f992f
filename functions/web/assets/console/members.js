// Members of the workspace: who may do what, and who was invited.

import { get, part, patch, post, remove } from "./api.js";
import { h, replace } from "./dom.js";
import { ago, at } from "./format.js";
import { may, state } from "./state.js";
import {
  badge,
  confirm,
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
  );
  again();
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
      ["text", h("span", { class: "wrap" }, one.email, one.id === state.session?.user.id && " (you)")],
      may("govern") ? roleChoice(one, again) : badge(one.role),
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
      ["text", h("span", { class: "wrap" }, one.email)],
      badge(one.role),
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
  openDialog("Invite a member", (close) =>
    form(
      [
        field("E-mail address", email, "A code is sent there; it is valid for seven days."),
        field("Role", role, "It can be changed later."),
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
