// The widget in other people's pages: it runs under the strictest policy, survives a hostile page, harms
// none, and shows as text whatever anybody puts in.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  BASE,
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
import { PAYLOADS, harmless as harmlessIn } from "./payloads.mjs";

after(closeBrowser);

test("it runs under the strictest content security policy", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "Monday to **Friday**.");
  const policy = `default-src 'none'; script-src 'nonce-abc'; connect-src ${BASE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  const page = await visitor(t);
  await page.addInitScript(() => {
    /** @type {any} */ (window).violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      if (!event.blockedURI.includes("favicon"))
        /** @type {any} */ (window).violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(
    (await site(t)).put("/", shop(tag(owner.publicKey, 'nonce="abc"')), { "content-security-policy": policy }),
  );
  const chat = widget(page);
  await chat.open();
  await chat.ask("When are you open?");
  await chat.part(".person").click();
  await chat.part(".card .quiet").click();
  await chat.says("Thank you.");
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).violations), []);
  assert.equal(await chat.part("[style]").count(), 0);
  // The style sheet is in force: the button is round and in the corner.
  assert.equal(await chat.launcher.evaluate((/** @type {Element} */ one) => getComputedStyle(one).borderRadius), "50%");
});

const HOSTILE_STYLES = `<style>
* { display: none !important; visibility: hidden !important; opacity: 0 !important; position: static !important; font-size: 60px !important; color: red !important; transform: rotate(30deg) scale(9) !important; pointer-events: none !important; direction: rtl; letter-spacing: 2em; text-transform: uppercase; }
html, body, main, h1, p { display: block !important; visibility: visible !important; opacity: 1 !important; transform: none !important; pointer-events: auto !important; }
button, input, textarea, div, span { all: unset !important; display: none !important; }
</style>`;
const HOSTILE_SCRIPT = `<script>
const broken = () => { throw new Error("the page broke this"); };
for (const name of Object.getOwnPropertyNames(Array.prototype))
  if (name !== "constructor" && typeof Array.prototype[name] === "function") Array.prototype[name] = broken;
Array.prototype[Symbol.iterator] = broken;
Object.prototype.enumerable_everywhere = () => "x";
Array.prototype.enumerable_in_arrays = "x";
Object.prototype.toJSON = Array.prototype.toJSON = String.prototype.toJSON = Number.prototype.toJSON = () => "hijacked";
const names = "signal method body headers mode credentials once passive error role offers sources url title name open src".split(" ");
for (let at = 0; at < names.length; at++)
  Object.defineProperty(Object.prototype, names[at], { configurable: true, get: () => "polluted", set: broken });
Object.defineProperty(Array.prototype, "0", { configurable: true, get: () => "polluted", set: broken });
</script>`;
const LATER = `<script>
addEventListener("load", () => {
  window.fetch = JSON.parse = JSON.stringify = window.setTimeout = window.requestAnimationFrame = () => { throw new Error("the page broke this"); };
  Document.prototype.createElement = Node.prototype.appendChild = Element.prototype.setAttribute = EventTarget.prototype.addEventListener = () => { throw new Error("the page broke this"); };
  document.title = "hostile";
});
</script>`;

test("it survives a hostile page, styles and prototypes", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "1. Monday\n2. **Friday**\n\nSee [here](https://example.com).");
  const host = await site(t);
  const page = await visitor(t);
  await page.goto(host.put("/", shop(`${HOSTILE_SCRIPT}${tag(owner.publicKey)}${LATER}`, HOSTILE_STYLES)));
  // What Playwright runs in a page needs the page's prototypes; what a visitor does comes from the browser.
  await until("the page has done its worst", async () => (await apart(page, "document.title")) === "hostile");
  await until("the launcher is there", async () => (await shown(page, ".launcher"))?.width === 60);
  await page.mouse.click(1180 - 50, 800 - 50);
  await until("the window is there", async () => (await shown(page, ".window"))?.width === 390);
  await page.keyboard.type("When are you open?");
  await page.keyboard.press("Enter");
  await until("the answer is there", async () => (await inside(page, ".row.bot strong"))?.includes("Friday"));
  await page.screenshot({ path: `${process.env.WEB_SCREENSHOTS}/hostile-page.png` });
  const { data } = await call("GET", "/api/v1/conversations", undefined, bearer(owner.secret));
  assert.equal(data.conversations[0].firstMessage, "When are you open?");
  assert.equal(await inside(page, ".row .chip"), undefined, "nothing that the page added is read");
  assert.equal((await shown(page, ".window")).x, 1180 - 20 - 390);
  // The page has what it had before and nothing more.
  assert.equal(await inside(page, ".bubble", "fontSize"), "15px");
  assert.equal(await inside(page, ".bubble", "textTransform"), "none");
});

/** Reads from the page in a world of its own, which the page's prototypes are not in. @param {any} page @param {string} expression */
const apart = async (page, expression) => {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const { result } = await session.send("Runtime.evaluate", {
    expression,
    contextId: executionContextId,
    returnByValue: true,
  });
  await session.detach();
  return result.value;
};
const NODE = 'document.querySelector("colloquy-widget")?.shadowRoot?.querySelector';
/** @param {any} page @param {string} css */
const shown = (page, css) =>
  apart(
    page,
    `(() => { const box = ${NODE}(${JSON.stringify(css)})?.getBoundingClientRect(); return box && { width: box.width, x: box.x }; })()`,
  );
/** @param {any} page @param {string} css @param {string} [style] */
const inside = (page, css, style) =>
  apart(
    page,
    style
      ? `getComputedStyle(${NODE}(${JSON.stringify(css)}))[${JSON.stringify(style)}]`
      : `${NODE}(${JSON.stringify(css)})?.textContent`,
  );

const TAGS =
  "a b bdi blockquote br button code div em form h3 hr i input label li ol p path pre s span strong svg table td textarea th tr ul".split(
    " ",
  );
/** @param {any} page @param {string} what */
const harmless = (page, what) => harmlessIn(page, "colloquy-widget", TAGS, what);

test("what a model or a page writes into an answer is text", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  let payload = "";
  await page.route("**/api/v1/chat/stream", (/** @type {any} */ route) => {
    const lines = [...payload].map((content) => ({ type: "token", content }));
    const all = [...lines, { type: "done", messageId: payload, conversationId: payload }];
    return route.fulfill({
      headers: {
        "content-type": "text/event-stream",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "*",
        "x-conversation-token": "token",
      },
      body: all.map((line) => `data: ${JSON.stringify(line)}\n\n`).join(""),
    });
  });
  // Where it is from, what else was meant, and a person's reply, with the same in all of them.
  await page.route("**/api/v1/widget/conversations/**", (/** @type {any} */ route) => {
    const sources = [
      { title: payload, url: payload },
      { title: payload, url: null },
      { title: "", url: payload },
      { title: "", url: `https://example.com/${payload}` },
    ];
    const part = { content: payload, sources, offers: [payload], rating: null, author: payload, createdAt: "" };
    const messages = [
      { ...part, id: payload, role: "assistant" },
      { ...part, id: `${payload} reply`, role: "agent" },
    ];
    return route.fulfill({ json: { messages, status: "active" }, headers: { "access-control-allow-origin": "*" } });
  });
  await page.goto((await site(t)).put("/", shop(tag(owner.publicKey))));
  const chat = widget(page);
  await chat.open();
  for (payload of PAYLOADS) {
    await chat.ask(payload);
    await chat.part(".row.agent").last().waitFor();
    await harmless(page, payload);
    // Each link does what it says when it is followed.
    for (const link of await chat.part(".bubble a[href]").all()) await link.dispatchEvent("mouseover");
  }
  await harmless(page, "all of them");
  const text = (await chat.part(".row.agent .bubble").allInnerTexts()).join("\n");
  assert.ok(text.includes("<img src=x onerror=hit=1>"), "it is there to read");
  // And once more from what the browser kept.
  await page.reload();
  await chat.part(".row.agent").first().waitFor();
  await harmless(page, "after a reload");
});

test("what the owner's configuration and stored pairs hold is text", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  let payload = "";
  await page.route("**/api/v1/widget/config", (/** @type {any} */ route) => {
    const strings =
      "greeting botName inputPlaceholder typingText onlineText handoffText handoffSentText emailPlaceholder emailSendText emailSkipText feedbackYesText feedbackNoText errorText networkErrorText aiLanguage position primaryColor primaryForeground backgroundColor foregroundColor secondaryColor secondaryForeground";
    const json = Object.fromEntries(strings.split(" ").map((name) => [name, payload]));
    return route.fulfill({
      json: { ...json, suggestedQuestions: [payload, payload] },
      headers: { "access-control-allow-origin": "*" },
    });
  });
  const url = (await site(t)).put("/", shop(tag(owner.publicKey)));
  for (payload of [...PAYLOADS, "red}*{background:url(//example.com/x)", "#fff;}:host{display:none"]) {
    await page.goto(url);
    const chat = widget(page);
    await chat.open();
    await chat.part(".tool").first().click();
    await chat.part(".menu button").nth(1).click();
    await chat.part(".card").waitFor();
    await harmless(page, payload);
  }
  await picture(page, "payloads");
});

test("what a visitor writes is text, to the visitor and to the team", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  await page.goto((await site(t)).put("/", shop(tag(owner.publicKey))));
  const chat = widget(page);
  await chat.open();
  for (const payload of PAYLOADS.slice(0, 6)) {
    await chat.ask(payload);
    await harmless(page, payload);
  }
  assert.ok((await chat.part(".user .bubble").allInnerTexts()).includes(PAYLOADS[1]));
});

test("a key that is not valid leaves the page as it was", async (t) => {
  const page = await visitor(t, { expected: ["401", "not valid"] });
  await page.goto((await site(t)).put("/", shop(tag("pk_0000000000000000000000000000000000000000"))));
  const warned = page.waitForEvent("console", {
    predicate: (/** @type {any} */ one) => one.text().includes("not valid"),
  });
  await page.reload();
  await warned;
  assert.equal(await page.locator("colloquy-widget").count(), 0);
});

test("a platform that can't be reached, and a browser that keeps nothing, still have a widget", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const host = await site(t);
  const page = await visitor(t, { expected: ["net::ERR", "Failed to load resource"] });
  await page.route("**/api/v1/**", (/** @type {any} */ route) => route.abort());
  await page.goto(host.put("/", shop(tag(owner.publicKey))));
  await widget(page).open();
  await widget(page).field.fill("Hello?");
  await widget(page).field.press("Enter");
  await widget(page).part(".bad").getByText("No connection.").waitFor();

  const sandboxed = await visitor(t);
  // In a sandbox of an opaque origin there is no storage.
  await sandboxed.goto(
    host.put("/sandbox", shop(tag(owner.publicKey)), {
      "content-security-policy": "sandbox allow-scripts allow-forms",
    }),
  );
  await widget(sandboxed).open();
  await widget(sandboxed).ask("Hello?");
});

test("a second tag and a page that uses the same names change nothing", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  const own = "<script>window.colloquy = 'mine'; var win = 1, doc = 2, text = 3;</script>";
  await page.goto((await site(t)).put("/", shop(`${own}${tag(owner.publicKey)}${tag(owner.widget, "async")}`)));
  await widget(page).open();
  assert.equal(await page.locator("colloquy-widget").count(), 1);
  const found = await page.evaluate(() => [/** @type {any} */ (window).colloquy, /** @type {any} */ (window).win]);
  assert.deepEqual(found, ["mine", 1]);
});
