// The scripted parts of a form: instances of repeats, numbers in words, clearing a choice.
import { find, findAll, make } from "./dom.js";
import { instancesOf } from "./form.js";
import { inEveryLanguage, plain, say } from "./language.js";
import { formatNumber, inWords, isAmbiguous, parseNumber } from "./numbers.js";
import { MAX_INSTANCES } from "./route.js";

const ATTRIBUTES = ["id", "name", "for", "value", "data-path", "data-index", "aria-labelledby", "aria-describedby"];

/** Add an empty instance and return it. @param {HTMLElement} repeat */
export function addInstance(repeat) {
  const list = find(".repeat", repeat);
  const index = instancesOf(repeat).length;
  list.append(find("template[data-blank]", repeat).content.cloneNode(true));
  const instance = list.lastElementChild;
  renumber(instance, "__i__", index);
  showWhetherFull(repeat);
  return instance;
}

/** Remove an instance and return its repeat. @param {HTMLElement} instance */
export function removeInstance(instance) {
  const repeat = /** @type {HTMLElement} */ (instance.closest('.question[data-role="repeat"]'));
  instance.remove();
  instancesOf(repeat).forEach((other, index) => {
    if (other.dataset.index !== String(index)) renumber(other, other.dataset.index, index);
  });
  showWhetherFull(repeat);
  return repeat;
}

/** Nothing can be added to a repeat that is full: a longer one counts as unreadable. @param {HTMLElement} repeat */
function showWhetherFull(repeat) {
  const isFull = instancesOf(repeat).length >= MAX_INSTANCES;
  find('button[name="add"]', repeat).hidden = isFull;
  find("[data-full]", repeat).hidden = !isFull;
}

/** Have exactly `count` instances. @param {HTMLElement} repeat  @param {number} count */
export function setInstances(repeat, count) {
  while (instancesOf(repeat).length > count) removeInstance(instancesOf(repeat).at(-1));
  while (instancesOf(repeat).length < count) addInstance(repeat);
}

/**
 * Names hold the instance's number between hyphens ("documents-0-number"); question names hold none.
 * @param {HTMLElement} instance  @param {string} from  @param {number} to
 */
function renumber(instance, from, to) {
  const path = instance.parentElement?.dataset.repeat;
  const before = `${path}-${from}`;
  const after = `${path}-${to}`;
  for (const element of [instance, ...findAll("*", instance)]) {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (value?.includes(before)) element.setAttribute(name, value.replaceAll(before, after));
    }
  }
  instance.dataset.index = String(to);
  find("[data-number]", instance).textContent = String(to + 1);
}

/** Show every line of a text, up to eight, where the browser does not do it by itself. @param {HTMLTextAreaElement} input */
export function showLines(input) {
  if (!CSS.supports("field-sizing", "content")) input.rows = Math.min(8, input.value.split("\n").length);
}

/** Repeat a number that can be read in two ways in words: "1.500 = một nghìn năm trăm". @param {HTMLInputElement} input */
export function showEcho(input) {
  const next = input.nextElementSibling;
  const shown = next?.classList.contains("read-as") ? next : null;
  const typed = input.value;
  if (!isAmbiguous(typed)) {
    shown?.remove();
    return;
  }
  const number = parseNumber(typed) ?? 0; // an ambiguous text is always a number
  const wordsIn = (/** @type {string} */ code) => (code === "vi" ? inWords(number) : formatNumber(number, code));
  const spans = inEveryLanguage((code) => plain("readAs", { typed, words: wordsIn(code) }, code));
  const echo = shown ?? make("output", { class: "read-as", for: input.id });
  echo.replaceChildren(...spans);
  if (!shown) input.after(echo);
}

/** One choice of several cannot be taken back by pressing it again: a button under the choices does it. @param {HTMLElement} form */
export function offerClearing(form) {
  const roots = [form, ...findAll("template", form).map(({ content }) => content)];
  for (const root of roots) {
    for (const choices of findAll("[data-clearable]", root)) {
      choices.closest("fieldset").append(make("button", { type: "button", class: "quiet clear-choice" }, say("clearChoice")));
    }
  }
}

/** @param {HTMLElement} question */
export function clearChoice(question) {
  for (const input of findAll("input:checked", question)) input.checked = false;
  const first = find("input", question);
  first.focus();
  first.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
