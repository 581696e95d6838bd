// Numbers as Vietnamese writes them: a dot groups thousands, a comma is the decimal sign. The same rules as the
// server's pages.
import { CATALOGUES } from "./translations.js";

const GROUPED = /^[-−]?[0-9]{1,3}(?:[. \u00a0\u202f][0-9]{3})+(?:,[0-9]+)?$/;
const PLAIN = /^[-−]?[0-9]+(?:,[0-9]+)?$/;
const MAX_DIGITS = 15;

/** The number, or null: "1.5" is none, its dot groups nothing. @param {string} text */
export function parseNumber(text) {
  const typed = text.trim();
  if (!GROUPED.test(typed) && !PLAIN.test(typed)) return null;
  const bare = typed.replace(/[. \u00a0\u202f]/g, "").replace("−", "-").replace(",", ".");
  return bare.replace(/\D/g, "").length > MAX_DIGITS ? null : Number(bare);
}

/** 1500.5 → "1.500,5" or "1,500.5"; at most six decimals. @param {number} number  @param {string} language */
export function formatNumber(number, language) {
  const [, group, , , , decimal] = CATALOGUES[language].numbers;
  const english = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 }).format(number);
  return english.replace(/[,.]/g, (sign) => (sign === "," ? group : decimal));
}

/** The inverse of `parseNumber`. @param {number} number */
export const typedNumber = (number) => String(number).replace(".", ",");

/** Whether a text could mean two numbers: "1.500" is 1500, or one and a half. @param {string} text */
export const isAmbiguous = (text) => /^[-−]?[0-9]{1,3}\.[0-9]{3}$/.test(text.trim());

const DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
const SCALES = ["", " nghìn", " triệu", " tỷ", " nghìn tỷ"];

/** A whole number in Vietnamese words: 1500 → "một nghìn năm trăm". @param {number} number */
export function inWords(number) {
  if (number === 0) return DIGITS[0];
  /** @type {number[]} */
  const groups = [];
  for (let rest = Math.abs(number); rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(rest % 1000);
  const words = groups.flatMap((group, index) =>
    group ? [hundreds(group, index > 0) + SCALES[groups.length - 1 - index]] : [],
  );
  return (number < 0 ? "âm " : "") + words.join(" ");
}

/** A number below 1,000; `isInside`: with its zeros, "không trăm linh một". @param {number} group  @param {boolean} isInside */
function hundreds(group, isInside) {
  const [hundred, ten, one] = [Math.floor(group / 100), Math.floor(group / 10) % 10, group % 10];
  const words = hundred || isInside ? [`${DIGITS[hundred]} trăm`] : [];
  if (ten === 1) words.push("mười");
  else if (ten) words.push(`${DIGITS[ten]} mươi`);
  else if (one && words.length) words.push("linh");
  if (one) words.push(unit(ten, one));
  return words.join(" ");
}

/** @param {number} ten  @param {number} one */
function unit(ten, one) {
  if (one === 1 && ten > 1) return "mốt";
  if (one === 5 && ten) return "lăm";
  return DIGITS[one];
}
