// Reading answers out of the page and putting them back. One reader and one writer a type of question; what stands
// in the inputs is kept beside the answers, so that nothing typed is lost because it cannot be read.
import { find, findAll } from "./dom.js";
import { parseNumber, typedNumber } from "./numbers.js";

const inputs = (question) => findAll("input, select, textarea", question);
const text = (input) => (input?.value ?? "").normalize("NFC").trim();
const checked = (question) => inputs(question).filter((input) => input.checked).map((input) => input.value);
const isMissing = (question, code) => find(`.missing-choices input[value="${CSS.escape(code)}"]`, question) !== null;

function readNumber(input) {
  const typed = text(input);
  if (!typed) return {};
  const value = parseNumber(typed);
  return value === null ? { fault: "number" } : { value };
}

// A number or, where reasons are offered, why there is none.
function readFigure(place) {
  const missing = find("select", place)?.value;
  const { value, fault } = readNumber(find("input.number", place));
  if (fault) return { fault };
  if (missing && value !== undefined) return { fault: "cellTwice" };
  return { value: missing || value };
}

function readInteger(question) {
  const { value, fault } = readFigure(question);
  return { value, fault: fault ?? (typeof value !== "number" || Number.isInteger(value) ? undefined : "integer") };
}

function readDate(question) {
  const [dayPart, month, year] = inputs(question).map(text);
  if (!dayPart && !month && !year) return {};
  if (![dayPart, month, year].every((part) => /^[0-9]+$/.test(part)) || year.length !== 4) return { fault: "date" };
  const value = `${year}-${month.padStart(2, "0")}-${dayPart.padStart(2, "0")}`;
  const day = new Date(`${value}T00:00:00Z`);
  return { value, fault: Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value ? "noSuchDay" : undefined };
}

function readSeveral(question) {
  const codes = checked(question);
  if (codes.length === 1 && isMissing(question, codes[0])) return { value: codes[0] };
  return codes.length ? { value: codes } : {};
}

function readCell(cell) {
  const { value, fault } = readFigure(cell);
  const estimated = typeof value === "number" && find(".estimated input", cell).checked;
  return { value: estimated ? { value, estimated: true } : value, fault };
}

function readTable(question) {
  const table = {};
  const cells = [];
  for (const cell of findAll("td[data-row]", question)) {
    const { row, period } = cell.dataset;
    const read = readCell(cell);
    if (read.fault) cells.push({ suffix: `-${row}-${period}`, code: read.fault });
    else if (read.value !== undefined) (table[row] ??= {})[period] = read.value;
  }
  return { value: Object.keys(table).length ? table : undefined, cells };
}

const READERS = {
  text: (question) => ({ value: text(inputs(question)[0]) || undefined }),
  integer: readInteger,
  decimal: readFigure,
  select_one: (question) => ({ value: checked(question)[0] }),
  select_multiple: readSeveral,
  date: readDate,
  number_table: readTable,
};

/** The questions that stand directly in an element: those of a repeat belong to its instances. */
function questionsIn(root) {
  return findAll(".question", root).filter((question) => question.parentElement.closest(".instance, .section") === root);
}

export const instancesOf = (repeat) => findAll(`.instance`, find(".repeat", repeat));

/** What one question of the page says, and what cannot be right in it: `{value, faults: [{path, code}]}`. */
export function readQuestion(question) {
  const { type, path } = question.dataset;
  if (type === "repeat") return readRepeat(question);
  const { value, fault, cells = [] } = READERS[type]?.(question) ?? {};
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
  for (const input of inputs(root)) {
    const isBox = input.type === "checkbox" || input.type === "radio";
    if (isBox ? !input.checked : input.value === "") continue;
    (typed[input.name] ??= []).push(input.value);
  }
  return typed;
}

/** Put back what `typedIn` found. The instances of repeats must be there. */
export function typeInto(root, typed) {
  for (const input of inputs(root)) {
    const values = typed[input.name] ?? [];
    if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
    else input.value = values[0] ?? "";
  }
}

const asText = (value) => (typeof value === "number" ? typedNumber(value) : String(value));

function typedTable(name, table) {
  const typed = {};
  for (const [row, periods] of Object.entries(table)) {
    for (const [period, cell] of Object.entries(periods)) {
      const input = `${name}-${row}-${period}`;
      if (typeof cell === "string") typed[`${input}-missing`] = [cell];
      else typed[input] = [asText(cell?.value ?? cell)];
      if (cell?.estimated) typed[`${input}-estimated`] = ["1"];
    }
  }
  return typed;
}

function typedDate(name, value) {
  const [year, month, dayPart] = String(value).split("-");
  return { [`${name}-day`]: [dayPart], [`${name}-month`]: [month], [`${name}-year`]: [year] };
}

const typedFigure = (name, value) => ({ [typeof value === "string" ? `${name}-missing` : name]: [asText(value)] });

const WRITERS = {
  integer: typedFigure,
  decimal: typedFigure,
  date: typedDate,
  number_table: typedTable,
  select_multiple: (name, value) => ({ [name]: [value].flat() }),
  note: () => ({}),
  calculate: () => ({}),
};

/** Answers as they would have been typed: `{typed, instances}`; the other way of `collect`. */
export function typedFrom(answers, questions, prefix = "") {
  const typed = {};
  const instances = {};
  for (const question of questions) {
    const { name, type } = question;
    if (type === "group") merge({ typed, instances }, typedFrom(answers, question.questions, prefix));
    else if (answers[name] === undefined) continue;
    else if (type === "repeat") {
      instances[name] = answers[name].length;
      answers[name].forEach((one, index) =>
        merge({ typed, instances }, typedFrom(one, question.questions, `q_${name}-${index}-`)),
      );
    } else Object.assign(typed, (WRITERS[type] ?? writeOne)(`${prefix}q_${name}`, answers[name]));
  }
  return { typed, instances };
}

const writeOne = (name, value) => ({ [name]: [asText(value)] });

function merge(into, more) {
  Object.assign(into.typed, more.typed);
  Object.assign(into.instances, more.instances);
}
