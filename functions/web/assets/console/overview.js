// What has happened: numbers against the time before, and days as bars.

import { get } from "./api.js";
import { bars, shares } from "./charts.js";
import { h, replace } from "./dom.js";
import { count, percent, times } from "./format.js";
import { chatbotId, state } from "./state.js";
import { badge, empty, fill, loading, pageHead, table } from "./ui.js";

/** @type {[string, string, number][]} */
const PERIODS = [
  ["7d", "7 days", 7],
  ["30d", "30 days", 30],
  ["90d", "90 days", 90],
];

const AGAINST = "second half of the period against the first";

/**
 * What changed from some days to as many others.
 *
 * @param {any[]} later
 * @param {any[]} earlier
 */
const changes = (later, earlier) => (/** @type {string} */ what) => {
  /** @param {any[]} days */
  const sum = (days) => days.reduce((all, day) => all + day[what], 0);
  return change(sum(later), sum(earlier));
};

/**
 * Against the half of the period before: what changed.
 *
 * @param {number} now
 * @param {number} before
 */
function change(now, before) {
  // From nothing there is no share to go up by.
  if (before === 0) return null;
  const share = Math.round(((now - before) / before) * 100);
  const kind = share > 0 ? "up" : share < 0 ? "down" : "";
  const sign = share > 0 ? "▲" : share < 0 ? "▼" : "=";
  return h("span", { class: `change ${kind}` }, ` ${sign} ${Math.abs(share)} %`);
}

/**
 * @param {string} name
 * @param {import("./dom.js").Child} value
 * @param {import("./dom.js").Child} [changed]
 * @param {string} [about]
 */
function number(name, value, changed, about) {
  return h(
    "div",
    { class: "card" },
    h("dl", { class: "number" }, h("dt", {}, name), h("dd", {}, value, changed)),
    about && h("p", { class: "small quiet" }, about),
  );
}

/** @param {HTMLElement} page */
export function showOverview(page) {
  let period = "30d";
  const body = h("div", { class: "stack" });
  const tabs = h("div", { class: "tabs", role: "group", "aria-label": "Period" });
  const draw = () => {
    replace(
      tabs,
      PERIODS.map(([value, text]) =>
        h(
          "button",
          {
            type: "button",
            "aria-pressed": String(value === period),
            onclick: () => {
              period = value;
              draw();
            },
          },
          text,
        ),
      ),
    );
    replace(body, loading());
    fill(body, () => read(period));
  };
  replace(
    page,
    pageHead("Overview", `What visitors asked ${state.chatbot?.name ?? "your chatbot"}, and what became of it.`, tabs),
    body,
  );
  draw();
}

/** @param {string} period */
async function read(period) {
  const scope = chatbotId();
  const [analytics, ratings, site, unanswered, sources] = await Promise.all([
    get(`/api/v1/analytics?period=${period}`, scope),
    get(`/api/v1/analytics/ratings?period=${period}`, scope),
    get(`/api/v1/analytics/overview?range=${period}`, scope).catch(() => null),
    get("/api/v1/knowledge/unanswered?limit=5", scope),
    get("/api/v1/knowledge", scope),
  ]);
  const { overview, messagesOverTime: days, topQuestions } = analytics;
  if (overview.totalConversations === 0) return begin(sources.sources.length > 0);
  const half = Math.floor(days.length / 2);
  const [before, now] = [days.slice(0, half), days.slice(days.length - half)];
  const change = changes(now, before);
  const closed = overview.conversationsClosed;
  const rated = ratings.summary.totalRatings;
  return [
    h(
      "div",
      { class: "grid numbers" },
      number(
        "Conversations",
        count(overview.totalConversations),
        change("conversations"),
        change("conversations") ? AGAINST : undefined,
      ),
      number("Messages", count(overview.totalMessages), change("messages"), "questions and answers"),
      number("Visitors", count(overview.uniqueVisitors), null, "an estimate; each counts once"),
      number(
        "Closed without a person",
        closed > 0 ? `${overview.resolutionRate} %` : "–",
        null,
        closed > 0 ? `of ${closed === 1 ? "one that has" : `${count(closed)} that have`} ended` : "none has ended yet",
      ),
      number(
        "Thumbs up",
        rated > 0 ? `${ratings.summary.satisfactionRate} %` : "–",
        null,
        rated > 0 ? (rated === 1 ? "of one rating" : `of ${count(rated)} ratings`) : "no answer was rated yet",
      ),
      number(
        "Asked for a person",
        site ? percent(Math.min(1, site.handoffCount / overview.totalConversations)) : "–",
        null,
        site ? (site.handoffCount > 0 ? `${times(site.handoffCount)}, of all conversations` : "no visitor did") : "",
      ),
      number("Leads", count(overview.leadsCollected), null, "left a way to be reached"),
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, "Conversations and messages"),
      bars(
        "Conversations and messages",
        days.map((/** @type {any} */ day) => ({
          date: day.date,
          first: day.conversations,
          second: Math.max(0, day.messages - day.conversations),
        })),
        ["conversations", "more messages"],
      ),
    ),
    h(
      "div",
      { class: "grid two" },
      h(
        "section",
        { class: "card" },
        h("h2", {}, "Asked most"),
        topQuestions.length > 0
          ? shares(topQuestions.map((/** @type {any} */ one) => ({ text: one.question, count: one.count })))
          : h("p", { class: "quiet" }, "No question was counted in this period."),
      ),
      h(
        "section",
        { class: "card" },
        h(
          "div",
          { class: "card-head" },
          h("h2", {}, "Not answered yet"),
          h("a", { href: "#/unanswered" }, "All of them"),
        ),
        unanswered.groups.length > 0
          ? shares(unanswered.groups.map((/** @type {any} */ one) => ({ text: one.question, count: one.count })))
          : h("p", { class: "quiet" }, "Every question of the last 30 days found something."),
      ),
    ),
    ratingDays(ratings),
  ];
}

/** @param {any} ratings */
function ratingDays(ratings) {
  const days = ratings.ratingsTrend.filter((/** @type {any} */ day) => day.positive + day.negative > 0);
  if (days.length === 0) return null;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Ratings"),
    bars(
      "Ratings",
      ratings.ratingsTrend.map((/** @type {any} */ day) => ({
        date: day.date,
        first: day.positive,
        second: day.negative,
      })),
      ["up", "down"],
    ),
  );
}

/** @param {boolean} hasSources */
function begin(hasSources) {
  const steps = [
    [hasSources, "Give it something to read", "#/knowledge", "Add your site, a file, or a question with its answer."],
    [false, "Ask it yourself", "#/try", "See what it finds and how sure it is."],
    [false, "Put it on your page", "#/keys", "One script tag with a public key."],
  ];
  return [
    h(
      "div",
      { class: "card" },
      empty(
        "overview",
        "No conversations in this period",
        "Numbers and charts appear here once visitors write. Until then:",
      ),
    ),
    h(
      "section",
      { class: "card flush" },
      h("h2", {}, "First steps"),
      table(
        "First steps",
        ["Step", "What it does", ""],
        steps.map(([done, title, href, about]) => [
          h("a", { href: String(href) }, String(title)),
          String(about),
          ["actions", done ? badge("done", "good") : ""],
        ]),
      ),
    ),
  ];
}
