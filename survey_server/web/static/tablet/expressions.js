// The JavaScript interpreter of expression trees; survey_server/questionnaire/language does the same in Python.
// Tests compare the two.

const NUMERAL = /^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)$/;
const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const MINUTES_PER_DAY = 1440;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const MAX_MATCHED_LENGTH = 256;

/** The value of a tree. @param {Tree} tree  @param {Scope} scope  @returns {Value} */
export function evaluate(tree, scope) {
  if (!Array.isArray(tree)) return tree ?? null;
  const isCall = tree[0] === "call";
  const name = isCall ? tree[1] : tree[0];
  const arguments_ = tree.slice(isCall ? 2 : 1);
  const onScope = READERS[name] ?? LAZY[name];
  if (onScope !== undefined) return onScope(scope, ...arguments_);
  return OPERATIONS[name](...arguments_.map((argument) => evaluate(argument, scope)));
}

// --- values ---
/** @param {number | null} value */
const finiteOrNull = (value) => (Number.isFinite(value) ? value : null);
/** @param {string} text */
const strip = (text) => text.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, "");
/** @param {string} text */
const codePoints = (text) => Array.from(text);

/** @param {Value} value */
export function toNumber(value) {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return finiteOrNull(value);
  if (typeof value === "string") {
    const bare = strip(value);
    return NUMERAL.test(bare) ? finiteOrNull(Number(bare)) : null;
  }
  return null;
}

/** @param {Value | undefined} value  @returns {string} */
export function toText(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return value.normalize("NFC");
  return value.map(toText).join(" ");
}

/** @param {Value | undefined} value */
export function toBoolean(value) {
  if (value === null || value === undefined) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  return value.length > 0;
}

/** @param {Value | undefined} value */
export const isEmpty = (value) =>
  value === null || value === undefined || ((typeof value === "string" || Array.isArray(value)) && value.length === 0);

/** The fewest digits that give the same double back, without an exponent. @param {number} value */
function formatNumber(value) {
  if (value === 0) return "0";
  const [mantissa, exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole, fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** @param {Value} left  @param {Value} right */
function areEqual(left, right) {
  if (left === null || right === null) return isEmpty(left) && isEmpty(right);
  if (typeof left === "boolean" || typeof right === "boolean") return toBoolean(left) === toBoolean(right);
  if (typeof left === "number" || typeof right === "number") {
    const a = toNumber(left);
    return a !== null && a === toNumber(right);
  }
  return toText(left) === toText(right);
}

/** @param {number} year */
const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
/** @param {number} year  @param {number} month */
const daysIn = (year, month) => (month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);

/** @param {Value} value */
export function toDate(value) {
  const match = typeof value === "string" ? DATE.exec(value) : null;
  if (!match) return null;
  const [year, month, date] = match.slice(1).map(Number);
  const known = year >= 1 && month >= 1 && month <= 12 && date >= 1 && date <= daysIn(year, month);
  return known ? match[0] : null;
}

/** @param {Value} value */
export const toTime = (value) => (typeof value === "string" && TIME.test(value) ? value : null);

/** @param {Value} value */
export function toDatetime(value) {
  if (typeof value !== "string" || value[10] !== "T") return null;
  return toDate(value.slice(0, 10)) && toTime(value.slice(11)) ? value : null;
}

/** "date", "time", "datetime", or "" for another value. @param {Value} value */
const momentKind = (value) =>
  toDate(value) !== null ? "date" : toTime(value) !== null ? "time" : toDatetime(value) !== null ? "datetime" : "";

/** @param {string} time */
const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** @param {string} day */
function daysSince1970(day) {
  const [year, month, date] = day.split("-").map(Number);
  const moment = new Date(Date.UTC(2000, month - 1, date));
  moment.setUTCFullYear(year, month - 1, date);
  return moment.getTime() / 86400000;
}

/** @param {Value[]} values */
const flatten = (values) => values.flatMap((value) => (Array.isArray(value) ? value : [value]));
/** @param {Value[]} values */
const collectNumbers = (values) => flatten(values).map(toNumber).filter((each) => each !== null);

// --- functions ---
/** By squaring, in the same steps as in Python: the libraries' own powers differ in the last digit. @param {number} base  @param {number} exponent */
function wholePower(base, exponent) {
  let result = 1;
  for (let factor = base, left = exponent; left > 0; left = Math.floor(left / 2), factor *= factor) {
    if (left % 2 === 1) result *= factor;
  }
  return result;
}

/** @param {Value} x  @param {Value} [places] */
function round(x, places = 0) {
  const amount = toNumber(x);
  let digits = toNumber(places);
  if (amount === null || digits === null) return null;
  digits = Math.max(-15, Math.min(15, Math.trunc(digits)));
  const factor = wholePower(10, Math.abs(digits));
  const scaled = digits >= 0 ? Math.abs(amount) * factor : Math.abs(amount) / factor;
  if (!Number.isFinite(scaled) || scaled >= 2 ** 52) return amount;
  const floor = Math.floor(scaled);
  const whole = floor + (scaled - floor >= 0.5 ? 1 : 0);
  const back = digits >= 0 ? whole / factor : whole * factor;
  return finiteOrNull(amount < 0 || Object.is(amount, -0) ? -back : back);
}

/** @param {Value} x  @param {Value} y */
function pow(x, y) {
  const base = toNumber(x);
  const exponent = toNumber(y);
  if (base === null || exponent === null) return null;
  if (exponent === 0.5) return base >= 0 ? Math.sqrt(base) : null;
  if (exponent !== Math.trunc(exponent) || Math.abs(exponent) > 1000) return null;
  const power = wholePower(base, Math.abs(exponent));
  if (exponent < 0) return power !== 0 && Number.isFinite(power) ? finiteOrNull(1 / power) : null;
  return finiteOrNull(power);
}

/** @type {(rule: (amount: number) => number) => Operation} */
const onNumber = (rule) => (value) => {
  const amount = toNumber(value);
  return amount === null ? null : rule(amount);
};

/** @param {Value} chosen */
const codesOf = (chosen) => (Array.isArray(chosen) ? chosen : isEmpty(chosen) ? [] : [chosen]);
/** @param {number} value */
const toIndex = (value) => Math.max(-1e9, Math.min(1e9, Math.trunc(value)));
/** @type {(isBetter: (a: number, b: number) => boolean) => Operation} */
const onNumbers = (isBetter) => (...parts) => {
  const found = collectNumbers(parts);
  return found.length ? found.reduce((a, b) => (isBetter(b, a) ? b : a)) : null;
};

/** @param {Value} value  @param {Value} start  @param {Value} [end] */
function substr(value, start, end = null) {
  const first = toNumber(start);
  const last = toNumber(end);
  if (first === null) return "";
  return codePoints(toText(value)).slice(toIndex(first), last === null ? undefined : toIndex(last)).join("");
}

/** @param {Value} chosen  @param {Value} index */
function selectedAt(chosen, index) {
  const codes = codesOf(chosen);
  const at = toNumber(index);
  return at === null || at < 0 || at >= codes.length ? null : codes[Math.trunc(at)];
}

/** @param {Value} value  @param {Value} format */
function formatDate(value, format) {
  const day = toDate(value);
  if (day === null) return "";
  const [year, month, date] = day.split("-");
  /** @type {Record<string, string>} */
  const parts = { Y: year, y: year.slice(2), m: month, n: String(Number(month)), d: date, e: String(Number(date)), "%": "%" };
  return toText(format).replace(/%([^\n])/gu, (whole, letter) => parts[letter] ?? whole);
}

/** @param {Value} value */
function readDate(value) {
  const text = strip(toText(value));
  return toDate(toDatetime(text) === null ? text : text.slice(0, 10));
}

/** @param {Value} value */
function decimalDateTime(value) {
  const moment = toDatetime(value) ?? toDate(value);
  if (moment === null) return null;
  if (moment.length === 10) return daysSince1970(moment);
  return (daysSince1970(moment.slice(0, 10)) * MINUTES_PER_DAY + minutesOf(moment.slice(11))) / MINUTES_PER_DAY;
}

/** The time of day as a part of the day. @param {Value} value */
function decimalTime(value) {
  const time = toDatetime(value)?.slice(11) ?? toTime(value);
  return time === null ? null : minutesOf(time) / MINUTES_PER_DAY;
}

/** @type {Map<Value, RegExp>} */
const patterns = new Map();
/** @param {Value} value  @param {Value} pattern */
function regex(value, pattern) {
  const whole = toText(value);
  if (codePoints(whole).length > MAX_MATCHED_LENGTH) return false;
  const compiled = patterns.get(pattern) ?? new RegExp(`^(?:${pattern})$`, "u");
  patterns.set(pattern, compiled);
  return compiled.test(whole);
}

/** @type {(rule: (a: number, b: number) => number | null) => Operation} */
const arithmetic = (rule) => (left, right) => {
  const a = toNumber(left);
  const b = toNumber(right);
  return a === null || b === null ? null : finiteOrNull(rule(a, b));
};

/**
 * Two dates, times or datetimes compare as text, all else as numbers; what is not a number compares false.
 * @type {(holds: (a: Json, b: Json) => boolean) => Operation}
 */
const ordering = (holds) => (left, right) => {
  const kind = momentKind(left);
  if (kind && kind === momentKind(right)) return holds(left, right);
  const a = toNumber(left);
  const b = toNumber(right);
  return a !== null && b !== null && holds(a, b);
};

/** The operators and functions by name, as in operators.py. @type {Record<string, Operation>} */
export const OPERATIONS = {
  "+": arithmetic((a, b) => a + b),
  "-": arithmetic((a, b) => a - b),
  "*": arithmetic((a, b) => a * b),
  "div": arithmetic((a, b) => (b === 0 ? null : a / b)),
  "mod": arithmetic((a, b) => (b === 0 ? null : a % b)),
  "neg": onNumber((amount) => -amount),
  "=": areEqual,
  "!=": (left, right) => !areEqual(left, right),
  "<": ordering((a, b) => a < b),
  "<=": ordering((a, b) => a <= b),
  ">": ordering((a, b) => a > b),
  ">=": ordering((a, b) => a >= b),
  "true": () => true,
  "false": () => false,
  "not": (value) => !toBoolean(value),
  "boolean": toBoolean,
  "coalesce": (...parts) => parts.find((each) => !isEmpty(each)) ?? null,
  "number": toNumber,
  "int": onNumber((amount) => Math.trunc(amount) + 0),
  "round": round,
  "abs": onNumber(Math.abs),
  "pow": pow,
  "min": onNumbers((a, b) => a < b),
  "max": onNumbers((a, b) => a > b),
  "sum": (...parts) => finiteOrNull(collectNumbers(parts).reduce((total, each) => total + each, 0)),
  "count": (values) => codesOf(values).length,
  "count-non-empty": (values) => codesOf(values).filter((value) => !isEmpty(value)).length,
  "string": toText,
  "string-length": (value) => codePoints(toText(value)).length,
  "concat": (...parts) => parts.map(toText).join(""),
  "join": (separator, ...parts) => flatten(parts).filter((each) => !isEmpty(each)).map(toText).join(toText(separator)),
  "substr": substr,
  "contains": (a, b) => toText(a).includes(toText(b)),
  "starts-with": (a, b) => toText(a).startsWith(toText(b)),
  "ends-with": (a, b) => toText(a).endsWith(toText(b)),
  "regex": regex,
  "selected": (chosen, code) => codesOf(chosen).map(toText).includes(toText(code)),
  "selected-at": selectedAt,
  "count-selected": (chosen) => codesOf(chosen).length,
  "jr:choice-name": (value, ...codesAndLabels) => {
    const found = codesAndLabels.findIndex((code, index) => index % 2 === 0 && code === toText(value));
    return found < 0 ? "" : codesAndLabels[found + 1];
  },
  "date": readDate,
  "format-date": formatDate,
  "decimal-date-time": decimalDateTime,
  "decimal-time": decimalTime,
};

// --- the tree ---
/** @param {Json} cell */
function toCellNumber(cell) {
  const plain = cell !== null && typeof cell === "object" && !Array.isArray(cell) ? cell.value : cell;
  return typeof plain === "string" ? null : toNumber(plain ?? null);
}

/** @param {Scope} scope  @param {string} table  @param {string} code */
const rowOf = (scope, table, code) => scope.answers[table]?.[code] ?? {};

/** @param {Scope} scope  @param {string} repeat  @returns {Record<string, Value>[]} */
const instancesOf = (scope, repeat) => scope.answers[repeat] ?? [];

/** Those that evaluate their arguments themselves. @type {Record<string, ScopeOperation>} */
export const LAZY = {
  "or": (scope, left, right) => toBoolean(evaluate(left, scope)) || toBoolean(evaluate(right, scope)),
  "and": (scope, left, right) => toBoolean(evaluate(left, scope)) && toBoolean(evaluate(right, scope)),
  "if": (scope, condition, then, otherwise) =>
    evaluate(toBoolean(evaluate(condition, scope)) ? then : otherwise, scope),
};

/** Those that read answers and the other parts of a scope. @type {Record<string, ScopeOperation>} */
export const READERS = {
  "ref": (scope, name) => scope.answers[name] ?? null,
  "here": (scope, name) => scope.instance[name] ?? null,
  "all": (scope, repeat, name) => instancesOf(scope, repeat).map((instance) => instance[name] ?? null),
  "instances": (scope, repeat) => instancesOf(scope, repeat).map((_, index) => index + 1),
  "cell": (scope, table, code, period) => toCellNumber(rowOf(scope, table, code)[period]),
  "cells": (scope, table, code, /** @type {string[]} */ periods) => periods.map((period) => toCellNumber(rowOf(scope, table, code)[period])),
  "self": (scope) => scope.own ?? null,
  "today": (scope) => scope.today,
  "now": (scope) => scope.now ?? null,
  "position": (scope) => scope.position ?? null,
};
