// The last resort: unsent responses as a file, and back. The server imports the same file.
import { drafts } from "./drafts.js";
import { hmac, sha256 } from "./records.js";
import { WAITING, addRows, outboxRows } from "./outbox.js";
import { device } from "./settings.js";
import { storableJson } from "./typed_text.js";

const FORMAT = "survey-unsent";

/**
 * The file's text: finished responses as they would be sent, signed with the upload token, and drafts for people to read.
 * @param {Draft | null} [unsaved]  a draft whose newest changes could not be stored
 */
export async function unsentFile(unsaved = null) {
  const [enrolled, rows, stored] = await Promise.all([device(), outboxRows(), drafts()]);
  const open = unsaved ? [unsaved, ...stored.filter(({ keys }) => keys.id !== unsaved.keys.id)] : stored;
  const content = {
    format: FORMAT,
    version: 1,
    exported_at: new Date().toISOString(),
    device_id: enrolled?.device_id ?? null,
    hmac: enrolled && (await hmac(enrolled.upload_token, rows.map((row) => row.sha256).join("\n"))),
    responses: rows.map(({ id, sha256: digest, data }) => ({ id, sha256: digest, body: data })),
    drafts: JSON.parse(storableJson(open.map(({ keys, content: { answers, typed } }) => ({ ...keys, answers, typed })))),
  };
  return { count: rows.length + open.length, text: JSON.stringify(content, null, 1) };
}

/** Let the browser save a text as a file. @param {string} name  @param {string} text */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Add a file's responses to the outbox; null where it is not such a file. `bad`: those with a wrong digest;
 * `drafts`: how many drafts the file holds, which only people read.
 * @param {string} text
 */
export async function importUnsent(text) {
  const sent = rowsOf(text);
  if (!sent) return null;
  const good = [];
  for (const row of sent.responses) if (await isWhole(row)) good.push(outboxRow(row));
  return { added: await addRows(good), bad: sent.responses.length - good.length, drafts: sent.drafts };
}

/** The responses of a file and how many drafts it holds. @param {string} text  @returns {{responses: UnsentRow[], drafts: number} | null} */
function rowsOf(text) {
  try {
    const { format, responses, drafts = [] } = JSON.parse(text);
    return format === FORMAT && Array.isArray(responses) ? { responses, drafts: drafts.length } : null;
  } catch {
    return null;
  }
}

/** Whether a row of the file is undamaged. @param {UnsentRow | null} row  @returns {Promise<boolean>} */
async function isWhole(row) {
  if (typeof row?.body !== "string" || (await sha256(row.body)) !== row.sha256) return false;
  try {
    return JSON.parse(row.body).id === row.id;
  } catch {
    return false;
  }
}

/** @param {UnsentRow} row  @returns {OutboxRow} */
function outboxRow({ id, sha256: digest, body }) {
  const { completed_at, questionnaire, version, assignment, supersedes } = JSON.parse(body);
  return {
    sha256: digest,
    id,
    state: WAITING,
    finished_at: completed_at ?? "",
    questionnaire,
    version,
    assignment: assignment ?? null,
    title: { vi: String(questionnaire) },
    supersedes: supersedes ?? null,
    problems: [],
    key_id: null,
    iv: null,
    data: body,
  };
}
