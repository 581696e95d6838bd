// What the tablet knows about itself: who it was enrolled for, the assigned work, its clock.
import { get, put } from "./database.js";
import { unwrap, wrap } from "./records.js";

/** The value of a setting, null where there is none. @param {string} name  @returns {Promise<any>} */
export async function setting(name) {
  const record = await get("settings", name);
  return record ? unwrap(record) : null;
}

/** @param {string} name  @param {unknown} value */
export const saveSetting = (name, value) => put("settings", wrap({ name }, value));

/** The enrolled device, or null. @returns {Promise<Device | null>} */
export async function device() {
  const record = await get("settings", "device");
  if (!record) return null;
  const { device_id, upload_token, server_key } = record;
  return { device_id, upload_token, server_key, ...unwrap(record) };
}

/** Store the device; its upload token stays readable: a locked tablet can still send. @param {Device} device */
export function saveDevice({ device_id, upload_token, server_key, token, person }) {
  return put("settings", wrap({ name: "device", device_id, upload_token, server_key }, { token, person }));
}
