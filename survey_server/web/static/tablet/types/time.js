// A time of day in one input: "8:30", "08:30", "8h30" or "8 giờ 30"; 24 hours. As web/questions/time.py reads it.
import { toDatetime, toTime } from "../expressions.js";
import { inputsIn, textIn } from "../inputs.js";

const TYPED = /^([0-9]{1,2})\s*(?::|h|g|giờ)\s*([0-9]{2})(?:\s*phút)?$/i;

/** @param {HTMLElement} element */
export const read = (element) => readTime(textIn(inputsIn(element)[0]));

/** The value is as "08:30". @param {string} text  @returns {{value?: string, problem?: string}} */
export function readTime(text) {
  if (!text) return {};
  const typed = TYPED.exec(text);
  const value = typed ? toTime(`${typed[1].padStart(2, "0")}:${typed[2]}`) : null;
  return value === null ? { problem: "time" } : { value };
}

/** Of a datetime its time. @param {any} value */
export const coerce = (value) => toDatetime(value)?.slice(11) ?? toTime(value);
