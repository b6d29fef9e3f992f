// A question with its answer: the form that adds one.

import { post } from "./api.js";
import { h } from "./dom.js";
import { chatbotId } from "./state.js";
import { field, form, toast } from "./ui.js";

/**
 * @param {string} question
 * @param {string} answer
 * @param {() => unknown} done
 */
export function pairForm(question, answer, done) {
  const ask = h("input", { required: true, maxlength: 1000, value: question, autocomplete: "off" });
  // Where the question is known, the answer is what is to be written.
  const say = h("textarea", { required: true, maxlength: 10000, value: answer, autofocus: question !== "" });
  const others = h("textarea", { maxlength: 20000 });
  return form(
    [
      field("Question", ask, "As visitors ask it. Other wordings are recognized too."),
      field("Answer", say, "Given word for word, from now on."),
      field("Other ways to ask it", others, "One a line, up to 20. Only needed where a wording is not recognized."),
    ],
    "Save the answer",
    async () => {
      const alternatives = others.value.split("\n").filter((line) => line.trim() !== "");
      const pair = { question: ask.value, alternatives, answer: say.value };
      await post("/api/v1/knowledge/qa", pair, chatbotId());
      toast("Saved. It answers from now on.");
      await done();
    },
  );
}
