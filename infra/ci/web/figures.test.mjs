// What each page and each screen costs a browser with an empty cache: requests, bytes as they are sent, and the
// time until it can be used; on this machine, and on a phone's processor and line. UPDATE_FIGURES=1 writes the
// table into docs/benchmarks.md.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import {
  BASE,
  bearer,
  call,
  closeBrowser,
  SCREENS,
  shop,
  signedIn,
  site,
  tag,
  teach,
  tenant,
  visitor,
} from "./harness.mjs";

after(closeBrowser);

/** As Lighthouse has a phone: a processor of a quarter, and a slow fourth-generation line. */
const PHONE = { slower: 4, latency: 150, bytesPerSecond: (1.6 * 1024 * 1024) / 8 };
/** Times are taken for the table alone; requests and bytes are the same each time. */
const TIMED = process.env.UPDATE_FIGURES === "1";
const ROUNDS = TIMED ? 3 : 1;
const MAX_REQUESTS = 45;
const MAX_BYTES = 100 * 1024;
const DOCUMENT = new URL("../../../docs/benchmarks.md", import.meta.url);

/** Notes in the page when it last was busy for 50 ms or more. */
const noteTasks = () => {
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) performance.mark("busy", { detail: one.startTime + one.duration });
  }).observe({ type: "longtask", buffered: true });
};

/**
 * One visit with an empty cache.
 *
 * @param {any} t
 * @param {any} owner whose session it is, or null
 * @param {string} url
 * @param {(page: any) => Promise<void>} ready
 * @param {boolean} phone
 */
const visit = async (t, owner, url, ready, phone) => {
  const page = await visitor(t, { phone, expected: owner ? [] : ["status of 401"] });
  if (owner) await page.context().addCookies([{ name: "session", value: owner.session, url: BASE ?? "" }]);
  await page.addInitScript(noteTasks);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  if (phone) {
    const { slower, latency, bytesPerSecond } = PHONE;
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slower });
    const line = { downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond / 2 };
    await devtools.send("Network.emulateNetworkConditions", { offline: false, latency, ...line });
  }
  let [requests, bytes] = [0, 0];
  devtools.on("Network.loadingFinished", (/** @type {any} */ one) => {
    requests += 1;
    bytes += one.encodedDataLength;
  });
  await page.goto(url);
  await ready(page);
  const times = await page.evaluate(() => ({
    shown: performance.now(),
    busy: Math.max(0, ...performance.getEntriesByName("busy").map((one) => /** @type {any} */ (one).detail)),
  }));
  await page.context().close();
  // Usable once what is asked for is shown and the page is no longer busy.
  return { requests, bytes, usable: Math.max(times.shown, times.busy) };
};

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @type {{ name: string, requests: number, bytes: number, here: number, phone: number }[]} */
const rows = [];

/** @param {any} t @param {string} name @param {any} owner @param {string} url @param {(page: any) => Promise<void>} ready */
const measure = async (t, name, owner, url, ready) => {
  const seen = { here: /** @type {number[]} */ ([]), phone: /** @type {number[]} */ ([]) };
  let [requests, bytes] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    for (const phone of TIMED ? [false, true] : [false]) {
      const found = await visit(t, owner, url, ready, phone);
      seen[phone ? "phone" : "here"].push(found.usable);
      if (!phone) [requests, bytes] = [Math.max(requests, found.requests), Math.max(bytes, found.bytes)];
    }
  }
  rows.push({ name, requests, bytes, here: median(seen.here), phone: median(seen.phone) });
};

test("no page and no screen asks for more than a phone's line bears", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "Monday to Friday, nine to five.");
  for (const message of ["When are you open?", "May I bring my elephant?"])
    await call("POST", "/api/v1/chat", { message, visitorId: "ada" }, bearer(owner.publicKey));
  const url = (await site(t)).put("/", shop(tag(owner.publicKey, "async")));
  await measure(t, "a page with the widget", null, url, (page) => page.locator("colloquy-widget .launcher").waitFor());
  await measure(t, "demo page", null, `${BASE}/demo#${owner.publicKey}`, (page) =>
    page.locator("colloquy-widget .launcher").waitFor(),
  );
  await measure(t, "console: signing in", null, `${BASE}/console`, (page) =>
    page.getByRole("heading", { name: "Sign in" }).waitFor(),
  );
  for (const [at, title] of SCREENS) {
    await measure(t, `console: ${title}`, owner, `${BASE}/console#/${at}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
      await page.waitForFunction(() => !document.querySelector(".loading"));
    });
  }
  for (const { name, requests, bytes } of rows) {
    assert.ok(requests > 0 && requests <= MAX_REQUESTS, `${name}: ${requests} requests`);
    assert.ok(bytes > 0 && bytes <= MAX_BYTES, `${name}: ${bytes} bytes`);
  }
});

test("a screen that is opened from another one loads its data alone", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t);
  await signedIn(page, owner);
  await page.waitForFunction(() => !document.querySelector(".loading"));
  /** @type {string[]} */
  const asked = [];
  page.on("request", (/** @type {any} */ one) => asked.push(new URL(one.url()).pathname));
  for (const [at, title] of SCREENS) {
    await page.evaluate((/** @type {string} */ hash) => {
      location.hash = hash;
    }, `#/${at}`);
    await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    await page.waitForFunction(() => !document.querySelector(".loading"));
  }
  // The browser looks at the page's icon whenever the address changes.
  assert.deepEqual(
    asked.filter((path) => !/^\/(api\/)?v1\//.test(path) && !path.includes("console-icon.")),
    [],
  );
});

after(() => {
  if (rows.length === 0 || !TIMED) return;
  const ms = (/** @type {number} */ value) => `${Math.round(value)} ms`;
  const lines = rows.map(
    (one) =>
      `| ${one.name} | ${one.requests} | ${(one.bytes / 1024).toFixed(1)} KB | ${ms(one.here)} | ${ms(one.phone)} |`,
  );
  const head = [
    "| page | requests | sent, with heads | usable here | usable on a slow phone |",
    "|---|--:|--:|--:|--:|",
  ];
  const text = [...head, ...lines].join("\n");
  console.log(text);
  const document = readFileSync(DOCUMENT, "utf8");
  const [begin, end] = ["<!-- generated: screens -->\n", "<!-- end -->"];
  const from = document.indexOf(begin) + begin.length;
  assert.ok(from >= begin.length, "the table has a place");
  const to = document.indexOf(end, from);
  writeFileSync(DOCUMENT, `${document.slice(0, from)}\n${text}\n\n${document.slice(to)}`);
});
