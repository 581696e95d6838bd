// The route through a questionnaire, step by step as survey_server/questionnaire/route.py takes it.
// A path is a question's name; inside a repeat it is `<repeat>-<index from 0>-<name>`.
import { evaluate, isEmpty, toBoolean } from "./expressions.js";
import { typeOf } from "./question_types.js";

export const MAX_INSTANCES = 500;
const MAX_NUMBER = 1e15;
// A calculation that came to nothing, or to a number larger than any answer may be: no response carries it.
const isNothing = (result) => isEmpty(result) || (typeof result === "number" && Math.abs(result) > MAX_NUMBER);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Needs the modules of the questionnaire's types: see `loadTypes`. */
export function compileRoute(client) {
  const steps = new Map();
  for (const section of client.sections) {
    for (const question of section.questions) add(steps, client, question, null, null, section.relevant ?? null);
  }
  const order = client.order.map((name) => steps.get(name));
  return { steps, evaluate: (answers, /** @type {{today: string, changed?: string}} */ { today }) => new Walk(answers, today).through(order, [...steps.values()]) };
}

/** The answer that a question's default stands for, null for none. `values` are those of the route, `now` the local
 *  minute, "2012-06-05T08:30". */
export function defaultOf(question, values, now) {
  const scope = { answers: values, own: null, today: now.slice(0, 10), now, instance: {}, position: null };
  return typeOf(question.type).coerce(evaluate(question.default, scope));
}

function add(steps, client, question, around, repeat, sectionRelevant) {
  const missing = new Set((client.choices[question.choices]?.missing ?? []).map(({ code }) => code));
  const step = { question, name: question.name, type: typeOf(question.type), around, repeat, sectionRelevant, missing };
  steps.set(question.name, step);
  const inside = step.type.role === "repeat" ? question.name : repeat;
  for (const inner of question.questions ?? []) add(steps, client, inner, step, inside, sectionRelevant);
}

class Walk {
  constructor(answers, today) {
    this.answers = answers;
    /** @type {Record<string, any>} */
    this.values = {};
    /** @type {{relevant: Set<string>, required: Set<string>, calculated: Record<string, any>, values: Record<string, any>, problems: {path: string, question: string, code: string}[]}} */
    this.state = { relevant: new Set(), required: new Set(), calculated: {}, problems: [], values: this.values };
    this.scope = { answers: this.values, own: null, today, instance: {}, position: null };
    this.instances = new Map();
    this.asked = new Map();
  }

  through(order, pageOrder) {
    for (const step of order) {
      if (step.repeat === null) this.visit(step);
      else this.of(step.repeat).forEach((instance, index) => this.visitIn(step, index, instance));
    }
    for (const step of pageOrder) {
      if (step.repeat === null) this.checkRules(step, step.name, this.answers[step.name]);
      else {
        this.of(step.repeat).forEach((instance, index) => {
          this.enter(index, instance);
          this.checkRules(step, `${step.repeat}-${index}-${step.name}`, this.answers[step.repeat][index][step.name]);
        });
      }
    }
    return this.state;
  }

  of(repeat) {
    if (!this.instances.has(repeat)) {
      const given = this.answers[repeat];
      const usable = Array.isArray(given) && given.length <= MAX_INSTANCES && given.every(isObject);
      this.instances.set(repeat, usable ? given.map(() => ({})) : []);
    }
    return this.instances.get(repeat);
  }

  enter(index, instance) {
    this.scope.instance = instance;
    this.scope.position = index + 1;
  }

  leave() {
    this.scope.instance = {};
    this.scope.position = null;
  }

  aroundIsAsked(step) {
    const { around, sectionRelevant } = step;
    if (around === null) return sectionRelevant === null || toBoolean(evaluate(sectionRelevant, this.scope));
    if (around.repeat !== null) return this.aroundIsAsked(around) && this.holds(around);
    if (!this.asked.has(around.name)) this.asked.set(around.name, this.aroundIsAsked(around) && this.holds(around));
    return this.asked.get(around.name);
  }

  holds({ question }) {
    return (question.relevant ?? null) === null || toBoolean(evaluate(question.relevant, this.scope));
  }

  visit(step) {
    this.leave();
    const asked = this.aroundIsAsked(step) && this.holds(step);
    this.asked.set(step.name, asked);
    if (asked) this.state.relevant.add(step.name);
    this.values[step.name] = asked ? this.value(step, step.name, this.answers[step.name]) : null;
  }

  visitIn(step, index, instance) {
    this.enter(index, instance);
    instance[step.name] = null;
    if (!(this.aroundIsAsked(step) && this.holds(step))) return;
    const path = `${step.repeat}-${index}-${step.name}`;
    this.state.relevant.add(path);
    instance[step.name] = this.value(step, path, this.answers[step.repeat][index][step.name]);
  }

  value(step, path, given) {
    if (step.question.calculation !== undefined) {
      const result = evaluate(step.question.calculation, this.scope);
      if (isNothing(result)) return null;
      this.state.calculated[path] = result;
      return result;
    }
    if (step.type.role === "repeat") return this.of(step.name);
    return step.type.role === "answer" ? step.type.toValue(given) : null;
  }

  checkRules(step, path, given) {
    const { question, type } = step;
    const isRuled = type.role === "answer" || type.role === "repeat";
    if (!isRuled || !this.state.relevant.has(path) || question.calculation !== undefined) return;
    if (step.repeat === null) this.leave();
    const answered = type.isAnswered(given, question);
    this.scope.own = type.role === "repeat" ? null : type.toValue(given);
    if (question.required !== undefined && toBoolean(evaluate(question.required, this.scope))) {
      this.state.required.add(path);
      if (!answered) this.state.problems.push({ path, question: step.name, code: "required" });
    }
    const isChecked = question.constraint !== undefined && answered && !isMissing(step, given);
    if (isChecked && !toBoolean(evaluate(question.constraint, this.scope))) {
      this.state.problems.push({ path, question: step.name, code: "constraint" });
    }
  }
}

// Whether a code stands for why there is no answer.
const isMissing = ({ type, missing }, given) => typeof given === "string" && (type.isNumber || missing.has(given));
