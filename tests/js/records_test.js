// Ids of responses: UUIDs in the order of time.
import assert from "node:assert/strict";
import { load } from "./platform/tablet.js";

const { newId } = await load("records.js");

Deno.test("a new id is a UUID of version 7, whose first digits are the milliseconds", () => {
  const before = Date.now();
  const id = newId();
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const time = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  assert.ok(before <= time && time <= Date.now());
});

Deno.test("two ids of one millisecond differ", () => assert.equal(new Set(Array.from({ length: 1000 }, newId)).size, 1000));
