// Problems on the page: beside the question, and in a list with links at the top (GOV.UK's pattern).
import { find, make } from "./dom.js";
import { typedIn } from "./form.js";
import { both, say } from "./language.js";
import { button } from "./notices.js";
import { clean, cut } from "./typed_text.js";

const MAX_TYPED_LENGTH = 500; // characters of an open point

/** The text of a problem, in both languages. @param {{code: string, question: string, parts?: Parts}} problem  @param {Questions} byName */
export function problemText({ code, question, parts }, byName) {
  const message = byName.get(question)?.constraint_message;
  if (code === "constraint" && message && Object.keys(message).length) return both(message);
  return say(code, parts);
}

/** Where the page shows the problem of an answer. @param {HTMLElement} form  @param {string} path */
const slotOf = (form, path) => form.querySelector(`#problem-${CSS.escape(path)}`);

/** @param {HTMLElement} form  @param {ShownProblem} problem  @param {Questions} byName */
export function showProblem(form, problem, byName) {
  const slot = slotOf(form, problem.path) ?? slotOf(form, problem.element.dataset.path ?? "");
  slot?.replaceChildren(...problemText(problem, byName));
  problem.element.classList.add("has-problem");
}

/** @param {HTMLElement} form  @param {string} path */
export function clearProblem(form, path) {
  const slot = slotOf(form, path);
  slot?.replaceChildren();
  const question = slot?.closest(".question");
  if (question && !find(".problem:not(:empty)", question)) question.classList.remove("has-problem");
}

/**
 * A list of problems, each a link to its question.
 * @param {ShownProblem[]} problems
 * @param {Questions} byName
 * @param {(problem: ShownProblem) => void} go  shows the question and puts the cursor there
 */
export function problemList(problems, byName, go) {
  const links = problems.map((problem) =>
    make("li", {},
      make("a", {
        href: `#field-${problem.path}`,
        onclick: (/** @type {Event} */ event) => {
          event.preventDefault();
          go(problem);
        },
      }, labelOf(problem, byName), make("span", {}, ": "), problemText(problem, byName)),
    ),
  );
  return make("ul", {}, links);
}

/** @param {ShownProblem} problem  @param {Questions} byName */
function labelOf({ element }, byName) {
  const name = element.dataset.question ?? "";
  const label = byName.get(name)?.label;
  return label && Object.keys(label).length ? both(label) : [name];
}

/**
 * Show the page before finishing.
 * @param {FormState} state
 * @param {Pages} pages
 * @param {(openPoints: OpenPoint[]) => void} finish
 */
export function showReview(state, pages, finish) {
  const problems = state.problems();
  const review = find("#review");
  const heading = make("h2", { tabindex: "-1" }, say("reviewTitle"));
  const back = button("secondary", "reviewBack", () => pages.show(pages.index));
  review.replaceChildren(
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
  review.hidden = false;
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

/** What cannot be read as an answer is sent as it was typed. @param {ShownProblem} problem  @returns {OpenPoint} */
function openPoint({ path, code, element }) {
  const typed = cut(clean(Object.values(typedIn(element)).flat().join(" ")), MAX_TYPED_LENGTH);
  if (code === "required") return { question: path, code };
  return { question: path, code: code.startsWith("number") ? "number" : code, typed }; // whatever keeps it from being one
}

/** A button that is disabled while `finish` runs. @param {string} style  @param {string} key  @param {() => unknown} finish */
function finishButton(style, key, finish) {
  const element = button(style, key, async () => {
    element.disabled = true;
    await finish();
    element.disabled = false;
  });
  return element;
}
