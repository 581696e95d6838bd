// The route through a questionnaire, evaluated as survey_server/questionnaire/route.py does.
// A path is a question's name; inside a repeat it is `<repeat>-<index from 0>-<name>`.
import { evaluate, isEmpty, toBoolean } from "./expressions.js";
import { typeOf } from "./question_types.js";

export const MAX_INSTANCES = 500;
const MAX_NUMBER = 1e15;
/** An empty result of a calculation, or a number larger than any answer may be: no response has it. @param {Value} result */
const isNothing = (result) => isEmpty(result) || (typeof result === "number" && Math.abs(result) > MAX_NUMBER);
/** @param {unknown} value */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Needs the modules of the questionnaire's types: see `loadTypes`. @param {Questionnaire} client  @returns {Route} */
export function compileRoute(client) {
  /** @type {Map<string, Step>} */
  const steps = new Map();
  for (const section of client.sections) {
    for (const question of section.questions) add(steps, client, question, null, null, section.relevant ?? null);
  }
  const order = client.order.map((name) => /** @type {Step} */ (steps.get(name)));
  return { steps, evaluate: (answers, { today }) => new Walk(answers, today).through(order, [...steps.values()]) };
}

/**
 * The answer that a question's default stands for, null for none. `now` is the local minute, "2012-06-05T08:30".
 * @param {Question} question  @param {RouteState["values"]} values  @param {string} now
 */
export function defaultOf(question, values, now) {
  const scope = { answers: values, own: null, today: now.slice(0, 10), now, instance: {}, position: null };
  return typeOf(question.type).coerce(evaluate(question.default, scope));
}

/**
 * @param {Map<string, Step>} steps
 * @param {Questionnaire} client
 * @param {Question} question
 * @param {Step["around"]} around
 * @param {Step["repeat"]} repeat
 * @param {Step["sectionRelevant"]} sectionRelevant
 */
function add(steps, client, question, around, repeat, sectionRelevant) {
  const missing = new Set((client.choices[question.choices ?? ""]?.missing ?? []).map(({ code }) => code));
  const step = { question, name: question.name, type: typeOf(question.type), around, repeat, sectionRelevant, missing };
  steps.set(question.name, step);
  const inside = step.type.role === "repeat" ? question.name : repeat;
  for (const inner of question.questions ?? []) add(steps, client, inner, step, inside, sectionRelevant);
}

class Walk {
  /** @param {Answers} answers  @param {string} today */
  constructor(answers, today) {
    this.answers = answers;
    /** @type {RouteState["values"]} */
    this.values = {};
    /** @type {RouteState} */
    this.state = { relevant: new Set(), required: new Set(), calculated: {}, problems: [], values: this.values };
    /** @type {Scope} */
    this.scope = { answers: this.values, own: null, today, instance: {}, position: null };
    /** @type {Map<string, Record<string, Value>[]>} */
    this.instances = new Map();
    /** @type {Map<string, boolean>} */
    this.asked = new Map();
  }

  /** @param {Step[]} order  @param {Step[]} pageOrder */
  through(order, pageOrder) {
    for (const step of order) this.each(step, (path, given, instance) => this.visit(step, path, given, instance));
    for (const step of pageOrder) this.each(step, (path, given) => this.checkRules(step, path, given));
    return this.state;
  }

  /** @param {string} repeat */
  of(repeat) {
    let instances = this.instances.get(repeat);
    if (instances === undefined) {
      const given = this.answers[repeat];
      const isUsable = Array.isArray(given) && given.length <= MAX_INSTANCES && given.every(isObject);
      instances = isUsable ? given.map(() => ({})) : [];
      this.instances.set(repeat, instances);
    }
    return instances;
  }

  /**
   * Call `take` for a question or, inside a repeat, for that of each instance; `values` are those around it.
   * @param {Step} step
   * @param {(path: string, given: any, values: Record<string, any>) => void} take
   */
  each({ repeat, name }, take) {
    if (repeat === null) {
      this.enter({}, null);
      take(name, this.answers[name], this.values);
      return;
    }
    for (const [index, instance] of this.of(repeat).entries()) {
      this.enter(instance, index + 1);
      take(`${repeat}-${index}-${name}`, this.answers[repeat][index][name], instance);
    }
  }

  /** @param {Scope["instance"]} instance  @param {Scope["position"]} position */
  enter(instance, position) {
    this.scope.instance = instance;
    this.scope.position = position;
  }

  /** @param {Step} step  @returns {boolean} */
  aroundIsAsked(step) {
    const { around, sectionRelevant } = step;
    if (around === null) return sectionRelevant === null || toBoolean(evaluate(sectionRelevant, this.scope));
    if (around.repeat !== null) return this.aroundIsAsked(around) && this.holds(around);
    const isAsked = this.asked.get(around.name) ?? (this.aroundIsAsked(around) && this.holds(around));
    this.asked.set(around.name, isAsked);
    return isAsked;
  }

  /** @param {Step} step */
  holds({ question }) {
    return (question.relevant ?? null) === null || toBoolean(evaluate(question.relevant, this.scope));
  }

  /** @param {Step} step  @param {string} path  @param {any} given  @param {Record<string, any>} values */
  visit(step, path, given, values) {
    values[step.name] = null;
    const isAsked = this.aroundIsAsked(step) && this.holds(step);
    if (step.repeat === null) this.asked.set(step.name, isAsked);
    if (!isAsked) return;
    this.state.relevant.add(path);
    values[step.name] = this.value(step, path, given);
  }

  /** @param {Step} step  @param {string} path  @param {any} given */
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

  /** @param {Step} step  @param {string} path  @param {any} given */
  checkRules(step, path, given) {
    const { question, type } = step;
    const isRuled = type.role === "answer" || type.role === "repeat";
    if (!isRuled || !this.state.relevant.has(path) || question.calculation !== undefined) return;
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

/** Whether an answer is the code for why there is none. @param {Step} step  @param {unknown} given */
const isMissing = ({ type, missing }, given) => typeof given === "string" && (type.isNumber || missing.has(given));
