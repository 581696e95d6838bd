// Finished responses: the outbox, with the rows that were set aside, and the receipts.
import { make } from "./dom.js";
import { both, local, moment, plain, say } from "./language.js";
import { button } from "./notices.js";
import { ASIDE, deleteAside, tryAgain } from "./outbox.js";
import { block } from "./work_list.js";

const MAX_SHOWN = 30;

/** @param {OutboxRow[]} rows  @param {Changed} changed */
export function outboxList(rows, changed) {
  const cards = rows.map((row) =>
    make("li", { class: "card row", "data-unsent": row.id, "data-state": row.state },
      make("div", { class: "about" },
        make("h3", {}, both(row.title)),
        make("p", { class: "hint" }, say("finishedAt", { time: moment(row.finished_at) })),
        make("p", { class: "tags" }, make("span", { class: row.state === ASIDE ? "tag problem-tag" : "tag warning" }, say(row.state === ASIDE ? "stateAside" : "stateWaiting"))),
        row.problems.map(({ message }) => make("p", { class: "problem" }, local(message ?? "")))),
      row.state === ASIDE ? make("div", { class: "actions" }, asideButtons(row, changed)) : null),
  );
  return block("outboxTitle", [make("ul", { class: "work" }, cards)]);
}

/** @param {OutboxRow} row  @param {Changed} changed */
function asideButtons(row, changed) {
  return [
    button("secondary", "tryAgain", () => tryAgain(row).then(() => changed("send"))),
    button("quiet", "deleteAside", async () => {
      if (!confirm(plain("deleteAsideAsk", { title: local(row.title), id: row.id }))) return;
      await deleteAside(row.sha256);
      changed();
    }),
  ];
}

/** @param {StoredReceipt[]} receipts */
export function receiptList(receipts) {
  const rows = receipts.slice(0, MAX_SHOWN).map((receipt) =>
    make("li", { class: "receipt", "data-receipt": receipt.id, "data-status": receipt.status },
      make("span", { class: "receipt-title" }, both(receipt.title)),
      make("span", { class: receipt.status === "stored" || receipt.status === "duplicate" ? "tag good" : "tag warning" }, say(`status_${receipt.status}`)),
      receipt.problems.length ? make("span", { class: "tag" }, say("problemsCount", { count: receipt.problems.length })) : null,
      make("span", { class: "hint" }, say("receiptAt", { time: moment(receipt.received_at) }))),
  );
  const more = receipts.length - rows.length;
  const list = rows.length ? make("ul", { class: "receipts" }, rows) : make("p", { class: "hint" }, say("receiptsEmpty"));
  return block("receiptsTitle", [list, more > 0 ? make("p", { class: "hint" }, say("receiptMore", { count: more })) : null]);
}
