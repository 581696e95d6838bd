// The service worker. The server puts two lines before this text: `const SHELL = "<hash>"` and
// `const FILES = {"<path>": "<sha256>", …}`, the shell's files with their digests.
// It answers GETs of its own files and of questionnaires' pages, nothing else, and never the API.
const SHELL_CACHE = `survey-shell-${SHELL}`;
const PINNED = "survey-questionnaires";
const KEPT_HEADERS = [
  "Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
  "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
];

self.addEventListener("install", (event) => {
  event.waitUntil(precache().then(renewPages).then(() => routeFiles(event)));
});
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));

// All or nothing: only when every file is there with the right digest are they kept, and the worker installed.
async function precache() {
  const files = await Promise.all(Object.entries(FILES).map(([path, digest]) => fetched(path, digest)));
  const cache = await caches.open(SHELL_CACHE);
  await Promise.all(files.map(([path, response]) => cache.put(path, response)));
}

// Where the browser can, it takes the shell's files straight from the cache, without waking this worker for each.
function routeFiles(event) {
  if (!event.addRoutes) return undefined;
  const source = { cacheName: SHELL_CACHE };
  return event.addRoutes(Object.keys(FILES).map((path) => ({ condition: { urlPattern: { pathname: path } }, source })));
}

async function fetched(path, digest) {
  const response = await fetch(path, { cache: "no-cache", credentials: "omit", redirect: "error" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  if ((await hex(bytes)) !== digest) throw new Error(`${path}: not what the server announced`);
  return [path, kept(bytes, response)];
}

async function hex(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function kept(bytes, response) {
  const headers = KEPT_HEADERS.map((name) => [name, response.headers.get(name)]).filter(([, value]) => value);
  return new Response(bytes, { headers });
}

// The pages of questionnaires belong to a shell. A new worker fetches them all for its own, or is not installed.
async function renewPages() {
  const cache = await caches.open(PINNED);
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
    await cache.put(url, kept(await response.arrayBuffer(), response));
  }
}

function readingToken() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("survey-tablet");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const asked = database.transaction("settings").objectStore("settings").get("device");
      asked.onsuccess = () => {
        database.close();
        resolve(asked.result ? JSON.parse(asked.result.data).token : "");
      };
      asked.onerror = () => reject(asked.error);
    };
  });
}

// What older shells left. A questionnaire's page goes only where its successor is there.
async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith("survey-shell-") && name !== SHELL_CACHE) await caches.delete(name);
  }
  const cache = await caches.open(PINNED);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!pathname.startsWith("/tablet/q/") || search === `?shell=${SHELL}`) continue;
    if (await cache.match(`${pathname}?shell=${SHELL}`)) await cache.delete(request);
  }
}

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "what have you") event.waitUntil(told().then((have) => event.ports[0].postMessage(have)));
});

async function told() {
  const cache = await caches.open(SHELL_CACHE);
  const there = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  return { shell: SHELL, missing: Object.keys(FILES).filter((path) => !there.has(path)) };
}

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (pathname in FILES) event.respondWith(shellFile(pathname, event.request));
  else if (pathname === "/tablet") event.respondWith(shellFile("/tablet/", event.request));
  else if (pathname.startsWith("/tablet/q/") && event.request.mode === "navigate") event.respondWith(page(pathname));
});

async function shellFile(path, request) {
  const cache = await caches.open(SHELL_CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

// Without the page the tablet's first page says what is missing; the address's #part is kept by the browser.
async function page(path) {
  const cache = await caches.open(PINNED);
  return (await cache.match(`${path}?shell=${SHELL}`)) ?? Response.redirect("/tablet/");
}
