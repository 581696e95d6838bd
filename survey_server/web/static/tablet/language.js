// Both languages stand in the page, the style sheet shows one: switching needs no network and loses nothing typed.
import { find, make } from "./dom.js";
import { TEXTS } from "./texts.js";

const LANGUAGES = ["vi", "en"];
const KEY = "survey-language";

export function language() {
  return document.documentElement.lang === "en" ? "en" : "vi";
}

/** Show the language chosen last. */
function startLanguage() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // storage is switched off: Vietnamese
  }
  show(LANGUAGES.includes(chosen) ? chosen : "vi");
}

function switchLanguage() {
  const chosen = language() === "vi" ? "en" : "vi";
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // it holds for this page then
  }
  show(chosen);
}

function show(chosen) {
  document.documentElement.lang = chosen;
  for (const option of document.querySelectorAll("option[data-vi]")) option.textContent = option.dataset[chosen];
  document.dispatchEvent(new CustomEvent("survey:language"));
}

/** A text in one language, for what takes no markup: titles, options, attributes. */
export function plain(key, parts = {}, chosen = language()) {
  const text = TEXTS[key];
  if (!text) throw new Error(`no text ${key}`);
  return text[chosen === "vi" ? 0 : 1].replace(/\{(\w+)\}/g, (whole, name) => local(parts[name] ?? whole, chosen));
}

/** A text in both languages, as elements. A part may be a `{vi, en}` too. */
export const say = (key, parts) => LANGUAGES.map((code) => span(code, plain(key, parts, code)));

/** A questionnaire's own text, `{vi, en}`, in both languages. */
export const both = (text) => LANGUAGES.map((code) => span(code, local(text, code)));

const span = (code, text) => make("span", { class: "t", lang: code }, text);

export function local(text, chosen = language()) {
  return text && typeof text === "object" ? (text[chosen] ?? text.vi ?? Object.values(text)[0] ?? "") : String(text);
}

const two = (number) => String(number).padStart(2, "0");

/** "2012-06-05" → "05/06/2012". */
export const day = (iso) => iso.slice(0, 10).split("-").reverse().join("/");

/** An instant on this tablet's clock: "07:05", with the day where that is not today. */
export function moment(instant) {
  const when = new Date(instant);
  const time = `${two(when.getHours())}:${two(when.getMinutes())}`;
  const sameDay = when.toDateString() === new Date().toDateString();
  return sameDay ? time : `${time} ${two(when.getDate())}/${two(when.getMonth() + 1)}/${when.getFullYear()}`;
}

const THEME = "survey-theme";

/** The top of both pages: the switches of language and appearance. */
export function startMasthead() {
  startLanguage();
  showTheme(keptTheme());
  const otherLanguage = make("button", { type: "button", class: "plain", onclick: switchLanguage }, say("otherLanguage"));
  const theme = make("button", { type: "button", class: "plain", onclick: nextTheme }, say("theme"));
  find("#who").append(theme, otherLanguage);
}

function keptTheme() {
  try {
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}

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
    // it holds for this page then
  }
  showTheme(theme);
}
