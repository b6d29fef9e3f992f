// Numbers, times and names as people read them.

const number = new Intl.NumberFormat();
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const shortDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const monthAndYear = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** @param {number} value */
export const count = (value) => number.format(value);

/** @param {string} time */
export const at = (time) => dayAndTime.format(new Date(time));

/** @param {string} date */
export const date = (date) => day.format(new Date(`${date}T00:00:00Z`));

/** @param {string} date */
export const shortDate = (date) => shortDay.format(new Date(`${date}T00:00:00Z`));

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const STEPS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * How long ago, or the day where that is long.
 *
 * @param {string} time
 */
export function ago(time) {
  const seconds = (Date.now() - new Date(time).getTime()) / 1000;
  if (seconds > 6 * 86_400) return day.format(new Date(time));
  for (const [unit, size] of STEPS) {
    if (seconds >= size) return relative.format(-Math.round(seconds / size), unit);
  }
  return "just now";
}

/** @param {number} share From 0 to 1. */
export const percent = (share) => `${Math.round(share * 100)} %`;

/**
 * How often, in words.
 *
 * @param {number} number
 */
export const times = (number) => (number === 1 ? "once" : `${count(number)} times`);

/** @param {string} month Such as `2026-11`. */
export const month = (month) => monthAndYear.format(new Date(`${month}-01T00:00:00Z`));

/** @param {string} text */
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {string} name */
export const title = (name) => sentence(name).replaceAll("_", " ");
