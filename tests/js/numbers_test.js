// Numbers as Vietnamese writes them: a dot groups thousands, a comma is the decimal sign.
import assert from "node:assert/strict";
import { load } from "./platform/tablet.js";

const { formatNumber, inWords, isAmbiguous, parseNumber, readNumber, typedNumber } = await load("numbers.js");

const READ = [
  ["0", 0], ["007", 7], ["1500", 1500], ["1.500", 1500], ["1.500.000", 1_500_000], ["1 500", 1500], ["1,5", 1.5],
  ["1.500,25", 1500.25], ["-3", -3], ["−3,5", -3.5], [" 12 ", 12], ["1\u00a0500", 1500], ["999999999999999", 999_999_999_999_999],
];
const UNREADABLE = ["", " ", "1.5", "1,", ",5", "1.50", "15.00", "1,500.5", "1e3", "+1", "--1", "abc", "12a", "1..500", "1234567890123456", "0x10", "Infinity"];

for (const [text, number] of READ) Deno.test(`"${text}" is ${number}`, () => assert.equal(parseNumber(text), number));
for (const text of UNREADABLE) Deno.test(`"${text}" is not a number`, () => assert.equal(parseNumber(text), null));

Deno.test("a number is written with a comma, in English with a point", () => {
  assert.equal(formatNumber(1500.5, "vi"), "1.500,5");
  assert.equal(formatNumber(1500.5, "en"), "1,500.5");
  assert.equal(formatNumber(1 / 3, "vi"), "0,333333");
});

Deno.test("a number in an input is read back as the same number", () => {
  for (const number of [0, 7, 1500, -2.5, 0.000001 * 1_000_000, 123456.789, 1.234, -12.345, 0.125, 1e-7, 1234.567, 999_999_999_999_999]) {
    assert.deepEqual(readNumber(typedNumber(number)), { number, other: undefined }, typedNumber(number));
  }
});

Deno.test("one dot or comma before three digits can be read two ways", () => {
  assert.deepEqual(["1.500", "-12.345", " 1.500 ", "1,500", "123,456"].map(isAmbiguous), [true, true, true, true, true]);
  assert.deepEqual(["1.500.000", "1500", "0,500", "1.500,5", "1500,125"].map(isAmbiguous), [false, false, false, false, false]);
  assert.deepEqual([readNumber("1.500").other, readNumber("1,500").other], [1.5, 1500]);
});

const WORDS = [
  [0, "không"], [5, "năm"], [10, "mười"], [11, "mười một"], [15, "mười lăm"], [21, "hai mươi mốt"], [24, "hai mươi bốn"],
  [55, "năm mươi lăm"], [100, "một trăm"], [105, "một trăm linh năm"], [110, "một trăm mười"], [1500, "một nghìn năm trăm"],
  [1005, "một nghìn không trăm linh năm"], [1_000_000, "một triệu"], [2_000_001, "hai triệu không trăm linh một"],
  [-3, "âm ba"], [3_000_000_000, "ba tỷ"], [1.5, "một phẩy năm"], [-12.05, "âm mười hai phẩy không năm"],
];
for (const [number, words] of WORDS) Deno.test(`${number} in words`, () => assert.equal(inWords(number), words));
