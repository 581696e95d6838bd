// Ids of responses, UUIDs in the order of time, and the signature of a file.
import assert from "node:assert/strict";
import { load } from "./platform/tablet.js";

const { hmac, newId } = await load("records.js");

Deno.test("a new id is a UUID of version 7, whose first digits are the milliseconds", () => {
  const before = Date.now();
  const id = newId();
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const time = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  assert.ok(before <= time && time <= Date.now());
});

Deno.test("two ids of one millisecond differ", () => assert.equal(new Set(Array.from({ length: 1000 }, newId)).size, 1000));

// Computed in Python: hmac.digest(sha256("máy-token").digest(), b"aa\nbb", "sha256").
Deno.test("a signature is the HMAC-SHA-256 keyed by the SHA-256 of the token", async () => {
  assert.equal(await hmac("máy-token", "aa\nbb"), "6a9c6edbcf8f5019fe79f125b533d539319c90319a236ab371e200077550c905");
});
