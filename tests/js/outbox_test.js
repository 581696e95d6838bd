// A finished response stays in the outbox until the server names it: by its id and the digest of its frozen text.
import assert from "node:assert/strict";
import { database, load, reset } from "./platform/tablet.js";

const { ASIDE, WAITING, addRows, countUnsent, deleteAside, finishDraft, freeze, nextBatch, outboxRows, receipts, setAside, settle, tryAgain } =
  await load("outbox.js");
const { put } = await load("database.js");

const test = (name, body) => Deno.test(name, async () => (reset(), await body()));
const response = (id, changed = {}) => ({ id, completed_at: `2012-06-05T09:0${id}:00+07:00`, questionnaire: "q", version: "1", assignment: "a", ...changed });
const receiptOf = ({ id, sha256 }, status, more = {}) => ({ id, sha256, status, received_at: "2012-06-06T00:00:00Z", ...more });

async function stored(...bodies) {
  const rows = await Promise.all(bodies.map((body) => freeze(body, { vi: "Phiếu" })));
  await addRows(rows);
  return rows;
}

test("a row is frozen with the digest of the very text that is sent", async () => {
  const row = await freeze(response("1", { answers: { word: "Mặt trận" } }), "Phiếu");
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(row.data));
  assert.equal(row.sha256, new Uint8Array(bytes).toHex());
  assert.deepEqual(JSON.parse(row.data).answers, { word: "Mặt trận" });
  assert.equal(row.state, WAITING);
});

for (const status of ["stored", "duplicate", "conflict", "quarantined"]) {
  test(`a row leaves on a receipt "${status}" of its own, which is kept`, async () => {
    const [row] = await stored(response("1"));
    const problems = status === "stored" ? [] : [{ code: "x" }];
    assert.equal(await settle([row], [receiptOf(row, status, { problems })]), 1);
    assert.deepEqual(await outboxRows(), []);
    const [receipt] = await receipts();
    assert.deepEqual([receipt.status, receipt.id, receipt.sha256, receipt.problems], [status, row.id, row.sha256, problems]);
  });
}

test("a row stays where the receipt names another id", async () => {
  const [one, other] = await stored(response("1"), response("2"));
  assert.equal(await settle([one, other], [{ ...receiptOf(one, "stored"), id: other.id }]), 0);
  assert.equal((await outboxRows()).length, 2);
  assert.deepEqual(await receipts(), []);
});

test("a row stays where the receipt names another digest", async () => {
  const [one, other] = await stored(response("1"), response("2"));
  assert.equal(await settle([one], [{ ...receiptOf(one, "stored"), sha256: other.sha256 }]), 0);
  assert.equal(await settle([one], [{ ...receiptOf(one, "stored"), sha256: "0".repeat(64) }]), 0);
  assert.equal((await outboxRows()).length, 2);
});

test("a receipt of another row lets go of that row only", async () => {
  const [one, other] = await stored(response("1"), response("2"));
  assert.equal(await settle([one, other], [receiptOf(other, "stored")]), 1);
  assert.deepEqual((await outboxRows()).map(({ id }) => id), ["1"]);
});

test("two texts under one id are two rows, each with a receipt of its own", async () => {
  const [one, other] = await stored(response("1"), response("1", { version: "2" }));
  assert.notEqual(one.sha256, other.sha256);
  await settle([one, other], [receiptOf(one, "stored")]);
  assert.deepEqual((await outboxRows()).map(({ sha256 }) => sha256), [other.sha256]);
  await settle([other], [receiptOf(other, "conflict")]);
  assert.deepEqual((await receipts()).map(({ status }) => status).sort(), ["conflict", "stored"]);
});

test("a receipt settles a row once", async () => {
  const [row] = await stored(response("1"));
  assert.equal(await settle([row], [receiptOf(row, "stored"), receiptOf(row, "rejected")]), 1);
  assert.deepEqual(await outboxRows(), []);
});

for (const odd of [null, {}, { status: "stored" }, "stored", { status: "unheard-of" }]) {
  test(`what is not a receipt lets go of nothing: ${JSON.stringify(odd)}`, async () => {
    const [row] = await stored(response("1"));
    const receipt = odd?.status === "unheard-of" ? receiptOf(row, odd.status) : odd;
    assert.equal(await settle([row], [receipt]), 0);
    assert.equal((await outboxRows()).length, 1);
  });
}

test("a rejected row is set aside with its problems and blocks no other", async () => {
  const [bad, good] = await stored(response("1"), response("2"));
  const problems = [{ code: "unknown_questionnaire" }];
  assert.equal(await settle([bad, good], [receiptOf(bad, "rejected", { problems }), receiptOf(good, "stored")]), 2);
  const [row] = await outboxRows();
  assert.deepEqual([row.id, row.state, row.problems], ["1", ASIDE, problems]);
  assert.deepEqual(await nextBatch(50, 1e6), []);
  assert.deepEqual(await countUnsent(), { waiting: 0, aside: 1 });
});

test("a row that was set aside can be sent again", async () => {
  const [row] = await stored(response("1"));
  await setAside(row, { code: "x" });
  const [aside] = await outboxRows();
  await tryAgain(aside);
  assert.deepEqual(await nextBatch(50, 1e6), [row]);
});

test("only a row that was set aside can be deleted", async () => {
  const [row] = await stored(response("1"));
  await deleteAside(row.sha256);
  assert.equal((await outboxRows()).length, 1);
  await setAside(row, { code: "x" });
  await deleteAside(row.sha256);
  assert.deepEqual(await outboxRows(), []);
});

test("a batch takes the oldest rows, bounded by number and by size", async () => {
  const rows = await stored(response("3"), response("1"), response("2"));
  assert.deepEqual((await nextBatch(2, 1e6)).map(({ id }) => id), ["1", "2"]);
  assert.deepEqual((await nextBatch(50, rows[0].data.length * 2)).map(({ id }) => id), ["1", "2"]);
  assert.equal((await nextBatch(50, 1)).length, 1); // one that is too large alone still goes
});

test("a draft becomes a row in one durable transaction", async () => {
  await put("drafts", { id: "1", data: "{}" });
  const row = await freeze(response("1"), "Phiếu");
  database.durabilities.length = 0;
  await finishDraft("1", row);
  assert.deepEqual(database.durabilities, ["strict"]);
  assert.deepEqual([database.records("drafts").length, database.records("outbox").length], [0, 1]);
});

test("a draft that is gone makes no row, and a row that is there keeps its draft", async () => {
  const row = await freeze(response("1"), "Phiếu");
  await assert.rejects(finishDraft("1", row), { name: "NotFoundError" });
  assert.deepEqual(await outboxRows(), []);
  await addRows([row]);
  await put("drafts", { id: "1", data: "{}" });
  await assert.rejects(finishDraft("1", row), { name: "ConstraintError" });
  assert.deepEqual([database.records("drafts").length, database.records("outbox").length], [1, 1]);
});

test("rows from a file are added once: not what is here, nor what was confirmed", async () => {
  const [one, other, third] = await Promise.all(["1", "2", "3"].map((id) => freeze(response(id), "Phiếu")));
  await addRows([one, other]);
  await settle([other], [receiptOf(other, "stored")]);
  assert.equal(await addRows([one, other, third]), 1);
  assert.deepEqual((await outboxRows()).map(({ id }) => id), ["1", "3"]);
});

test("a connection that the browser closed is opened again", async () => {
  const [row] = await stored(response("1"));
  database.closeConnections({ silently: true });
  assert.equal(await settle([row], [receiptOf(row, "stored")]), 1);
  assert.deepEqual(await outboxRows(), []);
});

test("nothing is frozen that the server cannot store", async () => {
  const answers = { why: "a\ud83d b\u0000\r\nc\x1b", list: [{ name: "\udc4d" }], n: 5 };
  const row = await freeze(response("1", { answers, paradata: { open_points: [{ typed: "\ud800" }] } }), "Phiếu");
  assert.deepEqual(JSON.parse(row.data).answers, { why: "a b\nc", list: [{ name: "" }], n: 5 });
  assert.doesNotMatch(row.data, /\\u(d8|dc|0000)/i);
  assert.equal(row.sha256, new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(row.data))).toHex());
});

test("a file of unsent responses holds their frozen texts byte for byte", async () => {
  const { unsentFile, importUnsent } = await load("unsent_file.js");
  const data = JSON.stringify(response("1", { answers: { why: "a\u2028b e\u0323" } }));
  const { sha256 } = await load("records.js");
  const row = { ...(await freeze(response("1"), "Phiếu")), data, sha256: await sha256(data) };
  await addRows([row]);
  const { text } = await unsentFile();
  assert.equal(JSON.parse(text).responses[0].body, data);
  await setAside(row, { code: "x" });
  await deleteAside(row.sha256);
  assert.deepEqual(await importUnsent(text), { added: 1, bad: 0, drafts: 0 });
});

test("a row that was set aside is filled in again under a new id, in one transaction", async () => {
  const { draft, reopen } = await load("drafts.js");
  const answers = { word: "Mặt trận", list: [{ a: 1 }] };
  const body = response("1", { answers, round: "r", supersedes: "s", locality: { scheme: "s", level: "commune", code: "00001" }, paradata: { open_points: [{ question: "n", code: "numberWord", typed: "12 triệu" }] } });
  const [row] = await stored(body);
  await assert.rejects(reopen(row, null), { name: "NotFoundError" }); // it waits to be sent
  await setAside(row, { code: "x" });
  const keys = await reopen(row, null);
  assert.deepEqual(await outboxRows(), []);
  const { content } = await draft(keys.id);
  assert.notEqual(keys.id, row.id);
  assert.deepEqual([keys.supersedes, keys.round, keys.locality.code], ["s", "r", "00001"]);
  assert.deepEqual([content.answers, content.reopened, content.lost[0].typed], [answers, "1", "12 triệu"]);
});
