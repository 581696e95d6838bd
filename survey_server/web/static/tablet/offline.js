// Working without network: the service worker that serves the shell, and the cached questionnaires.
import { sha256 } from "./records.js";
import { askServer } from "./server.js";

export const QUESTIONNAIRE_CACHE = "survey-questionnaires";
const WORKER_TIMEOUT = 5_000; // milliseconds

/**
 * The address of a questionnaire's page in the cache.
 * @param {{id: string, version: string}} questionnaire
 * @param {string} shell
 */
export const pageUrl = ({ id, version }, shell) =>
  `/tablet/q/${encodeURIComponent(id)}/${encodeURIComponent(version)}?shell=${shell}`;

/** The hash of the shell that this page belongs to. */
export const pageShell = () => /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="survey-shell"]')).content;

/**
 * Register the worker. `onUpdate`: a newer one waits for `update()`. `onReplaced`: it has taken over; save and reload.
 * @param {{onUpdate: (registration: ServiceWorkerRegistration) => void, onReplaced: () => void}} callbacks
 */
export async function startWorker({ onUpdate, onReplaced }) {
  if (!navigator.serviceWorker) return null;
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    const first = !controlled;
    controlled = true;
    // The first worker takes over the page as it is, unless it belongs to a newer program than the page.
    if (!first) onReplaced();
    else askWorker().then((worker) => worker && worker.shell !== pageShell() && onReplaced());
  });
  let registration;
  try {
    registration = await navigator.serviceWorker.register("/tablet/sw.js", { scope: "/tablet/", updateViaCache: "none" });
  } catch {
    return null; // no network at this moment; the next page that opens tries again
  }
  const check = () => registration.waiting && navigator.serviceWorker.controller && onUpdate(registration);
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", check));
  check();
  return registration;
}

/**
 * Let the waiting worker take over.
 * @param {ServiceWorkerRegistration} registration
 */
export const update = (registration) => registration.waiting?.postMessage("take over");

/**
 * What the active worker has; null where there is none.
 * @returns {Promise<{shell: string, missing: string[]} | null>}
 */
export function askWorker() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return Promise.resolve(null);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve(null), WORKER_TIMEOUT);
    worker.postMessage("what have you", [port2]);
  });
}

/**
 * Cache the compiled JSON and the page of each questionnaire; returns the first answer that failed, or ok.
 * @param {AssignedQuestionnaire[]} questionnaires
 * @param {string} token
 * @returns {Promise<Answer>}
 */
export async function cacheQuestionnaires(questionnaires, token) {
  if (!globalThis.caches) return { kind: "ok" };
  const cache = await caches.open(QUESTIONNAIRE_CACHE);
  for (const questionnaire of questionnaires) {
    const answer = (await cacheCompiled(cache, questionnaire, token)) ?? (await cachePage(cache, questionnaire, token));
    if (answer) return answer;
  }
  return { kind: "ok" };
}

/** @param {Cache} cache  @param {AssignedQuestionnaire} questionnaire  @param {string} token */
async function cacheCompiled(cache, { url, sha256: digest }, token) {
  if (await cache.match(url)) return null;
  const answer = await askServer(url, { token });
  if (answer.kind !== "ok") return answer;
  const text = answer.text ?? "";
  if ((await sha256(text)) !== digest) return { kind: "portal" };
  await cache.put(url, new Response(text, { headers: { "Content-Type": "application/json" } }));
  return null;
}

/** @param {Cache} cache  @param {AssignedQuestionnaire} questionnaire  @param {string} token */
async function cachePage(cache, questionnaire, token) {
  const shell = pageShell();
  const url = pageUrl(questionnaire, shell);
  if (await cache.match(url)) return null;
  let response;
  try {
    response = await fetch(url, {
      headers: { Authorization: `Bearer ${token}` },
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
    if (response.ok && response.headers.get("Survey-Shell") === shell) await cache.put(url, await storable(response));
    else return { kind: response.headers.get("Survey-Shell") ? "outdated" : "portal" };
  } catch (error) {
    if (/** @type {DOMException} */ (error).name === "QuotaExceededError") throw error;
    return { kind: "offline" };
  }
  return null;
}

const CACHED_HEADERS = ["Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"];

/** A copy with the headers that a cached page needs. @param {Response} response */
async function storable(response) {
  const headers = new Headers();
  for (const name of CACHED_HEADERS) {
    const value = response.headers.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(await response.arrayBuffer(), { headers });
}

/**
 * Whether all is cached that working without network needs. `reason` is a key of the texts.
 * @param {Work | null} work
 * @returns {Promise<{ready: boolean, reason: string}>}
 */
export async function readiness(work) {
  if (!navigator.serviceWorker || !globalThis.caches) return { ready: false, reason: "notPossible" };
  const worker = await askWorker();
  if (!worker) return { ready: false, reason: "workerStarting" };
  if (worker.missing.length) return { ready: false, reason: "shellMissing" };
  if (!work) return { ready: false, reason: "noWork" };
  const cache = await caches.open(QUESTIONNAIRE_CACHE);
  for (const questionnaire of work.questionnaires) {
    const [compiled, page] = await Promise.all([
      cache.match(questionnaire.url),
      cache.match(pageUrl(questionnaire, worker.shell)),
    ]);
    if (!compiled || !page) return { ready: false, reason: "questionnaireMissing" };
  }
  return { ready: true, reason: "ready" };
}

/**
 * The cached compiled questionnaire, null where it is not cached.
 * @param {{id: string, version: string}} questionnaire
 */
export async function compiledQuestionnaire({ id, version }) {
  const cache = await caches.open(QUESTIONNAIRE_CACHE);
  const cached = await cache.match(`/api/v1/questionnaires/${encodeURIComponent(id)}/${encodeURIComponent(version)}`);
  return cached ? cached.json() : null;
}

/** Ask the browser never to clear this site's storage; its answer, null where it cannot be asked. */
export async function persist() {
  if (!navigator.storage?.persist) return null;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
