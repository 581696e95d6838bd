// Finished responses: the outbox, with the rows that were set aside, and the receipts.
import { reopen } from "./drafts.js";
import { make } from "./dom.js";
import { identity, placeOf, titleOf } from "./identity.js";
import { both, codeOf, local, moment, plain, say } from "./language.js";
import { button } from "./notices.js";
import { ASIDE, deleteAside, tryAgain } from "./outbox.js";
import { block, fillUrl } from "./work_list.js";

const MAX_SHOWN = 30;

/** @param {OutboxRow[]} rows  @param {Work | null} work  @param {Changed} changed */
export function outboxList(rows, work, changed) {
  const cards = rows.map((row) =>
    make("li", { class: "card row", "data-unsent": row.id, "data-state": row.state },
      make("div", { class: "about" },
        identity(row, work),
        make("p", { class: "hint" }, say("finishedAt", { time: moment(row.finished_at) })),
        make("p", { class: "tags" }, make("span", { class: row.state === ASIDE ? "tag problem-tag" : "tag warning" }, say(row.state === ASIDE ? "stateAside" : "stateWaiting"))),
        row.problems.map(({ message }) => make("p", { class: "problem" }, local(message ?? "")))),
      row.state === ASIDE ? make("div", { class: "actions" }, asideButtons(row, work, changed)) : null),
  );
  return block("outboxTitle", [make("ul", { class: "work" }, cards)]);
}

/** @param {OutboxRow} row  @param {Work | null} work  @param {Changed} changed */
function asideButtons(row, work, changed) {
  return [
    button("secondary", "openAside", async () => {
      const keys = await reopen(row, work);
      location.assign(fillUrl(keys, { assignment: keys.assignment, draft: keys.id }));
    }),
    button("secondary", "tryAgain", () => tryAgain(row).then(() => changed("send"))),
    button("quiet", "deleteAside", async () => {
      const parts = { title: local(titleOf(row, work)), locality: placeOf(row, work), code: codeOf(row.id) };
      if (!confirm(plain("deleteAsideAsk", parts))) return;
      await deleteAside(row.sha256);
      changed();
    }),
  ];
}

/** @param {StoredReceipt[]} receipts  @param {Work | null} work */
export function receiptList(receipts, work) {
  const rows = receipts.slice(0, MAX_SHOWN).map((receipt) =>
    make("li", { class: "receipt", "data-receipt": receipt.id, "data-status": receipt.status },
      make("span", { class: "receipt-title" }, both(titleOf(receipt, work)), make("span", { class: "place" }, " · ", placeOf(receipt, work), " · ", say("responseCode", { code: codeOf(receipt.id) }))),
      make("span", { class: receipt.status === "stored" || receipt.status === "duplicate" ? "tag good" : "tag warning" }, say(`status_${receipt.status}`)),
      receipt.problems.length ? make("span", { class: "tag" }, say("problemsCount", { count: receipt.problems.length })) : null,
      make("span", { class: "hint" }, say("receiptAt", { time: moment(receipt.received_at) }))),
  );
  const more = receipts.length - rows.length;
  const list = rows.length ? make("ul", { class: "receipts" }, rows) : make("p", { class: "hint" }, say("receiptsEmpty"));
  return block("receiptsTitle", [list, more > 0 ? make("p", { class: "hint" }, say("receiptMore", { count: more })) : null]);
}
