// The state of a page of questions: the answers, which questions are relevant, and what is wrong.
import { find, findAll } from "./dom.js";
import { finalAnswers } from "./final_answers.js";
import { instancesOf, readQuestion, typeInto, typedFrom, typedIn } from "./form.js";
import { addInstance, clearChoice, offerClearing, removeInstance, setInstances, showEcho, showLines } from "./form_parts.js";
import { language, plain } from "./language.js";
import { formatNumber } from "./numbers.js";
import { localMinute } from "./outbox.js";
import { clearProblem, showProblem } from "./problems.js";
import { typeOf } from "./question_types.js";
import { compileRoute, defaultOf } from "./route.js";
import { cut, trim } from "./typed_text.js";

const MAX_LOST_LENGTH = 500; // characters
const REPEAT = '.question[data-role="repeat"]';

export class FormState {
  /**
   * @param {HTMLFormElement} form
   * @param {Questionnaire} client
   * @param {Draft} draft  changed with every input
   * @param {string} today  the local day
   */
  constructor(form, client, draft, today) {
    this.form = form;
    this.client = client;
    this.draft = draft;
    this.today = today;
    this.onChange = () => {};
    this.found = /** @type {RouteState} */ ({});
    this.route = compileRoute(client);
    this.byName = new Map(walk(client).map((question) => [question.name, question]));
    /** @type {Map<string, Problem[]>} */
    this.inputProblems = new Map();
    /** @type {Set<string>} */
    this.shown = new Set(); // paths whose problem is on the page
    offerClearing(form);
    this.restore();
    this.readAll();
    this.evaluate();
    this.listen();
  }

  /** Note what of the answers that the draft began with no input shows. @param {Answers} given */
  noteLost(given) {
    const { content } = this.draft;
    for (const [name, answer] of Object.entries(given)) {
      const question = this.byName.get(name);
      if (question?.calculation !== undefined || answer === null || sameAnswer(answer, content.answers[name])) continue;
      (content.lost ??= []).push({ question: name, code: "notShown", typed: cut(JSON.stringify(answer), MAX_LOST_LENGTH) });
    }
  }

  restore() {
    const { content } = this.draft;
    const typed = content.typed
      ? { typed: Object.assign({}, ...Object.values(content.typed)), instances: content.instances }
      : typedFrom(content.answers, this.client.sections.flatMap(({ questions }) => questions));
    for (const repeat of findAll(REPEAT, this.form)) setInstances(repeat, typed.instances[repeat.dataset.question] ?? 0);
    typeInto(this.form, typed.typed);
    for (const input of findAll("input.number", this.form)) showEcho(input);
    for (const input of findAll("textarea.line", this.form)) showLines(input);
  }

  readAll() {
    const { answers, typed } = this.draft.content;
    this.draft.content.answers = {};
    this.draft.content.typed = {};
    for (const question of findAll(".section .question", this.form)) {
      if (!question.parentElement.closest(".instance")) this.read(question);
    }
    if (!typed) this.noteLost(answers);
  }

  /** @param {HTMLElement} question */
  read(question) {
    const { question: name = "", path = "", role } = question.dataset;
    if (role !== undefined && role !== "repeat") return;
    const { content } = this.draft;
    const { value, problems } = readQuestion(question);
    if (value === undefined) delete content.answers[name];
    else content.answers[name] = value;
    (content.typed ??= {})[name] = typedIn(question);
    if (role === "repeat") content.instances[name] = instancesOf(question).length;
    if (problems.length) this.inputProblems.set(path, problems);
    else this.inputProblems.delete(path);
  }

  /** Evaluate the whole route again: a thousand questions take about a millisecond (benchmarks/NOTES.md). */
  evaluate() {
    do this.found = this.route.evaluate(this.draft.content.answers, { today: this.today });
    while (this.applyDefault());
    this.showRoute();
  }

  /** Fill in the default of the first question that became relevant and has not had it; whether there was one. Not
   *  where something is typed or a returned response is corrected. */
  applyDefault() {
    const { content, keys } = this.draft;
    const given = (content.defaulted ??= []);
    const { relevant, values } = this.found;
    const isDue = (/** @type {Question} */ question) => question.default !== undefined && relevant.has(question.name) && !given.includes(question.name);
    const question = [...this.byName.values()].find(isDue);
    if (question === undefined) return false;
    given.push(question.name);
    const element = questionAt(this.form, question.name);
    const answer = keys.supersedes || content.reopened ? null : defaultOf(question, values, localMinute(new Date()));
    if (element && answer !== null && !Object.keys(typedIn(element)).length) {
      typeInto(element, typeOf(question.type).typed(`q_${question.name}`, answer));
      this.read(element);
    }
    return true;
  }

  showRoute() {
    for (const question of findAll(".section .question", this.form)) {
      const hidden = !this.isRelevant(question);
      if (question.hidden !== hidden) question.hidden = hidden;
      if (question.dataset.role === "calculated") this.showCalculated(question);
    }
  }

  /** @param {HTMLElement} question */
  showCalculated(question) {
    const output = find("output", question);
    if (!output) return;
    const value = this.found.calculated[question.dataset.path ?? ""];
    const text = textOf(value);
    if (output.textContent !== text) output.textContent = text;
  }

  /** @param {HTMLElement} question */
  isRelevant(question) {
    return this.found.relevant.has(question.dataset.path ?? "");
  }

  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => this.typed(inputOf(event), /** @type {InputEvent} */ (event).isComposing));
    this.form.addEventListener("change", (event) => this.left(inputOf(event)));
    this.form.addEventListener("compositionend", (event) => this.typed(inputOf(event), false));
    this.form.addEventListener("click", (event) => this.pressed(inputOf(event)));
    document.addEventListener("survey:language", () => this.showRoute());
  }

  /** @param {HTMLInputElement} input  @param {boolean} isComposing */
  typed(input, isComposing) {
    if (input.matches(".choices input")) keepAlone(input);
    if (input.matches("textarea.line")) showLines(/** @type {any} */ (input));
    const own = topQuestion(input);
    if (!own) return;
    this.read(own);
    if (!isComposing) {
      // While an input method composes a word no rule is applied: it would apply to half a letter.
      this.evaluate();
      this.recheck(own);
      if (input.matches("input.number")) showEcho(input);
    }
    this.onChange();
  }

  /** A question was left: show its problems, but not that an answer is still missing. @param {HTMLInputElement} input */
  left(input) {
    const question = closest(input, ".question");
    if (!question) return;
    afterPress(() => {
      const own = topQuestion(input); // null where the press removed the instance
      for (const problem of own ? this.problemsIn(own) : []) {
        if (problem.code !== "required" && isWithin(problem.path, question.dataset.path ?? "")) this.show(problem);
      }
    });
  }

  /** @param {HTMLElement} target */
  pressed(target) {
    const cleared = target.closest(".clear-choice") && closest(target, ".question");
    if (cleared) clearChoice(cleared);
    const button = closest(target, 'button[name="add"], button[name="remove"]');
    const repeat = button && closest(button, REPEAT);
    if (!repeat) return;
    const instance = closest(target, ".instance");
    if (button.getAttribute("name") === "add") {
      find("input, select, textarea", addInstance(repeat))?.focus();
    } else if (instance) {
      if (Object.keys(typedIn(instance)).length && !confirm(plain("removeAsk"))) return;
      removeInstance(instance);
      find('button[name="add"]', repeat).focus();
    }
    this.read(repeat);
    this.evaluate();
    this.recheck(repeat);
    this.onChange();
  }

  /** @param {HTMLElement} question */
  recheck(question) {
    const now = new Map(this.problemsIn(question).map((problem) => [problem.path, problem]));
    for (const path of [...this.shown]) {
      if (!isWithin(path, question.dataset.path ?? "")) continue;
      const problem = now.get(path);
      if (problem) this.show(problem);
      else this.clear(path);
    }
  }

  /** @param {ShownProblem} problem */
  show(problem) {
    this.shown.add(problem.path);
    showProblem(this.form, problem, this.byName);
  }

  /** @param {string} path */
  clear(path) {
    this.shown.delete(path);
    clearProblem(this.form, path);
  }

  /** Everything that is wrong or missing on the route, in the order of the page. @returns {ShownProblem[]} */
  problems() {
    const typed = [...this.inputProblems.values()].flat();
    const paths = new Set(typed.map(({ path }) => path));
    const all = [...typed, ...this.found.problems.filter(({ path }) => !paths.has(path))];
    const order = new Map(findAll(".section .question", this.form).map((question, index) => [question.dataset.path, index]));
    return all
      .flatMap((problem) => {
        const element = questionAt(this.form, problem.path);
        const isShown = element && !element.closest("[hidden].question");
        return isShown ? [{ ...problem, element, question: element.dataset.question ?? "" }] : [];
      })
      .sort((one, other) => Number(order.get(one.element.dataset.path)) - Number(order.get(other.element.dataset.path)));
  }

  /** @param {HTMLElement} root */
  problemsIn(root) {
    return this.problems().filter(({ element }) => root.contains(element));
  }

  /** The answers of the finished response. @param {string} day  the value of today() at the end */
  finalAnswers(day) {
    return finalAnswers(this.route, this.draft.content.answers, day);
  }

  disable() {
    for (const input of findAll("input, select, textarea, button", this.form)) input.disabled = true;
  }
}

/** Whether two answers say the same: the tablet leaves out the calculated values and the empty instances. @param {Json} given  @param {Json} shown */
function sameAnswer(given, shown) {
  if (typeof given === "string" && typeof shown === "string") return trim(given) === shown;
  if (Array.isArray(given) && typeof given[0] === "object") return Array.isArray(shown) && given.length === shown.length;
  return inOrder(given) === inOrder(shown);
}

/** JSON with the names of objects in their order. @param {Json} value */
const inOrder = (value) =>
  JSON.stringify(value, (_name, each) => (each && typeof each === "object" && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort()) : each));

/** The text of a calculated value. @param {Value} value */
const textOf = (value) => {
  if (typeof value === "boolean") return plain(value ? "isTrue" : "isFalse");
  return typeof value === "number" ? formatNumber(value, language()) : (value ?? "–");
};

/** @param {string} path  @param {string} around */
const isWithin = (path, around) => path === around || path.startsWith(`${around}-`);

/** All questions, also those of groups and repeats. @param {Questionnaire} client */
const walk = ({ sections }) => {
  /** @type {(questions: Question[]) => Question[]} */
  const down = (questions) => questions.flatMap((question) => [question, ...down(question.questions ?? [])]);
  return sections.flatMap(({ questions }) => down(questions));
};

/** @param {Event} event */
const inputOf = (event) => /** @type {HTMLInputElement} */ (event.target);

/** @param {Element} element  @param {string} selector  @returns {HTMLElement | null} */
const closest = (element, selector) => element.closest(selector);

/** The question that an input belongs to; of a repeat's inner question, the repeat. @param {HTMLElement} input */
function topQuestion(input) {
  const instance = closest(input, ".instance");
  return instance ? closest(instance, REPEAT) : closest(input, ".question");
}

/** The innermost question at a path: a cell's path continues its table's. @param {HTMLElement} form  @param {string} path  @returns {HTMLElement | null} */
function questionAt(form, path) {
  for (let at = path; at; at = at.slice(0, Math.max(0, at.lastIndexOf("-")))) {
    const element = find(`#field-${CSS.escape(at)}`, form);
    if (element) return element;
  }
  return null;
}

// Leaving a question is often the press of a button below it, which a problem shown then would move away.
let pressing = false;
addEventListener("pointerdown", () => (pressing = true), true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => (pressing = false), true);

/** @param {() => void} work */
function afterPress(work) {
  if (!pressing) return work();
  const later = () => setTimeout(work);
  addEventListener("pointerup", later, { once: true });
  return undefined;
}

/** A missing code excludes the other choices: choosing it clears them, and the reverse. @param {HTMLInputElement} input */
function keepAlone(input) {
  const question = closest(input, ".question");
  if (!question || input.type !== "checkbox" || !input.checked) return;
  const isMissing = Boolean(input.closest(".missing-choices"));
  for (const other of findAll(".choices input", question)) {
    if (other !== input && (isMissing || other.closest(".missing-choices"))) other.checked = false;
  }
}
