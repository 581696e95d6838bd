// One section a page, with the list of sections and their state.
import { find, findAll, make } from "./dom.js";
import { both, say } from "./language.js";
import { button } from "./notices.js";
import { problemList } from "./problems.js";

const WIDE = matchMedia("(min-width: 62rem)");

export class Pages {
  /**
   * @param {Questionnaire} client
   * @param {FormState} state
   * @param {Draft} draft
   * @param {{onMoved: () => void, onReview: () => void}} callbacks  after another section was shown; when all were left
   */
  constructor(client, state, draft, { onMoved, onReview }) {
    this.client = client;
    this.state = state;
    this.draft = draft;
    this.onMoved = onMoved;
    this.onReview = onReview;
    /** @type {HTMLElement[]} */
    this.sections = findAll(".section", state.form);
    this.index = -1; // before the first is shown
    this.since = performance.now();
    /** @type {HTMLElement[]} */
    this.marks = [];
    /** @type {SectionState[]} */
    this.states = [];
    /** @type {ShownProblem[]} */
    this.problems = [];
    /** @type {string | null} */
    this.drawnPaging = null;
    /** @type {Set<string>} */
    this.warned = new Set(); // the problems of this section that its summary showed
    this.title = make("summary", { id: "contents-title" });
    this.list = this.drawContents();
    this.paging = find("#paging");
    const first = this.sections.findIndex(({ dataset }) => dataset.section === draft.keys.section);
    this.show(Math.max(0, first), { quietly: true });
    history.replaceState({ section: this.index }, "");
    addEventListener("popstate", ({ state }) => this.goBack(state));
  }

  /** The browser's Back and Forward go through the sections that were shown. @param {{section?: number} | null} state */
  goBack(state) {
    if (!state) return; // another fragment, typed by hand
    if (state.section === undefined) this.showReview({ isNew: false });
    else this.show(state.section, { isNew: false });
  }

  get current() {
    return this.sections[this.index];
  }

  /** The numbers of the sections with a relevant question. */
  relevantSections() {
    return this.sections.map((_, index) => index).filter((index) => this.states[index] !== "skipped");
  }

  /** @param {number} index  @returns {SectionState} */
  stateOf(index) {
    const section = this.sections[index];
    const shown = findAll(".question:not([hidden])", section);
    if (!shown.length) return "skipped";
    const questions = shown.filter(
      (question) => !question.closest("[hidden].question") && !["group", "note"].includes(question.dataset.role ?? ""),
    );
    const { answers, typed } = this.state.draft.content;
    const touched = questions.some(({ dataset }) => answers[dataset.question] !== undefined || Object.keys(typed?.[dataset.question] ?? {}).length);
    const problems = this.problems.filter(({ element }) => section.contains(element));
    if (problems.some(({ code }) => code !== "required")) return "problem";
    if (problems.length) return touched ? "started" : "untouched";
    const visited = this.draft.content.seconds[section.dataset.section ?? ""] !== undefined;
    return touched || visited ? "complete" : "untouched";
  }

  /**
   * Show a section, and the question of the problem `at`.
   * @param {number} index
   * @param {{quietly?: boolean, isNew?: boolean, at?: ShownProblem | null}} [options]  `quietly`: nothing moves, nothing is
   *   saved; not `isNew`: the browser's history leads here
   */
  show(index, { quietly = false, isNew = true, at = null } = {}) {
    this.keepTime();
    this.index = index;
    this.sections.forEach((section, number) => section.classList.toggle("current", number === index));
    this.draft.keys.section = this.current.dataset.section ?? null;
    find("#review").hidden = true;
    this.state.form.hidden = false;
    this.clearSummary();
    this.changed();
    if (!quietly) {
      if (isNew) history.pushState({ section: index }, "");
      this.onMoved();
      scrollTo(0, 0);
      const heading = find("h2", this.current);
      heading.tabIndex = -1;
      if (!at) heading.focus({ preventScroll: true });
    }
    if (at) this.goTo(at);
  }

  /** Show the question of a problem, in any section. @param {ShownProblem} problem */
  open(problem) {
    const index = this.sections.findIndex((section) => section.contains(problem.element));
    if (index !== this.index || this.state.form.hidden) this.show(index, { at: problem });
    else this.goTo(problem);
    this.state.show(problem);
  }

  /** @param {ShownProblem} problem */
  goTo({ element, path }) {
    const input = find(`#q_${CSS.escape(path)}`, element) ?? find("input, select, textarea, button", element);
    input?.focus({ preventScroll: true });
    element.scrollIntoView({ block: "start" });
  }

  /** The answers changed: show the sections' states. */
  changed() {
    this.problems = this.state.problems();
    this.states = this.sections.map((_, index) => this.stateOf(index));
    this.states.forEach((state, index) => {
      const mark = this.marks[index];
      const entry = /** @type {HTMLButtonElement} */ (mark.parentElement);
      if (mark.dataset.state !== state) {
        mark.dataset.state = state;
        mark.replaceChildren(...say(`state_${state}`));
        entry.disabled = state === "skipped";
      }
      entry.toggleAttribute("aria-current", false);
      if (index === this.index) entry.setAttribute("aria-current", "step");
    });
    this.title.replaceChildren(...say("sectionsButton", { current: this.index + 1, all: this.sections.length }));
    this.drawPaging();
  }

  /** Draw the list of sections. */
  drawContents() {
    const entries = this.sections.map((section, index) => {
      const { title } = this.client.sections[index];
      const mark = make("span", { class: "state" });
      this.marks.push(mark);
      return make("li", {}, make("button", { type: "button", class: "entry", "data-go": section.dataset.section, onclick: () => this.jump(index) },
        make("span", { class: "entry-title" }, both(title)), mark));
    });
    const list = make("details", { class: "contents-list" }, this.title, make("ol", {}, entries));
    list.open = WIDE.matches;
    WIDE.addEventListener("change", () => {
      list.open = WIDE.matches;
    });
    find("#contents").replaceChildren(list);
    return list;
  }

  /** @param {number} index */
  jump(index) {
    if (!WIDE.matches) this.list.open = false;
    this.show(index);
  }

  drawPaging() {
    const relevant = this.relevantSections();
    const before = relevant.filter((index) => index < this.index).at(-1);
    const after = relevant.find((index) => index > this.index);
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

  /**
   * Go on if this section has no problem that was not shown; else show them all.
   * @param {() => void} goOn
   */
  leave(goOn) {
    const problems = this.problems.filter(({ element }) => this.current.contains(element));
    const keys = problems.map(({ path, code }) => `${path} ${code}`);
    if (keys.every((key) => this.warned.has(key))) return goOn();
    this.warned = new Set(keys);
    for (const problem of problems) this.state.show(problem);
    const summary = make("div", { class: "summary", role: "alert", tabindex: "-1" },
      make("h2", {}, say("summaryTitle", { count: problems.length })),
      problemList(problems, this.state.byName, (problem) => this.open(problem)),
      make("div", { class: "actions" }, button("secondary", "nextAnyway", () => this.leave(goOn))));
    find("#summary").replaceChildren(summary);
    summary.focus();
    return undefined;
  }

  clearSummary() {
    this.warned.clear();
    find("#summary").replaceChildren();
  }

  /** @param {{isNew?: boolean}} [options]  not `isNew`: the browser's history leads here */
  showReview({ isNew = true } = {}) {
    if (isNew) history.pushState({}, "");
    this.keepTime();
    this.clearSummary();
    this.state.form.hidden = true;
    this.paging.hidden = true;
    this.drawnPaging = null;
    this.onMoved();
    this.onReview();
  }

  /** Add the seconds spent in this section to the draft. */
  keepTime() {
    const now = performance.now();
    if (this.index >= 0 && !this.state.form.hidden) {
      const { seconds } = this.draft.content;
      const name = this.current.dataset.section ?? "";
      seconds[name] = Math.round(((seconds[name] ?? 0) + (now - this.since) / 1000) * 10) / 10;
    }
    this.since = now;
  }

  seconds() {
    return this.draft.content.seconds;
  }
}
