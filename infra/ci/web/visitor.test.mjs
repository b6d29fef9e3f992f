// A visitor's whole story in the widget, with each kind of key, on a page of another origin.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  accessible,
  bearer,
  call,
  closeBrowser,
  picture,
  shop,
  site,
  tag,
  teach,
  tenant,
  until,
  visitor,
  widget,
} from "./harness.mjs";

after(closeBrowser);

const HOURS =
  "Monday to Friday, **nine to five**. On Saturdays until noon:\n\n- in [the shop](https://example.com/shop)\n- by phone";

/** The person's side of a conversation. @param {any} owner */
const team = (owner) => ({
  /** @param {string} conversation @param {string} content */
  reply: (conversation, content) =>
    call("POST", `/api/v1/inbox/conversations/${conversation}/messages`, { content }, bearer(owner.session)),
  /** @param {string} conversation */
  read: async (conversation) =>
    (await call("GET", `/api/v1/inbox/conversations/${conversation}`, undefined, bearer(owner.session))).data,
});

test("botplot: asks, rates, hands over, is answered by a person, and finds it all again", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", HOURS);
  const page = await visitor(t);
  const url = (await site(t)).put("/", shop(tag(owner.publicKey)));
  await page.goto(url);
  const chat = widget(page);
  await chat.open();
  assert.equal(
    await page.evaluate(() => document.querySelector("colloquy-widget")?.shadowRoot?.activeElement?.tagName),
    "TEXTAREA",
  );
  await accessible(page, "the open widget");
  await picture(page, "widget-greeting");

  // What the owner's pairs ask is suggested; the answer streams in as Markdown.
  await chat.part(".chip").getByText("When are you open?").click();
  const answer = chat.part(".row.bot").last();
  await answer.locator(".rate").first().waitFor();
  assert.equal(await answer.locator("strong").textContent(), "nine to five");
  assert.equal(await answer.locator("li a").getAttribute("href"), "https://example.com/shop");
  assert.equal(await chat.part("[role=status].hidden").textContent(), await answer.locator(".bubble").textContent());
  assert.equal(await chat.part("#questions").count(), 0);

  await answer.getByRole("button", { name: "Helpful", exact: true }).click();
  await answer.locator(".rate[aria-pressed=true]").waitFor();
  const { data: listed } = await call("GET", "/api/v1/conversations", undefined, bearer(owner.secret));
  const conversation = listed.conversations[0].id;
  await until("the rating arrives", async () => {
    const { data } = await call("GET", `/api/v1/conversations/${conversation}`, undefined, bearer(owner.secret));
    return data.conversation.messages.some((/** @type {any} */ one) => one.rating === 1);
  });

  await chat.ask("May I bring my elephant?");
  await picture(page, "widget-answer");

  // A person is asked for, with an address to answer to; a wrong one is refused in words.
  await chat.part(".person").click();
  await chat.part(".field input").fill("ada at example");
  await chat.part(".card .button").first().click();
  await chat.part(".card [role=alert]").getByText("valid e-mail").waitFor();
  await accessible(page, "the form for an e-mail address");
  await picture(page, "widget-handoff");
  await chat.part(".field input").fill("ada@example.com");
  await chat.part(".card .button").first().click();
  await chat.says("Thank you.");
  const { data: leads } = await call("GET", "/api/v1/leads", undefined, bearer(owner.secret));
  assert.equal(leads.leads[0].email, "ada@example.com");
  const { data: handed } = await call(
    "GET",
    "/api/v1/conversations?status=handed_off",
    undefined,
    bearer(owner.secret),
  );
  assert.equal(handed.conversations[0].id, conversation);

  // A person answers; the visitor reads it, writes back, and the chatbot stays silent.
  const answered = await chat.part(".row.bot").count();
  await team(owner).reply(conversation, "Hello Ada, elephants are welcome on *Sundays*.");
  await chat.part(".row.agent em").getByText("Sundays").waitFor();
  await chat.field.fill("Wonderful, we are two.");
  await chat.field.press("Enter");
  await until("the visitor's words arrive", async () =>
    JSON.stringify(await team(owner).read(conversation)).includes("we are two"),
  );
  assert.equal(await chat.part(".row.bot").count(), answered);
  await accessible(page, "a person's reply");
  await picture(page, "widget-person");

  // All of it is there after a reload, and a reply to a closed window is counted.
  await page.reload();
  await chat.says("elephants are welcome");
  await chat.says("we are two");
  await chat.window.press("Escape");
  await team(owner).reply(conversation, "Bring peanuts.");
  await chat.part(".badge").getByText("1", { exact: true }).waitFor({ timeout: 40000 });
  await chat.open();
  await chat.says("Bring peanuts.");
  assert.equal(await chat.part(".badge").isVisible(), false);
  assert.deepEqual(await page.context().cookies(), []);

  // And is gone when the visitor begins anew.
  await chat.part(".tool").first().click();
  await chat.part(".menu button").first().click();
  await chat.part(".chip").getByText("When are you open?").waitFor();
  assert.equal(await chat.part(".row.user").count(), 0);
});

test("helpbot: each question is its own conversation, with links to its sources", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const host = await site(t);
  const text =
    "Beans are roasted on Tuesdays in small batches and rest for two days before they are sent to subscribers.";
  const roast = host.put(
    "/roasting",
    `<!DOCTYPE html><title>How we roast</title><main><h1>Roasting</h1><p>${text}</p></main>`,
  );
  await call("POST", "/api/v1/sources", { url: roast }, bearer(owner.site));
  await until("the page is read", async () => {
    const { data } = await call("GET", "/api/v1/sources", undefined, bearer(owner.site));
    return data.sources[0].status === "indexed";
  });
  const page = await visitor(t);
  await page.goto(host.put("/", shop(tag(owner.widget))));
  const chat = widget(page);
  await chat.open();
  const answer = await chat.ask("When are beans roasted?");
  await answer.getByText("Tuesdays").waitFor();
  assert.equal(await answer.locator(".sources a").getAttribute("href"), roast);
  assert.equal(await answer.locator(".sources a").getAttribute("rel"), "noopener noreferrer nofollow");
  await answer.getByRole("button", { name: "Not helpful" }).click();
  await chat.part(".person").click();
  await chat.part(".card .quiet").click();
  await chat.says("Thank you.");
  /** @type {any} */
  let row;
  await until("the feedback arrives", async () => {
    const { data } = await call("GET", "/api/v1/conversations?filter=handoff", undefined, bearer(owner.site));
    row = data.conversations[0];
    return row?.helpful === "no";
  });
  assert.equal(row.question, "When are beans roasted?");
  await team(owner).reply(row.id, "On Tuesdays, at six.");
  await chat.part(".row.agent").getByText("at six").waitFor();
  await chat.field.fill("So early!");
  await chat.field.press("Enter");
  await until("the visitor's words arrive", async () =>
    JSON.stringify(await team(owner).read(row.id)).includes("So early!"),
  );
});

test("contact details are a lead, and one of e-mail and phone is enough", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  await page.goto((await site(t)).put("/", shop(tag(owner.publicKey))));
  const chat = widget(page);
  await chat.open();
  await chat.part(".tool").first().click();
  await accessible(page, "the menu");
  await chat.part(".menu button").nth(1).click();
  await chat.part("input[name=name]").fill("Ada Lovelace");
  await chat.part(".card .button").first().click();
  await chat.part(".card [role=alert]").getByText("valid e-mail").waitFor();
  await chat.part("input[name=phone]").fill("+43 1 234");
  await chat.part(".card .button").first().click();
  await chat.says("Thank you.");
  const { data } = await call("GET", "/api/v1/leads", undefined, bearer(owner.secret));
  assert.deepEqual([data.leads[0].name, data.leads[0].phone], ["Ada Lovelace", "+43 1 234"]);
});

test("what is near is offered as buttons", async (t) => {
  const owner = await tenant("Harbour Coffee");
  // The platform does not know the conversation of the answer made up here, and a new one begins.
  const page = await visitor(t, { expected: ["status of 404"] });
  const offer = "I'm not sure I understood. Did you mean:\n1. Opening hours\n2. Closing days";
  const lines = [
    { type: "token", content: offer },
    { type: "done", messageId: "m", conversationId: "c" },
  ];
  await page.route("**/api/v1/chat/stream", (/** @type {any} */ route) =>
    route.fulfill({
      headers: { "content-type": "text/event-stream", "access-control-allow-origin": "*" },
      body: lines.map((line) => `data: ${JSON.stringify(line)}\n\n`).join(""),
    }),
  );
  await page.goto((await site(t)).put("/", shop(tag(owner.publicKey))));
  const chat = widget(page);
  await chat.open();
  await chat.ask("hours days");
  assert.equal(await chat.part(".row.bot .bubble").last().textContent(), "I'm not sure I understood. Did you mean:");
  assert.deepEqual(await chat.part(".row .chip").allTextContents(), ["Opening hours", "Closing days"]);
  await page.unroute("**/api/v1/chat/stream");
  await chat.part(".row .chip").nth(1).click();
  await chat.part(".row.user").getByText("Closing days").waitFor();
});

test("what fails says so and can be tried again", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", HOURS);
  const page = await visitor(t, {
    expected: ["Failed to load resource", "net::ERR", "status of 429", "status of 500"],
  });
  await page.goto((await site(t)).put("/", shop(tag(owner.publicKey))));
  const chat = widget(page);
  await chat.open();
  await page.context().setOffline(true);
  await chat.part(".notice").getByText("No connection.").waitFor();
  await chat.field.fill("When are you open?");
  await chat.field.press("Enter");
  await chat.part(".row.user .bad").getByText("No connection.").waitFor();
  await accessible(page, "a message that failed");
  await picture(page, "widget-offline");
  await page.context().setOffline(false);
  await chat.part(".notice").waitFor({ state: "hidden" });

  /** @type {[number, string, string][]} */
  const failures = [
    [429, '{"error":"slow down"}', "Too many messages."],
    [500, '{"error":"<b>broken</b>"}', "Something went wrong."],
    [200, 'data: {"type":"token","content":"Mon"}\n\n', "No connection."],
    [
      200,
      'data: {"type":"token","content":"Mon"}\n\ndata: {"type":"error","code":"INTERNAL_ERROR","error":"x"}\n\n',
      "Something went wrong.",
    ],
    [200, "data: {not json\n\n", "Something went wrong."],
  ];
  for (const [status, body, said] of failures) {
    await page.route("**/api/v1/chat/stream", (/** @type {any} */ route) =>
      route.fulfill({ status, body, headers: { "access-control-allow-origin": "*" } }),
    );
    await chat.part(".again").click();
    await chat.part(".row.user .bad").getByText(said).waitFor();
    assert.equal(await chat.part(".row.bot").count(), 1, "a broken answer is not left there");
    await page.unroute("**/api/v1/chat/stream");
  }
  await chat.part(".again").click();
  await chat.says("nine to five");
  assert.equal(await chat.part(".row.user").count(), 1);
});

test("by keyboard alone, on a desktop and in a phone's full screen", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", HOURS);
  const url = (await site(t)).put("/", shop(tag(owner.publicKey)));
  /** @param {any} page */
  const focused = (page) =>
    page.evaluate(
      () => document.querySelector("colloquy-widget")?.shadowRoot?.activeElement?.outerHTML.slice(0, 60) ?? "",
    );

  const page = await visitor(t);
  await page.goto(url);
  const chat = widget(page);
  await chat.launcher.waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /launcher/);
  await page.keyboard.press("Enter");
  await page.keyboard.type("When are you open?");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Enter");
  await chat.says("nine to five");
  await page.keyboard.press("Escape");
  assert.equal(await chat.window.isVisible(), false);
  assert.match(await focused(page), /launcher/);

  const phone = await visitor(t, { phone: true });
  await phone.goto(url);
  const small = widget(phone);
  await small.open();
  assert.equal(await small.window.getAttribute("aria-modal"), "true");
  assert.deepEqual(await small.window.boundingBox(), { x: 0, y: 0, width: 390, height: 780 });
  for (let stop = 0; stop < 20; stop++) {
    await phone.keyboard.press(stop % 7 === 6 ? "Shift+Tab" : "Tab");
    assert.notEqual(await focused(phone), "", "the focus stays in the window");
  }
  await phone.keyboard.press("Escape");
  assert.match(await focused(phone), /launcher/);
});

test("two tabs of a site show one conversation", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", HOURS);
  const page = await visitor(t);
  const url = (await site(t)).put("/", shop(tag(owner.publicKey)));
  await page.goto(url);
  const chat = widget(page);
  await chat.open();
  const other = await page.context().newPage();
  await other.goto(url);
  const second = widget(other);
  await second.part(".window").waitFor();
  await chat.ask("When are you open?");
  await second.says("nine to five");
});
