// The assigned work: assignments by visit, returned responses, drafts.
import { deleteDraft, dueReturned, isCompleteWith } from "./drafts.js";
import { make } from "./dom.js";
import { identity, placeOf, respondentsOf, titleOf } from "./identity.js";
import { both, codeOf, day, local, moment, plain, say } from "./language.js";
import { button } from "./notices.js";

/** @param {{questionnaire: string, version: string}} of  @param {Record<string, string>} part  the address after "#" */
export const fillUrl = ({ questionnaire, version }, part) =>
  `/tablet/q/${encodeURIComponent(questionnaire)}/${encodeURIComponent(version)}#${new URLSearchParams(part)}`;

/**
 * The assignments, grouped by visit.
 * @param {Known} known
 * @param {string} empty  the key of the text where there are none
 */
export function assignmentList(known, empty) {
  const { work } = known;
  const visits = new Map((work?.visits ?? []).map((visit) => [visit.id, visit]));
  const list = [...byVisit(work?.assignments ?? [])].map(([visit, assignments]) =>
    make("div", { class: "visit" }, visitHead(visits.get(visit ?? "")), ...assignmentCards(visit, assignments, known)),
  );
  return block("visits", list.length ? list : [make("p", { class: "empty", role: "status", "data-empty": empty }, say(empty))]);
}

/** @param {Assignment[]} assignments */
function byVisit(assignments) {
  /** @type {Map<string | null, Assignment[]>} */
  const groups = new Map();
  for (const one of assignments) groups.set(one.visit, [...(groups.get(one.visit) ?? []), one]);
  return groups;
}

/** @param {Assignment} assignment  @param {Map<string | null, number>} waiting */
const isComplete = (assignment, waiting) => isCompleteWith(assignment, waiting.get(assignment.id) ?? 0);

/** The visits whose complete assignments are shown. @type {Set<string | null>} */
const opened = new Set();

/** @param {string | null} visit  @param {Assignment[]} assignments  @param {Known} known */
function assignmentCards(visit, assignments, known) {
  const hasDraft = (/** @type {Assignment} */ { id }) => known.open.some(({ keys }) => keys.assignment === id);
  const done = assignments.filter((one) => isComplete(one, known.waiting) && !hasDraft(one));
  const cards = (/** @type {Assignment[]} */ some) => make("ul", { class: "work" }, some.map((one) => assignmentCard(one, known)));
  if (!done.length) return [cards(assignments)];
  const more = make("details", { class: "done", open: opened.has(visit) },
    make("summary", {}, say("complete", { count: done.length })), cards(done));
  more.addEventListener("toggle", () => (more.open ? opened.add(visit) : opened.delete(visit)));
  return [cards(assignments.filter((one) => !done.includes(one))), more];
}

/** @param {Visit | undefined} visit */
function visitHead(visit) {
  if (!visit) return make("h3", {}, say("withoutVisit"));
  const dates = { from: day(visit.starts_on), to: day(visit.ends_on) };
  return make("div", { class: "visit-head" }, make("h3", {}, visit.locality.name), make("p", { class: "hint" }, say("visitDates", dates)));
}

/** @param {Assignment} assignment  @param {Known} known */
function assignmentCard(assignment, known) {
  const { work, waiting } = known;
  const { id, quantity, done, due_on, locality } = assignment;
  const here = waiting.get(id) ?? 0;
  const respondents = respondentsOf(assignment, work);
  return make(
    "li",
    { class: "card assignment", "data-assignment": id, "data-questionnaire": assignment.questionnaire },
    make("div", { class: "about" },
      make("h4", {}, both(titleOf(assignment, work))),
      make("p", { class: "place" }, locality.name),
      make("p", { class: "tags" },
        respondents.length ? make("span", { class: "tag" }, respondents) : null,
        make("span", { class: done >= quantity ? "tag good" : "tag" }, say("doneOf", { done, quantity })),
        here ? make("span", { class: "tag warning" }, say("finishedHere", { count: here })) : null,
        due_on ? make("span", { class: "tag" }, say("due", { day: day(due_on) })) : null,
      ),
    ),
    assignmentLink(assignment, known),
  );
}

/** Where an assignment goes on: with a draft, with the response that was returned, or with a new one. @param {Assignment} assignment  @param {Known} known */
function assignmentLink(assignment, { work, waiting, open, corrected }) {
  const { id, done, locality } = assignment;
  const here = waiting.get(id) ?? 0;
  const draft = open.find(({ keys }) => keys.assignment === id && !keys.supersedes);
  const due = work ? dueReturned(assignment, work, corrected) : [];
  const isTaken = due.length > 0 && isCompleteWith(assignment, here + due.length);
  const label = draft ? "goOn" : isTaken ? "openReturned" : done + here ? "fillAnother" : "fill";
  /** @type {Record<string, string>} */
  const part = draft ? { draft: draft.keys.id } : isTaken ? { returned: due[0].id } : { draft: "new" };
  const isDone = isComplete(assignment, waiting) || due.length > 0;
  return make("a", { class: isDone && !draft ? "button secondary" : "button primary", href: fillUrl(assignment, { assignment: id, ...part }) },
    say(label), make("span", { class: "hidden-label" }, ": ", both(titleOf(assignment, work)), `, ${locality.name}`));
}

/** Returned responses with the reason; opening one begins a correction. @param {Known} known */
export function returnedList({ work, open, corrected }) {
  const cards = (work?.returned ?? []).map((returned) => {
    const body = JSON.parse(returned.body);
    const assignment = work?.assignments.find(({ id }) => id === body.assignment);
    const of = { ...body, id: returned.id, locality: assignment?.locality ?? body.locality };
    return make("li", { class: "card", "data-returned": returned.id },
      make("div", { class: "about" },
        identity(of, work),
        make("p", { class: "hint" }, say("finishedAt", { time: moment(body.completed_at ?? returned.at) })),
        make("p", {}, say("returnedBy", { by: returned.by, time: moment(returned.at) })),
        make("p", { class: "reason" }, returned.reason)),
      returnedLink(returned, assignment, { open, corrected, of, work }));
  });
  return cards.length ? block("returnedTitle", [make("ul", { class: "work" }, cards)]) : null;
}

/**
 * @param {Returned} returned
 * @param {Assignment | undefined} assignment  undefined: it is another person's by now
 * @param {Pick<Known, "open" | "corrected" | "work"> & {of: Identified}} known
 */
function returnedLink({ id }, assignment, { open, corrected, of, work }) {
  if (corrected.has(id)) return make("p", { class: "tag good" }, say("correctionFinished"));
  if (!assignment) return make("p", { class: "tag warning" }, say("returnedElsewhere"));
  const isBegun = open.some(({ keys }) => keys.supersedes === id);
  return make("a", { class: "button primary", href: fillUrl(assignment, { assignment: assignment.id, returned: id }) },
    say(isBegun ? "goOn" : "openReturned"), make("span", { class: "hidden-label" }, ": ", both(titleOf(of, work)), `, ${placeOf(of, work)}, ${codeOf(id)}`));
}

/** @param {Known} known  @param {() => void} changed */
export function draftList({ open, work }, changed) {
  const cards = open.map(({ keys }) =>
    make("li", { class: "card row", "data-draft": keys.id },
      make("div", { class: "about" },
        identity(keys, work),
        make("p", { class: "hint" }, say("draftSaved", { time: moment(keys.saved_at) })),
        keys.supersedes ? make("p", { class: "tags" }, make("span", { class: "tag warning" }, say("correctionOf", { code: codeOf(keys.supersedes) }))) : null),
      make("div", { class: "actions" },
        make("a", { class: "button secondary", href: fillUrl(keys, { assignment: keys.assignment, draft: keys.id }) }, say("goOn"),
          make("span", { class: "hidden-label" }, ": ", both(keys.title), `, ${keys.locality.name}`)),
        button("quiet", "deleteDraft", async () => {
          const parts = { title: local(keys.title), locality: keys.locality.name };
          if (!confirm(plain("deleteDraftAsk", parts))) return;
          await deleteDraft(keys.id);
          changed();
        }))),
  );
  return cards.length ? block("drafts", [make("ul", { class: "work" }, cards)]) : null;
}

/** A part of the page with its heading. @param {string} key  @param {Child[]} children  @param {Record<string, string>} [attributes] */
export function block(key, children, attributes = {}) {
  return make("section", { class: "block", "aria-labelledby": `block-${key}`, ...attributes }, make("h2", { id: `block-${key}` }, say(key)), ...children);
}
