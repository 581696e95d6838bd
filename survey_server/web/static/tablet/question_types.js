// The question types: `types/<type>.js` exports what differs from BASE. See `QuestionType` in shapes.d.ts.
import { toText } from "./expressions.js";
import { asText, inputsIn, textIn } from "./inputs.js";
import { MAX_ANSWER_LENGTH, isBlank, lengthOf } from "./typed_text.js";

/** @param {Json} given */
const textValue = (given) => (typeof given === "string" && !isBlank(given) ? toText(given) : null);
/** @type {QuestionType} */
const BASE = {
  role: "answer",
  read: (element) => {
    const text = textIn(inputsIn(element)[0]);
    const count = lengthOf(text);
    if (count > MAX_ANSWER_LENGTH) return { value: text, problem: "tooLong", parts: { count, most: MAX_ANSWER_LENGTH } };
    return { value: text || undefined };
  },
  typed: (name, answer) => ({ [name]: [asText(answer)] }),
  toValue: textValue,
  coerce: (value) => (value === null ? null : textValue(toText(value))),
  isNumber: false,
  isAnswered: (given) => {
    if (given === null || given === undefined) return false;
    if (typeof given === "string") return !isBlank(given);
    return typeof given !== "object" || Object.keys(given).length > 0;
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
