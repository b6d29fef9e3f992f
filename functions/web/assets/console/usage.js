// What the workspace has used this month, and what its plan allows.

import { get, part } from "./api.js";
import { h, replace } from "./dom.js";
import { at, count, month, title } from "./format.js";
import { chatbotId, state } from "./state.js";
import { badge, fill, loading, pageHead } from "./ui.js";

/** @param {HTMLElement} page */
export function showUsage(page) {
  const board = h("div", { class: "stack" }, loading());
  replace(page, pageHead("Usage and plan", "This month, for the whole workspace."), board);
  fill(board, async () => {
    const [session, conferbot, site, bot] = await Promise.all([
      get("/api/v1/auth/session"),
      get("/api/v1/external/v1/usage", "workspace"),
      get("/api/v1/analytics/overview", chatbotId()).catch(() => null),
      get(`/v1/bots/${part(chatbotId())}/usage`, "workspace").catch(() => null),
    ]);
    const { used, limit } = conferbot.data;
    return [
      h(
        "section",
        { class: "card stack" },
        h(
          "div",
          { class: "card-head" },
          h("h2", {}, session.workspace.name),
          badge(`${title(session.workspace.plan)} plan`, "accent"),
        ),
        h(
          "p",
          { class: "quiet" },
          "Whoever runs this Colloquy changes plans. What you do in this console uses none of the calls below.",
        ),
      ),
      h(
        "div",
        { class: "grid three" },
        bar("Calls of the Conferbot API", used, limit, `In ${month(conferbot.data.month)}`),
        site &&
          bar(
            "Questions answered by HelpBot's chat",
            site.credits.used,
            site.credits.limit,
            `Until ${at(site.credits.resetsAt)}`,
          ),
        bar("Chatbots", state.chatbots.length, null, "In this workspace"),
      ),
      bot && tokens(bot.data.total),
    ];
  });
}

/**
 * @param {string} name
 * @param {number} used
 * @param {number | null} limit
 * @param {string} about
 */
function bar(name, used, limit, about) {
  const of = limit === null || limit === undefined ? "no limit" : `of ${count(limit)}`;
  return h(
    "section",
    { class: "card stack" },
    h("h2", {}, name),
    h(
      "dl",
      { class: "number" },
      h("dt", {}, about),
      h("dd", {}, count(used), h("span", { class: "change" }, ` ${of}`)),
    ),
    limit ? h("meter", { min: 0, max: limit, high: limit * 0.9, optimum: 0, value: used, "aria-label": name }) : null,
  );
}

/** @param {any} data */
function tokens(data) {
  const numbers = Object.entries(data ?? {}).filter(([, value]) => typeof value === "number");
  if (numbers.length === 0) return null;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, `Models of ${state.chatbot?.name}`),
    h(
      "div",
      { class: "grid numbers" },
      numbers.map(([name, value]) =>
        h("dl", { class: "number" }, h("dt", {}, title(name)), h("dd", {}, count(Number(value)))),
      ),
    ),
  );
}
