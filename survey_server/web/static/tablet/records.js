// The form in which the tablet keeps what it knows, its digests and its ids: `{key_id, iv, data}` beside the record's keys. Without a PIN
// `key_id` and `iv` are null and `data` is JSON text.

export function wrap(keys, content) {
  return { ...keys, key_id: null, iv: null, data: JSON.stringify(content) };
}

export function unwrap(record) {
  if (record.key_id !== null) throw new Error("a record under a key that this version does not have");
  return JSON.parse(record.data);
}

export async function sha256(text) {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const newId = () => crypto.randomUUID();
