// Sending and updating: finished responses go up, the work and its questionnaires come down.
// The request decides whether there is a network, never `navigator.onLine`.
import { nextBatch, setAside, settle } from "./outbox.js";
import { askServer } from "./server.js";
import { device, keep, setting } from "./settings.js";
import { stock } from "./offline.js";

const MAX_ROWS = 50;
const MAX_BYTES = 1_500_000;
const SERVER = "survey-server";
const UNREADABLE = new Set([400, 413, 422]); // the fault is in what was sent
const FIRST_WAIT = 5_000; // milliseconds
const MAX_WAIT = 300_000;
const REGULAR_WAIT = 600_000; // with nothing to send: is there new work?

const channel = new BroadcastChannel("survey-sync");
const listeners = new Set();
let failures = 0;
let timer = null;
let running = null;
let again = false;

/** Call `listener(state)` after each sync, of this tab or another: `{kind, at, error?}`. */
export function onSync(listener) {
  listeners.add(listener);
}

channel.onmessage = ({ data }) => tell(data);

const tell = (state) => listeners.forEach((listener) => listener(state));

/** Sync now; a call during a sync makes it run once more. Resolves with the outcome. */
export function sync() {
  if (running) {
    again = true;
    return running;
  }
  clearTimeout(timer);
  running = navigator.locks
    .request("survey-sync", exchange) // whatever the number of tabs, one sends at a time
    .catch((error) => ({ kind: "broken", error: { message: String(error?.message ?? error), name: error?.name } }))
    .then(async (outcome) => {
      running = null;
      await announce(outcome);
      if (again) {
        again = false;
        return sync();
      }
      return outcome;
    });
  return running;
}

async function announce(outcome) {
  const { kind, error, retryAfter } = outcome;
  const state = { kind, error, at: new Date().toISOString() };
  if (kind !== "none") await keep("sync", state).catch(() => {});
  failures = kind === "ok" ? 0 : failures + 1;
  timer = setTimeout(sync, await nextWait(kind, retryAfter));
  tell(state);
  channel.postMessage(state);
}

async function nextWait(kind, retryAfter = 0) {
  if (kind === "ok") return REGULAR_WAIT;
  const ceiling = Math.min(MAX_WAIT, FIRST_WAIT * 2 ** Math.min(failures - 1, 8));
  return Math.max(retryAfter * 1000, ceiling * (0.5 + Math.random() / 2));
}

async function exchange() {
  const enrolled = await device();
  if (!enrolled) return { kind: "none" };
  const sent = await sendAll(enrolled);
  if (sent.kind !== "ok") return sent;
  return update(enrolled);
}

async function sendAll({ upload_token: token }) {
  let rows = MAX_ROWS;
  for (;;) {
    const batch = await nextBatch(rows, MAX_BYTES);
    if (!batch.length) return { kind: "ok" };
    const responses = batch.map(({ id, sha256, data }) => ({ id, sha256, body: data }));
    const answer = await askServer("/api/v1/responses", { token, body: { responses } });
    if (answer.kind === "refused" && UNREADABLE.has(answer.status)) {
      // The server would not look at the batch: find the row that it stumbles over, and put that one aside.
      if (batch.length === 1) await setAside(batch[0], answer.error);
      rows = Math.max(1, Math.floor(batch.length / 2));
      continue;
    }
    if (answer.kind !== "ok") return answer;
    if (answer.body.server !== SERVER || !Array.isArray(answer.body.receipts)) return { kind: "portal" };
    const settled = await settle(batch, answer.body.receipts);
    if (!settled) return { kind: "busy" }; // receipts for other rows than ours: keep them all and try later
  }
}

async function update({ token }) {
  const answer = await askServer("/api/v1/work", { token });
  if (answer.kind !== "ok") return answer;
  if (!Array.isArray(answer.body.assignments) || !Array.isArray(answer.body.questionnaires)) return { kind: "portal" };
  await keep("work", { ...answer.body, fetched_at: new Date().toISOString() });
  return stock(answer.body.questionnaires, token);
}

/** Sync at the start and whenever there is reason to hope: online again, visible again, the timer. */
export function keepSyncing() {
  addEventListener("online", sync);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") sync();
  });
  return sync();
}

/** The outcome of the last sync, `null` before the first. */
export const lastSync = () => setting("sync");
