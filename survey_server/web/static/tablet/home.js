// The tablet's start page: enrolment, then the assigned work, the outbox, and whether all is ready for working offline.
import { enrolForm } from "./enrol.js";
import { find, make } from "./dom.js";
import { outboxList, receiptList } from "./finished_list.js";
import { moment, plain, say, startMasthead } from "./language.js";
import { button, notice, syncNotice } from "./notices.js";
import { persist, readiness, startWorker, update } from "./offline.js";
import { corrected, outboxRows, receipts } from "./outbox.js";
import { device, setting } from "./settings.js";
import { lastSync, onSync, startSyncing, sync } from "./sync.js";
import { deviceBlock } from "./this_device.js";
import { drafts } from "./drafts.js";
import { assignmentList, draftList, returnedList } from "./work_list.js";

const content = find("#content");
const status = find("#status");
const lists = make("div", { id: "lists" });
const notices = make("div", { id: "notices" });
const syncing = button("primary", "syncNow", () => syncByHand());
const synced = make("p", { class: "hint", id: "synced", role: "status" });
/** @type {boolean | null} */
let isPersistent = null;
/** @type {ServiceWorkerRegistration | null} */
let waitingUpdate = null;
/** @type {SyncState | null} */
let lastState = null;

let drawing = Promise.resolve();
/** @type {Promise<void> | null} */
let queued = null;

/** Draw the page again from what is stored: one drawing at a time, and calls while one waits share the next. */
function draw() {
  queued ??= drawing = drawing.catch(() => {}).then(() => {
    queued = null;
    return drawNow();
  });
  return queued;
}

async function drawNow() {
  const enrolled = await device();
  document.title = plain("pageTitle", { title: plain(enrolled ? "home" : "enrolTitle") });
  if (!enrolled) {
    if (!find("#enrol")) askForCode(false);
    return;
  }
  if (find("#enrol")) return; // enrolling again
  if (!find("#lists")) content.replaceChildren(pageHead(enrolled), notices, lists);
  await drawLists(enrolled);
  performance.mark("survey:ready");
  await drawStatus();
}

/** @param {boolean} again  whether the tablet was enrolled before */
function askForCode(again) {
  status.replaceChildren();
  content.replaceChildren(
    ...(waitingUpdate ? [updateNotice()] : []),
    enrolForm(again, async () => {
      content.replaceChildren();
      await draw();
      await syncByHand();
    }),
  );
}

/** @param {Device} device */
function pageHead({ person }) {
  return make("div", { class: "page-head" },
    make("div", {}, make("h1", {}, say("home")), make("p", { class: "hint" }, person)),
    make("div", { class: "sync" }, syncing, synced));
}

/** @param {Device} enrolled */
async function drawLists(enrolled) {
  const [work, clock, open, rows, received, done] = await Promise.all([
    setting("work"), setting("clock"), drafts(), outboxRows(), receipts(), corrected(),
  ]);
  const waiting = new Map();
  for (const { assignment } of rows) waiting.set(assignment, (waiting.get(assignment) ?? 0) + 1);
  const known = { work, waiting, open, corrected: done };
  const empty = work ? "noAssignments" : isFetching() ? "loadingWork" : "workNotLoaded";
  lists.replaceChildren(
    ...[
      returnedList(known),
      draftList(known, changed),
      rows.length ? outboxList(rows, work, changed) : null,
      assignmentList(known, empty),
      receiptList(received, work),
      deviceBlock({ enrolled, isPersistent, clock, work }, { changed, enrolAgain: () => askForCode(true) }),
    ].filter((each) => each !== null),
  );
}

/** Whether the work is still on its way: what is not there yet is loading, not missing. */
const isFetching = () => syncing.disabled || lastState === null || lastState.kind === "none";

async function drawStatus() {
  const [{ ready, reason }, rows] = await Promise.all([readiness(await setting("work")), outboxRows()]);
  const isPreparing = !ready && reason !== "notPossible" && (isFetching() || (reason === "workerStarting" && lastState?.kind === "ok"));
  const state = ready ? "ready" : isPreparing ? "preparing" : "notReady";
  status.replaceChildren(
    make("div", { class: "status-inner" },
      make("p", { id: "readiness", class: ready ? "tag good" : isPreparing ? "tag" : "tag warning", "data-ready": String(ready), "data-state": state }, say(state)),
      make("p", { id: "unsent-count", class: rows.length ? "tag warning" : "tag", "data-count": String(rows.length) },
        say(rows.length ? "unsent" : "unsentNone", { count: rows.length }))),
  );
  synced.replaceChildren(...(lastState?.kind === "ok" ? say("online", { time: moment(lastState.at) }) : []));
  const shown = [
    waitingUpdate && updateNotice(),
    syncNotice(lastState),
    lastState?.kind === "unauthorised" && button("secondary", "enrolAgain", () => askForCode(true)),
    !ready && !isPreparing && notice("", reason),
    isPersistent === false && notice("warning", "notPersistent"),
  ];
  notices.replaceChildren(...shown.filter((each) => each instanceof Node));
}

function updateNotice() {
  const pressed = () => waitingUpdate && update(waitingUpdate);
  return notice("", "updateReady", {}, button("secondary", "updateNow", pressed));
}

/** Something in the lists changed. @param {"send"} [send]  and can be sent now */
function changed(send) {
  draw();
  if (send === "send") syncByHand();
}

async function syncByHand() {
  syncing.disabled = true;
  syncing.replaceChildren(...say("syncing"));
  await sync();
  syncing.disabled = false;
  syncing.replaceChildren(...say("syncNow"));
  await draw();
}

onSync((state) => {
  lastState = state;
  draw();
});
addEventListener("pageshow", (event) => event.persisted && draw());

startMasthead();
lastSync().then((state) => {
  lastState ??= state;
  draw();
});
startSyncing();
persist().then((answer) => {
  isPersistent = answer;
  draw();
});
startWorker({
  onUpdate: (registration) => {
    waitingUpdate = registration;
    draw();
  },
  onReplaced: () => location.reload(),
})
  .then(() => navigator.serviceWorker?.ready)
  .then(draw);
navigator.serviceWorker?.addEventListener("controllerchange", draw);
