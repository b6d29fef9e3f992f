// How the widget looks and what it says: languages, the owner's texts and colours, screens, themes.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { NAMES, TEXTS } from "../../../functions/web/assets/widget/texts.js";
import {
  accessible,
  bearer,
  call,
  closeBrowser,
  configure,
  picture,
  shop,
  site,
  tag,
  teach,
  tenant,
  visitor,
  widget,
} from "./harness.mjs";

after(closeBrowser);

const names = NAMES.split(" ");
/** @param {string} language */
const words = (language) => Object.fromEntries(TEXTS[language].split("\n").map((text, at) => [names[at], text]));

test("every language has every text, and the English ones are the platform's defaults", async () => {
  for (const [language, texts] of Object.entries(TEXTS)) {
    const lines = texts.split("\n");
    assert.equal(lines.length, names.length, language);
    assert.ok(
      lines.every((line) => line.trim() === line && line),
      language,
    );
  }
  assert.equal(Object.keys(TEXTS).length, 12);
  const owner = await tenant("Harbour Coffee");
  const { data } = await call("GET", "/api/v1/widget/config", undefined, bearer(owner.publicKey));
  const { data: site } = await call("GET", "/api/v1/config", undefined, bearer(owner.site));
  const english = words("en");
  for (const [name, value] of Object.entries(site)) {
    assert.equal(data[name], value, name);
    if (name in english && name !== "botName") assert.equal(english[name], value, name);
  }
});

test("a visitor is spoken to in each of the twelve languages", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "Monday to Friday, nine to five.");
  const url = (await site(t)).put("/", shop(tag(owner.publicKey)));
  for (const language of Object.keys(TEXTS)) {
    const say = words(language);
    const page = await visitor(t, { locale: language === "pt" ? "pt-BR" : language });
    await page.goto(url);
    const chat = widget(page);
    assert.equal(await chat.launcher.getAttribute("aria-label"), say.open);
    await chat.open();
    assert.equal(await chat.part(".root").getAttribute("dir"), language === "ar" ? "rtl" : "ltr");
    assert.equal(await chat.field.getAttribute("placeholder"), say.inputPlaceholder);
    await chat.says(say.greeting);
    const answer = await chat.ask("When are you open?");
    await answer.getByRole("button", { name: say.feedbackYesText, exact: true }).waitFor();
    await chat.part(".person").getByText(say.handoffText).click();
    await chat.part(".card").getByText(say.emailSkipText).waitFor();
    await accessible(page, language);
    if (["ar", "de", "hi", "zh"].includes(language)) await picture(page, `language-${language}`);
    await page.context().close();
  }
});

test("the page's choice of language wins, and an unknown one falls back", async (t) => {
  const owner = await tenant("Harbour Coffee");
  const host = await site(t);
  const chosen = await visitor(t, { locale: "fr-FR" });
  await chosen.goto(host.put("/de", shop(tag(owner.publicKey, 'data-language="de-AT"'))));
  assert.equal(await widget(chosen).launcher.getAttribute("aria-label"), words("de").open);
  const unknown = await visitor(t, { locale: "sw-KE" });
  await unknown.goto(host.put("/sw", shop(tag(owner.publicKey)).replace('lang="en"', 'lang="tr"')));
  assert.equal(await widget(unknown).launcher.getAttribute("aria-label"), words("tr").open);
});

test("the owner's texts are said in every language", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "Monday to Friday, nine to five.");
  const texts = names.slice(0, 13);
  const fields = Object.fromEntries(texts.map((name) => [name, `Own ${name}`]));
  await configure(owner, { ...fields, botName: "Captain Bean", showBranding: false, position: "bottom-left" });
  const page = await visitor(t, { locale: "de-DE", expected: ["net::ERR", "Failed to load resource"] });
  await page.goto((await site(t)).put("/", shop(tag(owner.publicKey))));
  const chat = widget(page);
  const box = await chat.launcher.boundingBox();
  assert.ok(box.x < 100, "it is in the left corner");
  await chat.open();
  await chat.part(".name").getByText("Captain Bean").waitFor();
  assert.equal(await chat.part(".brand").count(), 0);
  /** @type {Set<string>} */
  const seen = new Set();
  const look = async () => {
    const all = await page.evaluate(() => {
      const shadow = document.querySelector("colloquy-widget")?.shadowRoot;
      const attributes = [...(shadow?.querySelectorAll("*") ?? [])].flatMap((node) =>
        [...node.attributes].map((one) => one.value),
      );
      return `${shadow?.querySelector(".root")?.textContent}\n${attributes.join("\n")}`;
    });
    for (const name of texts) if (all.includes(`Own ${name}`)) seen.add(name);
  };
  await look();
  /** @type {() => void} */
  let go = () => {};
  await page.route("**/api/v1/chat/stream", async (/** @type {any} */ route) => {
    await new Promise((done) => {
      go = () => done(undefined);
    });
    await route.continue();
  });
  const asked = chat.ask("When are you open?");
  await chat.part(".wait").waitFor();
  await look();
  go();
  await asked;
  await page.unroute("**/api/v1/chat/stream");
  await look();
  await chat.part(".person").click();
  await look();
  await chat.part(".card .quiet").click();
  await chat.says("Own handoffSentText");
  await look();
  for (const [status, name] of /** @type {[number, string][]} */ ([
    [500, "errorText"],
    [0, "networkErrorText"],
  ])) {
    await page.route("**/messages", (/** @type {any} */ route) =>
      status ? route.fulfill({ status, body: "{}", headers: { "access-control-allow-origin": "*" } }) : route.abort(),
    );
    await chat.field.fill("Hello?");
    await chat.field.press("Enter");
    await chat.part(".bad").getByText(`Own ${name}`).waitFor();
    await look();
    await page.unroute("**/messages");
  }
  assert.deepEqual([...seen].sort(), [...texts].sort());
});

test("whatever colours the owner chooses, everything can be read", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "Monday to Friday, `nine` to [five](https://example.com).");
  const url = (await site(t)).put("/", shop(tag(owner.publicKey)));
  const sets = {
    sun: {
      primaryColor: "#ffd400",
      primaryForeground: "#ffffff",
      backgroundColor: "#fffbe6",
      foregroundColor: "#c9b458",
      secondaryColor: "#fff0a0",
      secondaryForeground: "#f0d060",
    },
    night: {
      primaryColor: "#222",
      primaryForeground: "#444444",
      backgroundColor: "#101014",
      foregroundColor: "#333333",
      secondaryColor: "#18181d",
      secondaryForeground: "#2a2a2a",
    },
    grey: {
      primaryColor: "#808080",
      primaryForeground: "#808080",
      backgroundColor: "#808080",
      foregroundColor: "#808080",
      secondaryColor: "#808080",
      secondaryForeground: "#80808080",
    },
    green: {
      primaryColor: "#0b6e4f",
      primaryForeground: "#ffffff",
      backgroundColor: "#ffffff",
      foregroundColor: "#14211c",
      secondaryColor: "#eaf4ef",
      secondaryForeground: "#14211c",
    },
  };
  for (const [name, colors] of Object.entries(sets)) {
    await configure(owner, colors);
    for (const colorScheme of ["light", "dark"]) {
      const page = await visitor(t, { colorScheme });
      await page.goto(url);
      const chat = widget(page);
      await chat.open();
      await accessible(page, `${name} ${colorScheme}, greeting`);
      await chat.ask("When are you open?");
      await chat.part(".tool").first().click();
      await chat.part(".menu button").nth(1).click();
      await accessible(page, `${name} ${colorScheme}`);
      await picture(page, `colors-${name}-${colorScheme}`);
      await page.context().close();
    }
  }
});

const MARKDOWN = `Our **plans**, in *short*:

| Plan | Price | Beans |
|---|---|---|
| Cup | 9 € | 250 g |
| Pot | 29 € | 1 kg |

1. Choose a plan
2. Tell us where you live
   - we send it there
   - or you fetch it
3. Drink

> Cancel whenever you like.

\`\`\`
GET /beans
\`\`\`
More at https://example.com/plans.`;

test("desktop and phone, light and dark, left to right and right to left", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "What are your plans?", MARKDOWN);
  const url = (await site(t)).put("/", shop(tag(owner.publicKey)));
  for (const phone of [false, true])
    for (const colorScheme of ["light", "dark"])
      for (const locale of ["en-US", "ar"]) {
        const page = await visitor(t, { phone, colorScheme, locale, reducedMotion: "reduce" });
        await page.goto(url);
        const name = `${phone ? "phone" : "desktop"}-${colorScheme}-${locale === "ar" ? "rtl" : "ltr"}`;
        await accessible(page, `${name}, closed`);
        const chat = widget(page);
        await chat.open();
        const answer = await chat.ask("What are your plans?");
        assert.deepEqual(await answer.locator("th").allTextContents(), ["Plan", "Price", "Beans"]);
        assert.equal(await answer.locator("ol > li").count(), 3);
        assert.equal(await answer.locator("ol ul > li").count(), 2);
        await accessible(page, name);
        await picture(page, name);
        const overflow = await chat
          .part(".log")
          .evaluate((/** @type {HTMLElement} */ log) => log.scrollWidth - log.clientWidth);
        assert.ok(overflow <= 0, `${name}: nothing sticks out`);
        const moving = await page.evaluate(
          () => document.querySelector("colloquy-widget")?.shadowRoot?.getAnimations?.().length ?? 0,
        );
        assert.equal(moving, 0, `${name}: nothing moves`);
        // A table is beside the text around it, whichever way the page is read.
        const [around, table] = [
          await answer.locator("p").first().boundingBox(),
          await answer.locator("th").first().boundingBox(),
        ];
        assert.ok(Math.abs(around.x - table.x) < 2, `${name}: the table begins where the text does`);
        await chat.part(".person").click();
        await accessible(page, `${name}, the form`);
        await picture(page, `${name}-form`);
        await chat.part(".card .quiet").click();
        await chat.says(words(locale === "ar" ? "ar" : "en").handoffSentText);
        await chat.part(".tool").first().click();
        await accessible(page, `${name}, the menu`);
        await picture(page, `${name}-menu`);
        await page.context().close();
      }
});

test("the demo page shows the widget for the key in its address", async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "Monday to Friday, nine to five.");
  for (const options of [{}, { colorScheme: "dark" }, { phone: true }, { phone: true, colorScheme: "dark" }]) {
    const page = await visitor(t, options);
    const shown = `demo-${options.phone ? "phone" : "desktop"}-${options.colorScheme ?? "light"}`;
    await page.goto(`${process.env.WEB_BASE}/demo`);
    await page.getByLabel("Public key of a chatbot").fill(owner.publicKey);
    await accessible(page, "the demo page without a key");
    await page.getByRole("button", { name: "Show the widget" }).click();
    await widget(page).launcher.waitFor();
    await accessible(page, "the demo page");
    await picture(page, `${shown}-page`, { fullPage: true });
    await page.locator("#ask button").getByText("When are you open?").click();
    await widget(page).says("nine to five");
    await picture(page, shown);
    await widget(page).part(".head .tool").last().click();
    await page.locator("#theme").selectOption("dark");
    await page.locator("#language").selectOption("de");
    assert.match(await page.locator("#snippet").textContent(), /data-theme="dark"\s+data-language="de"/);
    await page.locator("#ask button").getByText("When are you open?").click();
    await widget(page)
      .part(`textarea[placeholder="${words("de").inputPlaceholder}"]`)
      .waitFor();
    await widget(page).says("nine to five");
    await picture(page, `${shown}-chosen`);
    await page.context().close();
  }
});

test("any six colours make text that can be read and controls that can be seen", async (t) => {
  const page = await visitor(t);
  await page.goto(
    (await site(t)).put("/", shop(`<div id="here"></div><script src="${process.env.WEB_BASE}/widget.js"></script>`)),
  );
  const bad = await page.evaluate(() => {
    // A generator of its own, so that the colours are the same in every run.
    let seed = 18;
    const next = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    const color = () =>
      `#${Math.floor(next() * 0x1000000)
        .toString(16)
        .padStart(6, "0")}`;
    const names = ["primary", "background", "foreground", "secondary"].map((name) => `${name}Color`);
    /** @param {string} text */
    const luminance = (text) => {
      const parts = (text.match(/\d+/g) ?? []).map((one) => {
        const value = Number(one) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    /** @type {[string, string, number][]} */
    const pairs = [
      ["ink", "ground", 4.5],
      ["on-primary", "primary", 4.5],
      ["on-primary", "shade", 4.5],
      ["on-soft", "soft", 4.5],
      ["quiet", "ground", 4.5],
      ["quiet-on-soft", "soft", 4.5],
      ["accent", "ground", 4.5],
      ["accent-on-soft", "soft", 4.5],
      ["danger", "ground", 4.5],
      ["edge", "ground", 3],
    ];
    const container = document.getElementById("here");
    const config = () =>
      Object.fromEntries([...names, "primaryForeground", "secondaryForeground"].map((name) => [name, color()]));
    const wrong = [];
    for (const theme of ["light", "dark"]) {
      const shown = /** @type {any} */ (window).ColloquyWidget.mount({ container, config: config(), theme });
      for (let round = 0; round < 150; round++) {
        const given = config();
        shown.update(given);
        const root = container?.querySelector("colloquy-widget")?.shadowRoot?.querySelector(".root");
        const style = getComputedStyle(/** @type {Element} */ (root));
        for (const [front, back, least] of pairs) {
          const [one, other] = [front, back].map((name) => luminance(style.getPropertyValue(`--${name}`)));
          const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
          // Whole numbers in the style sheet are a little off.
          if (!(contrast >= least - 0.06))
            wrong.push(`${theme} ${front} on ${back}: ${contrast} ${JSON.stringify(given)}`);
        }
      }
      shown.unmount();
    }
    return { wrong: wrong.slice(0, 10), left: container?.childElementCount };
  });
  assert.deepEqual(bad, { wrong: [], left: 0 });
});

test("the preview shows a configuration as it is edited and asks nothing of the platform", async (t) => {
  const page = await visitor(t);
  const style = "<style>#here { width: 390px; height: 600px; }</style>";
  await page.goto(
    (await site(t)).put(
      "/",
      shop(`<div id="here"></div><script src="${process.env.WEB_BASE}/widget.js"></script>`, style),
    ),
  );
  /** @type {string[]} */
  const requests = [];
  page.on("request", (/** @type {any} */ one) => requests.push(one.url()));
  await page.evaluate(() => {
    const container = document.getElementById("here");
    /** @type {any} */ (window).shown = /** @type {any} */ (window).ColloquyWidget.mount({
      container,
      config: { botName: "One", greeting: "First" },
    });
  });
  const chat = widget(page);
  await chat.says("First");
  const { width, height } = await chat.window.boundingBox();
  assert.deepEqual([width, height], [390, 600]);
  await page.evaluate(() =>
    /** @type {any} */ (window).shown.update({ botName: "Two", greeting: "Second", primaryColor: "#0b6e4f" }),
  );
  await chat.says("Second");
  assert.equal(await page.locator("colloquy-widget").count(), 1);
  await chat.ask("How does it look?");
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.deepEqual(requests, []);
});
