// The work of this tablet's person: assignments by visit, what was returned, what is being filled in.
import { deleteDraft, drafts } from "./drafts.js";
import { make } from "./dom.js";
import { both, day, local, moment, plain, say } from "./language.js";
import { button } from "./notices.js";

const fillUrl = ({ questionnaire, version }, part) =>
  `/tablet/q/${encodeURIComponent(questionnaire)}/${encodeURIComponent(version)}#${new URLSearchParams(part)}`;

/** The assignments, grouped by visit; `waiting` counts the finished responses here by assignment. */
export function assignmentList(work, waiting, open) {
  const visits = new Map((work?.visits ?? []).map((visit) => [visit.id, visit]));
  const titles = new Map((work?.questionnaires ?? []).map((one) => [`${one.id} ${one.version}`, one.title]));
  const groups = Map.groupBy
    ? Map.groupBy(work?.assignments ?? [], ({ visit }) => visit)
    : grouped(work?.assignments ?? []);
  const list = [...groups].map(([visit, assignments]) =>
    make(
      "div",
      { class: "visit" },
      visitHead(visits.get(visit)),
      ...assignmentCards(visit, assignments, { titles, waiting, open }),
    ),
  );
  return block("visits", list.length ? list : [make("p", { class: "empty" }, say("noAssignments"))]);
}

function grouped(assignments) {
  const groups = new Map();
  for (const one of assignments) groups.set(one.visit, [...(groups.get(one.visit) ?? []), one]);
  return groups;
}

const isComplete = ({ id, done, quantity }, waiting) => done + (waiting.get(id) ?? 0) >= quantity;

const opened = new Set(); // the visits whose complete assignments are shown

function assignmentCards(visit, assignments, known) {
  const hasDraft = ({ id }) => known.open.some(({ keys }) => keys.assignment === id);
  const done = assignments.filter((one) => isComplete(one, known.waiting) && !hasDraft(one));
  const cards = (some) => make("ul", { class: "work" }, some.map((one) => assignmentCard(one, known)));
  if (!done.length) return [cards(assignments)];
  const more = make("details", { class: "done", open: opened.has(visit) },
    make("summary", {}, say("complete", { count: done.length })), cards(done));
  more.addEventListener("toggle", () => opened[more.open ? "add" : "delete"](visit));
  return [cards(assignments.filter((one) => !done.includes(one))), more];
}

function visitHead(visit) {
  if (!visit) return make("h3", {}, say("withoutVisit"));
  const dates = { from: day(visit.starts_on), to: day(visit.ends_on) };
  return make("div", { class: "visit-head" }, make("h3", {}, visit.locality.name), make("p", { class: "hint" }, say("visitDates", dates)));
}

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

/** Responses that came back, with the reason; opening one makes a revision that supersedes it. */
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

export const openDrafts = drafts;

export function block(key, children, attributes = {}) {
  return make("section", { class: "block", "aria-labelledby": `block-${key}`, ...attributes }, make("h2", { id: `block-${key}` }, say(key)), ...children);
}
