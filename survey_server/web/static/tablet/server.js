// Asking the server, and knowing whether it was the server that answered: captive portals answer 200 with a page of
// their own. Every outcome is an object `{kind, …}`; nothing here throws for a bad network.
//
// ok {body} · offline · portal · unauthorised · revoked · busy {retryAfter} · refused {status, error}
import { keep } from "./settings.js";

const SLOWEST_MEASURE = 5_000; // an answer that took longer says little about the clock
const TIMEOUT = 60_000; // milliseconds; a batch over 60 kbit/s takes about ten seconds

export function askServer(path, { token, body, timeout = TIMEOUT } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  return body === undefined
    ? ask(path, { headers }, timeout)
    : packed(body, headers).then((sent) => ask(path, { method: "POST", headers, body: sent }, timeout));
}

async function ask(path, options, timeout) {
  const leftAt = Date.now();
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
  const body = parsed(response, text);
  if (!body) return { kind: [429, 502, 503, 504].includes(response.status) ? "busy" : "portal", retryAfter: after(response) };
  if (response.ok) {
    await keepClock(body.server_time, leftAt);
    return { kind: "ok", body, text };
  }
  return failed(response, body);
}

function failed(response, body) {
  const { status } = response;
  const error = body.error;
  if (typeof error?.code !== "string") return { kind: "portal" };
  if (status === 401) return { kind: "unauthorised", error };
  if (status === 403 && error.code === "device_revoked") return { kind: "revoked", error };
  if (status === 429 || status >= 500) return { kind: "busy", error, retryAfter: after(response) };
  return { kind: "refused", status, error };
}

function parsed(response, text) {
  if (!(response.headers.get("Content-Type") ?? "").startsWith("application/json")) return null;
  try {
    const body = JSON.parse(text);
    return body && typeof body === "object" ? body : null;
  } catch {
    return null;
  }
}

const after = (response) => Number(response.headers.get("Retry-After")) || 0;

async function packed(body, headers) {
  headers["Content-Type"] = "application/json";
  const text = JSON.stringify(body);
  if (typeof CompressionStream === "undefined" || text.length < 1000) return text;
  headers["Content-Encoding"] = "gzip";
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

// The tablet's clock is never corrected, only measured: the offset goes with each response.
async function keepClock(serverTime, leftAt) {
  const served = Date.parse(serverTime);
  if (Number.isNaN(served)) return;
  const now = Date.now();
  if (now - leftAt > SLOWEST_MEASURE) return;
  await keep("clock", { offset_ms: Math.round(served - (leftAt + now) / 2), measured_at: new Date(now).toISOString() });
}
