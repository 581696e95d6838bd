// Responses being filled in. What was typed is kept as it stands in the inputs, readable or not.
import { asked, get, getAll, read, write } from "./database.js";
import { newId } from "./digest.js";
import { unwrap, wrap } from "./records.js";

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
 * go together. `told({savedAt})` or `told({error})` after each.
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
        told({ savedAt: kept.keys.saved_at });
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
