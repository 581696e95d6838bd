// One choice of a list.
import { checkedIn } from "../inputs.js";

/** @param {HTMLElement} element */
export const read = (element) => ({ value: checkedIn(element)[0] });
