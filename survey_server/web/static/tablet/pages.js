// One section a page, with the list of sections and their state.
import { find, findAll, make } from "./dom.js";
import { both, say } from "./language.js";
import { button } from "./notices.js";
import { problemList } from "./problems.js";

const WIDE = matchMedia("(min-width: 62rem)");

export class Pages {
  constructor(client, state, kept, { moved, review }) {
    Object.assign(this, { client, state, kept, moved, review });
    this.sections = findAll(".section", state.form);
    this.since = performance.now();
    this.drawContents();
    this.paging = find("#paging");
    const first = this.sections.findIndex(({ dataset }) => dataset.section === kept.keys.section);
    this.show(Math.max(0, first), { quietly: true });
  }

  get current() {
    return this.sections[this.index];
  }

  /** Sections with something to ask, by number. */
  asked() {
    return this.sections.map((_, index) => index).filter((index) => this.states[index] !== "skipped");
  }

  stateOf(index) {
    const section = this.sections[index];
    const shown = findAll(".question:not([hidden])", section);
    if (!shown.length) return "skipped";
    const questions = shown.filter(
      (question) => !question.closest("[hidden].question") && !["group", "note"].includes(question.dataset.type),
    );
    const { answers, typed } = this.state.kept.content;
    const touched = questions.some(({ dataset }) => answers[dataset.question] !== undefined || Object.keys(typed[dataset.question] ?? {}).length);
    const problems = this.problems.filter(({ element }) => section.contains(element));
    if (problems.some(({ code }) => code !== "required")) return "problem";
    if (problems.length) return touched ? "started" : "untouched";
    const visited = this.kept.content.seconds[section.dataset.section] !== undefined;
    return touched || visited ? "complete" : "untouched";
  }

  show(index, { quietly = false, at = null } = {}) {
    this.keepTime();
    this.index = index;
    this.sections.forEach((section, number) => section.classList.toggle("current", number === index));
    this.kept.keys.section = this.current.dataset.section;
    find("#review").hidden = true;
    this.state.form.hidden = false;
    this.clearSummary();
    this.changed();
    if (!quietly) {
      this.moved();
      scrollTo(0, 0);
      const heading = find("h2", this.current);
      heading.tabIndex = -1;
      if (!at) heading.focus({ preventScroll: true });
    }
    if (at) this.goTo(at);
  }

  /** Show the question of a problem, wherever it stands, and put the cursor into it. */
  open(problem) {
    const index = this.sections.findIndex((section) => section.contains(problem.element));
    if (index !== this.index || this.state.form.hidden) this.show(index, { at: problem });
    else this.goTo(problem);
    this.state.show(problem);
  }

  goTo({ element, path }) {
    const input = find(`#q_${CSS.escape(path)}`, element) ?? find("input, select, textarea, button", element);
    input?.focus({ preventScroll: true });
    element.scrollIntoView({ block: "start" });
  }

  /** The answers changed: draw the states anew. */
  changed() {
    this.problems = this.state.problems();
    this.states = this.sections.map((_, index) => this.stateOf(index));
    this.states.forEach((state, index) => {
      const mark = this.marks[index];
      if (mark.dataset.state !== state) {
        mark.dataset.state = state;
        mark.replaceChildren(...say(`state_${state}`));
        mark.parentElement.disabled = state === "skipped";
      }
      mark.parentElement.toggleAttribute("aria-current", false);
      if (index === this.index) mark.parentElement.setAttribute("aria-current", "step");
    });
    this.title.replaceChildren(...say("sectionsButton", { current: this.index + 1, all: this.sections.length }));
    this.drawPaging();
  }

  drawContents() {
    this.marks = [];
    const entries = this.sections.map((section, index) => {
      const { title } = this.client.sections[index];
      const mark = make("span", { class: "state" });
      this.marks.push(mark);
      return make("li", {}, make("button", { type: "button", class: "entry", "data-go": section.dataset.section, onclick: () => this.jump(index) },
        make("span", { class: "entry-title" }, both(title)), mark));
    });
    this.title = make("summary", { id: "contents-title" });
    this.list = make("details", { class: "contents-list" }, this.title, make("ol", {}, entries));
    this.list.open = WIDE.matches;
    WIDE.addEventListener("change", () => {
      this.list.open = WIDE.matches;
    });
    find("#contents").replaceChildren(this.list);
  }

  jump(index) {
    if (!WIDE.matches) this.list.open = false;
    this.show(index);
  }

  drawPaging() {
    const asked = this.asked();
    const before = asked.filter((index) => index < this.index).at(-1);
    const after = asked.find((index) => index > this.index);
    const key = `${this.index} ${before} ${after}`;
    if (this.drawnPaging === key) return;
    this.drawnPaging = key;
    this.paging.hidden = false;
    this.paging.replaceChildren(
      ...(before === undefined ? [] : [button("secondary", "previous", () => this.show(before))]),
      after === undefined
        ? button("primary", "review", () => this.leave(() => this.showReview()))
        : button("primary", "next", () => this.leave(() => this.show(after))),
    );
  }

  /** Go on if nothing is wrong here; else show what is, once. The second press goes on all the same. */
  leave(goOn) {
    const problems = this.problems.filter(({ element }) => this.current.contains(element));
    const seen = this.told === this.current;
    if (!problems.length || seen) return goOn();
    this.told = this.current;
    for (const problem of problems) this.state.show(problem);
    const summary = make("div", { class: "summary", role: "alert", tabindex: "-1" },
      make("h2", {}, say("summaryTitle", { count: problems.length })),
      problemList(problems, this.state.byName, (problem) => this.open(problem)),
      make("div", { class: "actions" }, button("secondary", "nextAnyway", goOn)));
    find("#summary").replaceChildren(summary);
    summary.focus();
    return undefined;
  }

  clearSummary() {
    this.told = null;
    find("#summary").replaceChildren();
  }

  showReview() {
    this.keepTime();
    this.clearSummary();
    this.state.form.hidden = true;
    this.paging.hidden = true;
    this.drawnPaging = null;
    this.moved();
    this.review();
  }

  /** Seconds spent in each section, kept with the draft. */
  keepTime() {
    const now = performance.now();
    if (this.index !== undefined && !this.state.form.hidden) {
      const { seconds } = this.kept.content;
      const name = this.current.dataset.section;
      seconds[name] = Math.round(((seconds[name] ?? 0) + (now - this.since) / 1000) * 10) / 10;
    }
    this.since = now;
  }

  seconds() {
    return this.kept.content.seconds;
  }
}
