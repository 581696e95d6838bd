// The assigned work: assignments by visit, returned responses, drafts.
import { deleteDraft } from "./drafts.js";
import { make } from "./dom.js";
import { both, day, local, moment, plain, say } from "./language.js";
import { button } from "./notices.js";

/** @param {{questionnaire: string, version: string}} of  @param {Record<string, string>} part  the address after "#" */
const fillUrl = ({ questionnaire, version }, part) =>
  `/tablet/q/${encodeURIComponent(questionnaire)}/${encodeURIComponent(version)}#${new URLSearchParams(part)}`;

/**
 * The assignments, grouped by visit.
 * @param {Work | null} work
 * @param {Map<string | null, number>} waiting  finished responses in the outbox by assignment
 * @param {Draft[]} open
 */
export function assignmentList(work, waiting, open) {
  const visits = new Map((work?.visits ?? []).map((visit) => [visit.id, visit]));
  const titles = new Map((work?.questionnaires ?? []).map((one) => [`${one.id} ${one.version}`, one.title]));
  const list = [...byVisit(work?.assignments ?? [])].map(([visit, assignments]) =>
    make(
      "div",
      { class: "visit" },
      visitHead(visits.get(visit ?? "")),
      ...assignmentCards(visit, assignments, { titles, waiting, open }),
    ),
  );
  return block("visits", list.length ? list : [make("p", { class: "empty" }, say("noAssignments"))]);
}

/** @param {Assignment[]} assignments */
function byVisit(assignments) {
  /** @type {Map<string | null, Assignment[]>} */
  const groups = new Map();
  for (const one of assignments) groups.set(one.visit, [...(groups.get(one.visit) ?? []), one]);
  return groups;
}

/** @param {Assignment} assignment  @param {Map<string | null, number>} waiting */
const isComplete = ({ id, done, quantity }, waiting) => done + (waiting.get(id) ?? 0) >= quantity;

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
function assignmentCard(assignment, { titles, waiting, open }) {
  const { id, questionnaire, version, quantity, done, due_on, locality } = assignment;
  const here = waiting.get(id) ?? 0;
  const draft = open.find(({ keys }) => keys.assignment === id && !keys.supersedes);
  const title = titles.get(`${questionnaire} ${version}`) ?? { vi: questionnaire };
  const complete = isComplete(assignment, waiting);
  const label = draft ? "goOn" : done + here ? "fillAnother" : "fill";
  return make(
    "li",
    { class: "card assignment", "data-assignment": id, "data-questionnaire": questionnaire },
    make("div", { class: "about" },
      make("h4", {}, both(title)),
      make("p", { class: "place" }, locality.name),
      make("p", { class: "tags" },
        make("span", { class: done >= quantity ? "tag good" : "tag" }, say("doneOf", { done, quantity })),
        here ? make("span", { class: "tag warning" }, say("finishedHere", { count: here })) : null,
        due_on ? make("span", { class: "tag" }, say("due", { day: day(due_on) })) : null,
      ),
    ),
    make("a", { class: complete && !draft ? "button secondary" : "button primary", href: fillUrl(assignment, draft ? { assignment: id, draft: draft.keys.id } : { assignment: id, draft: "new" }) },
      say(label), make("span", { class: "hidden-label" }, ": ", both(title), `, ${locality.name}`)),
  );
}

/** Returned responses with the reason; opening one begins a correction. @param {Work | null} work */
export function returnedList(work) {
  const assignments = new Map((work?.assignments ?? []).map((one) => [one.id, one]));
  const cards = (work?.returned ?? []).flatMap((returned) => {
    const body = JSON.parse(returned.body);
    const assignment = assignments.get(body.assignment);
    if (!assignment) return [];
    const reason = { by: returned.by, time: moment(returned.at), reason: returned.reason };
    return [
      make("li", { class: "card", "data-returned": returned.id },
        make("p", {}, say("returnedBy", reason)),
        make("a", { class: "button primary", href: fillUrl(assignment, { assignment: assignment.id, returned: returned.id }) }, say("openReturned"))),
    ];
  });
  return cards.length ? block("returnedTitle", [make("ul", { class: "work" }, cards)]) : null;
}

/** @param {Draft[]} open  @param {() => void} changed */
export function draftList(open, changed) {
  const cards = open.map(({ keys }) =>
    make("li", { class: "card row", "data-draft": keys.id },
      make("div", { class: "about" },
        make("h3", {}, both(keys.title)),
        make("p", { class: "place" }, keys.locality.name),
        make("p", { class: "hint" }, say("draftSaved", { time: moment(keys.saved_at) }))),
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
