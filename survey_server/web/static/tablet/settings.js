// What the tablet knows about itself: who it was enrolled for, the work it was given, its clock.
import { get, put } from "./database.js";
import { unwrap, wrap } from "./records.js";

/** The kept value, null where there is none. */
export async function setting(name) {
  const record = await get("settings", name);
  return record ? unwrap(record) : null;
}

export const keep = (name, content) => put("settings", wrap({ name }, content));

/** The enrolled device: `{device_id, upload_token, person, token, server_key}`, or null. */
export async function device() {
  const record = await get("settings", "device");
  if (!record) return null;
  const { device_id, upload_token, server_key } = record;
  return { device_id, upload_token, server_key, ...unwrap(record) };
}

// The upload token lies readable, for a locked tablet can still send; the reading token goes under the key.
export function keepDevice({ device_id, upload_token, server_key, token, person }) {
  return put("settings", wrap({ name: "device", device_id, upload_token, server_key }, { token, person }));
}
