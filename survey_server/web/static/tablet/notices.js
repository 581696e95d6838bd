// Notices about the network, the server and this tablet.
import { make } from "./dom.js";
import { moment, say } from "./language.js";

/** @type {Record<string, string>} */
const TONES = { offline: "", busy: "", outdated: "" };

/** A notice about the outcome of a sync; null where all is well. @param {SyncState | null} state */
export function syncNotice(state) {
  if (!state || state.kind === "none" || state.kind === "ok") return null;
  if (state.error?.name === "QuotaExceededError") return notice("problem", "quota");
  const parts = { time: moment(state.at), reason: state.error?.message ?? "" };
  return notice(TONES[state.kind] ?? "warning", state.kind, parts);
}

/**
 * @param {string} tone  "problem" (an alert), "warning", "good" or ""
 * @param {string} key  of the text
 * @param {Record<string, any>} [parts]  of the text
 * @param {...Child} more
 */
export function notice(tone, key, parts = {}, ...more) {
  const isAlert = tone === "problem";
  return make(
    "div",
    { class: isAlert ? "summary" : `notice ${tone}`, role: isAlert ? "alert" : "status", "data-notice": key },
    make("p", {}, say(key, parts)),
    ...more,
  );
}

/**
 * @param {string} style
 * @param {string} key  of the text
 * @param {(event: MouseEvent) => unknown} onclick
 * @param {Record<string, any>} [attributes]
 */
export const button = (style, key, onclick, attributes = {}) =>
  make("button", { type: "button", class: style, "data-action": key, onclick, ...attributes }, say(key));
