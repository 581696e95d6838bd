// The question types: `types/<type>.js` exports what differs from BASE. See `QuestionType` in shapes.d.ts.
import { toText } from "./expressions.js";
import { asText, inputsIn, textIn } from "./inputs.js";

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
