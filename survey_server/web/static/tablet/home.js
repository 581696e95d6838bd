// The tablet's first page: enrol, then the work, what waits to be sent, and whether all is ready for offline.
import { enrolForm } from "./enrol.js";
import { find, make } from "./dom.js";
import { outboxList, receiptList } from "./kept_list.js";
import { moment, plain, say, startMasthead } from "./language.js";
import { button, notice, syncNotice } from "./notices.js";
import { persist, readiness, startWorker, update } from "./offline.js";
import { outboxRows, receipts } from "./outbox.js";
import { device, setting } from "./settings.js";
import { keepSyncing, lastSync, onSync, sync } from "./sync.js";
import { deviceBlock } from "./this_device.js";
import { assignmentList, draftList, openDrafts, returnedList } from "./work_list.js";

const content = find("#content");
const status = find("#status");
const lists = make("div", { id: "lists" });
const notices = make("div", { id: "notices" });
const syncing = button("primary", "syncNow", () => syncByHand());
const synced = make("p", { class: "hint", id: "synced", role: "status" });
let persistent = null;
let waitingUpdate = null;
let lastState = null;

let drawing = Promise.resolve();
let queued = null;

/** Draw the page anew from what is kept: one drawing after the other, the newest last; calls while one waits are one. */
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

function pageHead({ person }) {
  return make("div", { class: "page-head" },
    make("div", {}, make("h1", {}, say("home")), make("p", { class: "hint" }, person)),
    make("div", { class: "sync" }, syncing, synced));
}

async function drawLists(enrolled) {
  const [work, clock, open, rows, kept] = await Promise.all([
    setting("work"), setting("clock"), openDrafts(), outboxRows(), receipts(),
  ]);
  const waiting = new Map();
  for (const { assignment } of rows) waiting.set(assignment, (waiting.get(assignment) ?? 0) + 1);
  lists.replaceChildren(
    ...[
      returnedList(work),
      draftList(open, changed),
      rows.length ? outboxList(rows, changed) : null,
      assignmentList(work, waiting, open),
      receiptList(kept),
      deviceBlock({ enrolled, persistent, clock, work }, { changed, enrolAgain: () => askForCode(true) }),
    ].filter(Boolean),
  );
}

async function drawStatus() {
  const [{ ready, reason }, rows] = await Promise.all([readiness(await setting("work")), outboxRows()]);
  status.replaceChildren(
    make("div", { class: "status-inner" },
      make("p", { id: "readiness", class: ready ? "tag good" : "tag warning", "data-ready": String(ready) }, say(ready ? "ready" : "notReady")),
      make("p", { id: "unsent-count", class: rows.length ? "tag warning" : "tag", "data-count": String(rows.length) },
        say(rows.length ? "unsent" : "unsentNone", { count: rows.length }))),
  );
  synced.replaceChildren(...(lastState?.kind === "ok" ? say("online", { time: moment(lastState.at) }) : []));
  const told = [
    waitingUpdate && updateNotice(),
    syncNotice(lastState),
    lastState?.kind === "unauthorised" && button("secondary", "enrolAgain", () => askForCode(true)),
    !ready && notice("", reason),
    persistent === false && notice("warning", "notPersistent"),
  ];
  notices.replaceChildren(...told.filter(Boolean));
}

const updateNotice = () => notice("", "updateReady", {}, button("secondary", "updateNow", () => update(waitingUpdate)));

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
keepSyncing();
persist().then((answer) => {
  persistent = answer;
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
