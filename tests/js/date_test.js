// Days as the tablet reads them from three inputs; as web/questions/date.py.
import assert from "node:assert/strict";
import { load } from "./platform/tablet.js";

const { readDay } = await load("types/date.js");
const { toDate, toDatetime } = await load("expressions.js");

const DAYS = [
  [["5", "6", "2012"], "2012-06-05", undefined], [["29", "2", "2012"], "2012-02-29", undefined], [["29", "2", "2011"], "2011-02-29", "noSuchDay"],
  [["1", "1", "0000"], "0000-01-01", "noSuchDay"], [["1", "1", "0001"], "0001-01-01", undefined], [["0", "1", "2012"], "2012-01-00", "noSuchDay"],
  [["31", "123", "2012"], "2012-123-31", "noSuchDay"],
];
for (const [parts, value, problem] of DAYS) Deno.test(`${parts} is ${problem ?? value}`, () => assert.deepEqual(readDay(parts), { value, problem }));

Deno.test("the year 0000 is in no calendar", () => {
  assert.deepEqual([toDate("0000-01-01"), toDatetime("0000-01-01T08:00")], [null, null]);
});
