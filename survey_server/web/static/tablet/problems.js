// Saying what is wrong: beside the question, and in a list with links at the top (GOV.UK's pattern).
import { find, make } from "./dom.js";
import { both, say } from "./language.js";

const KNOWN = new Set(["required", "number", "integer", "date", "noSuchDay", "cellTwice", "missingAlone"]);

/** The text of a problem, in both languages. */
export function problemText({ code, question }, byName) {
  const asked = byName.get(question);
  if (code === "constraint" && Object.keys(asked?.constraint_message ?? {}).length) return both(asked.constraint_message);
  return say(KNOWN.has(code) ? code : "constraint");
}

const place = (form, path) => form.querySelector(`#problem-${CSS.escape(path)}`);

export function showProblem(form, problem, byName) {
  const said = place(form, problem.path) ?? place(form, problem.element.dataset.path);
  said?.replaceChildren(...problemText(problem, byName));
  problem.element.classList.add("has-problem");
}

export function clearProblem(form, path) {
  const said = place(form, path);
  said?.replaceChildren();
  const question = said?.closest(".question");
  if (question && !find(".problem:not(:empty)", question)) question.classList.remove("has-problem");
}

/** A list of problems, each a link to its question; `go(problem)` shows the question and puts the cursor there. */
export function problemList(problems, byName, go) {
  const links = problems.map((problem) =>
    make("li", {},
      make("a", {
        href: `#field-${problem.path}`,
        onclick: (event) => {
          event.preventDefault();
          go(problem);
        },
      }, labelOf(problem, byName), make("span", {}, ": "), problemText(problem, byName)),
    ),
  );
  return make("ul", {}, links);
}

function labelOf({ element }, byName) {
  const label = byName.get(element.dataset.question)?.label;
  return label && Object.keys(label).length ? both(label) : [element.dataset.question];
}
