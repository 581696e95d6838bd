// Text as people type and paste it: what of it can be stored, and whether any of it can be seen.
// As survey_server/questionnaire/typed_text.py; a test compares the two over every character.
const LINE_ENDS = /\r\n?|[\v\f\x85\u2028\u2029]/g;
// deno-lint-ignore no-control-regex
const NOT_TEXT = /[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/gu;
const BLANKS = "\\t\\n \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";
const INVISIBLE =
  "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb";
const SELECTORS = "\\u180b-\\u180d\\u180f\\ufe00-\\ufe0f\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";
const VISIBLE = new RegExp(`[^${BLANKS}${INVISIBLE}${SELECTORS}]`, "u");
const UNSEEN = new RegExp(`[${INVISIBLE}${SELECTORS}]`, "u");
const ENDS = new RegExp(`^[${BLANKS}${INVISIBLE}]+|[${BLANKS}${INVISIBLE}]+$`, "gu");
const CONTINUES = /^[\p{M}\u200d\ufe0f\u{1f3fb}-\u{1f3ff}]/u;

export const MAX_ANSWER_LENGTH = 20_000; // characters (code points), as the server counts them

/** In NFC, with "\n" for every line break, without control characters and halves of surrogate pairs. @param {string} text */
export const clean = (text) => text.replace(LINE_ENDS, "\n").replace(NOT_TEXT, "").normalize("NFC");

/** As an answer: without blanks and invisible characters at its ends, "" where none is visible. @param {string} text */
export function trim(text) {
  const cleaned = clean(text);
  return isBlank(cleaned) ? "" : cleaned.replace(ENDS, "");
}

/** Whether nothing of the text can be seen. @param {string} text */
export const isBlank = (text) => !VISIBLE.test(text);

/** Whether a character of the text, other than a blank, cannot be seen. @param {string} text */
export const hasInvisible = (text) => UNSEEN.test(text);

/** In characters (code points). @param {string} text */
export const lengthOf = (text) => Array.from(text).length;

/** At most so many characters, with "…" for the rest; no letter is separated from its marks. @param {string} text  @param {number} most */
export function cut(text, most) {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  let end = most - 1;
  while (end > 0 && (CONTINUES.test(characters[end]) || characters[end - 1] === "\u200d")) end -= 1;
  return `${characters.slice(0, end).join("")}…`;
}

/** JSON of any value, its texts cleaned: what the server can store. @param {unknown} value  @param {number} [indent] */
export const storableJson = (value, indent) => JSON.stringify(value, (_name, each) => (typeof each === "string" ? clean(each) : each), indent);
