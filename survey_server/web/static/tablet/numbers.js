// Numbers as Vietnamese writes them: a dot groups thousands, a comma is the decimal sign. The same rules as the
// server's pages.
import { CATALOGUES } from "./translations.js";
import { clean, hasInvisible } from "./typed_text.js";

const VIETNAMESE = /^(?:[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?:[ \u00a0\u2009\u202f][0-9]{3})+)|[0-9]+)(?:,[0-9]+)?$/;
const ENGLISH = /^(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.[0-9]+)$/;
const MAX_DIGITS = 15;

/**
 * What a typed text says: `number`, in Vietnamese notation, with `other` where English notation reads another number in
 * it; or `problem`, the key of a text. As `read_number` of web/numbers.py.
 * @param {string} text  @returns {NumberReading}
 */
export function readNumber(text) {
  const typed = clean(text).trim().replaceAll("−", "-");
  const unreadable = findUnreadable(typed, hasInvisible(text));
  if (unreadable) return unreadable;
  const bare = typed.replace(/^-/, "");
  const sign = typed.slice(0, typed.length - bare.length);
  const other = ENGLISH.test(bare) ? Number(sign + bare.replaceAll(",", "")) : undefined;
  if (VIETNAMESE.test(bare)) return { number: Number(sign + bare.replace(/[. \u00a0\u2009\u202f]/g, "").replace(",", ".")), other };
  if (other !== undefined) return { problem: "numberForeign", parts: { written: typedNumber(other) } };
  const edge = [".", ","].find((mark) => bare.startsWith(mark) || bare.endsWith(mark));
  return edge ? { problem: "numberEdge", parts: { given: edge } } : { problem: "numberGroups" };
}

/** Why a text cannot be a number in any notation. @param {string} typed  @param {boolean} isInvisible  @returns {NumberReading | null} */
function findUnreadable(typed, isInvisible) {
  if (isInvisible) return { problem: "numberInvisible" };
  const [word] = typed.match(/\p{L}+/u) ?? [];
  if (word) return { problem: "numberWord", parts: { given: word } };
  if (/(?![0-9])\p{Nd}/u.test(typed)) return { problem: "numberDigits" };
  if ((typed.match(/[-+]/g) ?? []).length > 1 || /^.+-/su.test(typed) || typed.includes("+")) return { problem: "numberSigns" };
  const [strange] = typed.match(/[^0-9.,\- \u00a0\u2009\u202f]/u) ?? [];
  if (strange) return { problem: "numberCharacter", parts: { given: strange } };
  const count = typed.replace(/[^0-9]/g, "").length;
  if (!count) return { problem: "numberEmpty" };
  return count > MAX_DIGITS ? { problem: "numberLong", parts: { count, most: MAX_DIGITS } } : null;
}

/** The number in Vietnamese notation, or null: "1.5" is none, its dot groups nothing. @param {string} text */
export const parseNumber = (text) => readNumber(text).number ?? null;

/** 1500.5 → "1.500,5" or "1,500.5"; at most six decimals. @param {number} number  @param {string} language */
export function formatNumber(number, language) {
  const [, group, , , , decimal] = CATALOGUES[language].numbers;
  const english = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 }).format(number);
  return english.replace(/[,.]/g, (sign) => (sign === "," ? group : decimal));
}

const PLAIN_DIGITS = new Intl.NumberFormat("en", { useGrouping: false, maximumFractionDigits: 20 });

/** 1500.5 → "1500.5", never with an exponent. @param {number} number */
export const plainDigits = (number) => PLAIN_DIGITS.format(number + 0); // without the sign of -0

/** A number as it is typed: read back as the same, and as no other: 1.234 is "1,2340". @param {number} number */
export function typedNumber(number) {
  const typed = plainDigits(number).replace(".", ",");
  return readNumber(typed).other === undefined ? typed : `${typed}0`;
}

/** Whether a text could mean two numbers: "1.500" is 1500, or one and a half. @param {string} text */
export const isAmbiguous = (text) => readNumber(text).other !== undefined;

const DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
const SCALES = ["", " nghìn", " triệu", " tỷ", " nghìn tỷ"];

/** In Vietnamese words: 1500 → "một nghìn năm trăm", 1.5 → "một phẩy năm". @param {number} number */
export function inWords(number) {
  const [whole, decimals] = plainDigits(Math.abs(number)).split(".");
  const words = wholeInWords(Number(whole)) + (decimals ? ` phẩy ${Array.from(decimals, (digit) => DIGITS[Number(digit)]).join(" ")}` : "");
  return number < 0 ? `âm ${words}` : words;
}

/** @param {number} number  not negative */
function wholeInWords(number) {
  if (number === 0) return DIGITS[0];
  /** @type {number[]} */
  const groups = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(rest % 1000);
  const words = groups.flatMap((group, index) =>
    group ? [hundreds(group, index > 0) + SCALES[groups.length - 1 - index]] : [],
  );
  return words.join(" ");
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
