// Saying what is wrong: beside the question, and in a list with links at the top (GOV.UK's pattern).
import { find, make } from "./dom.js";
import { typedIn } from "./form.js";
import { both, say } from "./language.js";
import { button } from "./notices.js";

/** The text of a problem, in both languages. */
export function problemText({ code, question }, byName) {
  const asked = byName.get(question);
  if (code === "constraint" && Object.keys(asked?.constraint_message ?? {}).length) return both(asked.constraint_message);
  return say(code);
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

// Before finishing: every open point with its place, then the one button that freezes the response.

/** `finish(openPoints)` is called with what is still open, as `[{question, code}]`. */
export function showReview(state, pages, finish) {
  const problems = state.problems();
  const place = find("#review");
  const heading = make("h2", { tabindex: "-1" }, say("reviewTitle"));
  const back = button("secondary", "reviewBack", () => pages.show(pages.index));
  place.replaceChildren(
    heading,
    ...(problems.length
      ? [
          make("div", { class: "summary" }, make("p", {}, say("reviewProblems", { count: problems.length })),
            problemList(problems, state.byName, (problem) => pages.open(problem))),
          make("div", { class: "actions" }, back),
          make("p", { class: "hint open-points" }, say("finishOpenHint")),
          make("div", { class: "actions" }, finishButton("danger", "finishOpen", () => finish(problems.map(openPoint)))),
        ]
      : [
          make("p", { class: "notice good" }, say("reviewGood")),
          make("div", { class: "actions" }, back, finishButton("primary", "finish", () => finish([]))),
        ]),
  );
  place.hidden = false;
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

// What could not be read as an answer goes along as it was typed.
function openPoint({ path, code, element }) {
  const typed = Object.values(typedIn(element)).flat().join(" ").slice(0, 500);
  return code === "required" ? { question: path, code } : { question: path, code, typed };
}

function finishButton(style, key, finish) {
  const pressed = button(style, key, async () => {
    pressed.disabled = true;
    await finish();
    pressed.disabled = false;
  });
  return pressed;
}
