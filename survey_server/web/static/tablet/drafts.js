// Responses being filled in. What was typed is kept as it stands in the inputs, readable or not.
import { asked, get, getAll, read, write } from "./database.js";
import { newId, unwrap, wrap } from "./records.js";
import { setting } from "./settings.js";

/** `{id, assignment, questionnaire, version, round, locality, visit, supersedes, started_at, saved_at, section, title}`
 *  and the content `{answers, typed, instances, seconds}`. */
export async function draft(id) {
  const record = await get("drafts", id);
  return record ? opened(record) : null;
}

export async function drafts() {
  const records = await getAll("drafts");
  return records.map(opened).sort((one, other) => other.saved_at.localeCompare(one.saved_at));
}

function opened(record) {
  const { key_id, iv, data, ...keys } = record;
  return { keys, content: unwrap(record) };
}

/** The draft of an assignment that was saved last, null where there is none. */
export async function latestOf(assignment) {
  const records = await read(["drafts"], (store) => asked(store("drafts").index("assignment").getAll(assignment)));
  return records.map(opened).sort((one, other) => other.keys.saved_at.localeCompare(one.keys.saved_at))[0] ?? null;
}

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

export function saveDraft({ keys, content }) {
  return write(["drafts"], (store) => asked(store("drafts").put(wrap(keys, content))));
}

export function deleteDraft(id) {
  return write(["drafts"], (store) => asked(store("drafts").delete(id)));
}

/**
 * A keeper writes the newest state of one draft, one write at a time: while one is under way, later changes wait and
 * go together. `told({savedAt, more})` or `told({error})` after each; `more`: something changed meanwhile.
 */
export function keeperOf(kept, told) {
  let dirty = false;
  let running = null;

  async function run() {
    while (dirty) {
      dirty = false;
      kept.keys.saved_at = new Date().toISOString();
      try {
        await saveDraft(kept);
        told({ savedAt: kept.keys.saved_at, more: dirty });
      } catch (error) {
        dirty = true; // nothing is forgotten: the next change, or `flush`, tries again
        told({ error });
        return;
      }
    }
  }

  let ended = false;
  const keeper = {
    kept,
    changed() {
      if (ended) return Promise.resolve();
      dirty = true;
      running ??= run().finally(() => {
        running = null;
      });
      return running;
    },
    isSaved: () => !dirty && !running,
    /** The draft is no more: nothing brings it back. */
    end() {
      ended = true;
      dirty = false;
    },
    /** Resolves true when everything typed so far is on the disk. */
    async flush() {
      if (running) await running;
      if (dirty) await keeper.changed();
      return !dirty;
    },
  };
  return keeper;
}

/**
 * Which response a page opens: the one named in the address, the assignment's latest, or a new one.
 * `{kept, isNew}`, or `{fault}` with the key of a text. `address` is the part after "#".
 */
export async function openResponse(address) {
  const asked = new URLSearchParams(address);
  const id = asked.get("draft");
  if (id && id !== "new") {
    const kept = await draft(id);
    return kept ? { kept, isNew: false } : { fault: "gone" };
  }
  const work = await setting("work");
  const assignment = work?.assignments.find((one) => one.id === asked.get("assignment"));
  if (!assignment) return { fault: "unknownAssignment" };
  if (asked.has("returned")) return revision(asked.get("returned"), assignment, work);
  const latest = id === "new" ? null : await latestOf(assignment.id);
  return latest ? { kept: latest, isNew: false } : { kept: newDraft(assignment, titleOf(assignment, work)), isNew: true };
}

async function revision(returnedId, assignment, work) {
  const begun = (await drafts()).find(({ keys }) => keys.supersedes === returnedId);
  if (begun) return { kept: begun, isNew: false };
  const returned = work.returned.find(({ id }) => id === returnedId);
  if (!returned) return { fault: "gone" };
  const { answers } = JSON.parse(returned.body);
  return { kept: newDraft(assignment, titleOf(assignment, work), { supersedes: returnedId, answers }), isNew: true };
}

function titleOf({ questionnaire, version }, { questionnaires }) {
  return questionnaires.find((one) => one.id === questionnaire && one.version === version)?.title ?? { vi: questionnaire };
}

const PATIENCE = 800; // milliseconds; a page that is being reloaded lets go only a moment later

/** Become the writer of a draft. Resolves `true`, or `false` where another tab is; `onFree` is called when that ends. */
export function writeAlone(id, onFree) {
  const name = `draft:${id}`;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise(() => {}); // until the tab closes
    };
    navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => {
      resolve(false);
      navigator.locks.request(name, onFree);
    });
  });
}
