// Requests to the server, and whether it was the server that answered: captive portals answer 200 with a page of their
// own. Every outcome is an `Answer`; nothing here throws for a bad network:
// ok {body, text} · offline · portal · unauthorised · revoked · busy {retryAfter} · refused {status, error}
import { saveSetting } from "./settings.js";

const MAX_ROUND_TRIP = 5_000; // milliseconds; a slower answer says little about the clock
const TIMEOUT = 60_000; // milliseconds; a batch over 60 kbit/s takes about ten seconds
const BUSY_STATUSES = [429, 502, 503, 504];
const MIN_COMPRESSED_LENGTH = 1000;

/**
 * GET a path, or POST `body` to it as JSON, gzipped where the browser can.
 * @param {string} path
 * @param {{token?: string, body?: unknown, timeout?: number}} [options]
 * @returns {Promise<Answer>}
 */
export async function askServer(path, { token, body, timeout = TIMEOUT } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body === undefined) return send(path, { headers }, timeout);
  return send(path, { method: "POST", headers, body: await encode(body, headers) }, timeout);
}

/**
 * @param {string} path
 * @param {RequestInit} options
 * @param {number} timeout
 * @returns {Promise<Answer>}
 */
async function send(path, options, timeout) {
  const sentAt = Date.now();
  let response;
  let text;
  try {
    response = await fetch(path, {
      ...options,
      cache: "no-store",
      credentials: "omit",
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    });
    text = await response.text();
  } catch {
    return { kind: "offline" };
  }
  const body = parse(response, text);
  if (!body) return { kind: BUSY_STATUSES.includes(response.status) ? "busy" : "portal", retryAfter: retryAfter(response) };
  if (!response.ok) return failure(response, body);
  await measureClock(body.server_time, sentAt);
  return { kind: "ok", body, text };
}

/** @param {Response} response  @param {any} body  @returns {Answer} */
function failure(response, body) {
  const { status } = response;
  const error = body.error;
  if (typeof error?.code !== "string") return { kind: "portal" };
  if (status === 401) return { kind: "unauthorised", error };
  if (status === 403 && error.code === "device_revoked") return { kind: "revoked", error };
  if (status === 429 || status >= 500) return { kind: "busy", error, retryAfter: retryAfter(response) };
  return { kind: "refused", status, error };
}

/** The object in a JSON answer, null for anything else. @param {Response} response  @param {string} text */
function parse(response, text) {
  if (!(response.headers.get("Content-Type") ?? "").startsWith("application/json")) return null;
  try {
    const body = JSON.parse(text);
    return body && typeof body === "object" ? body : null;
  } catch {
    return null;
  }
}

/** Seconds; 0 where the server names none. @param {Response} response */
const retryAfter = (response) => Number(response.headers.get("Retry-After")) || 0;

/**
 * Returns what is sent; sets its headers.
 * @param {unknown} body
 * @param {Record<string, string>} headers
 * @returns {Promise<BodyInit>}
 */
async function encode(body, headers) {
  headers["Content-Type"] = "application/json";
  const text = JSON.stringify(body);
  if (typeof CompressionStream === "undefined" || text.length < MIN_COMPRESSED_LENGTH) return text;
  headers["Content-Encoding"] = "gzip";
  return await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/**
 * Store how far this tablet's clock is off, for each response.
 * @param {string} serverTime
 * @param {number} sentAt
 */
async function measureClock(serverTime, sentAt) {
  const served = Date.parse(serverTime);
  if (Number.isNaN(served)) return;
  const now = Date.now();
  if (now - sentAt > MAX_ROUND_TRIP) return;
  const offset = Math.round(served - (sentAt + now) / 2);
  await saveSetting("clock", { offset_ms: offset, measured_at: new Date(now).toISOString() });
}
