// What the tablet's modules find around them in a browser, as far as sending needs it: a database in memory, a server
// that answers what a test says, and timers that only run when a test looks at them.
import { MemoryIndexedDB } from "./indexed_db.js";

const STATIC = new URL("../../../survey_server/web/static/tablet/", import.meta.url);

export const database = new MemoryIndexedDB();
globalThis.indexedDB = database;
globalThis.document = { querySelector: () => ({ content: "shell-1" }), addEventListener() {}, documentElement: { lang: "vi" } };

/** Import a module of the tablet; `fresh` gives one that remembers nothing of an earlier test. */
let imports = 0;
export const load = (name, { fresh = false } = {}) => import(`${STATIC}${name}${fresh ? `?${(imports += 1)}` : ""}`);

/** Requests that were sent, each `{path, method, headers, body}`, and what the server answers to the next ones. */
export const server = { requests: [], answer: () => json({}) };

globalThis.fetch = async (path, { method = "GET", headers = {}, body } = {}) => {
  server.requests.push({ path, method, headers, body: await unpacked(body, headers) });
  const answer = await server.answer(server.requests.at(-1));
  if (answer instanceof Error) throw answer;
  return answer;
};

async function unpacked(body, headers) {
  if (body === undefined) return undefined;
  if (headers["Content-Encoding"] !== "gzip") return JSON.parse(body);
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** An answer of the server in JSON. */
export const json = (body, { status = 200, headers = {} } = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

/** The page that a captive portal answers with, whatever was asked. */
export const portal = () => new Response("<html>Wi-Fi</html>", { status: 200, headers: { "Content-Type": "text/html" } });

/** An error in the server's own form. */
export const refusal = (status, code, headers = {}) => json({ error: { code, message: "…" } }, { status, headers });

/** Timers that a module set and that did not run, each in milliseconds. */
export const timers = [];
globalThis.setTimeout = (callback, milliseconds = 0) => {
  timers.push({ callback, milliseconds });
  return timers.length;
};
globalThis.clearTimeout = () => {};

/** Put everything back to an empty tablet. */
export function reset() {
  database.closeConnections();
  database.forget();
  server.requests.length = 0;
  server.answer = () => json({});
  timers.length = 0;
}
