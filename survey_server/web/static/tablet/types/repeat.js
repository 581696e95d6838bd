// The same questions again for each instance.
export const role = "repeat";
