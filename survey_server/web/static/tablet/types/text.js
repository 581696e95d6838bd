// A text in one line or several: what `question_types.js` takes a type for where a module says nothing else.
export const role = "answer";
