// A number, or the code of a reason for having none.
import { toNumber } from "../expressions.js";

export { readFigure as read, typedFigure as typed } from "../inputs.js";
/** @param {unknown} given */
export const toValue = (given) => (typeof given === "number" ? toNumber(given) : null);
export const coerce = toNumber;
export const isNumber = true;
