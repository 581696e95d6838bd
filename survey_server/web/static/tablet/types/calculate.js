// A value that the route works out.
export const role = "calculated";
