// Questions that nothing was found for, grouped by what they ask. One answer settles a group.

import { get, part, post } from "./api.js";
import { h, replace } from "./dom.js";
import { count, date, times } from "./format.js";
import { chatbotId } from "./state.js";
import { badge, editButton, empty, field, fill, form, loading, openDialog, pageHead, select, toast } from "./ui.js";

const ROWS = 50;

/** @param {HTMLElement} page */
export function showUnanswered(page) {
  const days = select(
    [
      ["7", "Last 7 days"],
      ["30", "Last 30 days"],
      ["90", "Last 90 days"],
    ],
    "30",
    { "aria-label": "Period" },
  );
  const board = h("div", { class: "stack" }, loading());
  const again = () =>
    fill(board, async () => {
      const { groups, total } = await get(`/api/v1/knowledge/unanswered?days=${days.value}&limit=${ROWS}`, chatbotId());
      if (total === 0) {
        return h(
          "div",
          { class: "card" },
          empty(
            "question",
            "Nothing is left unanswered",
            "Every question of this period found something, or has its answer by now.",
            h("a", { class: "button", href: "#/try" }, "Ask it something yourself"),
          ),
        );
      }
      return [
        h(
          "p",
          { class: "quiet" },
          total === 1 ? "One question." : `${count(total)} different questions, most asked first.`,
        ),
        groups.map((/** @type {any} */ one) => group(one, again)),
      ];
    });
  days.addEventListener("change", again);
  replace(
    page,
    pageHead(
      "Unanswered",
      "What visitors asked and your chatbot did not know. Answer once, and it knows.",
      h("div", { class: "filters" }, days),
    ),
    board,
  );
  again();
}

/**
 * @param {any} one
 * @param {() => void} again
 */
function group(one, again) {
  const others = one.examples.filter((/** @type {string} */ example) => example !== one.question);
  const answer = editButton(
    "Answer",
    () => {
      openDialog("Answer this question", (close) =>
        answerForm(one, () => {
          close();
          again();
        }),
      );
    },
    "primary small",
  );
  return h(
    "section",
    { class: "card stack" },
    h(
      "div",
      { class: "row spread" },
      h("h2", { class: "wrap" }, one.question),
      h(
        "div",
        { class: "row" },
        badge(`asked ${times(one.count)}`, "accent"),
        badge(`last on ${date(one.lastAsked)}`),
        answer,
      ),
    ),
    others.length > 0 &&
      h(
        "p",
        { class: "quiet small wrap" },
        "Also asked as: ",
        others.map((/** @type {string} */ example) => `“${example}”`).join(", "),
      ),
  );
}

/**
 * @param {any} one
 * @param {() => void} done
 */
function answerForm(one, done) {
  const question = h("input", { maxlength: 1000, required: true, value: one.question });
  const answer = h("textarea", { maxlength: 10000, required: true, autofocus: true });
  return form(
    [
      field("Question", question, "Other wordings of the group are recognized too."),
      field("Answer", answer, "Visitors are told this word for word, at once."),
    ],
    "Save the answer",
    async () => {
      await post(
        `/api/v1/knowledge/unanswered/${part(one.id)}/answer`,
        { answer: answer.value, question: question.value },
        chatbotId(),
      );
      toast("Answered. It counts from the next question on.");
      done();
    },
  );
}
