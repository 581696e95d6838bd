// One choice of several cannot be taken back by pressing it again: a button under the choices does it.
import { find, findAll, make } from "./dom.js";
import { say } from "./language.js";

export function offerClearing(form) {
  const roots = [form, ...findAll("template", form).map(({ content }) => content)];
  for (const root of roots) {
    for (const question of findAll('.question[data-type="select_one"] fieldset', root)) {
      question.append(make("button", { type: "button", class: "quiet clear-choice" }, say("clearChoice")));
    }
  }
}

export function clearChoice(question) {
  for (const input of findAll("input:checked", question)) input.checked = false;
  const first = find("input", question);
  first.focus();
  first.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
