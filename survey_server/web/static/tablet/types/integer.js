// A whole number, or the code of a reason for having none.
import { readFigure } from "../inputs.js";

export { coerce, isNumber, toValue, typed } from "./decimal.js";

/** @param {HTMLElement} element */
export function read(element) {
  const { value, problem, parts } = readFigure(element, true);
  return { value, parts, problem: problem ?? (typeof value !== "number" || Number.isInteger(value) ? undefined : "integer") };
}
