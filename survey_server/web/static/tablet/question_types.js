// The question types: `types/<type>.js` says what the tablet does with one. A module may export
//   role           "note", "calculated", "group" or "repeat" where the question is not answered by itself
//   read(element)  what the inputs say
//   typed(name, answer)  the inputs' texts; the inverse of `read`
//   toValue(answer)      the value of an answer, of any JSON, in expressions
//   coerce(value)        the answer that a default's value stands for, null for none
//   isNumber             a text in place of the answer is a code for why there is none
//   isAnswered(answer, question)
import { toText } from "./expressions.js";
import { asText, inputsIn, textIn } from "./inputs.js";
/** @import { Json, Question, Questionnaire, QuestionType } from "./shapes.d.ts" */

/** @param {Json} given */
const textValue = (given) => (typeof given === "string" && given ? toText(given) : null);
/** @type {QuestionType} */
const BASE = {
  role: "answer",
  read: (element) => ({ value: textIn(inputsIn(element)[0]) || undefined }),
  typed: (name, answer) => ({ [name]: [asText(answer)] }),
  toValue: textValue,
  coerce: (value) => (value === null ? null : toText(value) || null),
  isNumber: false,
  isAnswered: (given) => {
    if (given === null || given === undefined) return false;
    return typeof given === "object" ? Object.keys(given).length > 0 : given !== "";
  },
};
/** @type {Map<string, QuestionType>} */
const loaded = new Map();

/** Load the modules of the types that a compiled questionnaire has: once, before any other function here is called. @param {Questionnaire} client */
export async function loadTypes({ sections }) {
  /** @type {(questions: Question[]) => string[]} */
  const names = (questions) => questions.flatMap(({ type, questions: inner = [] }) => [type, ...names(inner)]);
  const used = new Set(sections.flatMap(({ questions }) => names(questions)));
  await Promise.all([...used].map(async (name) => loaded.set(name, { ...BASE, ...(await import(`./types/${name}.js`)) })));
}

/** @param {string} name */
export const typeOf = (name) => /** @type {QuestionType} */ (loaded.get(name));
