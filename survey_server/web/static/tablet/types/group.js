// Questions under one heading and one condition.
export const role = "group";
