// What the modules of question types read from the inputs of a question.
import { find, findAll } from "./dom.js";
import { parseNumber, typedNumber } from "./numbers.js";

export const inputsIn = (question) => findAll("input, select, textarea", question);
export const textIn = (input) => (input?.value ?? "").normalize("NFC").trim();
export const checkedIn = (question) => inputsIn(question).filter((input) => input.checked).map((input) => input.value);

/** A number or, where reasons are offered, the code of the reason for having none: `{value}` or `{fault}`. */
export function readFigure(place) {
  const missing = find("select", place)?.value;
  const typed = textIn(find("input.number", place));
  const value = typed ? parseNumber(typed) : undefined;
  if (value === null) return { fault: "number" };
  if (missing && value !== undefined) return { fault: "cellTwice" };
  return { value: missing || value };
}

/** The inputs of a figure, by name. */
export const typedFigure = (name, value) => ({ [typeof value === "string" ? `${name}-missing` : name]: [asText(value)] });

export const asText = (value) => (typeof value === "number" ? typedNumber(value) : String(value));
