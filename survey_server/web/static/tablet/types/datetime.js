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
  if (time.fault || !day.value) return { fault: time.fault ?? day.fault ?? (time.value ? "dayAndTime" : undefined) };
  if (!time.value) return { fault: "dayAndTime" };
  return { value: `${day.value}T${time.value}`, fault: day.fault };
}

/** @param {string} name  @param {string} value */
export function typed(name, value) {
  const [day, time = ""] = String(value).split("T");
  return { ...typedDay(name, day), [`${name}-time`]: [time] };
}

export const coerce = toDatetime;
