// Enrolling: a code of eight characters becomes this tablet's own tokens. Needs a browser whose storage lasts.
import { find, make } from "./dom.js";
import { local, plain, say } from "./language.js";
import { notice } from "./notices.js";
import { askServer } from "./server.js";
import { device, keepDevice } from "./settings.js";

const OTHER_APPS = [
  [/Zalo/i, "Zalo"],
  [/FBAN|FBAV|FB_IAB|Messenger/, "Facebook"],
  [/Line\//i, "Line"],
  [/Instagram/, "Instagram"],
  [/TikTok|musical_ly/i, "TikTok"],
];

/** The app in whose own browser this page is open, or null. */
export function openInside(userAgent = navigator.userAgent) {
  return OTHER_APPS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}

/** Whether the browser has what keeping responses safely needs. */
export function canKeep() {
  return Boolean(
    globalThis.isSecureContext && globalThis.indexedDB && globalThis.caches && navigator.serviceWorker &&
      navigator.locks && crypto.subtle && crypto.randomUUID && AbortSignal.timeout,
  );
}

/** The page that asks for the code; `onEnrolled()` is called when the tokens are safely kept. */
export function enrolForm(again, onEnrolled) {
  const app = openInside();
  if (app) return refusal("inAppTitle", "inApp", { app });
  if (!canKeep()) return refusal("tooOldTitle", "notPossible");
  const problem = make("div", { id: "enrol-problem", role: "alert" });
  const submit = make("button", { class: "primary", type: "submit", "data-action": "enrol" }, say("enrolButton"));
  const form = make(
    "form",
    { novalidate: true, id: "enrol" },
    field("code", "enrolCode", "enrolCodeHint", { autocapitalize: "characters", spellcheck: "false", maxlength: 20, class: "code" }),
    field("name", "enrolName", "enrolNameHint", { maxlength: 100 }),
    problem,
    make("div", { class: "actions" }, submit),
  );
  form.elements.code.value = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const fault = await enrol(form.elements.code.value, form.elements.name.value);
    submit.disabled = false;
    problem.replaceChildren(...(fault ? [fault] : []));
    if (!fault) onEnrolled();
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

function refusal(title, key, parts) {
  return make("section", { class: "card narrow enrolling" }, make("h1", {}, say(title)), notice("warning", key, parts));
}

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

/** Ask for the tokens and keep them. Returns what went wrong as an element, null when all is well. */
async function enrol(typedCode, typedName) {
  const code = typedCode.replace(/[\s-]/g, "").toUpperCase();
  const name = typedName.normalize("NFC").trim();
  if (!code) return fault("enrolCodeEmpty", "code");
  if (!name) return fault("enrolNameEmpty", "name");
  const known = await device();
  const body = { code, name, ...(known ? { device_id: known.device_id } : {}) };
  const answer = await askServer(`/api/v1/devices/enrol?lang=${document.documentElement.lang}`, { body });
  if (answer.kind === "ok" && answer.body.device_id && answer.body.upload_token) {
    try {
      await keepDevice(answer.body);
      return null;
    } catch (error) {
      return notice("problem", "enrolNotKept", { reason: error.message });
    }
  }
  if (answer.error) return make("div", { class: "summary" }, make("p", {}, local(answer.error.message)));
  return notice("problem", answer.kind === "offline" ? "enrolOffline" : answer.kind === "ok" ? "portal" : answer.kind);
}

function fault(key, name) {
  find(`#enrol-${name}`)?.focus();
  return make("div", { class: "summary" }, make("p", {}, plain(key)));
}
