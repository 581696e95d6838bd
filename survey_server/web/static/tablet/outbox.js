// The outbox: finished responses as the device API takes them, frozen. A row leaves only on a receipt that names its own
// id and digest.
import { getAll, read, resultOf, write } from "./database.js";
import { sha256 } from "./records.js";
import { storableJson } from "./typed_text.js";

// What the server stored in some form. After `rejected`, the only other status, the row stays here, set aside.
const STORED_STATUSES = new Set(["stored", "duplicate", "conflict", "quarantined"]);

export const WAITING = "waiting";
export const ASIDE = "aside";

/**
 * A row for the outbox; `title` and `locality` are what the lists call it.
 * @param {ReturnType<typeof responseBody>} body
 * @param {Texts} title
 * @param {Locality} [locality]
 * @returns {Promise<OutboxRow>}
 */
export async function freeze(body, title, locality) {
  const text = storableJson(body);
  return {
    sha256: await sha256(text),
    id: body.id,
    state: WAITING,
    finished_at: body.completed_at,
    questionnaire: body.questionnaire,
    version: body.version,
    assignment: body.assignment,
    title,
    locality,
    supersedes: body.supersedes ?? null,
    problems: [],
    key_id: null,
    iv: null,
    data: text,
  };
}

/**
 * Replace a draft by its row. Rejects with NotFoundError or, where the row is there already, ConstraintError.
 * @param {string} draftId
 * @param {OutboxRow} row
 */
export function finishDraft(draftId, row) {
  return write(["drafts", "outbox"], async (store) => {
    if (!(await resultOf(store("drafts").getKey(draftId)))) throw new DOMException("the draft is gone", "NotFoundError");
    await resultOf(store("outbox").add(row));
    await resultOf(store("drafts").delete(draftId));
  });
}

/** All rows, the oldest first. */
export async function outboxRows() {
  /** @type {OutboxRow[]} */
  const rows = await getAll("outbox");
  return rows.sort((one, other) => one.finished_at.localeCompare(other.finished_at));
}

/**
 * The oldest waiting rows; always one if there is one.
 * @param {number} maxRows
 * @param {number} maxLength  of their texts together, in characters
 */
export async function nextBatch(maxRows, maxLength) {
  const batch = [];
  let length = 0;
  for (const row of (await outboxRows()).filter(({ state }) => state === WAITING)) {
    length += row.data.length;
    if (batch.length >= maxRows || (batch.length && length > maxLength)) break;
    batch.push(row);
  }
  return batch;
}

/**
 * Act on the receipts for a batch; returns how many rows were settled. A receipt counts only for the id and digest
 * that it names.
 * @param {OutboxRow[]} batch
 * @param {Receipt[]} receipts
 */
export async function settle(batch, receipts) {
  const sent = new Map(batch.map((row) => [row.sha256, row]));
  let settled = 0;
  await write(["outbox", "receipts"], async (store) => {
    settled = 0;
    for (const receipt of receipts) {
      const row = sent.get(receipt?.sha256);
      if (!row || receipt.id !== row.id) continue;
      if (STORED_STATUSES.has(receipt.status)) {
        await resultOf(store("receipts").put(storedReceipt(row, receipt)));
        await resultOf(store("outbox").delete(row.sha256));
      } else if (receipt.status === "rejected") {
        await resultOf(store("outbox").put({ ...row, state: ASIDE, problems: receipt.problems ?? [] }));
      } else continue;
      sent.delete(row.sha256);
      settled += 1;
    }
  });
  return settled;
}

/** @param {OutboxRow} row  @param {Receipt} receipt  @returns {StoredReceipt} */
function storedReceipt({ sha256, id, title, locality, supersedes, finished_at, assignment, questionnaire, version }, receipt) {
  const { status, received_at, problems = [] } = receipt;
  return { sha256, id, title, locality, supersedes, finished_at, assignment, questionnaire, version, status, received_at, problems };
}

/**
 * Set aside a row that the server cannot read: it would block the rest.
 * @param {OutboxRow} row
 * @param {ProblemMessage} problem
 */
export function setAside(row, problem) {
  return write(["outbox"], (store) => resultOf(store("outbox").put({ ...row, state: ASIDE, problems: [problem] })));
}

/** Let a row that was set aside be sent again. @param {OutboxRow} row */
export function tryAgain(row) {
  return write(["outbox"], (store) => resultOf(store("outbox").put({ ...row, state: WAITING, problems: [] })));
}

/**
 * Put a draft in the place of a row that was set aside. Rejects with NotFoundError where the row is there no more.
 * @param {string} digest
 * @param {DraftKeys & Wrapped} record
 */
export function reopenAside(digest, record) {
  return write(["drafts", "outbox"], async (store) => {
    const row = await resultOf(store("outbox").get(digest));
    if (row?.state !== ASIDE) throw new DOMException("the row is gone", "NotFoundError");
    await resultOf(store("drafts").add(record));
    await resultOf(store("outbox").delete(digest));
  });
}

/** The ids of the responses that a finished one corrects, sent or not yet. @returns {Promise<Set<string>>} */
export async function corrected() {
  const [rows, confirmed] = await Promise.all([outboxRows(), receipts()]);
  const ids = [...rows, ...confirmed].map(({ supersedes }) => supersedes);
  return new Set(ids.filter((id) => typeof id === "string"));
}

/** Delete a row, only if it was set aside. @param {string} digest */
export function deleteAside(digest) {
  return write(["outbox"], async (store) => {
    const row = await resultOf(store("outbox").get(digest));
    if (row?.state === ASIDE) await resultOf(store("outbox").delete(digest));
  });
}

/**
 * Add rows from a file, except those that are here or have a receipt; returns how many were added.
 * @param {OutboxRow[]} rows
 */
export function addRows(rows) {
  return write(["outbox", "receipts"], async (store) => {
    let added = 0;
    for (const row of rows) {
      if ((await resultOf(store("outbox").getKey(row.sha256))) ?? (await resultOf(store("receipts").getKey(row.sha256)))) continue;
      await resultOf(store("outbox").add(row));
      added += 1;
    }
    return added;
  });
}

/** How many responses wait, and how many are set aside. */
export function countUnsent() {
  return read(["outbox"], async (store) => {
    /** @type {OutboxRow[]} */
    const rows = await resultOf(store("outbox").getAll());
    const aside = rows.filter(({ state }) => state === ASIDE).length;
    return { waiting: rows.length - aside, aside };
  });
}

/** All receipts, the newest first. */
export async function receipts() {
  /** @type {StoredReceipt[]} */
  const stored = await getAll("receipts");
  return stored.sort((one, other) => other.received_at.localeCompare(one.received_at));
}

/** @param {number} number */
const two = (number) => String(number).padStart(2, "0");

/** The local date of an instant, "2012-06-05": the value of `today()`. @param {Date} when */
export const localDay = (when) => `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;

/** The local minute of an instant, "2012-06-05T14:05". @param {Date} when */
export const localMinute = (when) => `${localDay(when)}T${two(when.getHours())}:${two(when.getMinutes())}`;

/** RFC 3339 with this tablet's own offset, "2012-06-05T14:05:00.123+07:00". @param {Date} when */
export function withOffset(when) {
  const ahead = -when.getTimezoneOffset();
  const local = new Date(when.getTime() + ahead * 60_000).toISOString().slice(0, -1);
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
}

/**
 * @param {DraftKeys} keys
 * @param {Answers} answers
 * @param {{completedAt: Date, clock: Clock | null, paradata: Record<string, unknown>}} about
 */
export function responseBody(keys, answers, { completedAt, clock, paradata }) {
  const { scheme, level, code } = keys.locality;
  return {
    id: keys.id,
    questionnaire: keys.questionnaire,
    version: keys.version,
    round: keys.round,
    locality: { scheme, level, code },
    assignment: keys.assignment,
    visit: keys.visit,
    supersedes: keys.supersedes,
    started_at: withOffset(new Date(keys.started_at)),
    completed_at: withOffset(completedAt),
    clock_offset_ms: clock?.offset_ms ?? null,
    answers,
    attachments: [],
    paradata: { ...paradata, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, offset_measured_at: clock?.measured_at ?? null },
    mode: "tablet",
    simulated: false,
    training: false,
  };
}
