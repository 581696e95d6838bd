// The outbox: finished responses as the device API wants them, frozen. A row leaves only on a receipt that names its own digest.
import { asked, getAll, read, write } from "./database.js";
import { sha256 } from "./records.js";

// What the server keeps in some form; `rejected` is the only answer that leaves the row here, set aside.
const KEPT = new Set(["stored", "duplicate", "conflict", "quarantined"]);

export const WAITING = "waiting";
export const ASIDE = "aside";

/** A row for the outbox: the text as it will be sent, byte for byte, and its digest. */
export async function freeze(body, title) {
  const text = JSON.stringify(body);
  return {
    sha256: await sha256(text),
    id: body.id,
    state: WAITING,
    finished_at: body.completed_at,
    questionnaire: body.questionnaire,
    version: body.version,
    assignment: body.assignment,
    title,
    problems: [],
    key_id: null,
    iv: null,
    data: text,
  };
}

/** End a draft: its row enters the outbox and the draft goes, in one transaction. */
export function finishDraft(draftId, row) {
  return write(["drafts", "outbox"], async (store) => {
    if (!(await asked(store("drafts").getKey(draftId)))) throw new DOMException("the draft is gone", "NotFoundError");
    await asked(store("outbox").add(row));
    await asked(store("drafts").delete(draftId));
  });
}

export async function outboxRows() {
  const rows = await getAll("outbox");
  return rows.sort((one, other) => one.finished_at.localeCompare(other.finished_at));
}

/** The oldest waiting rows, at most `rows` of them and about `bytes` of text; always one if there is one. */
export async function nextBatch(rows, bytes) {
  const batch = [];
  let size = 0;
  for (const row of (await outboxRows()).filter(({ state }) => state === WAITING)) {
    size += row.data.length;
    if (batch.length >= rows || (batch.length && size > bytes)) break;
    batch.push(row);
  }
  return batch;
}

/**
 * Act on the server's receipts for a batch; returns how many rows were settled. A receipt counts for the row whose id
 * and digest it names, and for no other.
 */
export async function settle(batch, receipts) {
  const sent = new Map(batch.map((row) => [row.sha256, row]));
  let settled = 0;
  await write(["outbox", "receipts"], async (store) => {
    settled = 0;
    for (const receipt of receipts) {
      const row = sent.get(receipt?.sha256);
      if (!row || receipt.id !== row.id) continue;
      if (KEPT.has(receipt.status)) {
        await asked(store("receipts").put(confirmed(row, receipt)));
        await asked(store("outbox").delete(row.sha256));
      } else if (receipt.status === "rejected") {
        await asked(store("outbox").put({ ...row, state: ASIDE, problems: receipt.problems ?? [] }));
      } else continue;
      sent.delete(row.sha256);
      settled += 1;
    }
  });
  return settled;
}

function confirmed({ sha256, id, title, finished_at, assignment, questionnaire, version }, receipt) {
  const { status, received_at, problems = [] } = receipt;
  return { sha256, id, title, finished_at, assignment, questionnaire, version, status, received_at, problems };
}

/** Put a row aside that the server would not even look at, so that it never blocks the rest. */
export function setAside(row, problem) {
  return write(["outbox"], (store) => asked(store("outbox").put({ ...row, state: ASIDE, problems: [problem] })));
}

/** Try a row again that was set aside. */
export function tryAgain(row) {
  return write(["outbox"], (store) => asked(store("outbox").put({ ...row, state: WAITING, problems: [] })));
}

/** Delete one row, by name; only what was set aside. */
export function deleteAside(digest) {
  return write(["outbox"], async (store) => {
    const row = await asked(store("outbox").get(digest));
    if (row?.state === ASIDE) await asked(store("outbox").delete(digest));
  });
}

/** Add rows from a file; what is here already or was confirmed before is left alone. Returns how many were added. */
export function addRows(rows) {
  return write(["outbox", "receipts"], async (store) => {
    let added = 0;
    for (const row of rows) {
      if ((await asked(store("outbox").getKey(row.sha256))) ?? (await asked(store("receipts").getKey(row.sha256)))) continue;
      await asked(store("outbox").add(row));
      added += 1;
    }
    return added;
  });
}

/** How many responses wait, and how many are set aside. */
export function countUnsent() {
  return read(["outbox"], async (store) => {
    const rows = await asked(store("outbox").getAll());
    const aside = rows.filter(({ state }) => state === ASIDE).length;
    return { waiting: rows.length - aside, aside };
  });
}

export async function receipts() {
  const kept = await getAll("receipts");
  return kept.sort((one, other) => other.received_at.localeCompare(one.received_at));
}

const two = (number) => String(number).padStart(2, "0");

/** The local date of an instant, "2012-06-05": what `today()` is. */
export const localDay = (when) => `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;

/** RFC 3339 with this tablet's own offset, "2012-06-05T14:05:00.123+07:00". */
export function withOffset(when) {
  const ahead = -when.getTimezoneOffset();
  const local = new Date(when.getTime() + ahead * 60_000).toISOString().slice(0, -1);
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
}

/** The keys of a draft and the answers on its route, as one record to be frozen. */
export function bodyOf(keys, answers, { completedAt, clock, paradata }) {
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
