// Charts as pictures with a text beside them: bars over days, and shares.

import { h, svg } from "./dom.js";
import { count, shortDate } from "./format.js";

/** Of a picture on a desktop; on a phone it is drawn as wide as it is shown, so that its words can be read. */
const MAX_WIDTH = 640;
const MIN_WIDTH = 280;
/** About what a label of an axis needs. */
const LABEL = 88;
const HEIGHT = 180;
const BELOW = 22;
/** Of a digit, in an axis. */
const DIGIT = 7;

/**
 * A round number not below `value`, for the top of an axis.
 *
 * @param {number} value
 */
function ceiling(value) {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 4, 5, 10].map((step) => step * power);
  return steps.find((step) => step >= value) ?? value;
}

/**
 * Bars over days. `second` are stacked on the first, where they are given.
 *
 * @param {string} title
 * @param {{ date: string, first: number, second?: number }[]} days
 * @param {[string, string?]} names
 */
export function bars(title, days, names) {
  const whole = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, document.documentElement.clientWidth - 74));
  const top = ceiling(Math.max(0, ...days.map((one) => one.first + (one.second ?? 0))));
  const left = 12 + DIGIT * count(top).length;
  const wide = (whole - left) / Math.max(1, days.length);
  const high = HEIGHT - BELOW - 8;
  /** @param {number} value */
  const y = (value) => 8 + high - (value / top) * high;
  const lines = [0, top / 2, top].map((value) => [
    svg("line", { class: "axis", x1: left, x2: whole, y1: y(value), y2: y(value) }),
    svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, count(value)),
  ]);
  const shown = days.map((one, at) => {
    const x = left + at * wide + wide * 0.15;
    const width = Math.max(1, wide * 0.7);
    const second = one.second ?? 0;
    const text = `${shortDate(one.date)}: ${count(one.first)} ${names[0]}${names[1] ? `, ${count(second)} ${names[1]}` : ""}`;
    return svg(
      "g",
      {},
      svg("title", {}, text),
      one.first > 0 && svg("rect", { class: "bar", x, width, rx: 2, y: y(one.first), height: y(0) - y(one.first) }),
      second > 0 &&
        svg("rect", {
          class: "bar second",
          x,
          width,
          rx: 2,
          y: y(one.first + second),
          height: y(one.first) - y(one.first + second),
        }),
    );
  });
  const every = Math.ceil((days.length * LABEL) / (whole - left));
  const labels = days.map(
    (one, at) =>
      at % every === 0 &&
      svg("text", { x: left + at * wide + wide / 2, y: HEIGHT - 4, "text-anchor": "middle" }, shortDate(one.date)),
  );
  const total = days.reduce((sum, one) => sum + one.first, 0);
  const label = `${title}: ${count(total)} ${names[0]} on ${days.length} days`;
  const picture = svg(
    "svg",
    { class: "chart", viewBox: `0 0 ${whole} ${HEIGHT}`, role: "img", "aria-label": label },
    lines.flat(),
    shown,
    labels,
  );
  const legend =
    names[1] &&
    h(
      "p",
      { class: "legend", "aria-hidden": "true" },
      h("span", {}, names[0]),
      h("span", { class: "second" }, names[1]),
    );
  return h("figure", {}, picture, legend);
}

/**
 * Shares of a whole, most first.
 *
 * @param {{ text: string, count: number }[]} rows
 */
export function shares(rows) {
  const most = Math.max(1, ...rows.map((row) => row.count));
  return h(
    "ul",
    { class: "bars" },
    rows.map((row) =>
      h(
        "li",
        {},
        h(
          "div",
          { class: "row" },
          h("span", { class: "wrap" }, row.text),
          h("span", { class: "quiet nowrap" }, `${count(row.count)} ×`),
        ),
        h("progress", { max: most, value: row.count, "aria-label": `${row.text}: ${row.count}` }),
      ),
    ),
  );
}
