// Ask and see: what a question finds, how sure that is, and what a visitor would read.

import { post } from "./api.js";
import { h, outside, replace } from "./dom.js";
import { percent } from "./format.js";
import { pairForm } from "./pairs.js";
import { chatbotId } from "./state.js";
import { badge, button, empty, fill, loading, openDialog, pageHead } from "./ui.js";

/** @type {Record<string, [string, string, string]>} */
const OUTCOMES = {
  pair: ["Answered word for word", "good", "A question with an answer of yours asks the same."],
  passages: ["Answered from sources", "good", "It is sure enough, and answers from what it found."],
  near: ["Asks back", "warn", "It is not sure enough to answer, and asks whether one of these was meant."],
  refused: ["Says that it doesn't know", "bad", "Nothing it knows is likely enough to answer this."],
  small_talk: ["Small talk", "info", "A greeting, thanks or the like, answered without knowledge."],
};

/** @param {HTMLElement} page */
export function showTry(page) {
  const question = h("input", {
    required: true,
    maxlength: 4000,
    autocomplete: "off",
    placeholder: "What would a visitor ask?",
    "aria-label": "Question",
  });
  const send = h("button", { type: "submit", class: "primary" }, "Ask");
  const result = h(
    "div",
    { class: "stack", "aria-live": "polite" },
    h(
      "div",
      { class: "card" },
      empty(
        "try",
        "Ask something",
        "You see the answer, what it was drawn from, the scores and the thresholds. Nothing is stored, and no visitor sees it.",
      ),
    ),
  );
  const form = h("form", { class: "card" }, h("div", { class: "inline" }, question, send));
  const again = () => {
    replace(result, loading("Asking…"));
    fill(result, () => ask(question.value, again));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    again();
  });
  replace(
    page,
    pageHead("Ask and see", "Try what your chatbot knows, and correct it where it is wrong."),
    form,
    result,
  );
  question.focus();
}

/**
 * @param {string} question
 * @param {() => void} again
 */
async function ask(question, again) {
  const found = await post("/api/v1/knowledge/ask", { question }, chatbotId());
  const [text, kind, about] = OUTCOMES[found.outcome] ?? [found.outcome, "", ""];
  const unsure = found.outcome === "refused" || found.outcome === "near";
  const correct = button(unsure ? "Write the answer" : "Write a better answer", () => {
    openDialog(unsure ? "The answer" : "A better answer", (close) =>
      pairForm(question, unsure ? "" : found.answer, () => {
        close();
        again();
      }),
    );
  });
  return [
    h(
      "section",
      { class: "card stack" },
      h("div", { class: "card-head" }, h("h2", {}, "What a visitor reads"), badge(text, kind)),
      h("p", { class: "pre" }, found.answer),
      found.asksBackends &&
        h(
          "p",
          { class: "notice" },
          "A model of yours writes the answer from the passages below. It was not asked here.",
        ),
      h("div", { class: "row" }, correct),
    ),
    h(
      "section",
      { class: "card stack" },
      h("h2", {}, "Why"),
      h("p", { class: "quiet" }, about),
      scale(found),
      found.searched.some((/** @type {string} */ one) => one !== question) &&
        h(
          "p",
          { class: "small quiet" },
          `Searched for: ${found.searched.map((/** @type {string} */ one) => `“${one}”`).join(", ")}`,
        ),
      found.corrections.length > 0 &&
        h(
          "p",
          { class: "small quiet" },
          `Read as other words: ${found.corrections.map((/** @type {any} */ one) => `${one.asked} → ${one.searched}`).join(", ")}`,
        ),
      unsure &&
        found.offers.length > 0 &&
        h(
          "div",
          {},
          h("h3", {}, "May have been meant"),
          h(
            "ul",
            { class: "stack" },
            found.offers.map((/** @type {string} */ one) => h("li", {}, one)),
          ),
        ),
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, "What was found"),
      found.passages.length > 0
        ? h("ol", { class: "passages" }, found.passages.map(passage))
        : h("p", { class: "quiet" }, "Nothing has a word in common with this question."),
    ),
  ];
}

/** @param {any} found */
function scale(found) {
  return h(
    "div",
    { class: "stack" },
    h(
      "p",
      {},
      h("strong", {}, `${percent(found.confidence)} sure`),
      ` · answers from ${percent(found.threshold)} on, asks back from ${percent(found.nearThreshold)} on · `,
      h("a", { href: "#/settings" }, "Change the thresholds"),
    ),
    h("meter", {
      min: 0,
      max: 1,
      low: found.nearThreshold,
      high: found.threshold,
      optimum: 1,
      value: found.confidence,
      "aria-label": "Confidence",
    }),
  );
}

/** @param {any} one */
function passage(one) {
  return h(
    "li",
    { class: "passage" },
    h(
      "div",
      { class: "row spread" },
      h("strong", { class: "wrap" }, one.title),
      h("span", { class: "row" }, one.used && badge("Used", "good"), badge(`Score ${one.score.toFixed(2)}`)),
    ),
    one.url && h("p", { class: "small" }, outside(one.url)),
    h("div", { class: "pre", tabindex: "0", role: "region", "aria-label": "Passage" }, one.content),
  );
}
