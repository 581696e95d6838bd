// Records as IndexedDB holds them, their digests and ids: `{key_id, iv, data}` beside a record's keys. Without a PIN
// `key_id` and `iv` are null and `data` is JSON text.

/**
 * @template {object} K
 * @param {K} keys
 * @param {unknown} content
 * @returns {K & Wrapped}
 */
export function wrap(keys, content) {
  return { ...keys, key_id: null, iv: null, data: JSON.stringify(content) };
}

/** The content of a record. @param {Wrapped} record  @returns {any} */
export function unwrap(record) {
  if (record.key_id !== null) throw new Error("a record under a key that this version does not have");
  return JSON.parse(record.data);
}

/** The SHA-256 of a text or of bytes in hexadecimal. @param {string | BufferSource} text */
export async function sha256(text) {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

/** The HMAC-SHA-256 of a text, keyed by the SHA-256 of a token, in hexadecimal. @param {string} token  @param {string} text */
export async function hmac(token, text) {
  const [secret, bytes] = [token, text].map((each) => new TextEncoder().encode(each));
  const digest = await crypto.subtle.digest("SHA-256", secret);
  const key = await crypto.subtle.importKey("raw", digest, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hex(await crypto.subtle.sign("HMAC", key, bytes));
}

/** @param {ArrayBuffer} bytes */
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * A new id: a UUID of version 7 (RFC 9562), milliseconds first. Ids in the order of time lie side by side in the index of
 * the server's database, however many responses it holds.
 */
export function newId() {
  const [first, , , variant, last] = crypto.randomUUID().split("-");
  const time = Date.now().toString(16).padStart(12, "0");
  return [time.slice(0, 8), time.slice(8), `7${first.slice(0, 3)}`, variant, last].join("-");
}
