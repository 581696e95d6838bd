// A day in three inputs: day, month, year.
import { toDate } from "../expressions.js";
import { inputsIn, textIn } from "../inputs.js";

/** @param {HTMLElement} element */
export const read = (element) => readDay(inputsIn(element).map(textIn));

/** A day that is in no calendar is an answer: the server stores it with the same problem. @param {string[]} parts  @returns {{value?: string, problem?: string}} */
export function readDay([dayPart, month, year]) {
  if (!dayPart && !month && !year) return {};
  if (![dayPart, month, year].every((part) => /^[0-9]+$/.test(part)) || year.length !== 4) return { problem: "date" };
  const value = `${year}-${month.padStart(2, "0")}-${dayPart.padStart(2, "0")}`;
  return { value, problem: toDate(value) === null ? "noSuchDay" : undefined };
}

/** @param {string} name  @param {string} value */
export function typed(name, value) {
  const [year, month, dayPart] = String(value).split("-");
  return { [`${name}-day`]: [dayPart], [`${name}-month`]: [month], [`${name}-year`]: [year] };
}

/** Of a datetime its day. @param {unknown} value */
export const coerce = (value) => (typeof value === "string" ? toDate(value.slice(0, 10)) : null);
