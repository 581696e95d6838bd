// The line at the top while filling in: saved when, how many unsent; an alert where something cannot be saved.
import { find, findAll, make } from "./dom.js";
import { moment, say } from "./language.js";
import { button, notice, syncNotice } from "./notices.js";
import { update } from "./offline.js";
import { countUnsent } from "./outbox.js";

// Filling in needs no network: only outcomes that the surveyor must act on are shown here.
const SHOWN_OUTCOMES = new Set(["unauthorised", "revoked"]);

export class StatusLine {
  /** @param {string | null} savedAt  @param {boolean} isCorrection  of a returned response, whose answers stand there */
  constructor(savedAt, isCorrection) {
    const nothing = isCorrection ? "changedNothing" : "savedNothing";
    this.savedState = make("p", { id: "saved-state" }, savedAt ? say("saved", { time: moment(savedAt) }) : say(nothing));
    this.unsent = make("p", { id: "unsent-count" });
    this.trouble = make("div", { id: "trouble" });
    find("#status").replaceChildren(make("div", { class: "status-inner" }, this.savedState, this.unsent), this.trouble);
    this.count();
  }

  /** @param {typeof import("./sync.js").onSync} onSync */
  follow(onSync) {
    onSync((state) => {
      this.count();
      this.showSync(state);
    });
  }

  async count() {
    const { waiting, aside } = await countUnsent();
    this.unsent.dataset.count = String(waiting + aside);
    this.unsent.replaceChildren(...say(waiting + aside ? "unsent" : "unsentNone", { count: waiting + aside }));
  }

  /** The answers changed and are not saved yet. */
  changed() {
    this.savedState.dataset.state = "saving";
  }

  /** @param {SaveOutcome} outcome  @param {DraftSaver} saver */
  saved({ savedAt, error, more }, saver) {
    this.savedState.dataset.state = error ? "failed" : more ? "saving" : "saved";
    this.savedState.replaceChildren(...(error ? say("notSaved") : say("saved", { time: moment(savedAt ?? "") })));
    this.savedState.dataset.at = savedAt ?? "";
    if (!error) return this.remove("quota", "saveFailed");
    const isFull = error.name === "QuotaExceededError";
    this.show(notice("problem", isFull ? "quota" : "saveFailed", { reason: error.message },
      make("div", { class: "actions" }, button("secondary", "saveAgain", () => saver.flush()), button("secondary", "exportUnsent", () => exportAll(saver)))));
    return undefined;
  }

  /** @param {SyncState} state */
  showSync(state) {
    const isFull = state.error?.name === "QuotaExceededError";
    find("[data-network]", this.trouble)?.remove();
    if (isFull ? find("[data-notice=quota]", this.trouble) : !SHOWN_OUTCOMES.has(state.kind)) return;
    const shown = syncNotice(state);
    if (!shown) return;
    shown.dataset.network = state.kind;
    this.trouble.append(shown);
  }

  /** @param {ServiceWorkerRegistration} registration */
  updateReady(registration) {
    this.show(notice("", "updateReady", {}, button("secondary", "updateNow", () => update(registration))));
  }

  /** Show a notice in place of an earlier one about the same. @param {HTMLElement} shown */
  show(shown) {
    this.remove(shown.dataset.notice ?? "");
    this.trouble.append(shown);
  }

  /** Remove notices, of saving as of sending. @param {...string} keys */
  remove(...keys) {
    for (const each of findAll("[data-notice]", this.trouble)) {
      if (keys.includes(each.dataset.notice)) each.remove();
    }
  }
}

/** Save everything unsent as a file, with the answers that could not be stored. @param {DraftSaver} saver */
async function exportAll(saver) {
  const { download, unsentFile } = await import("./unsent_file.js");
  const { text } = await unsentFile(saver.draft);
  download(`phieu-dang-dien-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-")}.json`, text);
}
