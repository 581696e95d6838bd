// The line that stays at the top while filling in: saved when, unsent how many; and loudly, when something is not saved.
import { find, findAll, make } from "./dom.js";
import { moment, say } from "./language.js";
import { button, notice, syncNotice } from "./notices.js";
import { update } from "./offline.js";
import { countUnsent } from "./outbox.js";

// Filling in goes on whatever the network does: only what asks something of the surveyor is said here.
const WORTH_SAYING = new Set(["unauthorised", "revoked"]);

export class StatusLine {
  constructor(savedAt) {
    this.savedState = make("p", { id: "saved-state" }, savedAt ? say("saved", { time: moment(savedAt) }) : say("savedNothing"));
    this.unsent = make("p", { id: "unsent-count" });
    this.trouble = make("div", { id: "trouble" });
    find("#status").replaceChildren(make("div", { class: "status-inner" }, this.savedState, this.unsent), this.trouble);
    this.count();
  }

  /** Say what each sync did; `onSync` of sync.js, which is loaded after the page is ready. */
  follow(onSync) {
    onSync((state) => {
      this.count();
      this.network(state);
    });
  }

  async count() {
    const { waiting, aside } = await countUnsent();
    this.unsent.dataset.count = String(waiting + aside);
    this.unsent.replaceChildren(...say(waiting + aside ? "unsent" : "unsentNone", { count: waiting + aside }));
  }

  /** From here until it is saved the line makes no promise for what is on the screen. */
  changed() {
    this.savedState.dataset.state = "saving";
  }

  saved({ savedAt, error, more }, keeper) {
    this.savedState.dataset.state = error ? "failed" : more ? "saving" : "saved";
    this.savedState.replaceChildren(...(error ? say("notSaved") : say("saved", { time: moment(savedAt) })));
    this.savedState.dataset.at = savedAt ?? "";
    if (!error) return this.unsay("quota", "saveFailed");
    const full = error.name === "QuotaExceededError";
    this.say(notice("problem", full ? "quota" : "saveFailed", { reason: error.message },
      make("div", { class: "actions" }, button("secondary", "saveAgain", () => keeper.flush()), button("secondary", "exportUnsent", () => exportAll(keeper)))));
    return undefined;
  }

  network(state) {
    const full = state.error?.name === "QuotaExceededError";
    find("[data-network]", this.trouble)?.remove();
    if (full ? find("[data-notice=quota]", this.trouble) : !WORTH_SAYING.has(state.kind)) return;
    const told = syncNotice(state);
    told.dataset.network = state.kind;
    this.trouble.append(told);
  }

  updateReady(registration) {
    this.say(notice("", "updateReady", {}, button("secondary", "updateNow", () => update(registration))));
  }

  say(told) {
    this.unsay(told.dataset.notice);
    this.trouble.append(told);
  }

  /** Both who saves and who sends may have said it. */
  unsay(...keys) {
    for (const each of findAll("[data-notice]", this.trouble)) {
      if (keys.includes(each.dataset.notice)) each.remove();
    }
  }
}

async function exportAll(keeper) {
  const { download, unsentFile } = await import("./unsent_file.js");
  const { text } = await unsentFile(keeper.kept);
  download(`phieu-dang-dien-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-")}.json`, text);
}
