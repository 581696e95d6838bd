// One choice of a list.
import { checkedIn } from "../inputs.js";

export const read = (element) => ({ value: checkedIn(element)[0] });
