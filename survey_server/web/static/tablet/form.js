// Reading answers from the page and writing them into it, by the module of each question's type. The texts of the
// inputs are stored with the answers, so that text which cannot be read as an answer is not lost.
import { find, findAll } from "./dom.js";
import { inputsIn } from "./inputs.js";
import { typeOf } from "./question_types.js";

/** The questions that stand directly in an element: those of a repeat belong to its instances. */
function questionsIn(root) {
  return findAll(".question", root).filter((question) => question.parentElement.closest(".instance, .section") === root);
}

export const instancesOf = (repeat) => findAll(`.instance`, find(".repeat", repeat));

/** What one question of the page says, and what cannot be right in it: `{value, faults: [{path, code}]}`. */
export function readQuestion(question) {
  const { type, path, role } = question.dataset;
  if (role === "repeat") return readRepeat(question);
  if (role !== undefined) return { faults: [] };
  const { value, fault, cells = [] } = typeOf(type).read(question);
  const faults = cells.map(({ suffix, code }) => ({ path: path + suffix, code }));
  return { value, faults: fault ? [{ path, code: fault }] : faults };
}

// Empty instances stay in the list while filling in: the paths of the others count them.
function readRepeat(repeat) {
  const read = instancesOf(repeat).map(collect);
  return { value: read.length ? read.map(({ answers }) => answers) : undefined, faults: read.flatMap(({ faults }) => faults) };
}

/** Every answer in a section or an instance, by question name: `{answers, faults}`. Empty ones are left out. */
export function collect(root) {
  const answers = {};
  const faults = [];
  for (const question of questionsIn(root)) {
    const read = readQuestion(question);
    if (read.value !== undefined) answers[question.dataset.question] = read.value;
    faults.push(...read.faults);
  }
  return { answers, faults };
}

/** What stands in the inputs, by their names; several values of a name are a list. */
export function typedIn(root) {
  const typed = {};
  for (const input of inputsIn(root)) {
    const isBox = input.type === "checkbox" || input.type === "radio";
    if (isBox ? !input.checked : input.value === "") continue;
    (typed[input.name] ??= []).push(input.value);
  }
  return typed;
}

/** Put back what `typedIn` found. The instances of repeats must be there. */
export function typeInto(root, typed) {
  for (const input of inputsIn(root)) {
    const values = typed[input.name] ?? [];
    if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
    else input.value = values[0] ?? "";
  }
}

/** The texts of the inputs for answers: `{typed, instances}`; the inverse of `collect`. */
export function typedFrom(answers, questions, prefix = "") {
  const typed = {};
  const instances = {};
  for (const question of questions) {
    const { name } = question;
    const { role, typed: inputsOf } = typeOf(question.type);
    if (role === "group") merge({ typed, instances }, typedFrom(answers, question.questions, prefix));
    else if (answers[name] === undefined) continue;
    else if (role === "repeat") {
      instances[name] = answers[name].length;
      answers[name].forEach((one, index) =>
        merge({ typed, instances }, typedFrom(one, question.questions, `q_${name}-${index}-`)),
      );
    } else Object.assign(typed, inputsOf(`${prefix}q_${name}`, answers[name]));
  }
  return { typed, instances };
}

function merge(into, more) {
  Object.assign(into.typed, more.typed);
  Object.assign(into.instances, more.instances);
}
