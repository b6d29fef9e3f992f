// Texts that would do harm if anything read them as more than text: each sets `hit`.

import assert from "node:assert/strict";

export const PAYLOADS = [
  "<script>hit=1</script>",
  "<img src=x onerror=hit=1>",
  "<svg/onload=hit=1>",
  "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
  "[click](javascript:hit=1)",
  "[click](JaVaScRiPt&colon;hit=1)",
  "[click]( java\tscript:hit=1)",
  "[click](data:text/html,<script>hit=1</script>)",
  "[click](vbscript:hit=1)",
  '[a](https://example.com" onmouseover="hit=1)',
  '![x](x" onerror="hit=1)',
  "![x](javascript:hit=1)",
  "<javascript:hit=1>",
  "<a href='javascript:hit=1'>x</a>",
  "`<img src=x onerror=hit=1>`",
  "```html\n<img src=x onerror=hit=1>\n```",
  "| <img src=x onerror=hit=1> | b |\n|---|---|\n| [x](javascript:hit=1) | d |",
  "# <img src=x onerror=hit=1>\n\n> <svg onload=hit=1>\n\n1. <b onclick=hit=1>x</b>",
  '"><img src=x onerror=hit=1>',
  "';hit=1;//",
  "</textarea><script>hit=1</script>",
  "</style><script>hit=1</script>",
  "{{constructor.constructor('hit=1')()}}",
  "&lt;img src=x onerror=hit=1&gt;",
  "\u202e<img src=x onerror=hit=1>\u0000",
  'https://example.com/"onmouseover="hit=1',
  "[x](//example.com)[y](file:///etc/passwd)[z](blob:x)",
];

/**
 * Nothing in the page or in the widget is an element or an attribute that a text could have brought in.
 * @param {any} page
 * @param {string} root an expression for what is looked through
 * @param {string[]} tags that may be there
 * @param {string} what
 */
export const harmless = async (page, root, tags, what) => {
  const found = await page.evaluate(
    (/** @type {{ root: string, tags: string[] }} */ given) => {
      const bad = [];
      const top = given.root ? document.querySelector(given.root)?.shadowRoot : document.body;
      for (const node of top?.querySelectorAll("*") ?? []) {
        if (!given.tags.includes(node.localName)) bad.push(node.localName);
        for (const { name, value } of node.attributes) {
          if (name.startsWith("on") || ["style", "src", "srcdoc", "action", "formaction"].includes(name))
            bad.push(`${node.localName} ${name}`);
          // The console's own links are relative.
          const own = !given.root && /^(#|docs$|demo)/.test(value);
          if (name === "href" && !own && !/^(https?|mailto|tel):/.test(value)) bad.push(`${node.localName} ${value}`);
        }
      }
      return { bad, hit: /** @type {any} */ (window).hit };
    },
    { root, tags },
  );
  assert.deepEqual(found, { bad: [], hit: undefined }, what);
};
