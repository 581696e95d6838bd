// What the modules of question types read from the inputs of a question.
import { find, findAll } from "./dom.js";
import { readNumber, typedNumber } from "./numbers.js";
import { trim } from "./typed_text.js";

/** @param {ParentNode} question */
export const inputsIn = (question) => findAll("input, select, textarea", question);
/** @param {HTMLInputElement | null} [input] */
export const textIn = (input) => trim(input?.value ?? "");
/** @param {ParentNode} question  @returns {string[]} */
export const checkedIn = (question) => inputsIn(question).filter((input) => input.checked).map((input) => input.value);

/**
 * A number or, where reasons are offered, the code of the reason for having none.
 * @param {ParentNode} element  @param {boolean} [isWhole]  only a whole number can be meant: "1.500" is 1500
 * @returns {Reading}
 */
export function readFigure(element, isWhole = false) {
  const missing = find("select", element)?.value;
  const typed = (find("input.number", element)?.value ?? "").trim();
  if (!typed) return { value: missing || undefined };
  const { number, other, problem, parts } = readNumber(typed);
  if (problem) return { problem, parts };
  if (missing) return { problem: "cellTwice" };
  const isThousands = Number.isInteger(number);
  if (other === undefined || (isWhole && isThousands)) return { value: number };
  return { value: isThousands ? number : undefined, problem: "numberTwoWays", parts: { typed } };
}

/** The inputs of a figure, by name. @param {string} name  @param {number | string} value  @returns {Typed} */
export const typedFigure = (name, value) => ({ [typeof value === "string" ? `${name}-missing` : name]: [asText(value)] });

/** @param {number | string} value */
export const asText = (value) => (typeof value === "number" ? typedNumber(value) : String(value));
