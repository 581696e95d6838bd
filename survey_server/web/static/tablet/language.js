// All languages stand in the page, the style sheet shows one: switching needs no network and loses nothing typed.
import { find, findAll, make } from "./dom.js";
import { formatNumber } from "./numbers.js";
import { TEXTS } from "./texts.js";
import { CATALOGUES } from "./translations.js";

export const LANGUAGES = Object.keys(CATALOGUES);
const DEFAULT = "vi";
const KEY = "survey-language";

export function language() {
  const shown = document.documentElement.lang;
  return shown in CATALOGUES ? shown : DEFAULT;
}

/** Show the language chosen last. */
function startLanguage() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // storage is switched off: Vietnamese
  }
  show(chosen !== null && LANGUAGES.includes(chosen) ? chosen : DEFAULT);
}

/** @param {string} code */
const nextLanguage = (code) => LANGUAGES[(LANGUAGES.indexOf(code) + 1) % LANGUAGES.length];

function switchLanguage() {
  const chosen = nextLanguage(language());
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // then it holds for this page only
  }
  show(chosen);
}

/** @param {string} chosen */
function show(chosen) {
  document.documentElement.lang = chosen;
  for (const option of findAll("option[data-vi]")) option.textContent = option.dataset[chosen];
  document.dispatchEvent(new CustomEvent("survey:language"));
}

/**
 * A text in one language, for what takes no markup: titles, options, attributes.
 * @param {string} key  @param {Parts} [parts]  @param {string} [chosen]
 */
export function plain(key, parts = {}, chosen = language()) {
  const source = TEXTS[key];
  if (!source) throw new Error(`no text ${key}`);
  const text = CATALOGUES[chosen].texts[source] ?? source;
  return text.replace(/\{(\w+)\}/g, (whole, name) => local(parts[name] ?? whole, chosen));
}

/** A text in every language, as elements of which the style sheet shows one. @param {(code: string) => string} textIn */
export const inEveryLanguage = (textIn) => LANGUAGES.map((code) => make("span", { class: "t", lang: code }, textIn(code)));

/** A text in every language. @param {string} key  @param {Parts} [parts] */
export const say = (key, parts) => inEveryLanguage((code) => plain(key, parts, code));

/** A questionnaire's own text, in every language. @param {Texts} text */
export const both = (text) => inEveryLanguage((code) => local(text, code));

/** @param {Part} text  @param {string} [chosen]  @returns {string} */
export function local(text, chosen = language()) {
  if (typeof text === "number") return formatNumber(text, chosen);
  return text && typeof text === "object" ? (text[chosen] ?? text[DEFAULT] ?? Object.values(text)[0] ?? "") : String(text);
}

/** @param {number} number */
const two = (number) => String(number).padStart(2, "0");

/** "2012-06-05" → "05/06/2012". @param {string} iso */
export const day = (iso) => iso.slice(0, 10).split("-").reverse().join("/");

/** An instant on this tablet's clock: "07:05", with the day where that is not today. @param {string | Date} instant */
export function moment(instant) {
  const when = new Date(instant);
  const time = `${two(when.getHours())}:${two(when.getMinutes())}`;
  const sameDay = when.toDateString() === new Date().toDateString();
  return sameDay ? time : `${time} ${two(when.getDate())}/${two(when.getMonth() + 1)}/${when.getFullYear()}`;
}

/** The end of a response's id, by which people tell responses at one place apart. @param {string} id */
export const codeOf = (id) => id.slice(-6).toUpperCase();

const THEME = "survey-theme";

/** The top of both pages: the switches of language and appearance. */
export function startMasthead() {
  startLanguage();
  showTheme(storedTheme());
  const otherLanguage = make("button", { type: "button", class: "plain", onclick: switchLanguage }, inEveryLanguage((code) => CATALOGUES[nextLanguage(code)].name));
  const theme = make("button", { type: "button", class: "plain", onclick: nextTheme }, say("theme"));
  find("#who").append(theme, otherLanguage);
}

function storedTheme() {
  try {
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}

/** @param {string | null} theme */
function showTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme; // else as the device has it
}

function nextTheme() {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = dark ? "light" : "dark";
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    // then it holds for this page only
  }
  showTheme(theme);
}
