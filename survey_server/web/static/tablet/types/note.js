// A text without inputs.
export const role = "note";
