// What the console does with data: finds words in conversations, hands out and erases what there is of a
// visitor, keeps it for as long as the owner says, and takes files, large ones too.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  accessible,
  bearer,
  call,
  closeBrowser,
  picture,
  screen,
  signedIn,
  teach,
  tenant,
  until,
  visitor,
} from "./harness.mjs";

after(closeBrowser);

/** A conversation of several turns. @param {any} owner @param {string} visitorId @param {string[]} messages */
const talk = async (owner, visitorId, messages) => {
  let conversationId;
  for (const message of messages) {
    const body = { message, visitorId, conversationId };
    const { data } = await call("POST", "/api/v1/chat", body, bearer(owner.publicKey));
    conversationId = data.conversationId;
  }
};

test("words are found in what was said, and the visitor's data is handed out and erased", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "Do you sell mugs?", "Mugs cost 9 EUR, and the large ones 12 EUR.");
  await talk(owner, "ada", ["Good morning", "May I bring my elephant to the roastery?"]);
  await talk(owner, "bob", ["Do you sell mugs?"]);
  await call(
    "POST",
    "/api/v1/leads",
    { name: "Ada", email: "ada@example.com", visitorId: "ada" },
    bearer(owner.publicKey),
  );
  const page = await visitor(t);
  await signedIn(page, owner);
  await screen(page, "inbox", "Inbox");
  const found = page.locator(".inbox-list li");
  /** @param {string} words */
  const search = async (words) => {
    await page.getByLabel("Search").fill(words);
    await page.getByLabel("Search").press("Enter");
    await page.waitForFunction(() => !document.querySelector(".loading"));
  };
  await search("12 eur");
  await found.getByText("Do you sell mugs?").waitFor();
  assert.equal(await found.count(), 1);
  assert.equal(await found.locator("mark").textContent(), "12 EUR");
  await search("giraffe");
  await page.getByText("No conversation fits these filters.").waitFor();
  await search("ELEPHANT");
  await found.locator("mark").waitFor();
  await accessible(page, "a search");
  await found.getByRole("link").click();
  await page.getByRole("log").getByText("my elephant").waitFor();
  assert.equal(await found.count(), 1, "what was found stays beside the conversation");
  await picture(page, "console-search");

  await page.getByRole("button", { name: "Visitor's data" }).click();
  await accessible(page, "a visitor's data");
  await picture(page, "console-visitor");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as a file" }).click();
  const file = await download;
  assert.equal(file.suggestedFilename(), "visitor-ada.json");
  const kept = JSON.parse(readFileSync(await file.path(), "utf8"));
  assert.equal(kept.visitorId, "ada");
  assert.deepEqual([kept.leads.length, kept.conversations.length], [1, 1]);
  assert.equal(kept.conversations[0].messages.length, 4);
  await page.getByRole("button", { name: "Erase" }).click();
  await page.getByRole("button", { name: "Erase for good" }).click();
  await page.getByText("You may close this: it goes on by itself.").waitFor();
  await accessible(page, "an erasure that goes on");
  await picture(page, "console-erasing");
  // The ticker looks once a minute whether all of it is gone.
  await page.getByText(/^Erased /).waitFor({ timeout: 100_000 });
  await accessible(page, "the receipt");
  await picture(page, "console-receipt");
  const receipt = (await page.locator("dialog code").textContent()) ?? "";
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByText("No conversation fits these filters.").waitFor();
  assert.equal(await page.getByText("my elephant").count(), 0, "what was erased is not shown");
  await picture(page, "console-erased");
  await screen(page, "settings", "Chatbot");
  await page.getByText("Was a visitor's data erased?").click();
  await page.getByLabel("Number of a receipt").fill(receipt);
  await page.getByRole("button", { name: "Look it up" }).click();
  await page
    .locator("dialog")
    .getByText(/^Erased /)
    .waitFor();
  await until("the conversation is gone", async () => {
    const { data } = await call("GET", "/api/v1/inbox/conversations", undefined, bearer(owner.session));
    return data.conversations.length === 1 && data.conversations[0].visitorId === "bob";
  });
});

test("conversations and leads are kept for as long as the owner says", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  await signedIn(page, owner);
  await screen(page, "settings", "Chatbot");
  const card = page.locator(".card", { has: page.getByRole("heading", { name: "What is kept" }) });
  await card.getByLabel("Days to keep conversations").fill("365");
  await card.getByLabel("Days to keep leads").fill("90");
  await card.getByRole("button", { name: "Save" }).click();
  await page.getByText("What is older goes within minutes").waitFor();
  await card.scrollIntoViewIfNeeded();
  await picture(page, "console-retention");
  const { data } = await call("GET", "/api/v1/retention", undefined, bearer(owner.secret));
  assert.deepEqual([data.retention.conversationDays, data.retention.leadDays], [365, 90]);
  await card.getByLabel("Days to keep leads").fill("");
  await card.getByRole("button", { name: "Save" }).click();
  await until("leads are kept", async () => {
    const { data: now } = await call("GET", "/api/v1/retention", undefined, bearer(owner.secret));
    return now.retention.leadDays === null;
  });
});

/** A text of `size` bytes, most of them blank lines: reading it takes no time. @param {number} size */
const long = (size) => {
  const [begin, end] = ["# Harbour\n\nThe harbour is quiet in the morning.\n", "The lighthouse was built in 1871.\n"];
  return begin + "\n".repeat(size - begin.length - end.length) + end;
};

/** Chooses a file in the form. @param {any} page @param {string} name @param {number} size */
const choose = async (page, name, size) => {
  const path = join(tmpdir(), `${process.pid}-${name}`);
  writeFileSync(path, long(size));
  await page.getByRole("dialog").locator("input[type=file]").setInputFiles(path);
};

test("a file is added, a large one too, and replaced; one that is too large is refused in words", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  await signedIn(page, owner);
  await screen(page, "knowledge", "Knowledge");
  for (const [name, size] of /** @type {[string, number][]} */ ([
    ["small.txt", 2_000],
    ["large.txt", 6_500_000],
  ])) {
    await page.getByRole("button", { name: "Add a file" }).click();
    await choose(page, name, size);
    if (size > 1e6) await picture(page, "console-file");
    await page.getByRole("button", { name: "Read it" }).click();
    await page.getByRole("row", { name: new RegExp(`${name}.*ready`, "i") }).waitFor({ timeout: 60_000 });
  }
  await page
    .getByRole("row", { name: /small\.txt/ })
    .getByRole("button", { name: "Replace" })
    .click();
  await choose(page, "newer.txt", 3_000);
  await page.getByRole("button", { name: "Replace it" }).click();
  await page.getByRole("row", { name: /newer\.txt.*ready/i }).waitFor();
  await page.getByRole("button", { name: "Add a file" }).click();
  await choose(page, "huge.txt", 10 * 1024 * 1024 + 1);
  await page.getByRole("button", { name: "Read it" }).click();
  await page.getByRole("alert").getByText("10.0 MB is the most").waitFor();
});
