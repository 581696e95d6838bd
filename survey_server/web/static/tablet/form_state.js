// The state of a page of questions: the answers, which questions are relevant, and what is wrong.
import { find, findAll } from "./dom.js";
import { finalAnswers } from "./final_answers.js";
import { instancesOf, readQuestion, typeInto, typedFrom, typedIn } from "./form.js";
import { addInstance, clearChoice, offerClearing, removeInstance, setInstances, showEcho } from "./form_parts.js";
import { language, plain } from "./language.js";
import { formatNumber } from "./numbers.js";
import { localMinute } from "./outbox.js";
import { clearProblem, showProblem } from "./problems.js";
import { typeOf } from "./question_types.js";
import { compileRoute, defaultOf } from "./route.js";

export class FormState {
  /** `draft` is changed with every input. `today` is the local day. */
  constructor(form, client, draft, today) {
    this.form = form;
    this.client = client;
    this.draft = draft;
    this.today = today;
    this.onChange = () => {};
    this.found = /** @type {ReturnType<ReturnType<typeof compileRoute>["evaluate"]>} */ ({});
    this.route = compileRoute(client);
    this.byName = new Map(walk(client).map((question) => [question.name, question]));
    this.faults = new Map();
    this.shown = new Set(); // paths whose problem stands on the page
    offerClearing(form);
    this.restore();
    this.readAll();
    this.evaluate();
    this.listen();
  }

  restore() {
    const { content } = this.draft;
    const typed = content.typed
      ? { typed: Object.assign({}, ...Object.values(content.typed)), instances: content.instances }
      : typedFrom(content.answers, this.client.sections.flatMap(({ questions }) => questions));
    for (const repeat of this.repeats()) setInstances(repeat, typed.instances[repeat.dataset.question] ?? 0);
    typeInto(this.form, typed.typed);
    for (const input of findAll("input.number", this.form)) showEcho(input);
  }

  readAll() {
    this.draft.content.answers = {};
    this.draft.content.typed = {};
    for (const question of findAll(".section .question", this.form)) {
      if (!question.parentElement.closest(".instance")) this.read(question);
    }
  }

  read(question) {
    const { question: name, path, role } = question.dataset;
    if (role !== undefined && role !== "repeat") return;
    const { content } = this.draft;
    const { value, faults } = readQuestion(question);
    if (value === undefined) delete content.answers[name];
    else content.answers[name] = value;
    content.typed[name] = typedIn(question);
    if (role === "repeat") content.instances[name] = instancesOf(question).length;
    if (faults.length) this.faults.set(path, faults);
    else this.faults.delete(path);
  }

  /** Evaluate the whole route again: a thousand questions take about a millisecond (benchmarks/NOTES.md). */
  evaluate() {
    do this.found = this.route.evaluate(this.draft.content.answers, { today: this.today });
    while (this.applyDefault());
    this.showRoute();
  }

  /** Fill in the default of the first question that became relevant and has not had it; whether there was one. It is
   *  left out where something is typed, and where a returned response is completed. */
  applyDefault() {
    const { content, keys } = this.draft;
    const given = (content.defaulted ??= []);
    const { relevant, values } = this.found;
    const isDue = (question) => question.default !== undefined && relevant.has(question.name) && !given.includes(question.name);
    const question = [...this.byName.values()].find(isDue);
    if (question === undefined) return false;
    given.push(question.name);
    const element = questionAt(this.form, question.name);
    const answer = keys.supersedes ? null : defaultOf(question, values, localMinute(new Date()));
    if (answer !== null && !Object.keys(typedIn(element)).length) {
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

  showCalculated(question) {
    const output = find("output", question);
    if (!output) return;
    const value = this.found.calculated[question.dataset.path];
    const text = shown(value);
    if (output.textContent !== text) output.textContent = text;
  }

  isRelevant(question) {
    return this.found.relevant.has(question.dataset.path);
  }

  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => this.typed(event.target, event.isComposing));
    this.form.addEventListener("change", (event) => this.left(event.target));
    this.form.addEventListener("compositionend", (event) => this.typed(event.target, false));
    this.form.addEventListener("click", (event) => this.pressed(event));
    document.addEventListener("survey:language", () => this.showRoute());
  }

  typed(input, composing) {
    if (input.matches(".choices input")) keepAlone(input);
    const own = topQuestion(input);
    if (!own) return;
    this.read(own);
    if (!composing) {
      // While an input method composes a word no rule is applied: it would apply to half a letter.
      this.evaluate();
      this.recheck(own);
      if (input.matches("input.number")) showEcho(input);
    }
    this.onChange();
  }

  /** A question was left: show its problems, but not that an answer is still missing. */
  left(input) {
    const question = input.closest(".question");
    if (!question) return;
    afterPress(() => {
      for (const problem of this.problemsIn(topQuestion(input))) {
        if (problem.code !== "required" && problem.path.startsWith(question.dataset.path)) this.show(problem);
      }
    });
  }

  pressed(event) {
    if (event.target.closest(".clear-choice")) clearChoice(event.target.closest(".question"));
    const button = event.target.closest('button[name="add"], button[name="remove"]');
    if (!button) return;
    const repeat = button.closest('.question[data-role="repeat"]');
    if (button.name === "add") {
      const added = addInstance(repeat);
      find("input, select, textarea", added)?.focus();
    } else {
      const instance = button.closest(".instance");
      if (Object.keys(typedIn(instance)).length && !confirm(plain("removeAsk"))) return;
      removeInstance(instance);
      find('button[name="add"]', repeat).focus();
    }
    this.read(repeat);
    this.evaluate();
    this.recheck(repeat);
    this.onChange();
  }

  recheck(question) {
    const now = new Map(this.problemsIn(question).map((problem) => [problem.path, problem]));
    for (const path of [...this.shown]) {
      if (path !== question.dataset.path && !path.startsWith(`${question.dataset.path}-`)) continue;
      const problem = now.get(path);
      if (problem) this.show(problem);
      else this.clear(path);
    }
  }

  show(problem) {
    this.shown.add(problem.path);
    showProblem(this.form, problem, this.byName);
  }

  clear(path) {
    this.shown.delete(path);
    clearProblem(this.form, path);
  }

  /** Everything that is wrong or missing on the route, in the order of the page: `[{path, question, code}]`. */
  problems() {
    const faults = [...this.faults.values()].flat();
    const paths = new Set(faults.map(({ path }) => path));
    const all = [...faults, ...this.found.problems.filter(({ path }) => !paths.has(path))];
    const order = new Map(findAll(".section .question", this.form).map((question, index) => [question.dataset.path, index]));
    return all
      .map((problem) => ({ ...problem, element: questionAt(this.form, problem.path) }))
      .filter(({ element }) => element && !element.closest("[hidden].question"))
      .map((problem) => ({ ...problem, question: problem.element.dataset.question }))
      .sort((one, other) => Number(order.get(one.element.dataset.path)) - Number(order.get(other.element.dataset.path)));
  }

  problemsIn(root) {
    return this.problems().filter(({ element }) => root.contains(element));
  }

  /** The answers on the route, with what is calculated: what the finished response says. `day`: today() at the end. */
  finalAnswers(day) {
    return finalAnswers(this.route, this.draft.content.answers, day);
  }

  repeats() {
    return findAll('.question[data-role="repeat"]', this.form);
  }

  disable() {
    for (const input of findAll("input, select, textarea, button", this.form)) input.disabled = true;
  }
}

const shown = (value) => {
  if (typeof value === "boolean") return plain(value ? "isTrue" : "isFalse");
  return typeof value === "number" ? formatNumber(value, language()) : (value ?? "–");
};

const walk = ({ sections }) => {
  const down = (questions) => questions.flatMap((question) => [question, ...down(question.questions ?? [])]);
  return sections.flatMap(({ questions }) => down(questions));
};

/** The question that an input belongs to; of a repeat's inner question, the repeat. */
function topQuestion(input) {
  const instance = input.closest(".instance");
  return instance ? instance.closest('.question[data-role="repeat"]') : input.closest(".question");
}

/** The innermost question at a path: a cell's path goes on behind its table's. */
function questionAt(form, path) {
  for (let at = path; at; at = at.slice(0, Math.max(0, at.lastIndexOf("-")))) {
    const element = form.querySelector(`#field-${CSS.escape(at)}`);
    if (element) return element;
  }
  return null;
}

// Leaving a question is often the press of a button below it. A problem shown then would move the button away and
// the press would be lost: so it is shown after the press.
let pressing = false;
addEventListener("pointerdown", () => (pressing = true), true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => (pressing = false), true);

function afterPress(work) {
  if (!pressing) return work();
  const later = () => setTimeout(work);
  addEventListener("pointerup", later, { once: true });
  return undefined;
}

// A missing code stands alone: choosing it clears the others, and the other way round.
function keepAlone(input) {
  if (input.type !== "checkbox" || !input.checked) return;
  const isMissing = Boolean(input.closest(".missing-choices"));
  for (const other of findAll(".choices input", input.closest(".question"))) {
    if (other !== input && (isMissing || other.closest(".missing-choices"))) other.checked = false;
  }
}
