// The JavaScript interpreter of expression trees; survey_server/questionnaire/language does the same in Python.
// A value is null, a boolean, a number, a string (dates are ISO text) or an array. Tests compare the two.

const NUMERAL = /^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)$/;
const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const MINUTES_A_DAY = 1440;
const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const MAX_MATCHED_LENGTH = 256;

// The value of a tree: `[head, ...arguments]`, or `["call", name, ...arguments]` for a function.
export function evaluate(tree, scope) {
  if (!Array.isArray(tree)) return tree ?? null;
  const isCall = tree[0] === "call";
  const name = isCall ? tree[1] : tree[0];
  const arguments_ = tree.slice(isCall ? 2 : 1);
  const direct = READERS[name] ?? LAZY[name];
  if (direct !== undefined) return direct(scope, ...arguments_);
  return OPERATIONS[name](...arguments_.map((argument) => evaluate(argument, scope)));
}

// --- values ---
const finiteOrNull = (value) => (Number.isFinite(value) ? value : null);
const strip = (text) => text.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, "");
const codePoints = (text) => Array.from(text);

export function toNumber(value) {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return finiteOrNull(value);
  if (typeof value === "string") {
    const bare = strip(value);
    return NUMERAL.test(bare) ? finiteOrNull(Number(bare)) : null;
  }
  return null;
}

export function toText(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return value.normalize("NFC");
  return value.map(toText).join(" ");
}

export function toBoolean(value) {
  if (value === null || value === undefined) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  return value.length > 0;
}

export const isEmpty = (value) =>
  value === null || value === undefined || ((typeof value === "string" || Array.isArray(value)) && value.length === 0);

// The fewest digits that give the same double back, without an exponent.
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

function areEqual(left, right) {
  if (left === null || right === null) return isEmpty(left) && isEmpty(right);
  if (typeof left === "boolean" || typeof right === "boolean") return toBoolean(left) === toBoolean(right);
  if (typeof left === "number" || typeof right === "number") {
    const a = toNumber(left);
    return a !== null && a === toNumber(right);
  }
  return toText(left) === toText(right);
}

const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysIn = (year, month) => (month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);

export function toDate(value) {
  const match = typeof value === "string" ? DAY.exec(value) : null;
  if (!match) return null;
  const [year, month, date] = match.slice(1).map(Number);
  const known = year >= 1 && month >= 1 && month <= 12 && date >= 1 && date <= daysIn(year, month);
  return known ? value : null;
}

export const toTime = (value) => (typeof value === "string" && TIME.test(value) ? value : null);

export function toDatetime(value) {
  const isOne = typeof value === "string" && value[10] === "T" && toDate(value.slice(0, 10)) && toTime(value.slice(11));
  return isOne ? value : null;
}

// "date", "time", "datetime", or "" of what is not a moment.
const momentKind = (value) =>
  toDate(value) !== null ? "date" : toTime(value) !== null ? "time" : toDatetime(value) !== null ? "datetime" : "";

const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function daysSince1970(value) {
  const [year, month, date] = value.split("-").map(Number);
  const moment = new Date(Date.UTC(2000, month - 1, date));
  moment.setUTCFullYear(year, month - 1, date);
  return moment.getTime() / 86400000;
}

const flatten = (values) => values.flatMap((value) => (Array.isArray(value) ? value : [value]));
const collectNumbers = (values) => flatten(values).map(toNumber).filter((each) => each !== null);

// --- functions ---
// By squaring, in the same steps as in Python: the libraries' own powers differ in the last digit.
function wholePower(base, exponent) {
  let result = 1;
  for (let factor = base, left = exponent; left > 0; left = Math.floor(left / 2), factor *= factor) {
    if (left % 2 === 1) result *= factor;
  }
  return result;
}

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

const onNumber = (rule) => (value) => {
  const amount = toNumber(value);
  return amount === null ? null : rule(amount);
};

const codesOf = (chosen) => (Array.isArray(chosen) ? chosen : isEmpty(chosen) ? [] : [chosen]);
const toIndex = (value) => Math.max(-1e9, Math.min(1e9, Math.trunc(value)));
const onNumbers = (choose) => (...parts) => {
  const found = collectNumbers(parts);
  return found.length ? found.reduce((a, b) => (choose(b, a) ? b : a)) : null;
};

function substr(value, start, end = null) {
  const first = toNumber(start);
  const last = toNumber(end);
  if (first === null) return "";
  return codePoints(toText(value)).slice(toIndex(first), last === null ? undefined : toIndex(last)).join("");
}

function selectedAt(chosen, index) {
  const codes = codesOf(chosen);
  const at = toNumber(index);
  return at === null || at < 0 || at >= codes.length ? null : codes[Math.trunc(at)];
}

function formatDate(value, form) {
  if (toDate(value) === null) return "";
  const [year, month, date] = value.split("-");
  const parts = { Y: year, y: year.slice(2), m: month, n: String(Number(month)), d: date, e: String(Number(date)), "%": "%" };
  return toText(form).replace(/%([^\n])/gu, (whole, letter) => parts[letter] ?? whole);
}

function readDate(value) {
  const text = strip(toText(value));
  return toDate(toDatetime(text) === null ? text : text.slice(0, 10));
}

function decimalDateTime(value) {
  if (toDatetime(value) === null) return toDate(value) === null ? null : daysSince1970(value);
  return (daysSince1970(value.slice(0, 10)) * MINUTES_A_DAY + minutesOf(value.slice(11))) / MINUTES_A_DAY;
}

function shareOfDay(value) {
  const time = toDatetime(value) === null ? toTime(value) : value.slice(11);
  return time === null ? null : minutesOf(time) / MINUTES_A_DAY;
}

const patterns = new Map();
function regex(value, pattern) {
  const whole = toText(value);
  if (codePoints(whole).length > MAX_MATCHED_LENGTH) return false;
  if (!patterns.has(pattern)) patterns.set(pattern, new RegExp(`^(?:${pattern})$`, "u"));
  return patterns.get(pattern).test(whole);
}

const arithmetic = (rule) => (left, right) => {
  const a = toNumber(left);
  const b = toNumber(right);
  return a === null || b === null ? null : finiteOrNull(rule(a, b));
};

// Two moments of a kind compare as such, all else as numbers; what is not a number compares false.
const ordering = (holds) => (left, right) => {
  const kind = momentKind(left);
  if (kind && kind === momentKind(right)) return holds(left, right);
  const a = toNumber(left);
  const b = toNumber(right);
  return a !== null && b !== null && holds(a, b);
};

// The operators and functions by name, as in operators.py; those that evaluate their arguments themselves are LAZY.
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
  "count": (each) => each.length,
  "count-non-empty": (each) => each.filter((value) => !isEmpty(value)).length,
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
  "decimal-time": shareOfDay,
};

// --- the tree ---
function toCellNumber(cell) {
  const plain = cell !== null && typeof cell === "object" && !Array.isArray(cell) ? cell.value : cell;
  return typeof plain === "string" ? null : toNumber(plain ?? null);
}

const row = (scope, table, code) => scope.answers[table]?.[code] ?? {};

export const LAZY = {
  "or": (scope, left, right) => toBoolean(evaluate(left, scope)) || toBoolean(evaluate(right, scope)),
  "and": (scope, left, right) => toBoolean(evaluate(left, scope)) && toBoolean(evaluate(right, scope)),
  "if": (scope, condition, then, otherwise) =>
    evaluate(toBoolean(evaluate(condition, scope)) ? then : otherwise, scope),
};

// What reads answers, and the parts of a scope.
export const READERS = {
  "ref": (scope, name) => scope.answers[name] ?? null,
  "here": (scope, name) => scope.instance[name] ?? null,
  "all": (scope, repeat, name) => (scope.answers[repeat] ?? []).map((instance) => instance[name] ?? null),
  "instances": (scope, repeat) => (scope.answers[repeat] ?? []).map((_, index) => index + 1),
  "cell": (scope, table, code, period) => toCellNumber(row(scope, table, code)[period]),
  "cells": (scope, table, code, periods) => periods.map((period) => toCellNumber(row(scope, table, code)[period])),
  "self": (scope) => scope.own ?? null,
  "today": (scope) => scope.today,
  "now": (scope) => scope.now,
  "position": (scope) => scope.position ?? null,
};
