// What the screen says about the network, the server and this tablet: always the truth, in plain words.
import { make } from "./dom.js";
import { moment, say } from "./language.js";

const TONES = { offline: "", busy: "", outdated: "" };

/** A notice for the outcome of a sync; null where there is nothing to say. */
export function syncNotice(state) {
  if (!state || state.kind === "none" || state.kind === "ok") return null;
  if (state.error?.name === "QuotaExceededError") return notice("problem", "quota");
  const parts = { time: moment(state.at), reason: state.error?.message ?? "" };
  return notice(TONES[state.kind] ?? "warning", state.kind, parts);
}

export function notice(tone, key, parts = {}, ...more) {
  const alert = tone === "problem";
  const element = make(
    "div",
    { class: alert ? "summary" : `notice ${tone}`, role: alert ? "alert" : "status", "data-notice": key },
    make("p", {}, say(key, parts)),
    ...more,
  );
  return element;
}

export const button = (style, key, onclick, attributes = {}) =>
  make("button", { type: "button", class: style, "data-action": key, onclick, ...attributes }, say(key));
