// The widget within an element of the console, to look at while its configuration is edited. It answers
// with a sample and asks nothing of the platform.

import { own, text } from "./builtins.js";

const SAMPLE = "preview";

/** @returns {import("./api.js").Platform} */
const sample = () => {
  const done = () => Promise.resolve({});
  return {
    streams: true,
    maxLength: 1000,
    config: done,
    ask: async (question) => ({
      conversation: SAMPLE,
      token: "",
      message: SAMPLE,
      content: question,
      sources: ["https://example.com"],
    }),
    news: done,
    write: done,
    rate: done,
    handOff: done,
    leave: done,
  };
};

/** @returns {any} a memory that keeps nothing */
const forgetful = () => {
  const fresh = () => ({
    visitor: SAMPLE,
    conversation: "",
    token: "",
    last: "",
    handed: "",
    handedToken: "",
    live: 0,
    unread: 0,
    open: 1,
    at: 0,
    /** @type {import("./memory.js").Message[]} */
    messages: [],
  });
  return { name: SAMPLE, load: fresh, fresh, save: () => {} };
};

/**
 * `ColloquyWidget.mount({ container, config, theme, language })`, with `update(config)` and `unmount()`.
 * @param {(what: any) => { destroy: () => void }} mount
 */
export const preview = (mount) => (/** @type {any} */ given) => {
  /** @type {{ destroy: () => void } | null} */
  let shown = null;
  /** @param {any} config */
  const update = (config) => {
    if (shown) shown.destroy();
    const kept = forgetful();
    const option = (/** @type {string} */ name) => text(given, name);
    shown = mount({ from: sample(), kept, config, option, parent: own(given, "container"), framed: true });
  };
  update(own(given, "config"));
  return {
    update,
    unmount: () => {
      if (shown) shown.destroy();
    },
  };
};
