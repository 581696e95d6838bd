// The page of one questionnaire: opens a draft, shows it section by section, stores every change, finishes it.
import { find, make } from "./dom.js";
import { draftSaver, lockDraft, openDraft } from "./drafts.js";
import { FormState } from "./form_state.js";
import { both, codeOf, local, moment, plain, say, startMasthead } from "./language.js";
import { notice } from "./notices.js";
import { compiledQuestionnaire, pageShell, persist, startWorker } from "./offline.js";
import { finishDraft, freeze, localDay, responseBody } from "./outbox.js";
import { Pages } from "./pages.js";
import { showReview } from "./problems.js";
import { loadTypes } from "./question_types.js";
import { setting } from "./settings.js";
import { StatusLine } from "./status_line.js";

const page = find("#filling").dataset;
const form = find("#answers");
const notices = find("#notices");

async function start() {
  startMasthead();
  const [client, { draft, isNew, problem }] = await Promise.all([
    compiledQuestionnaire({ id: page.questionnaire, version: page.version }),
    openDraft(location.hash.slice(1)),
  ]);
  if (!client) return refuse("notHere");
  if (!draft) return refuse(problem);
  await loadTypes(client);
  document.title = plain("pageTitle", { title: local(client.title) });
  find("#place").append(draft.keys.locality.name, " · ", ...say("responseCode", { code: codeOf(draft.keys.id) }));
  const locking = lockDraft(draft.keys.id, () => location.reload());
  const state = new FormState(form, client, draft, localDay(new Date())); // meanwhile
  return fillIn(client, state, draft, isNew, await locking);
}

/** @param {string} key */
function refuse(key) {
  form.hidden = true;
  notices.replaceChildren(notice("warning", key, {}, make("a", { class: "button secondary", href: "/tablet/" }, say("backHome"))));
}

/**
 * @param {Questionnaire} client
 * @param {FormState} state
 * @param {Draft} draft
 * @param {boolean} isNew  not stored yet
 * @param {boolean} canWrite  false: another tab writes this draft
 */
function fillIn(client, state, draft, isNew, canWrite) {
  const line = new StatusLine(isNew ? null : draft.keys.saved_at, Boolean(draft.keys.supersedes));
  let address = location.hash;
  showOrigin(draft, state);
  const saver = draftSaver(draft, (outcome) => {
    line.saved(outcome, saver);
    if (isNew && !outcome.error) {
      isNew = false;
      address = `#${new URLSearchParams({ assignment: draft.keys.assignment, draft: draft.keys.id })}`;
      history.replaceState(history.state, "", address);
    }
  });
  // An earlier entry of the history may still say that the draft is new.
  addEventListener("popstate", ({ state: entry }) => entry && history.replaceState(entry, "", address));
  const pages = new Pages(client, state, draft, {
    onMoved: () => !isNew && canWrite && saver.changed(),
    onReview: () => showReview(state, pages, (openPoints) => finish(draft, state, pages, saver, openPoints)),
  });
  if (canWrite) {
    state.onChange = () => {
      line.changed();
      pages.changed();
      saver.changed();
    };
    saveBeforeLeaving(saver);
  } else {
    state.disable();
    notices.replaceChildren(notice("warning", "readOnly"));
  }
  document.body.dataset.state = canWrite ? "filling" : "reading";
  performance.mark("survey:ready");
  startBackground(line, saver);
}

/** Why a response was returned, and what of its answers stands in no input. @param {Draft} draft  @param {FormState} state */
function showOrigin({ keys, content }, state) {
  const { returned, reopened, lost = [] } = content;
  const head = find("#form-head");
  if (keys.supersedes && returned) {
    head.append(notice("warning", "returnedReason", { by: returned.by, time: moment(returned.at) }, make("p", { class: "reason" }, returned.reason)));
  }
  if (reopened) head.append(notice("", "reopenedNote"));
  if (!lost.length) return;
  const label = (/** @type {string} */ name) => both(state.byName.get(name.split("-")[0])?.label ?? { vi: name });
  const list = make("ul", {}, lost.map(({ question, typed }) => make("li", {}, label(question), ": ", typed)));
  head.append(notice("warning", "lostAnswers", {}, list));
}

/** What the surveyor does not wait for: syncing and the worker. @param {StatusLine} line  @param {DraftSaver} saver */
async function startBackground(line, saver) {
  const { onSync, startSyncing } = await import("./sync.js");
  line.follow(onSync);
  startSyncing();
  persist();
  startWorker({ onUpdate: (registration) => line.updateReady(registration), onReplaced: () => saver.flush().then(() => location.reload()) });
}

/** @param {DraftSaver} saver */
function saveBeforeLeaving(saver) {
  addEventListener("pagehide", () => saver.flush());
  addEventListener("beforeunload", (event) => {
    if (!saver.isSaved()) event.preventDefault();
  });
}

/**
 * @param {Draft} draft
 * @param {FormState} state
 * @param {Pages} pages
 * @param {DraftSaver} saver
 * @param {OpenPoint[]} openPoints
 */
async function finish(draft, state, pages, saver, openPoints) {
  const completedAt = new Date();
  try {
    saver.changed();
    if (!(await saver.flush())) throw new DOMException("", "QuotaExceededError");
    const answers = state.finalAnswers(localDay(completedAt));
    const { lost = [], reopened } = draft.content;
    const open_points = [...openPoints, ...lost];
    const paradata = { program: pageShell(), language: document.documentElement.lang, seconds: pages.seconds(), open_points, ...(reopened ? { reopened } : {}) };
    const body = responseBody(draft.keys, answers, { completedAt, clock: await setting("clock"), paradata });
    await finishDraft(draft.keys.id, await freeze(body, draft.keys.title, draft.keys.locality));
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    notices.replaceChildren(name === "QuotaExceededError" ? notice("problem", "quota") : notice("problem", "finishFailed", { reason: message }));
    scrollTo(0, 0);
    return;
  }
  saver.end();
  location.replace("/tablet/");
}

await start();
