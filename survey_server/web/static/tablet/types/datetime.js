// A date and time: the inputs of a day, and one of the time.
import { toDatetime } from "../expressions.js";
import { inputsIn, textIn } from "../inputs.js";
import { readDay, typed as typedDay } from "./date.js";
import { readTime } from "./time.js";

/** @param {HTMLElement} element */
export function read(element) {
  const texts = inputsIn(element).map(textIn);
  const day = readDay(texts.slice(0, 3));
  const time = readTime(texts[3]);
  if (time.problem || !day.value) return { problem: time.problem ?? day.problem ?? (time.value ? "dayAndTime" : undefined) };
  if (!time.value) return { problem: "dayAndTime" };
  return { value: `${day.value}T${time.value}`, problem: day.problem };
}

/** @param {string} name  @param {string} value */
export function typed(name, value) {
  const [day, time = ""] = String(value).split("T");
  return { ...typedDay(name, day), [`${name}-time`]: [time] };
}

export const coerce = toDatetime;
