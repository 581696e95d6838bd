// The last resort: unsent responses as a file, and back. The server takes the same file in through the same door.
import { drafts } from "./drafts.js";
import { sha256 } from "./records.js";
import { WAITING, addRows, outboxRows } from "./outbox.js";
import { device } from "./settings.js";

const FORMAT = "survey-unsent";

/** The file's text: finished responses as they would be sent, and for reading by people what is still being filled in.
 *  `typing` is a draft whose newest changes could not be saved: they go into the file. */
export async function unsentFile(typing = null) {
  const [enrolled, rows, kept] = await Promise.all([device(), outboxRows(), drafts()]);
  const open = typing ? [typing, ...kept.filter(({ keys }) => keys.id !== typing.keys.id)] : kept;
  const content = {
    format: FORMAT,
    version: 1,
    exported_at: new Date().toISOString(),
    device_id: enrolled?.device_id ?? null,
    responses: rows.map(({ id, sha256: digest, data }) => ({ id, sha256: digest, body: data })),
    drafts: open.map(({ keys, content: { answers } }) => ({ ...keys, answers })),
  };
  return { count: rows.length + open.length, text: JSON.stringify(content, null, 1) };
}

/** Offer a text as a file to keep. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Take a file in: `{added, bad}`, or null where it is no such file. A row counts only with the digest of its text. */
export async function takeIn(text) {
  const sent = rowsOf(text);
  if (!sent) return null;
  const good = [];
  for (const row of sent) if (await isWhole(row)) good.push(outboxRow(row));
  return { added: await addRows(good), bad: sent.length - good.length };
}

function rowsOf(text) {
  try {
    const content = JSON.parse(text);
    return content.format === FORMAT && Array.isArray(content.responses) ? content.responses : null;
  } catch {
    return null;
  }
}

async function isWhole(row) {
  if (typeof row?.body !== "string" || (await sha256(row.body)) !== row.sha256) return false;
  try {
    return JSON.parse(row.body).id === row.id;
  } catch {
    return false;
  }
}

function outboxRow({ id, sha256: digest, body }) {
  const { completed_at, questionnaire, version, assignment } = JSON.parse(body);
  return {
    sha256: digest,
    id,
    state: WAITING,
    finished_at: completed_at ?? "",
    questionnaire,
    version,
    assignment: assignment ?? null,
    title: { vi: String(questionnaire) },
    problems: [],
    key_id: null,
    iv: null,
    data: body,
  };
}
