// Reading answers from the page and writing them into it, by the module of each question's type. The texts of the
// inputs are stored with the answers, so that text which cannot be read as an answer is not lost.
import { find, findAll } from "./dom.js";
import { inputsIn } from "./inputs.js";
import { typeOf } from "./question_types.js";

/** The questions that stand directly in an element: those of a repeat belong to its instances. @param {HTMLElement} root */
function questionsIn(root) {
  return findAll(".question", root).filter((question) => question.parentElement.closest(".instance, .section") === root);
}

/** @param {HTMLElement} repeat */
export const instancesOf = (repeat) => findAll(`.instance`, find(".repeat", repeat));

/** The answer to a question of the page, and its problems. @param {HTMLElement} question  @returns {{value?: any, problems: Problem[]}} */
export function readQuestion(question) {
  const { type = "", path = "", role } = question.dataset;
  if (role === "repeat") return readRepeat(question);
  if (role !== undefined) return { problems: [] };
  const { value, problem, parts, cells = [] } = typeOf(type).read(question);
  const problems = cells.map(({ suffix, ...more }) => ({ path: path + suffix, ...more }));
  return { value, problems: problem ? [{ path, code: problem, parts }] : problems };
}

/** Empty instances stay in the list while filling in: the paths of the others count them. @param {HTMLElement} repeat */
function readRepeat(repeat) {
  const read = instancesOf(repeat).map(collect);
  return { value: read.length ? read.map(({ answers }) => answers) : undefined, problems: read.flatMap(({ problems }) => problems) };
}

/** Every answer in a section or an instance, by question name. Empty ones are left out. @param {HTMLElement} root */
export function collect(root) {
  /** @type {Answers} */
  const answers = {};
  /** @type {Problem[]} */
  const problems = [];
  for (const question of questionsIn(root)) {
    const read = readQuestion(question);
    if (read.value !== undefined) answers[question.dataset.question] = read.value;
    problems.push(...read.problems);
  }
  return { answers, problems };
}

/** What stands in the inputs, by their names; several values of a name are a list. @param {HTMLElement} root */
export function typedIn(root) {
  /** @type {Typed} */
  const typed = {};
  for (const input of inputsIn(root)) {
    const isBox = input.type === "checkbox" || input.type === "radio";
    if (isBox ? !input.checked : input.value === "") continue;
    (typed[input.name] ??= []).push(input.value);
  }
  return typed;
}

/** Put back what `typedIn` found. The instances of repeats must be there. @param {HTMLElement} root  @param {Typed} typed */
export function typeInto(root, typed) {
  for (const input of inputsIn(root)) {
    const values = typed[input.name] ?? [];
    if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
    else input.value = values[0] ?? "";
  }
}

/** @param {unknown} value */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The inverse of `collect`. @param {Answers} answers  @param {Question[]} [questions]  @returns {Filling} */
export function typedFrom(answers, questions = [], prefix = "") {
  /** @type {Filling} */
  const filling = { typed: {}, instances: {} };
  for (const question of questions) {
    const { name } = question;
    const { role, typed: inputsOf } = typeOf(question.type);
    if (role === "group") merge(filling, typedFrom(answers, question.questions, prefix));
    else if (answers[name] === undefined) continue;
    else if (role === "repeat") {
      if (!Array.isArray(answers[name]) || !answers[name].every(isObject)) continue; // no instance can hold it
      filling.instances[name] = answers[name].length;
      for (const [index, one] of answers[name].entries()) {
        merge(filling, typedFrom(one, question.questions, `q_${name}-${index}-`));
      }
    } else Object.assign(filling.typed, inputsOf(`${prefix}q_${name}`, answers[name]));
  }
  return filling;
}

/** @param {Filling} into  @param {Filling} more */
function merge(into, more) {
  Object.assign(into.typed, more.typed);
  Object.assign(into.instances, more.instances);
}
