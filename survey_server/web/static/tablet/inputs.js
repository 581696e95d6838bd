// What the modules of question types read from the inputs of a question.
import { find, findAll } from "./dom.js";
import { parseNumber, typedNumber } from "./numbers.js";
import { trim } from "./typed_text.js";

/** @param {ParentNode} question */
export const inputsIn = (question) => findAll("input, select, textarea", question);
/** @param {HTMLInputElement | null} [input] */
export const textIn = (input) => trim(input?.value ?? "");
/** @param {ParentNode} question  @returns {string[]} */
export const checkedIn = (question) => inputsIn(question).filter((input) => input.checked).map((input) => input.value);

/** A number or, where reasons are offered, the code of the reason for having none. @param {ParentNode} element  @returns {Reading} */
export function readFigure(element) {
  const missing = find("select", element)?.value;
  const typed = textIn(find("input.number", element));
  const value = typed ? parseNumber(typed) : undefined;
  if (value === null) return { problem: "number" };
  if (missing && value !== undefined) return { problem: "cellTwice" };
  return { value: missing || value };
}

/** The inputs of a figure, by name. @param {string} name  @param {number | string} value  @returns {Typed} */
export const typedFigure = (name, value) => ({ [typeof value === "string" ? `${name}-missing` : name]: [asText(value)] });

/** @param {number | string} value */
export const asText = (value) => (typeof value === "number" ? typedNumber(value) : String(value));
