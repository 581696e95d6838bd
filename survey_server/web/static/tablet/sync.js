// Sending and updating: finished responses go up, the work and its questionnaires come down.
// The request decides whether there is a network, never `navigator.onLine`.
import { nextBatch, setAside, settle } from "./outbox.js";
import { askServer } from "./server.js";
import { device, saveSetting, setting } from "./settings.js";
import { cacheQuestionnaires } from "./offline.js";

const MAX_ROWS = 50;
const MAX_LENGTH = 1_500_000; // characters of a batch
const SERVER = "survey-server";
const UNREADABLE_STATUSES = new Set([400, 413, 422]); // the server cannot read what was sent
const MIN_RETRY_DELAY = 5_000; // milliseconds
const MAX_RETRY_DELAY = 300_000;
const SYNC_INTERVAL = 600_000; // with nothing to send, for new work

const channel = new BroadcastChannel("survey-sync");
/** @type {Set<(state: SyncState) => void>} */
const listeners = new Set();
let failures = 0; // in a row
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Promise<Outcome> | null} */
let running = null;
let again = false;

/** Call `listener` after each sync, of this tab or another. @param {(state: SyncState) => void} listener */
export function onSync(listener) {
  listeners.add(listener);
}

channel.onmessage = (/** @type {MessageEvent<SyncState>} */ { data }) => notify(data);

/** @param {SyncState} state */
const notify = (state) => listeners.forEach((listener) => listener(state));

/** Sync now; a call during a sync makes it run once more. @returns {Promise<Outcome>} */
export function sync() {
  if (running) {
    again = true;
    return running;
  }
  clearTimeout(timer);
  running = navigator.locks
    .request("survey-sync", exchange) // one tab sends at a time
    .catch((error) => ({ kind: "broken", error: { message: String(error?.message ?? error), name: error?.name } }))
    .then(async (/** @type {Outcome} */ outcome) => {
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

/** @param {Outcome} outcome */
async function announce({ kind, error, retryAfter }) {
  const state = { kind, error, at: new Date().toISOString() };
  if (kind !== "none") await saveSetting("sync", state).catch(() => {});
  failures = kind === "ok" ? 0 : failures + 1;
  timer = setTimeout(sync, nextDelay(kind, retryAfter));
  notify(state);
  channel.postMessage(state);
}

/** Milliseconds until the next sync: doubled after each failure, with jitter. @param {string} kind  @param {number} [retryAfter]  seconds */
function nextDelay(kind, retryAfter = 0) {
  if (kind === "ok") return SYNC_INTERVAL;
  const ceiling = Math.min(MAX_RETRY_DELAY, MIN_RETRY_DELAY * 2 ** Math.min(failures - 1, 8));
  return Math.max(retryAfter * 1000, ceiling * (0.5 + Math.random() / 2));
}

/** @returns {Promise<Outcome>} */
async function exchange() {
  const enrolled = await device();
  if (!enrolled) return { kind: "none" };
  const sent = await sendAll(enrolled);
  if (sent.kind !== "ok") return sent;
  return fetchWork(enrolled);
}

/** @param {Device} device  @returns {Promise<Outcome>} */
async function sendAll({ upload_token: token }) {
  let rows = MAX_ROWS;
  for (;;) {
    const batch = await nextBatch(rows, MAX_LENGTH);
    if (!batch.length) return { kind: "ok" };
    const responses = batch.map(({ id, sha256, data }) => ({ id, sha256, body: data }));
    const answer = await askServer("/api/v1/responses", { token, body: { responses } });
    if (answer.kind === "refused" && UNREADABLE_STATUSES.has(Number(answer.status))) {
      // Halve the batch until the row that the server cannot read is alone, and set that one aside.
      if (batch.length === 1) await setAside(batch[0], answer.error ?? {});
      rows = Math.max(1, Math.floor(batch.length / 2));
      continue;
    }
    if (answer.kind !== "ok") return answer;
    if (answer.body.server !== SERVER || !Array.isArray(answer.body.receipts)) return { kind: "portal" };
    const settled = await settle(batch, answer.body.receipts);
    if (!settled) return { kind: "busy" }; // receipts for other rows than these: all stay, for a later try
  }
}

/** @param {Device} device  @returns {Promise<Outcome>} */
async function fetchWork({ token }) {
  const answer = await askServer("/api/v1/work", { token });
  if (answer.kind !== "ok") return answer;
  if (!Array.isArray(answer.body.assignments) || !Array.isArray(answer.body.questionnaires)) return { kind: "portal" };
  await saveSetting("work", { ...answer.body, fetched_at: new Date().toISOString() });
  return cacheQuestionnaires(answer.body.questionnaires, token);
}

/** Sync now and whenever it may work: online again, visible again, by the timer. */
export function startSyncing() {
  addEventListener("online", () => sync());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") sync();
  });
  return sync();
}

/** The state after the last sync, `null` before the first. @returns {Promise<SyncState | null>} */
export const lastSync = () => setting("sync");
