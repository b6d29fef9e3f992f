// The console: an owner's first hour, and texts that mean harm.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { full } from "./busy.mjs";
import { PAYLOADS, harmless } from "./payloads.mjs";
import {
  accessible,
  BASE,
  closeBrowser,
  picture,
  screen,
  SCREENS,
  shop,
  signedIn,
  site,
  until,
  visitor,
  widget,
} from "./harness.mjs";

after(closeBrowser);

const ROASTING =
  "Beans are roasted on Tuesdays in small batches and rest for two days before they are sent to subscribers.";

test("an owner's first hour", async (t) => {
  const host = await site(t);
  const roast = host.put(
    "/roasting",
    `<!DOCTYPE html><title>How we roast</title><main><h1>Roasting</h1><p>${ROASTING}</p></main>`,
  );
  const page = await visitor(t, { expected: ["status of 401"] });

  // Signs up.
  await page.goto(`${BASE}/console`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await accessible(page, "the door");
  await page.getByLabel("E-mail address").fill("no@colloquy.example");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Sign up" }).click();
  const email = `mira-${process.pid}@harbour.example`;
  await page.getByLabel("Organization").fill("Harbour Coffee");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Sign up" }).click();

  // Makes a chatbot and gives it a site to read.
  await page.getByRole("button", { name: "New chatbot" }).last().click();
  await page.getByRole("dialog").getByLabel("Name").fill("Harbour");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { level: 1, name: "Knowledge" }).waitFor();
  await page.getByRole("button", { name: "Add a site" }).first().click();
  await accessible(page, "the form for a site");
  await page.getByLabel("Address").fill(roast);
  await page.getByRole("button", { name: "Read it" }).click();
  await page.getByRole("row", { name: /roasting.*ready/i }).waitFor();
  await page.getByRole("button", { name: roast }).click();
  await page.getByRole("dialog").getByText("Pages 1 to 1 of 1").waitFor();
  await picture(page, "console-pages");
  await page.getByRole("button", { name: "Close" }).click();

  // Asks it, sees why, and writes a better answer.
  await screen(page, "try", "Ask and see");
  await page.getByLabel("Question").fill("When are beans roasted?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.getByText("Answered from sources").waitFor();
  await page.locator(".passage").getByText("small batches").waitFor();
  await accessible(page, "what was found");
  await picture(page, "console-try", { fullPage: true });
  await page.getByRole("button", { name: "Write a better answer" }).click();
  await page.getByRole("dialog").getByLabel("Answer").fill("Every **Tuesday** at six.");
  await page.getByRole("button", { name: "Save the answer" }).click();
  await page.getByText("It answers from now on.").waitFor();
  await until("the pair answers", async () => {
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.waitForFunction(() => !document.querySelector(".loading"));
    return page.getByText("Answered word for word").isVisible();
  });

  // Makes a public key and puts the widget on a page.
  await screen(page, "keys", "API keys");
  await page.getByRole("button", { name: "Make a public key" }).click();
  const written = await page.locator("code").getByText("<script").textContent();
  await accessible(page, "the script tag");
  await picture(page, "console-tag");
  assert.match(written ?? "", /^<script .*src="http.*\/widget\.js".*data-key="pk_\w+".*><\/script>$/s);

  // A visitor asks what it knows and what it doesn't, and for a person.
  // A message that comes when the chatbot has the conversation again is refused, and then asked of the chatbot.
  const guest = await visitor(t, { expected: ["status of 409"] });
  await guest.goto(host.put("/", shop(written ?? "")));
  const chat = widget(guest);
  await chat.open();
  const answer = await chat.ask("When are beans roasted?");
  assert.equal(await answer.locator("strong").textContent(), "Tuesday");
  await chat.ask("May I bring my elephant?");

  // The owner answers what nothing was found for.
  await screen(page, "unanswered", "Unanswered");
  await until("the question is listed", async () => {
    await screen(page, "overview", "Overview");
    await screen(page, "unanswered", "Unanswered");
    return page.getByRole("heading", { name: "May I bring my elephant?" }).isVisible();
  });
  await accessible(page, "unanswered questions");
  await picture(page, "console-unanswered");
  await page.getByRole("button", { name: "Answer" }).click();
  await page.getByRole("dialog").getByLabel("Answer").fill("Elephants are welcome on Sundays.");
  await page.getByRole("button", { name: "Save the answer" }).click();
  await page.getByText("Nothing is left unanswered").waitFor();
  await until("the answer counts", async () => {
    const row = await chat.ask("May I bring my elephant?");
    return (await row.textContent())?.includes("Sundays");
  });

  // And takes the conversation over.
  await chat.part(".person").click();
  await chat.part(".field input").fill("ada@example.com");
  await chat.part(".card .button").first().click();
  await chat.says("Thank you.");
  await screen(page, "inbox", "Inbox");
  await page.locator("#waiting").getByText("1").waitFor();
  await page.getByRole("link", { name: /When are beans roasted/ }).click();
  await page.locator(".talk-head").getByText("ada@example.com").waitFor();
  await page.getByRole("button", { name: "Assign to me" }).click();
  await page.getByLabel("Reply").fill("Hello Ada, how large is your elephant?");
  await page.getByRole("button", { name: "Send" }).click();
  await chat.part(".row.agent").getByText("how large").waitFor();
  await chat.field.fill("Rather small.");
  await chat.field.press("Enter");
  await page.getByRole("log").getByText("Rather small.").waitFor();
  await accessible(page, "a conversation");
  const [frame, send] = [
    await page.locator(".inbox").boundingBox(),
    await page.getByRole("button", { name: "Send" }).boundingBox(),
  ];
  assert.ok(send.y + send.height < frame.y + frame.height, "however long the conversation, one can answer");
  await picture(page, "console-inbox");
  await page.getByRole("button", { name: "Give back to the chatbot" }).click();
  await page.locator(".talk-head").getByText("With the chatbot").waitFor();
  await chat.ask("When are beans roasted?");

  // The lead is there too.
  await screen(page, "leads", "Leads");
  await page.getByText("ada@example.com").waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /CSV/ }).click();
  assert.match((await download).suggestedFilename(), /\.csv$/);
  await screen(page, "overview", "Overview");
  await until("the numbers are there", async () => {
    await screen(page, "leads", "Leads");
    await screen(page, "overview", "Overview");
    return page.getByText("Conversations and messages").isVisible();
  });
  await accessible(page, "the overview");
  await picture(page, "console-overview", { fullPage: true });
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("the link that cargo dev prints signs in once", async (t) => {
  const token = process.env.WEB_SIGN_IN_TOKEN;
  const page = await visitor(t, { expected: ["status of 401", "status of 400", "status of 404"] });
  await page.goto(`${BASE}/console#token=${token}`);
  await page.getByRole("navigation", { name: "Screens" }).waitFor();
  assert.ok(!page.url().includes("token"));
  const other = await visitor(t, { expected: ["status of 401", "status of 400", "status of 404"] });
  await other.goto(`${BASE}/console#token=${token}`);
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
});

const TAGS =
  "a article b button canvas caption code colloquy-widget dd details dialog div dl dt fieldset figure form g h1 h2 h3 header input label legend li line main mark meter nav noscript ol option output p path pre progress rect section select span strong summary svg table tbody td text textarea th thead title tr ul wbr".split(
    " ",
  );

const ROUNDS = 6;

test("what visitors, pages, models, systems and members write is text on every screen", async (t) => {
  const { owner, conversation } = await full(t);
  const page = await visitor(t, { expected: ["status of 4"] });
  let turn = 0;
  // Every text of every answer is a payload, the next one each time, but for what the console finds its way by.
  const kept = new Set([
    "id",
    "_id",
    "status",
    "cursor",
    "plan",
    "type",
    "kind",
    "dialect",
    "role",
    "createdAt",
    "created_at",
    "updatedAt",
    "lastAsked",
    "date",
    "outcome",
    "position",
    "resetsAt",
    "joinedAt",
    "expiresAt",
    "lastScrapedAt",
    "lastGoodAt",
    "chatbotId",
    "month",
    "channel",
    "primaryColor",
    "primaryForeground",
    "backgroundColor",
    "foregroundColor",
    "secondaryColor",
    "secondaryForeground",
    "next_attempt_at",
    "next_run_at",
    "started_at",
    "at",
  ]);
  /** @param {any} value @param {string} name @returns {any} */
  const poisoned = (value, name) => {
    if (Array.isArray(value)) return value.map((one) => poisoned(one, name));
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poisoned(one, key)]));
    return typeof value === "string" && !kept.has(name) ? PAYLOADS[turn++ % PAYLOADS.length] : value;
  };
  await page.route("**/{api/v1,v1}/**", async (/** @type {any} */ route) => {
    const asks = route.request().url().endsWith("/knowledge/ask");
    if (route.request().method() !== "GET" && !asks) return route.continue();
    const answer = await route.fetch();
    const body = await answer.json().catch(() => null);
    return route.fulfill({ response: answer, json: poisoned(body, "") });
  });
  await signedIn(page, owner);
  let seen = 0;
  /** @type {Set<string>} */
  const read = new Set();
  // In each round a text begins with another payload, so that places meet several.
  for (let round = 0; round < ROUNDS; round++) {
    turn = round * 5;
    await page.reload();
    await page.locator("nav[aria-label=Screens]").waitFor({ state: "attached" });
    for (const [at, title] of SCREENS) {
      await screen(page, at, title);
      await harmless(page, "", TAGS, `${at}, round ${round}`);
      const broken = await page.getByText("Something went wrong in this page").count();
      assert.equal(broken, 0, `${at}: what it shows is there to be looked at`);
      const shown = (await page.locator("#app").textContent()) ?? "";
      const found = PAYLOADS.filter((one) => shown.includes(one.split("\n")[0].trim()));
      seen += found.length > 0 ? 1 : 0;
      for (const one of found) read.add(one);
    }
    await screen(page, `inbox/${conversation}`, "Inbox");
    await page.locator(".messages").waitFor();
    await harmless(page, "", TAGS, `a conversation, round ${round}`);
  }
  const title = (/** @type {string} */ at) => SCREENS.find(([name]) => name === at)?.[1] ?? "Inbox";
  for (const [at, css] of /** @type {[string, string][]} */ ([
    ["knowledge", "td button.plain"],
    ["knowledge", 'td button:text("Delete")'],
    ["integrations", 'td button:text("Edit")'],
    ["channels", 'td button:text("Edit")'],
    ["loops", 'td button:text("Runs")'],
    ["loops", 'td button:text("Edit")'],
    ["webhooks", 'td button:text("Deliveries")'],
    ["members", 'td button:text("Remove")'],
    ["keys", 'td button:text("Revoke")'],
    [`inbox/${conversation}`, 'button:text("Visitor")'],
  ])) {
    await screen(page, at, title(at));
    await page.locator(css).first().click();
    await page.locator("dialog").waitFor();
    await page.waitForFunction(() => !document.querySelector(".loading"));
    for (const one of await page.locator("dialog summary").all()) await one.click();
    await harmless(page, "", TAGS, `${css} of ${at}`);
    await page.keyboard.press("Escape");
  }
  await screen(page, "try", "Ask and see");
  await page.getByLabel("Question").fill("How much is a kilogram of beans?");
  for (let round = 0; round < ROUNDS; round++) {
    turn = round * 5;
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText("What was found").waitFor();
    await harmless(page, "", TAGS, `what was found, round ${round}`);
  }
  assert.ok(seen > ROUNDS * 6, `${seen} screens have one to read`);
  assert.ok(read.size > PAYLOADS.length - 3, `${read.size} are there to read`);
  await picture(page, "console-payloads");
});
