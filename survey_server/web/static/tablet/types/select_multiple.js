// Any number of choices of a list, or the code of one reason for not answering.
import { find } from "../dom.js";
import { toText } from "../expressions.js";
import { checkedIn } from "../inputs.js";

/** @param {HTMLElement} element  @param {string} code */
const isMissing = (element, code) => find(`.missing-choices input[value="${CSS.escape(code)}"]`, element) !== null;

/** @param {HTMLElement} element */
export function read(element) {
  const codes = checkedIn(element);
  if (codes.length === 1 && isMissing(element, codes[0])) return { value: codes[0] };
  return codes.length ? { value: codes } : {};
}

/** @param {string} name  @param {string | string[]} answer */
export const typed = (name, answer) => ({ [name]: [answer].flat() });

/** @param {unknown} given */
export function toValue(given) {
  const codes = Array.isArray(given) ? given.filter((each) => typeof each === "string") : [];
  return codes.length ? codes : null;
}

/** A text lists its codes separated by spaces. @param {unknown} value */
export function coerce(value) {
  if (typeof value !== "string") return toValue(value);
  const codes = toText(value).split(/\s+/).filter((code) => code !== "");
  return codes.length ? codes : null;
}
