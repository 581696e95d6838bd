// The service worker. The server defines SHELL, a hash, and FILES, the shell's files with their digests, before it.
// It answers GETs of those files and of questionnaires' pages, never the API.
const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const SHELL_CACHE = `survey-shell-${SHELL}`;
const QUESTIONNAIRE_CACHE = "survey-questionnaires";
const CACHED_HEADERS = [
  "Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
  "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
];

scope.addEventListener("install", (event) => {
  event.waitUntil(precache().then(renewPages).then(() => routeFiles(event)));
});
scope.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => scope.clients.claim())));

/** Cache the shell's files, all or nothing: rejects unless every file comes with its digest. */
async function precache() {
  const files = await Promise.all(Object.entries(FILES).map(([path, digest]) => fetchFile(path, digest)));
  const cache = await caches.open(SHELL_CACHE);
  await Promise.all(files.map(([path, response]) => cache.put(path, response)));
}

/** Have a browser that can take the shell's files from the cache without waking this worker. @param {any} event */
function routeFiles(event) {
  if (!event.addRoutes) return undefined;
  const source = { cacheName: SHELL_CACHE };
  return event.addRoutes(Object.keys(FILES).map((path) => ({ condition: { urlPattern: { pathname: path } }, source })));
}

/** @param {string} path  @param {string} digest  @returns {Promise<[string, Response]>} */
async function fetchFile(path, digest) {
  const response = await fetch(path, { cache: "no-cache", credentials: "omit", redirect: "error" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  if ((await hex(bytes)) !== digest) throw new Error(`${path}: not what the server announced`);
  return [path, storable(bytes, response)];
}

/** @param {BufferSource} bytes */
async function hex(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A copy with the headers that a cached page needs. @param {ArrayBuffer} bytes  @param {Response} response */
function storable(bytes, response) {
  const headers = new Headers();
  for (const name of CACHED_HEADERS) {
    const value = response.headers.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(bytes, { headers });
}

/** The pages of questionnaires belong to a shell: fetch them all for this one; rejects where one fails. */
async function renewPages() {
  const cache = await caches.open(QUESTIONNAIRE_CACHE);
  const pages = new Set();
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname.startsWith("/tablet/q/")) pages.add(pathname);
  }
  const missing = [];
  for (const path of pages) if (!(await cache.match(`${path}?shell=${SHELL}`))) missing.push(path);
  if (!missing.length) return;
  const token = await readingToken();
  for (const path of missing) {
    const url = `${path}?shell=${SHELL}`;
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, cache: "no-store", credentials: "omit", redirect: "error" });
    if (!response.ok || response.headers.get("Survey-Shell") !== SHELL) throw new Error(`${url}: ${response.status}`);
    await cache.put(url, storable(await response.arrayBuffer(), response));
  }
}

/** The token of this tablet; "" where it is not enrolled. @returns {Promise<string>} */
function readingToken() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("survey-tablet");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const request = database.transaction("settings").objectStore("settings").get("device");
      request.onsuccess = () => {
        database.close();
        resolve(request.result ? JSON.parse(request.result.data).token : "");
      };
      request.onerror = () => reject(request.error);
    };
  });
}

/** Delete what older shells left; a questionnaire's page only where its successor is cached. */
async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith("survey-shell-") && name !== SHELL_CACHE) await caches.delete(name);
  }
  const cache = await caches.open(QUESTIONNAIRE_CACHE);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!pathname.startsWith("/tablet/q/") || search === `?shell=${SHELL}`) continue;
    if (await cache.match(`${pathname}?shell=${SHELL}`)) await cache.delete(request);
  }
}

scope.addEventListener("message", (event) => {
  if (event.data === "take over") scope.skipWaiting();
  if (event.data === "what have you") event.waitUntil(describe().then((state) => event.ports[0].postMessage(state)));
});

/** The shell of this worker, and which of its files are missing. */
async function describe() {
  const cache = await caches.open(SHELL_CACHE);
  const cached = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  return { shell: SHELL, missing: Object.keys(FILES).filter((path) => !cached.has(path)) };
}

scope.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== scope.location.origin) return;
  if (pathname in FILES) event.respondWith(shellFile(pathname, event.request));
  else if (pathname === "/tablet") event.respondWith(shellFile("/tablet/", event.request));
  else if (pathname.startsWith("/tablet/q/") && event.request.mode === "navigate") event.respondWith(page(pathname));
});

/** @param {string} path  @param {Request} request */
async function shellFile(path, request) {
  const cache = await caches.open(SHELL_CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

/**
 * The cached page, or a redirect to the start page, which says what is missing; the browser keeps the #part.
 * @param {string} path
 */
async function page(path) {
  const cache = await caches.open(QUESTIONNAIRE_CACHE);
  return (await cache.match(`${path}?shell=${SHELL}`)) ?? Response.redirect("/tablet/");
}
