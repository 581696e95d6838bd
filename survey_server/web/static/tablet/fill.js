// The page of one questionnaire: opens a response, shows it section by section, keeps every change, finishes it.
import { find, make } from "./dom.js";
import { keeperOf, openResponse, writeAlone } from "./drafts.js";
import { FormState } from "./form_state.js";
import { local, plain, say, startMasthead } from "./language.js";
import { notice } from "./notices.js";
import { compiled, pageShell, persist, startWorker } from "./offline.js";
import { bodyOf, finishDraft, freeze, localDay } from "./outbox.js";
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
  const [client, { kept, isNew, fault }] = await Promise.all([
    compiled({ id: page.questionnaire, version: page.version }),
    openResponse(location.hash.slice(1)),
  ]);
  if (!client) return refuse("notHere");
  if (fault) return refuse(fault);
  await loadTypes(client);
  document.title = plain("pageTitle", { title: local(client.title) });
  find("#place").append(kept.keys.locality.name);
  const asked = writeAlone(kept.keys.id, () => location.reload());
  const state = new FormState(form, client, kept, localDay(new Date())); // while the lock is being asked for
  return fillIn(client, state, kept, isNew, await asked);
}

function refuse(key) {
  form.hidden = true;
  notices.replaceChildren(notice("warning", key, {}, make("a", { class: "button secondary", href: "/tablet/" }, say("backHome"))));
}

function fillIn(client, state, kept, isNew, writes) {
  const line = new StatusLine(isNew ? null : kept.keys.saved_at);
  const keeper = keeperOf(kept, (outcome) => {
    line.saved(outcome, keeper);
    if (isNew && !outcome.error) {
      isNew = false;
      history.replaceState(null, "", `#${new URLSearchParams({ assignment: kept.keys.assignment, draft: kept.keys.id })}`);
    }
  });
  const pages = new Pages(client, state, kept, {
    moved: () => !isNew && writes && keeper.changed(),
    review: () => showReview(state, pages, (openPoints) => finish(kept, state, pages, keeper, openPoints)),
  });
  if (writes) {
    state.onChange = () => {
      line.changed();
      pages.changed();
      keeper.changed();
    };
    beforeLeaving(keeper);
  } else {
    state.disable();
    notices.replaceChildren(notice("warning", "readOnly"));
  }
  document.body.dataset.state = writes ? "filling" : "reading";
  performance.mark("survey:ready");
  afterReady(line, keeper);
}

// What the surveyor does not wait for.
async function afterReady(line, keeper) {
  const { keepSyncing, onSync } = await import("./sync.js");
  line.follow(onSync);
  keepSyncing();
  persist();
  startWorker({ onUpdate: (registration) => line.updateReady(registration), onReplaced: () => keeper.flush().then(() => location.reload()) });
}

function beforeLeaving(keeper) {
  addEventListener("pagehide", () => keeper.flush());
  addEventListener("beforeunload", (event) => {
    if (!keeper.isSaved()) event.preventDefault();
  });
}

async function finish(kept, state, pages, keeper, openPoints) {
  const completedAt = new Date();
  try {
    keeper.changed();
    if (!(await keeper.flush())) throw new DOMException("", "QuotaExceededError");
    const answers = state.finalAnswers(localDay(completedAt));
    const paradata = { program: pageShell(), language: document.documentElement.lang, seconds: pages.seconds(), open_points: openPoints };
    const body = bodyOf(kept.keys, answers, { completedAt, clock: await setting("clock"), paradata });
    await finishDraft(kept.keys.id, await freeze(body, kept.keys.title));
  } catch (error) {
    const told = error?.name === "QuotaExceededError" ? notice("problem", "quota") : notice("problem", "finishFailed", { reason: error.message });
    notices.replaceChildren(told);
    scrollTo(0, 0);
    return;
  }
  keeper.end();
  location.assign("/tablet/");
}

await start();
