// The scripted parts of a form: instances of repeats, numbers in words, clearing a choice.
import { find, findAll, make } from "./dom.js";
import { instancesOf } from "./form.js";
import { inEveryLanguage, plain, say } from "./language.js";
import { formatNumber, inWords, plainDigits, readNumber, typedNumber } from "./numbers.js";
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

/**
 * Repeat a number that can be read in two ways in words, "1500 = một nghìn năm trăm"; where both can be meant, as buttons
 * of which the pressed one is typed, in a form that is read in one way only.
 * @param {HTMLInputElement} input
 */
export function showEcho(input) {
  const next = input.nextElementSibling;
  if (next?.classList.contains("read-as")) next.remove();
  const { number, other } = readNumber(input.value);
  if (number === undefined || other === undefined) return;
  const isWhole = /** @type {HTMLElement | null} */ (input.closest(".question"))?.dataset.type === "integer";
  const inWordsOf = (/** @type {number} */ each) => inEveryLanguage((code) => readingText(each, code));
  if (isWhole && Number.isInteger(number)) {
    input.after(make("output", { class: "read-as hint", for: input.id }, inWordsOf(number)));
    return;
  }
  const choose = (/** @type {number} */ chosen) => {
    input.value = typedNumber(chosen);
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    input.focus();
  };
  const choices = [number, other].map((each) =>
    make("button", { type: "button", class: "secondary", "data-reading": each, onclick: () => choose(each) }, inWordsOf(each)));
  input.after(make("div", { class: "read-as", role: "group" }, choices));
}

/** @param {number} number  @param {string} code  of the language */
function readingText(number, code) {
  if (code === "vi") return `${typedNumber(number)} = ${inWords(number)}`;
  const decimal = formatNumber(0.5, code)[1];
  return plain(Number.isInteger(number) ? "readAsWhole" : "readAsDecimal", { typed: plainDigits(number).replace(".", decimal) }, code);
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
