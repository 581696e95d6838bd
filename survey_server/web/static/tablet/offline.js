// Working without network: the worker that serves the shell, and the questionnaires put by for it.
import { sha256 } from "./records.js";
import { askServer } from "./server.js";

export const PINNED = "survey-questionnaires";

/** The address of a questionnaire's page as it is kept: one a version of the questionnaire and of the shell. */
export const pageUrl = ({ id, version }, shell) =>
  `/tablet/q/${encodeURIComponent(id)}/${encodeURIComponent(version)}?shell=${shell}`;

/** The hash of the shell that this page belongs to. */
export const pageShell = () => document.querySelector('meta[name="survey-shell"]').content;

/**
 * Register the worker. `onUpdate(registration)` is called when a newer one stands ready: it waits for `update()`.
 * `onReplaced()` is called when a newer one has taken over: save what is typed, then load the page anew.
 */
export async function startWorker({ onUpdate, onReplaced }) {
  if (!navigator.serviceWorker) return null;
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    const first = !controlled;
    controlled = true;
    // The very first worker takes over the page as it is, unless it came from a newer program than the page.
    if (!first) onReplaced();
    else askWorker().then((worker) => worker && worker.shell !== pageShell() && onReplaced());
  });
  let registration;
  try {
    registration = await navigator.serviceWorker.register("/tablet/sw.js", { scope: "/tablet/", updateViaCache: "none" });
  } catch {
    return null; // the network went in this very moment; the next page that opens tries again
  }
  const look = () => registration.waiting && navigator.serviceWorker.controller && onUpdate(registration);
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
  return registration;
}

/** Let the waiting worker take over; every tab then saves what is typed and loads anew. */
export const update = (registration) => registration.waiting?.postMessage("take over");

/** What the worker in charge has: `{shell, missing}`, or null where there is none (yet). */
export function askWorker() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return Promise.resolve(null);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve(null), 5000);
    worker.postMessage("what have you", [port2]);
  });
}

/** Put by every questionnaire of the work, all that is missing. */
export async function stock(questionnaires, token) {
  if (!globalThis.caches) return { kind: "ok" };
  const cache = await caches.open(PINNED);
  for (const questionnaire of questionnaires) {
    const answer = (await pinCompiled(cache, questionnaire, token)) ?? (await pinPage(cache, questionnaire, token));
    if (answer) return answer;
  }
  return { kind: "ok" };
}

async function pinCompiled(cache, { url, sha256: digest }, token) {
  if (await cache.match(url)) return null;
  const answer = await askServer(url, { token });
  if (answer.kind !== "ok") return answer;
  if ((await sha256(answer.text)) !== digest) return { kind: "portal" };
  await cache.put(url, new Response(answer.text, { headers: { "Content-Type": "application/json" } }));
  return null;
}

async function pinPage(cache, questionnaire, token) {
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
    if (response.ok && response.headers.get("Survey-Shell") === shell) await cache.put(url, await plain(response));
    else return { kind: response.headers.get("Survey-Shell") ? "outdated" : "portal" };
  } catch (error) {
    if (error?.name === "QuotaExceededError") throw error;
    return { kind: "offline" };
  }
  return null;
}

const KEPT_HEADERS = ["Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"];

async function plain(response) {
  const headers = KEPT_HEADERS.map((name) => [name, response.headers.get(name)]).filter(([, value]) => value);
  return new Response(await response.arrayBuffer(), { headers });
}

/**
 * Whether this tablet can work without network: the worker in charge has the whole shell, and every assigned
 * questionnaire is put by for that shell. `{ready, reason}`; the reason is a key of the texts.
 */
export async function readiness(work) {
  if (!navigator.serviceWorker || !globalThis.caches) return { ready: false, reason: "notPossible" };
  const worker = await askWorker();
  if (!worker) return { ready: false, reason: "workerStarting" };
  if (worker.missing.length) return { ready: false, reason: "shellMissing" };
  if (!work) return { ready: false, reason: "noWork" };
  const cache = await caches.open(PINNED);
  for (const questionnaire of work.questionnaires) {
    const [compiled, page] = await Promise.all([
      cache.match(questionnaire.url),
      cache.match(pageUrl(questionnaire, worker.shell)),
    ]);
    if (!compiled || !page) return { ready: false, reason: "questionnaireMissing" };
  }
  return { ready: true, reason: "ready" };
}

/** The compiled questionnaire that is put by, null where it is not. */
export async function compiled({ id, version }) {
  const cache = await caches.open(PINNED);
  const kept = await cache.match(`/api/v1/questionnaires/${encodeURIComponent(id)}/${encodeURIComponent(version)}`);
  return kept ? kept.json() : null;
}

/** Ask the browser never to clear what is kept here; its answer is shown. */
export async function persist() {
  if (!navigator.storage?.persist) return null;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
