// Enrolment: a code of eight characters is exchanged for this tablet's tokens. Needs a browser whose storage lasts.
import { find, make } from "./dom.js";
import { local, say } from "./language.js";
import { notice } from "./notices.js";
import { askServer } from "./server.js";
import { device, saveDevice } from "./settings.js";
import { lengthOf, trim } from "./typed_text.js";

const MAX_NAME_LENGTH = 100; // characters, as the server counts them

/** @type {[RegExp, string][]} */
const EMBEDDING_APPS = [
  [/Zalo/i, "Zalo"],
  [/FBAN|FBAV|FB_IAB|Messenger/, "Facebook"],
  [/Line\//i, "Line"],
  [/Instagram/, "Instagram"],
  [/TikTok|musical_ly/i, "TikTok"],
];

/** The app in whose own browser this page is open, or null: its storage is apart and does not last. */
export function embeddingApp(userAgent = navigator.userAgent) {
  return EMBEDDING_APPS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}

/** Whether the browser has everything that storing responses safely needs. */
export function isSupported() {
  return Boolean(
    globalThis.isSecureContext && globalThis.indexedDB && globalThis.caches && navigator.serviceWorker &&
      navigator.locks && crypto.subtle && "randomUUID" in crypto && "timeout" in AbortSignal,
  );
}

/** @param {boolean} again  whether the tablet was enrolled before  @param {() => void} onEnrolled */
export function enrolForm(again, onEnrolled) {
  const app = embeddingApp();
  if (app) return refusal("inAppTitle", "inApp", { app });
  if (!isSupported()) return refusal("tooOldTitle", "notPossible");
  const problem = make("div", { id: "enrol-problem", role: "alert" });
  const submit = make("button", { class: "primary", type: "submit", "data-action": "enrol" }, say("enrolButton"));
  const form = make(
    "form",
    { novalidate: true, id: "enrol" },
    field("code", "enrolCode", "enrolCodeHint", { autocapitalize: "characters", spellcheck: "false", class: "code" }),
    field("name", "enrolName", "enrolNameHint", {}),
    problem,
    make("div", { class: "actions" }, submit),
  );
  /** @param {string} name */
  const input = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  input("code").value = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const failure = await enrol(input("code").value, input("name").value);
    submit.disabled = false;
    problem.replaceChildren(...(failure ? [failure] : []));
    if (!failure) onEnrolled();
  });
  return make(
    "section",
    { class: "card narrow enrolling" },
    make("h1", {}, say(again ? "enrolAgain" : "enrolTitle")),
    make("p", {}, say("enrolLead")),
    again ? make("p", {}, say("enrolKept")) : null,
    form,
  );
}

/** @param {string} title  @param {string} key  @param {Record<string, string>} [parts] */
function refusal(title, key, parts) {
  return make("section", { class: "card narrow enrolling" }, make("h1", {}, say(title)), notice("warning", key, parts));
}

/** @param {string} name  @param {string} label  @param {string} hint  @param {Record<string, unknown>} attributes */
function field(name, label, hint, attributes) {
  return make(
    "div",
    { class: "field" },
    make("label", { for: `enrol-${name}` }, say(label)),
    make("p", { class: "hint", id: `enrol-${name}-hint` }, say(hint)),
    make("input", {
      type: "text", id: `enrol-${name}`, name, autocomplete: "off", required: true,
      "aria-describedby": `enrol-${name}-hint`, ...attributes,
    }),
  );
}

/**
 * Ask for the tokens and store them; returns what went wrong, or null.
 * @param {string} typedCode
 * @param {string} typedName
 */
async function enrol(typedCode, typedName) {
  const code = trim(typedCode).replace(/[\s-]/g, "").toUpperCase();
  const name = trim(typedName);
  if (!code) return refused("enrolCodeEmpty", "code");
  if (!name) return refused("enrolNameEmpty", "name");
  const count = lengthOf(name);
  if (count > MAX_NAME_LENGTH) return refused("enrolNameLong", "name", { count, most: MAX_NAME_LENGTH });
  const known = await device();
  const body = { code, name, device_id: known?.device_id, upload_token: known?.upload_token };
  const answer = await askServer(`/api/v1/devices/enrol?lang=${document.documentElement.lang}`, { body });
  if (answer.kind === "ok" && answer.body.device_id && answer.body.upload_token) {
    try {
      await saveDevice(answer.body);
      return null;
    } catch (error) {
      return notice("problem", "enrolNotKept", { reason: /** @type {Error} */ (error).message });
    }
  }
  if (answer.error) return make("div", { class: "summary" }, make("p", {}, local(answer.error.message)));
  return notice("problem", answer.kind === "offline" ? "enrolOffline" : answer.kind === "ok" ? "portal" : answer.kind);
}

/** @param {string} key  @param {string} name  of the input  @param {Parts} [parts] */
function refused(key, name, parts) {
  find(`#enrol-${name}`)?.focus();
  return make("div", { class: "summary" }, make("p", {}, say(key, parts)));
}
