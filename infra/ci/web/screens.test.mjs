// Every screen and every dialog of the console, on a desktop and on a phone, light and dark, full and empty: axe
// finds nothing serious, nothing sticks out, and the keyboard reaches every control and shows where it is.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { full } from "./busy.mjs";
import {
  BASE,
  accessible,
  bearer,
  call,
  closeBrowser,
  picture,
  screen,
  SCREENS,
  signedIn,
  tenant,
  visitor,
} from "./harness.mjs";

after(closeBrowser);

/** @type {[string, Record<string, any>][]} */
const SETTINGS = [
  ["desktop-light", { colorScheme: "light" }],
  ["desktop-dark", { colorScheme: "dark" }],
  ["phone-light", { phone: true, colorScheme: "light" }],
  ["phone-dark", { phone: true, colorScheme: "dark" }],
];

/** Nothing is wider than the window. @param {any} page @param {string} what */
const fits = async (page, what) => {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(overflow <= 0, `${what}: nothing sticks out`);
  // On a phone nothing has to be moved sideways to be read, but for the widget's own pages.
  const wide = await page.evaluate(() => {
    if (innerWidth > 640) return [];
    const parts = document.querySelectorAll(".table, .card, dialog, .messages, .inbox-list, h1, h2, td, button");
    return [...parts].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.outerHTML.slice(0, 120));
  });
  assert.deepEqual(wide, [], `${what}: nothing scrolls sideways`);
};

/** @param {any} page @param {string} what @param {string} name @param {boolean} [whole] not only what the window shows */
const looked = async (page, what, name, whole = true) => {
  await accessible(page, `${what} ${name}`);
  await fits(page, `${what} ${name}`);
  await picture(page, `console-${what}-${name}`, { fullPage: whole });
};

for (const [name, options] of SETTINGS) {
  test(`every screen with something in it, ${name}`, async (t) => {
    const { owner, conversation } = await full(t);
    const page = await visitor(t, { ...options, reducedMotion: "reduce" });
    await signedIn(page, owner);
    for (const [at, title] of SCREENS) {
      await screen(page, at, title);
      await looked(page, at, name);
    }
    await screen(page, `inbox/${conversation}`, "Inbox");
    await page.getByText("It is urgent").waitFor();
    await looked(page, "conversation", name);
    await asked(page, name);
    await dialogs(page, name, conversation);
  });

  test(`every screen with nothing in it, ${name}`, async (t) => {
    const page = await visitor(t, { ...options, reducedMotion: "reduce", expected: ["status of 401"] });
    await page.goto(`${BASE}/console`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await looked(page, "door", name);
    await page.getByRole("button", { name: "Sign up" }).click();
    await looked(page, "door-new", name);
    await page.goto("about:blank");
    await signedIn(page, await tenant("Fresh"));
    for (const [at, title] of SCREENS) {
      await screen(page, at, title);
      await looked(page, `empty-${at}`, name);
    }
  });
}

/** Each outcome of a question. @param {any} page @param {string} name */
const asked = async (page, name) => {
  await screen(page, "try", "Ask and see");
  for (const [what, question, outcome] of [
    ["pair", "When are you open?", "Answered word for word"],
    ["sources", "How much is a kilogram of beans?", "Answered from sources"],
    ["refused", "Who won the chess championship of 1972?", "Says that it doesn't know"],
  ]) {
    await page.getByLabel("Question").fill(question);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText(outcome).waitFor();
    await looked(page, `try-${what}`, name);
  }
};

/** @type {[string, string, string, RegExp | string][]} Screens with their titles, what the picture is called, the button. */
const DIALOGS = [
  ["knowledge", "Knowledge", "add-site", "Add a site"],
  ["knowledge", "Knowledge", "add-file", "Add a file"],
  ["knowledge", "Knowledge", "add-answer", "Add a Q & A"],
  ["knowledge", "Knowledge", "pages", /prices-and-shipping/],
  ["knowledge", "Knowledge", "replace", "Replace"],
  ["knowledge", "Knowledge", "confirm", "Delete"],
  ["unanswered", "Unanswered", "answer", "Answer"],
  ["settings", "Chatbot", "delete-chatbot", "Delete the chatbot"],
  ["integrations", "Integrations", "add-integration", "Add an integration"],
  ["integrations", "Integrations", "edit-integration", "Edit"],
  ["channels", "Channels", "add-channel", "Add a channel"],
  ["channels", "Channels", "edit-channel", "Edit"],
  ["loops", "Agent loops", "add-loop", "Add a loop"],
  ["loops", "Agent loops", "runs", "Runs"],
  ["webhooks", "Webhooks", "add-webhook", "Add a webhook"],
  ["webhooks", "Webhooks", "deliveries", "Deliveries"],
  ["keys", "API keys", "new-key", "New key"],
  ["members", "Members", "invite", "Invite a member"],
  ["members", "Members", "close-account", "Close the account"],
];

/** @param {any} page @param {string} name @param {string} conversation */
const dialogs = async (page, name, conversation) => {
  const dialog = page.locator("dialog");
  /** @param {any} opener @param {string} what */
  const open = async (opener, what) => {
    await opener.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.waitForFunction(() => !document.querySelector(".loading"));
    await looked(page, `dialog-${what}`, name, false);
    await walked(page, `dialog ${what} ${name}`, "dialog");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const isBack = () => opener.evaluate((/** @type {Element} */ one) => one === document.activeElement);
    let back = await isBack();
    for (let tries = 0; !back && tries < 20; tries++) {
      await page.waitForTimeout(100);
      back = await isBack();
    }
    assert.ok(back, `${what}: the focus is where it was`);
  };
  let shown = "";
  for (const [at, title, what, button] of DIALOGS) {
    if (shown !== at) await screen(page, at, title);
    shown = at;
    await open(page.getByRole("button", { name: button, exact: true }).first(), what);
  }
  await screen(page, `inbox/${conversation}`, "Inbox");
  await page.locator(".messages").waitFor();
  await open(page.getByRole("button", { name: "Visitor's data" }), "visitor");
  await screen(page, "keys", "API keys");
  await page.getByRole("button", { name: "Make a public key" }).click();
  await page.getByText("Paste this before").waitFor();
  await looked(page, "tag", name);
  if (!name.startsWith("phone")) {
    await open(page.getByRole("button", { name: "New chatbot" }), "new-chatbot");
    return;
  }
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("navigation", { name: "Screens" }).waitFor();
  await looked(page, "menu", name, false);
  await page.keyboard.press("Escape");
};

/**
 * Walks through what is in `root` by the keyboard, from its first control until it is there again or the page ends.
 *
 * @param {any} page
 * @param {string} what
 * @param {string} root
 */
const walked = async (page, what, root) => {
  const all = await page.evaluate(walkable, root);
  /** @type {Set<number>} */
  const reached = new Set();
  for (let step = 0; step < all.length * 2 + 10 && reached.size < all.length; step++) {
    const at = await page.evaluate(focusShown);
    if (at.number !== null) {
      reached.add(at.number);
      assert.equal(at.wrong, "", `${what}: ${at.html}`);
    }
    await page.keyboard.press("Tab");
  }
  const missing = all.filter((/** @type {string} */ _, /** @type {number} */ at) => !reached.has(at));
  assert.deepEqual(missing, [], `${what}: reached by the keyboard`);
};

/** In the page: numbers what the keyboard has to reach; what it is. @param {string} root */
const walkable = (root) => {
  for (const one of document.querySelectorAll("[data-walked]")) one.removeAttribute("data-walked");
  for (const one of document.querySelectorAll("details")) one.open = true;
  const css = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const shown = [...document.querySelectorAll(`:is(${root}) :is(${css})`)].filter(
    (one) => !(/** @type {any} */ (one).disabled) && one.checkVisibility({ visibilityProperty: true }),
  );
  return shown.map((one, at) => {
    one.setAttribute("data-walked", String(at));
    return one.outerHTML.slice(0, 120);
  });
};

/** In the page: which of them has the focus, and what is wrong with how that is shown. */
const focusShown = () => {
  const one = document.activeElement;
  const number = one?.getAttribute("data-walked");
  if (!one || number === null || number === undefined) return { number: null, wrong: "", html: "" };
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  // What lies over it must not hide all of it.
  const points = [0.1, 0.5, 0.9].map((part) => [
    Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2)),
    Math.min(innerHeight - 1, Math.max(0, box.top + box.height * part)),
  ]);
  const seen = points.some(([x, y]) => {
    const over = document.elementFromPoint(x, y);
    return over !== null && (one.contains(over) || over.contains(one) || over.closest("label")?.contains(one));
  });
  const wrong = [!ring && "no ring", !inside && "out of sight", !seen && "covered"].filter(Boolean).join(", ");
  return { number: Number(number), wrong, html: one.outerHTML.slice(0, 120) };
};

test("by keyboard alone through every screen", async (t) => {
  const { owner, conversation } = await full(t);
  for (const options of [{}, { phone: true }]) {
    const page = await visitor(t, { ...options, reducedMotion: "reduce" });
    await signedIn(page, owner);
    const what = options.phone ? "phone" : "desktop";
    for (const [at, title] of [...SCREENS, [`inbox/${conversation}`, "Inbox"]]) {
      await screen(page, at, title);
      // From the top of the page, with the link that skips the navigation.
      await page.evaluate(() => {
        /** @type {HTMLElement} */ (document.activeElement)?.blur();
        scrollTo(0, 0);
      });
      await page.keyboard.press("Tab");
      await walked(page, `${at} ${what}`, "#main-content, .topbar, .side");
    }
    await page.context().close();
  }
  const page = await visitor(t);
  await signedIn(page, owner, "knowledge");
  await screen(page, "knowledge", "Knowledge");
  await page.locator("#skip").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main-content", "the navigation can be skipped");
});

test("a conversation that goes on leaves the focus and the place where they were", async (t) => {
  const { owner, conversation } = await full(t);
  const page = await visitor(t, { reducedMotion: "reduce" });
  await signedIn(page, owner);
  await screen(page, `inbox/${conversation}`, "Inbox");
  const log = page.locator(".messages");
  await log.waitFor();
  /** @param {string} message */
  const said = async (message) => {
    const body = { message, visitorId: "ada", conversationId: conversation };
    await call("POST", "/api/v1/chat", body, bearer(owner.publicKey));
    await log.getByText(message, { exact: true }).waitFor();
  };
  const focused = (/** @type {any} */ one) =>
    one.evaluate((/** @type {Element} */ element) => element === document.activeElement);

  // Behind a dialog.
  const data = page.getByRole("button", { name: "Visitor's data" });
  await data.focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog").waitFor();
  await said("Is anybody there?");
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.ok(await focused(data), "the dialog gives the focus back");

  // A screen reader is told of what is new: the messages that were there are the same elements.
  const first = await log.locator(".message").first().elementHandle();
  await log.focus();
  await said("I can wait.");
  assert.ok(await first?.evaluate((/** @type {Element} */ one) => one.isConnected), "what was said stays");
  assert.ok(await focused(log), "whoever reads goes on");

  // What can be done has changed: the focus is on what can be done now.
  const before = await page.locator(".talk-head .actions button").allTextContents();
  await page.locator(".talk-head .actions button").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    (/** @type {string} */ gone) => !document.querySelector(".talk-head .actions")?.textContent?.includes(gone),
    before[0],
  );
  assert.ok(await focused(page.locator(".talk-head .actions button").first()), "the focus stays among the actions");
});
