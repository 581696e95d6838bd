// Responses being filled in. What was typed is stored as it stands in the inputs, readable or not.
import { get, getAll, read, resultOf, write } from "./database.js";
import { corrected, outboxRows, reopenAside } from "./outbox.js";
import { newId, unwrap, wrap } from "./records.js";
import { setting } from "./settings.js";

/** @param {string} id  @returns {Promise<Draft | null>} */
export async function draft(id) {
  const record = await get("drafts", id);
  return record ? draftOf(record) : null;
}

/** All drafts, the one saved last first. */
export async function drafts() {
  const records = await getAll("drafts");
  return records.map(draftOf).sort((one, other) => other.keys.saved_at.localeCompare(one.keys.saved_at));
}

/** @param {DraftKeys & Wrapped} record  @returns {Draft} */
function draftOf(record) {
  const { key_id: _keyId, iv: _iv, data: _data, ...keys } = record;
  return { keys, content: unwrap(record) };
}

/** The draft of an assignment that was saved last, null where there is none. @param {string} assignment */
export async function latestOf(assignment) {
  const records = await read(["drafts"], (store) => resultOf(store("drafts").index("assignment").getAll(assignment)));
  return records.map(draftOf).sort((one, other) => other.keys.saved_at.localeCompare(one.keys.saved_at))[0] ?? null;
}

/**
 * A draft that is not stored yet; `supersedes`: the returned response that it corrects.
 * @param {Assignment} assignment
 * @param {Texts} title
 * @param {{supersedes?: string | null, answers?: Answers}} [from]
 * @returns {Draft}
 */
export function newDraft(assignment, title, { supersedes = null, answers = {} } = {}) {
  const now = new Date().toISOString();
  const keys = {
    id: newId(),
    assignment: assignment.id,
    questionnaire: assignment.questionnaire,
    version: assignment.version,
    round: assignment.round,
    locality: assignment.locality,
    visit: assignment.visit ?? null,
    supersedes,
    started_at: now,
    saved_at: now,
    section: null,
    title,
  };
  return { keys, content: { answers, typed: null, instances: {}, seconds: {} } };
}

/** @param {Draft} draft */
export function saveDraft({ keys, content }) {
  return write(["drafts"], (store) => resultOf(store("drafts").put(wrap(keys, content))));
}

/** @param {string} id */
export function deleteDraft(id) {
  return write(["drafts"], (store) => resultOf(store("drafts").delete(id)));
}

/**
 * Stores the newest state of one draft, one write at a time; `onSaved` is called after each.
 * @param {Draft} draft
 * @param {(outcome: SaveOutcome) => void} onSaved
 */
export function draftSaver(draft, onSaved) {
  let isDirty = false;
  let hasEnded = false;
  /** @type {Promise<void> | null} */
  let running = null;

  async function run() {
    while (isDirty) {
      isDirty = false;
      draft.keys.saved_at = new Date().toISOString();
      try {
        await saveDraft(draft);
        onSaved({ savedAt: draft.keys.saved_at, more: isDirty });
      } catch (error) {
        isDirty = true; // the next change, or `flush`, tries again
        onSaved({ error: /** @type {Error} */ (error) });
        return;
      }
    }
  }

  const saver = {
    draft,
    /** @returns {Promise<void>} */
    changed() {
      if (hasEnded) return Promise.resolve();
      isDirty = true;
      running ??= run().finally(() => {
        running = null;
      });
      return running;
    },
    isSaved: () => !isDirty && !running,
    /** The draft was finished or deleted: nothing is written any more. */
    end() {
      hasEnded = true;
      isDirty = false;
    },
    /** Resolves true when everything typed so far is on the disk. */
    async flush() {
      if (running) await running;
      if (isDirty) await saver.changed();
      return !isDirty;
    },
  };
  return saver;
}

/**
 * The draft named in the address, the assignment's latest, or a new one.
 * @param {string} fragment  the part of the address after "#"
 * @returns {Promise<OpenedDraft>}
 */
export async function openDraft(fragment) {
  const parts = new URLSearchParams(fragment);
  const id = parts.get("draft");
  if (id && id !== "new") {
    const found = await draft(id);
    return found ? { draft: found, isNew: false } : { problem: "gone" };
  }
  /** @type {Work | null} */
  const work = await setting("work");
  const assignment = work?.assignments.find((one) => one.id === parts.get("assignment"));
  if (!work || !assignment) return { problem: "unknownAssignment" };
  const returnedId = parts.get("returned");
  if (returnedId !== null) return openCorrection(returnedId, assignment, work);
  const latest = id === "new" ? null : await latestOf(assignment.id);
  if (latest) return { draft: latest, isNew: false };
  const instead = await returnedInstead(assignment, work);
  if (instead) return openCorrection(instead, assignment, work);
  return { draft: newDraft(assignment, titleOf(assignment, work)), isNew: true };
}

/** The responses to an assignment that were returned and are not corrected yet. @param {Assignment} assignment  @param {Work} work  @param {Set<string>} done */
export const dueReturned = (assignment, work, done) =>
  work.returned.filter(({ id, body }) => !done.has(id) && JSON.parse(body).assignment === assignment.id);

/** Whether an assignment is complete once so many more responses are. @param {Assignment} assignment  @param {number} more */
export const isCompleteWith = ({ done, quantity }, more) => done + more >= quantity;

/** The returned response that takes the place of a new one, null where there is none. @param {Assignment} assignment  @param {Work} work */
async function returnedInstead(assignment, work) {
  const due = dueReturned(assignment, work, await corrected());
  const waiting = (await outboxRows()).filter((row) => row.assignment === assignment.id).length;
  return due.length && isCompleteWith(assignment, waiting + due.length) ? due[0].id : null;
}

/**
 * Fill in a response again that the server refused: a draft with its answers takes the place of its row; returns the
 * address of the draft.
 * @param {OutboxRow} row
 * @param {Work | null} work
 */
export async function reopen(row, work) {
  const body = JSON.parse(row.data);
  const now = new Date().toISOString();
  const assignment = work?.assignments.find(({ id }) => id === body.assignment);
  const { questionnaire, version, round, visit = null, supersedes = null, answers = {}, paradata = {} } = body;
  const locality = row.locality ?? assignment?.locality ?? { ...body.locality, name: body.locality.code };
  /** @type {DraftKeys} */
  const keys = { id: newId(), assignment: body.assignment ?? "", questionnaire, version, round, locality, visit, supersedes, started_at: body.started_at ?? now, saved_at: now, section: null, title: row.title };
  const lost = (paradata.open_points ?? []).filter((/** @type {OpenPoint} */ { typed }) => typed);
  /** @type {DraftContent} */
  const content = { answers, typed: null, instances: {}, seconds: paradata.seconds ?? {}, reopened: row.id, lost };
  await reopenAside(row.sha256, wrap(keys, content));
  return keys;
}

/**
 * The draft that corrects a returned response: one begun before, or a new one.
 * @param {string} returnedId
 * @param {Assignment} assignment
 * @param {Work} work
 * @returns {Promise<OpenedDraft>}
 */
async function openCorrection(returnedId, assignment, work) {
  const begun = (await drafts()).find(({ keys }) => keys.supersedes === returnedId);
  if (begun) return { draft: begun, isNew: false };
  if ((await corrected()).has(returnedId)) return { problem: "alreadyCorrected" };
  const returned = work.returned.find(({ id }) => id === returnedId);
  if (!returned) return { problem: "gone" };
  const { answers } = JSON.parse(returned.body);
  const draft = newDraft(assignment, titleOf(assignment, work), { supersedes: returnedId, answers });
  draft.content.returned = { by: returned.by, at: returned.at, reason: returned.reason };
  return { draft, isNew: true };
}

/** @param {Assignment} assignment  @param {Work} work  @returns {Texts} */
function titleOf({ questionnaire, version }, { questionnaires }) {
  return questionnaires.find((one) => one.id === questionnaire && one.version === version)?.title ?? { vi: questionnaire };
}

const LOCK_TIMEOUT = 800; // milliseconds; a page that is being reloaded releases its lock a moment later

/**
 * Become the only writer of a draft, until the tab closes; `false` where another tab is, `onFree` once it has closed.
 * @param {string} id
 * @param {() => void} onFree
 * @returns {Promise<boolean>}
 */
export function lockDraft(id, onFree) {
  const name = `draft:${id}`;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise(() => {}); // until the tab closes
    };
    navigator.locks.request(name, { signal: AbortSignal.timeout(LOCK_TIMEOUT) }, hold).catch(() => {
      resolve(false);
      navigator.locks.request(name, onFree);
    });
  });
}
