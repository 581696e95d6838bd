// Before finishing: every open point with its place, then the one button that freezes the response.
import { find, make } from "./dom.js";
import { typedIn } from "./form.js";
import { say } from "./language.js";
import { button } from "./notices.js";
import { problemList } from "./problems.js";

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
