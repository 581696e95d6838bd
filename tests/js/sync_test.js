// Sending: batches, receipts, what a bad network and a captive portal do, and when it is tried again.
import assert from "node:assert/strict";
import { database, json, load, portal, refusal, reset, server, timers } from "./platform/tablet.js";

const { freeze, addRows, outboxRows, receipts, ASIDE } = await load("outbox.js");
const { saveDevice, setting } = await load("settings.js");

const WORK = { assignments: [], questionnaires: [], returned: [], server_time: "2012-06-05T02:00:00Z" };
const receiptOf = ({ id, sha256 }) => ({ id, sha256, status: "stored", received_at: "2012-06-06T00:00:00Z" });
const receive = ({ responses }) => json({ server: "survey-server", receipts: responses.map(receiptOf) });
/** The server as it should be; `changed` answers the uploads. */
const serving = (changed = receive) => ({ path, body }) => (path === "/api/v1/work" ? json(WORK) : changed(body));

/** A test on an enrolled tablet with `waiting` responses; it gets a `sync` that knows of no earlier failure. */
function test(name, waiting, body) {
  Deno.test(name, async () => {
    reset();
    await saveDevice({ device_id: "d", upload_token: "up", server_key: null, token: "read", person: { name: "Bà Tư" } });
    await addRows(await Promise.all(Array.from({ length: waiting }, (_, index) => freeze(finished(index), "Phiếu"))));
    const { sync } = await load("sync.js", { fresh: true });
    await body(sync);
  });
}

const finished = (index) => ({
  id: `id-${index}`, completed_at: `2012-06-05T09:00:00.${String(index).padStart(3, "0")}+07:00`, answers: { note: "x".repeat(100) },
});
const uploads = () => server.requests.filter(({ method }) => method === "POST");

test("nothing is asked of the server before the tablet is enrolled", 0, async (sync) => {
  reset();
  assert.equal((await sync()).kind, "none");
  assert.deepEqual(server.requests, []);
});

test("rows go in batches of fifty, with the upload token, and leave", 120, async (sync) => {
  server.answer = serving();
  assert.equal((await sync()).kind, "ok");
  assert.deepEqual(uploads().map(({ body }) => body.responses.length), [50, 50, 20]);
  assert.deepEqual(new Set(uploads().map(({ headers }) => headers.Authorization)), new Set(["Bearer up"]));
  assert.deepEqual(await outboxRows(), []);
  assert.equal((await receipts()).length, 120);
});

test("a batch is gzipped, and holds the frozen text and its digest", 20, async (sync) => {
  const rows = await outboxRows();
  server.answer = serving();
  await sync();
  const [{ headers, body }] = uploads();
  assert.equal(headers["Content-Encoding"], "gzip");
  assert.deepEqual(body.responses, rows.map(({ id, sha256, data }) => ({ id, sha256, body: data })));
});

test("the work is fetched with the reading token and kept, and the clock is measured", 0, async (sync) => {
  server.answer = serving();
  await sync();
  assert.equal(server.requests.at(-1).headers.Authorization, "Bearer read");
  assert.deepEqual((await setting("work")).assignments, []);
  const clock = await setting("clock");
  assert.ok(clock.offset_ms < 0, "the server's clock of 2012 is behind this one");
});

const OUTCOMES = [
  ["no network", () => new TypeError("failed to fetch"), "offline"],
  ["a captive portal that answers 200", portal, "portal"],
  ["a portal that answers 200 in JSON", () => json({ login: "please" }), "portal"],
  ["a server of another kind", () => json({ server: "another", receipts: [] }), "portal"],
  ["receipts that are not a list", () => json({ server: "survey-server", receipts: null }), "portal"],
  ["JSON that breaks off", () => new Response('{"server', { headers: { "Content-Type": "application/json" } }), "portal"],
  ["an unknown token (401)", () => refusal(401, "unknown_token"), "unauthorised"],
  ["a revoked device (403)", () => refusal(403, "device_revoked"), "revoked"],
  ["another 403", () => refusal(403, "forbidden"), "refused"],
  ["too many requests (429)", () => refusal(429, "too_many_requests"), "busy"],
  ["a full disk (503)", () => refusal(503, "unavailable"), "busy"],
  ["a proxy's 502", () => new Response("Bad Gateway", { status: 502 }), "busy"],
  ["a portal's 401 page", () => new Response("<html>", { status: 401 }), "portal"],
];
for (const [what, answer, kind] of OUTCOMES) {
  test(`${what} is "${kind}" and every row stays`, 3, async (sync) => {
    server.answer = serving(answer);
    const outcome = await sync();
    assert.equal(outcome.kind, kind);
    assert.equal((await outboxRows()).filter(({ state }) => state === "waiting").length, 3);
    assert.deepEqual(await receipts(), []);
    assert.equal((await setting("sync")).kind, kind);
    assert.equal(uploads().length, 1);
  });
}

test("receipts for other rows than those sent let go of nothing, and it is tried later", 2, async (sync) => {
  const [one, other] = await outboxRows();
  const swapped = [{ ...receiptOf(one), id: other.id }, { ...receiptOf(other), sha256: "0".repeat(64) }];
  server.answer = serving(() => json({ server: "survey-server", receipts: swapped }));
  assert.equal((await sync()).kind, "busy");
  assert.equal((await outboxRows()).length, 2);
});

test("a batch with one row that the server cannot read is split until that row is aside", 8, async (sync) => {
  const hasBad = ({ responses }) => responses.some(({ id }) => id === "id-5");
  server.answer = serving((body) => (hasBad(body) ? refusal(422, "unreadable") : receive(body)));
  assert.equal((await sync()).kind, "ok");
  const [row, ...others] = await outboxRows();
  assert.deepEqual([row.id, row.state, row.problems[0].code, others.length], ["id-5", ASIDE, "unreadable", 0]);
  assert.equal((await receipts()).length, 7);
});

test("a receipt that was lost on the way is asked for again, and the row leaves as a duplicate", 1, async (sync) => {
  let asked = 0;
  const duplicate = ({ responses }) => json({ server: "survey-server", receipts: responses.map((row) => ({ ...receiptOf(row), status: "duplicate" })) });
  server.answer = serving((body) => ((asked += 1) === 1 ? new TypeError("the line broke") : duplicate(body)));
  assert.equal((await sync()).kind, "offline");
  assert.equal((await sync()).kind, "ok");
  assert.deepEqual(uploads().map(({ body }) => body.responses[0].sha256).filter((each, _, all) => each !== all[0]), []);
  assert.deepEqual([(await outboxRows()).length, (await receipts())[0].status], [0, "duplicate"]);
});

const lastWait = () => timers.filter(({ milliseconds }) => milliseconds >= 1000).at(-1).milliseconds;

test("each failure in a row doubles the wait, with jitter, up to five minutes", 1, async (sync) => {
  server.answer = serving(() => new TypeError("failed to fetch"));
  for (const ceiling of [5, 10, 20, 40, 80, 160, 300, 300]) {
    await sync();
    assert.ok(lastWait() >= ceiling * 500 && lastWait() <= ceiling * 1000, `${lastWait()} ms after a ceiling of ${ceiling} s`);
  }
});

test("after a success the next look is in ten minutes, and the failures are forgotten", 1, async (sync) => {
  server.answer = serving(() => new TypeError("failed to fetch"));
  for (let times = 0; times < 4; times += 1) await sync();
  server.answer = serving();
  await sync();
  assert.equal(lastWait(), 600_000);
  server.answer = () => new TypeError("failed to fetch");
  await sync();
  assert.ok(lastWait() <= 5000);
});

test("the server's Retry-After is waited for", 1, async (sync) => {
  server.answer = serving(() => refusal(503, "unavailable", { "Retry-After": "120" }));
  await sync();
  assert.ok(lastWait() >= 120_000);
});

test("a call during a sync makes one more sync, not two at a time", 1, async (sync) => {
  let atOnce = 0;
  let most = 0;
  server.answer = async (request) => {
    most = Math.max(most, (atOnce += 1));
    await Promise.resolve();
    atOnce -= 1;
    return serving()(request);
  };
  await Promise.all([sync(), sync(), sync()]);
  assert.equal(most, 1);
  assert.equal(server.requests.filter(({ path }) => path === "/api/v1/work").length, 2);
});

test("a database that fails is an outcome of its own, and nothing is lost", 1, async (sync) => {
  const open = database.open;
  database.closeConnections();
  database.open = () => {
    throw new DOMException("no room", "QuotaExceededError");
  };
  const outcome = await sync().finally(() => (database.open = open));
  assert.deepEqual([outcome.kind, outcome.error.name], ["broken", "QuotaExceededError"]);
  assert.equal((await outboxRows()).length, 1);
});
