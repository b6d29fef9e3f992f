// Members: an owner invites, the invited joins, and each role sees what it may do.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  BASE,
  accessible,
  bearer,
  call,
  closeBrowser,
  join,
  letterCode,
  picture,
  screen,
  signedIn,
  teach,
  tenant,
  visitor,
} from "./harness.mjs";

after(closeBrowser);

test("an owner invites a member, who joins, is raised and is removed", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  await signedIn(page, owner);
  await screen(page, "members", "Members");
  await page.getByRole("button", { name: "Invite a member" }).click();
  await accessible(page, "the form of an invitation");
  const email = `grace-${process.pid}-${Date.now()}@harbour.example`;
  await page.getByRole("dialog").getByLabel("E-mail address").fill(email);
  await page.getByRole("dialog").getByLabel("Role").selectOption("viewer");
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await page.getByRole("row", { name: email }).getByRole("button", { name: "Withdraw" }).waitFor();
  await accessible(page, "members and invitations");
  await picture(page, "console-members-invited");

  const guest = await visitor(t, { expected: ["status of 401", "status of 400"] });
  await guest.goto(`${BASE}/console`);
  await guest.getByRole("button", { name: "I was invited" }).click();
  await accessible(guest, "the door of the invited");
  await guest.getByLabel("Code").fill("not the code");
  await guest.getByLabel("Password").fill("correct horse battery");
  await guest.getByRole("button", { name: "Join" }).click();
  await guest.getByRole("alert").getByText("not valid").waitFor();
  await picture(guest, "console-join");
  await guest.getByLabel("Code").fill(await letterCode(email));
  await guest.getByRole("button", { name: "Join" }).click();
  await guest.getByText("Role: viewer").waitFor();
  assert.equal(await guest.getByRole("button", { name: "New chatbot" }).count(), 0);

  // A role counts in what is open already, and what is drawn again shows it.
  await page.reload();
  await page.getByLabel(`Role of ${email}`).selectOption("editor");
  await page.getByText(`${email} is editor now.`).waitFor();
  await guest.reload();
  await guest.getByText("Role: editor").waitFor();
  await guest.getByRole("button", { name: "New chatbot" }).first().waitFor();

  await page.getByRole("row", { name: email }).getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("Removed.").waitFor();
  await page.getByRole("row", { name: email }).waitFor({ state: "detached" });
  await guest.reload();
  await guest.getByRole("heading", { name: "Sign in" }).waitFor();

  // The last owner can't be anything else: the console says why, and shows what is.
  const own = page.getByLabel(`Role of ${owner.email}`);
  const refused = await visitor(t, { expected: ["status of 409"] });
  await signedIn(refused, owner, "members");
  await refused.getByLabel(`Role of ${owner.email}`).selectOption("viewer");
  await refused.getByText("needs an owner").waitFor();
  await refused.waitForFunction(() => !document.querySelector("select[disabled]"));
  assert.equal(await own.inputValue(), "owner");
});

test("an owner closes the account with the password", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t, { expected: ["status of 401", "status of 403"] });
  await signedIn(page, owner, "members");
  await page.getByRole("button", { name: "Close the account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your password").fill("not the password");
  await dialog.getByRole("button", { name: "Close it for good" }).click();
  await dialog.getByRole("alert").getByText("password is wrong").waitFor();
  await accessible(page, "closing the account");
  await picture(page, "console-closing");
  await dialog.getByLabel("Your password").fill(owner.password);
  await dialog.getByRole("button", { name: "Close it for good" }).click();
  await page.getByText("The account is closed").waitFor();
  await accessible(page, "the closed account");
  const receipt = await page.locator(".secret code").textContent();
  const { data } = await call("GET", new URL(receipt ?? "").pathname);
  assert.ok(["pending", "complete"].includes(data.erasure.status));
  await picture(page, "console-closed");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

/** @type {[string, string, string[]][]} Names and titles of screens, and the buttons that write there. */
const WRITING = [
  ["inbox", "Inbox", []],
  ["leads", "Leads", ["Delete"]],
  ["knowledge", "Knowledge", ["Add a site", "Add a file", "Add a Q & A", "Delete"]],
  ["unanswered", "Unanswered", ["Answer"]],
  ["settings", "Chatbot", ["Delete the chatbot"]],
  ["integrations", "Integrations", ["Add an integration"]],
  ["channels", "Channels", ["Add a channel"]],
  ["loops", "Agent loops", ["Add a loop"]],
  ["webhooks", "Webhooks", ["Add a webhook"]],
  ["keys", "API keys", ["New key", "Revoke", "Make a public key and show the tag"]],
  ["members", "Members", ["Invite a member", "Remove"]],
];
const GOVERNING = ["keys", "members"];

test("each role is shown what it may do and nothing else", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "Monday to Friday, nine to five.");
  const { data: asked } = await call("POST", "/api/v1/chat", { message: "An elephant?" }, bearer(owner.publicKey));
  await call("POST", "/api/v1/leads", { email: "ada@example.com" }, bearer(owner.publicKey));
  for (const role of ["viewer", "agent", "editor"]) {
    const member = await join(owner, role);
    const page = await visitor(t);
    await signedIn(page, member);
    const edits = role === "editor";
    assert.equal(await page.getByRole("link", { name: "Ask and see" }).count(), edits ? 1 : 0);
    for (const [at, title, buttons] of WRITING) {
      await screen(page, at, title);
      await accessible(page, `${at} of a ${role}`);
      for (const name of buttons) {
        const shown = await page.getByRole("button", { name, exact: true }).count();
        const may = edits && !GOVERNING.includes(at);
        // What the platform may not have counted yet is shown to nobody.
        if (may && at === "unanswered") continue;
        assert.equal(shown > 0, may, `${name} of ${at} for a ${role}`);
      }
      if (at === "settings") {
        const name = page.getByLabel("Name", { exact: true }).first();
        assert.equal(await name.isDisabled(), !edits, `settings of a ${role}`);
      }
      if (role === "viewer") await picture(page, `console-viewer-${at}`);
    }
    await screen(page, `inbox/${asked.conversationId}`, "Inbox");
    await page.locator(".messages").waitFor();
    const replies = await page.getByRole("button", { name: "Send", exact: true }).count();
    assert.equal(replies > 0, role !== "viewer", `reply of a ${role}`);
    const takes = page.getByRole("button", { name: /Take over|Give back/ });
    assert.equal((await takes.count()) > 0, role !== "viewer");
    await accessible(page, `a conversation of a ${role}`);
    if (role === "agent") {
      await page.getByRole("button", { name: "Take over" }).click();
      await page.getByText("It is yours.").waitFor();
      await page.getByLabel("Reply").fill("No elephants, I'm afraid.");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.locator(".message.agent").getByText("No elephants").waitFor();
    }
    await page.context().close();
  }
});
