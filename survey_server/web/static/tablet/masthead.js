// The top of both pages: the switches of language and appearance.
import { find, make } from "./dom.js";
import { say, startLanguage, switchLanguage } from "./language.js";

const KEY = "survey-theme";

export function startMasthead() {
  startLanguage();
  showTheme(keptTheme());
  const otherLanguage = make("button", { type: "button", class: "plain", onclick: switchLanguage }, say("otherLanguage"));
  const theme = make("button", { type: "button", class: "plain", onclick: nextTheme }, say("theme"));
  find("#who").append(theme, otherLanguage);
}

function keptTheme() {
  try {
    return localStorage.getItem(KEY);
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
    localStorage.setItem(KEY, theme);
  } catch {
    // it holds for this page then
  }
  showTheme(theme);
}
