// Drafts: what is typed is stored as it changes, one write at a time, and found again.
import assert from "node:assert/strict";
import { database, load, reset } from "./platform/tablet.js";

const { draft, draftSaver, drafts, latestOf, newDraft, openDraft, saveDraft } = await load("drafts.js");
const { saveSetting } = await load("settings.js");

const test = (name, body) => Deno.test(name, async () => (reset(), await body()));
const LOCALITY = { scheme: "s", level: "commune", code: "00001", name: "Phường Phúc Xá" };
const ASSIGNMENT = { id: "a", questionnaire: "q", version: "1", round: "r", locality: LOCALITY, visit: null };

function draftSavedAt(savedAt, assignment = ASSIGNMENT) {
  const made = newDraft(assignment, { vi: "Phiếu" });
  made.keys.saved_at = savedAt;
  return made;
}

test("drafts are listed, the one saved last first", async () => {
  for (const day of ["2012-06-01", "2012-06-03", "2012-06-02"]) await saveDraft(draftSavedAt(day));
  assert.deepEqual((await drafts()).map(({ keys }) => keys.saved_at), ["2012-06-03", "2012-06-02", "2012-06-01"]);
});

test("the latest draft of an assignment is found", async () => {
  await saveDraft(draftSavedAt("2012-06-01"));
  await saveDraft(draftSavedAt("2012-06-02"));
  await saveDraft(draftSavedAt("2012-06-03", { ...ASSIGNMENT, id: "another" }));
  assert.equal((await latestOf("a")).keys.saved_at, "2012-06-02");
  assert.equal(await latestOf("unknown"), null);
});

test("what is typed is stored as it stands, and comes back", async () => {
  const made = newDraft(ASSIGNMENT, { vi: "Phiếu" });
  made.content.typed = { amount: { amount: "1.5x" } };
  await saveDraft(made);
  assert.deepEqual(await draft(made.keys.id), made);
});

test("changes during a write go together with the next one", async () => {
  const made = newDraft(ASSIGNMENT, { vi: "Phiếu" });
  const outcomes = [];
  const saver = draftSaver(made, (outcome) => outcomes.push(outcome));
  const first = saver.changed();
  made.content.answers.word = "một";
  saver.changed();
  saver.changed();
  await first;
  assert.deepEqual(outcomes.map(({ more }) => more), [true, false]);
  assert.equal((await draft(made.keys.id)).content.answers.word, "một");
  assert.ok(saver.isSaved());
});

test("a write that fails is said and tried again", async () => {
  const made = newDraft(ASSIGNMENT, { vi: "Phiếu" });
  const outcomes = [];
  const saver = draftSaver(made, (outcome) => outcomes.push(outcome));
  const open = database.open;
  database.open = () => {
    throw new DOMException("no room", "QuotaExceededError");
  };
  await saver.changed();
  assert.deepEqual([outcomes[0].error.name, saver.isSaved()], ["QuotaExceededError", false]);
  database.open = open;
  assert.ok(await saver.flush());
  assert.equal((await drafts()).length, 1);
});

test("a draft that ended is written no more", async () => {
  const made = newDraft(ASSIGNMENT, { vi: "Phiếu" });
  const saver = draftSaver(made, () => {});
  saver.end();
  await saver.changed();
  assert.deepEqual(await drafts(), []);
});

const RETURNED = { id: "returned-1", body: JSON.stringify({ assignment: "a", answers: { word: "cũ" } }), reason: "Thiếu", by: "Minh", at: "2012-06-05" };

async function assign() {
  const questionnaires = [{ id: "q", version: "1", title: { vi: "Phiếu xã" } }];
  await saveSetting("work", { assignments: [ASSIGNMENT], questionnaires, returned: [RETURNED], visits: [] });
}

test("the address opens a new draft of the assignment, then the one begun", async () => {
  await assign();
  const opened = await openDraft("assignment=a");
  assert.deepEqual([opened.isNew, opened.draft.keys.title], [true, { vi: "Phiếu xã" }]);
  await saveDraft(opened.draft);
  assert.deepEqual(await openDraft("assignment=a"), { draft: opened.draft, isNew: false });
  assert.deepEqual(await openDraft(`draft=${opened.draft.keys.id}`), { draft: opened.draft, isNew: false });
  assert.notEqual((await openDraft("assignment=a&draft=new")).draft.keys.id, opened.draft.keys.id);
});

test("a returned response opens as a draft with its answers, once", async () => {
  await assign();
  const opened = await openDraft("assignment=a&returned=returned-1");
  assert.deepEqual([opened.draft.keys.supersedes, opened.draft.content.answers], ["returned-1", { word: "cũ" }]);
  await saveDraft(opened.draft);
  assert.deepEqual(await openDraft("assignment=a&returned=returned-1"), { draft: opened.draft, isNew: false });
});

test("an address of what is not here says so", async () => {
  await assign();
  assert.deepEqual(await openDraft("draft=gone"), { problem: "gone" });
  assert.deepEqual(await openDraft("assignment=unknown"), { problem: "unknownAssignment" });
  assert.deepEqual(await openDraft("assignment=a&returned=unknown"), { problem: "gone" });
});

const returnedWork = (more = {}) => ({
  assignments: [{ ...ASSIGNMENT, quantity: 1, done: 0, ...more }], questionnaires: [{ id: "q", version: "1", title: { vi: "Phiếu" } }],
  returned: [{ id: "old", by: "Lan", at: "2012-06-05T00:00:00Z", reason: "Thiếu số", body: JSON.stringify({ assignment: "a", answers: { n: 1 } }) }],
});

for (const fragment of ["assignment=a", "assignment=a&draft=new", "assignment=a&returned=old"]) {
  test(`a returned response that fills its assignment is opened by #${fragment}`, async () => {
    await saveSetting("work", returnedWork());
    const { draft: opened, isNew } = await openDraft(fragment);
    assert.deepEqual([isNew, opened.keys.supersedes, opened.content.answers], [true, "old", { n: 1 }]);
    assert.deepEqual(opened.content.returned, { by: "Lan", at: "2012-06-05T00:00:00Z", reason: "Thiếu số" });
  });
}

test("beside a returned response another one is begun where more are assigned", async () => {
  await saveSetting("work", returnedWork({ quantity: 3 }));
  assert.equal((await openDraft("assignment=a&draft=new")).draft.keys.supersedes, null);
});

test("a returned response is corrected once", async () => {
  const { addRows, freeze } = await load("outbox.js");
  await saveSetting("work", returnedWork());
  await addRows([await freeze({ id: "new", completed_at: "2012-06-06", supersedes: "old", assignment: "a" }, { vi: "Phiếu" })]);
  assert.equal((await openDraft("assignment=a&returned=old")).problem, "alreadyCorrected");
  assert.equal((await openDraft("assignment=a&draft=new")).draft.keys.supersedes, null);
});
