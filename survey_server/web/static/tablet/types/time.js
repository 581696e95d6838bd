// A time of day in one input: "8:30", "08:30", "8h30" or "8 giờ 30"; 24 hours. As web/questions/time.py reads it.
import { toDatetime, toTime } from "../expressions.js";
import { inputsIn, textIn } from "../inputs.js";

const TYPED = /^([0-9]{1,2})\s*(?::|h|g|giờ)\s*([0-9]{2})(?:\s*phút)?$/i;

export const read = (element) => readTime(textIn(inputsIn(element)[0]));

/** `{value}` as "08:30", nothing where nothing is typed, or `{fault}`. */
export function readTime(text) {
  if (!text) return {};
  const typed = TYPED.exec(text);
  const value = typed ? toTime(`${typed[1].padStart(2, "0")}:${typed[2]}`) : null;
  return value === null ? { fault: "time" } : { value };
}

// Of a date and time its time.
export const coerce = (value) => (toDatetime(value) === null ? toTime(value) : value.slice(11));
