// What the tests of web pages share: the platform, tenants on it, pages of other sites that have the
// widget, and browsers that note what goes wrong in a page.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join as pathOf } from "node:path";

const require = createRequire(`${process.env.WEB_MODULES}/`);
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** @type {[string, string][]} The screens of the console: their names, as in the address behind #, and their titles. */
export const SCREENS = [
  ["overview", "Overview"],
  ["inbox", "Inbox"],
  ["leads", "Leads"],
  ["knowledge", "Knowledge"],
  ["try", "Ask and see"],
  ["unanswered", "Unanswered"],
  ["settings", "Chatbot"],
  ["integrations", "Integrations"],
  ["channels", "Channels"],
  ["loops", "Agent loops"],
  ["webhooks", "Webhooks"],
  ["keys", "API keys"],
  ["members", "Members"],
  ["usage", "Usage and plan"],
];

/** The platform's address. */
export const BASE = process.env.WEB_BASE;
const SCREENSHOTS = process.env.WEB_SCREENSHOTS;
const PATIENCE = 15000;

/** @param {string} method @param {string} path @param {any} [body] @param {Record<string, string>} [headers] */
export const call = async (method, path, body, headers = {}) => {
  const answer = await fetch(BASE + path, {
    method,
    headers: { ...(body && { "content-type": "application/json" }), ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return { data: text ? JSON.parse(text) : null, headers: answer.headers };
};

/** @param {string} key */
export const bearer = (key) => ({ authorization: `Bearer ${key}` });

/** Waits until `found` finds something. @param {string} what @param {() => Promise<any>} found */
export const until = async (what, found) => {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const it = await found();
    if (it) return it;
    assert.ok(Date.now() < end, `${what}: not within ${PATIENCE / 1000} s`);
    await new Promise((done) => setTimeout(done, 100));
  }
};

let tenants = 0;

/** A workspace with a chatbot and its keys. @param {string} name */
export const tenant = async (name) => {
  tenants += 1;
  const email = `web-${process.pid}-${tenants}-${Date.now()}@colloquy.example`;
  const password = "correct horse battery";
  const signed = await call("POST", "/api/v1/auth/signup", { email, password, organization: name });
  const session = /session=([^;]+)/.exec(signed.headers.get("set-cookie") ?? "")?.[1] ?? "";
  const made = await call("POST", "/api/v1/chatbots", { name }, bearer(session));
  const chatbot = made.data.chatbot.id;
  /** @param {string} dialect @param {string} kind */
  const key = async (dialect, kind) =>
    (await call("POST", "/api/v1/api-keys", { dialect, kind, chatbotId: chatbot }, bearer(session))).data.key;
  return {
    email,
    password,
    session,
    chatbot,
    publicKey: await key("botplot", "public"),
    secret: await key("botplot", "secret"),
    site: await key("helpbot", "site"),
    widget: await key("helpbot", "widget"),
  };
};

/** Invites a member, who joins; their session. @param {any} owner @param {string} role */
export const join = async (owner, role) => {
  tenants += 1;
  const email = `web-${role}-${process.pid}-${tenants}-${Date.now()}@colloquy.example`;
  await call("POST", "/api/v1/members/invitations", { email, role }, bearer(owner.session));
  const code = await letterCode(email);
  const joined = await call("POST", "/api/v1/auth/join", { code, password: "correct horse battery" });
  const session = /session=([^;]+)/.exec(joined.headers.get("set-cookie") ?? "")?.[1] ?? "";
  return { email, session, chatbot: owner.chatbot };
};

/** The code in the last letter to an address. @param {string} email */
export const letterCode = (email) =>
  until(`a letter to ${email}`, async () => {
    const folder = process.env.WEB_MAIL ?? "";
    const letters = readdirSync(folder).map((name) => readFileSync(pathOf(folder, name), "utf8"));
    const own = letters.filter((letter) => letter.includes(`To: <${email}>`));
    return /^Your code to .*\r?\n\r?\n(\S+)/m.exec(own.at(-1) ?? "")?.[1];
  });

/** Teaches a chatbot an answer. @param {any} owner @param {string} question @param {string} answer */
export const teach = async (owner, question, answer) => {
  const { data } = await call("POST", "/api/v1/knowledge/qa", { question, answer }, bearer(owner.secret));
  await until("the pair is ready", async () => {
    const { data: found } = await call("GET", `/api/v1/knowledge/${data.sourceId}`, undefined, bearer(owner.secret));
    return found.source.status === "ready";
  });
};

/** Changes a widget's configuration. @param {any} owner @param {Record<string, any>} fields */
export const configure = (owner, fields) => call("PATCH", "/api/v1/config", fields, bearer(owner.site));

/**
 * Another site: pages by their path, on an origin that is not the platform's.
 * @param {any} t
 * @returns {Promise<{ origin: string, put: (path: string, html: string, headers?: Record<string, string>) => string }>}
 */
export const site = async (t) => {
  /** @type {Map<string, { html: string, headers: Record<string, string> }>} */
  const pages = new Map();
  const server = createServer((request, response) => {
    const page = pages.get((request.url ?? "").split("?")[0]);
    response.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8", ...page?.headers });
    response.end(page?.html ?? "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  // A test that failed must not wait for it.
  server.unref();
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
  return {
    origin,
    put: (path, html, headers = {}) => {
      pages.set(path, { html, headers });
      return origin + path;
    },
  };
};

/** The tag of the widget. @param {string} key @param {string} [attributes] */
export const tag = (key, attributes = "") =>
  `<script src="${BASE}/widget.js" data-key="${key}" ${attributes}></script>`;

/** A shop's page. @param {string} content @param {string} [head] */
export const shop = (content, head = "") => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Harbour Coffee</title>${head}</head>
<body><main><h1>Harbour Coffee</h1><p>Roasted on Tuesdays, on your doorstep by Friday.</p><p><a href="#beans">Our beans</a></p></main>
${content}</body></html>`;

/** @type {Map<string, any>} Browsers by the rules of where their hosts are. */
const browsers = new Map();

/** Ends the browser; every file of tests calls it. */
export const closeBrowser = async () => {
  for (const one of browsers.values()) await (await one).close();
  browsers.clear();
};

/**
 * A page of a visitor. Whatever goes wrong in it fails the test.
 * @param {any} t
 * @param {Record<string, any>} [options] of Playwright's context; `phone`; `expected`, parts of messages that may come;
 *   `resolve`, where a host is, as Chromium's `--host-resolver-rules` has it
 */
export const visitor = async (t, { phone, expected = [], resolve = "", ...options } = {}) => {
  if (!browsers.has(resolve)) {
    const args = ["--no-sandbox", ...(resolve ? [`--host-resolver-rules=${resolve}`] : [])];
    browsers.set(resolve, chromium.launch({ executablePath: process.env.CHROMIUM, args }));
  }
  const browser = await browsers.get(resolve);
  const screen = phone
    ? { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
    : { viewport: { width: 1180, height: 800 } };
  const context = await browser.newContext({ locale: "en-US", colorScheme: "light", ...screen, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  /** @type {string[]} */
  const wrong = [];
  /** @param {string} text */
  const note = (text) => {
    // The browser asks every origin for an icon.
    if (!text.includes("favicon") && !expected.some((part) => text.includes(part))) wrong.push(text);
  };
  page.on("pageerror", (/** @type {Error} */ error) => note(`error: ${error.stack ?? error.message}`));
  page.on("console", (/** @type {any} */ message) => {
    if (["error", "warning"].includes(message.type())) note(`console: ${message.text()} ${message.location().url}`);
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(wrong, [], "what went wrong in the page");
  });
  return page;
};

/** Parts of the widget in a page. @param {any} page */
export const widget = (page) => {
  /** @param {string} css */
  const part = (css) => page.locator(`colloquy-widget ${css}`);
  return {
    part,
    launcher: part(".launcher"),
    window: part(".window"),
    field: part("textarea"),
    open: async () => {
      await part(".launcher").waitFor({ state: "attached" });
      // It is open already where it was when the page was left.
      if (!(await part(".window").isVisible())) await part(".launcher").click();
      await part(".window").waitFor();
    },
    /** Asks and waits for the answer; its row. @param {string} question */
    ask: async (question) => {
      const rows = part(".row.bot:has(.rate)");
      const before = await rows.count();
      await part("textarea").fill(question);
      await part("textarea").press("Enter");
      await rows.nth(before).waitFor();
      return rows.nth(before);
    },
    /** Waits for a text in the conversation. @param {string} text */
    says: (text) => part(".log").getByText(text, { exact: false }).first().waitFor(),
  };
};

/** Nothing that axe finds in the page is serious. @param {any} page @param {string} what */
export const accessible = async (page, what) => {
  // Movements end first: a colour half way is none that anybody reads.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await /** @type {any} */ (window).axe.run(document, { runOnly: tags });
    return violations.map((/** @type {any} */ one) => ({
      id: one.id,
      impact: one.impact,
      nodes: one.nodes
        .slice(0, 3)
        .map((/** @type {any} */ node) => `${node.target.flat(9).join(" ")}: ${node.failureSummary}`),
    }));
  });
  const serious = found.filter((/** @type {any} */ one) => ["serious", "critical"].includes(one.impact));
  assert.deepEqual(serious, [], `axe on ${what}`);
  return found;
};

/**
 * The console, signed in as `owner`.
 * @param {any} page
 * @param {any} owner
 * @param {string} [screen] as behind the #
 * @param {string} [base] where the platform is
 */
export const signedIn = async (page, owner, screen = "overview", base = BASE) => {
  await page.context().addCookies([{ name: "session", value: owner.session, url: base ?? "" }]);
  await page.goto(`${base}/console#/${screen}`);
  await page.locator("nav[aria-label=Screens]").waitFor({ state: "attached" });
};

/** A screen of the console, when it has read what it shows. @param {any} page @param {string} name @param {string} title */
export const screen = async (page, name, title) => {
  await page.evaluate((/** @type {string} */ hash) => {
    location.hash = hash;
  }, `#/${name}`);
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
  await page.waitForFunction(() => !document.querySelector(".loading"));
};

/** Keeps a picture of the page. @param {any} page @param {string} name @param {Record<string, any>} [options] */
export const picture = async (page, name, options = {}) => {
  mkdirSync(SCREENSHOTS ?? "", { recursive: true });
  await page.screenshot({ path: pathOf(SCREENSHOTS ?? "", `${name}.png`), animations: "disabled", ...options });
};
