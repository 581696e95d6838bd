// A number, or the code of a reason for having none.
import { toNumber } from "../expressions.js";

import { readFigure } from "../inputs.js";

export { typedFigure as typed } from "../inputs.js";
/** @param {HTMLElement} element */
export const read = (element) => readFigure(element);
/** @param {unknown} given */
export const toValue = (given) => (typeof given === "number" ? toNumber(given) : null);
export const coerce = toNumber;
export const isNumber = true;
