// The tablet's texts are those of the catalogue, with their parts; what is not translated stays Vietnamese.
import assert from "node:assert/strict";
import { load } from "./platform/tablet.js";

const { CATALOGUES } = await load("translations.js");
const { TEXTS } = await load("texts.js");
const { language, local, plain } = await load("language.js");

CATALOGUES.en.texts = { [TEXTS.unsent]: "Unsent responses: {count}", [TEXTS.enrolNotKept]: "Not kept: {reason}" };

Deno.test("a text is in the language asked for, with its parts", () => {
  assert.equal(plain("unsent", { count: 3 }, "en"), "Unsent responses: 3");
  assert.equal(plain("unsent", { count: 3 }, "vi"), "Phiếu chờ gửi: 3");
});

Deno.test("a part may be a text by language", () => {
  assert.equal(plain("enrolNotKept", { reason: { vi: "đầy", en: "full" } }, "en"), "Not kept: full");
});

Deno.test("a text without a translation is Vietnamese", () => assert.equal(plain("saveAgain", {}, "en"), TEXTS.saveAgain));

Deno.test("a key that is unknown is a mistake", () => assert.throws(() => plain("unheardOf"), /no text unheardOf/));

Deno.test("a questionnaire's text falls back to Vietnamese, then to any language", () => {
  assert.equal(local({ vi: "một", en: "one" }, "en"), "one");
  assert.equal(local({ vi: "một" }, "en"), "một");
  assert.equal(local({ tay: "x" }, "en"), "x");
});

Deno.test("a page in an unknown language counts as Vietnamese", () => {
  document.documentElement.lang = "fr";
  assert.equal(language(), "vi");
  document.documentElement.lang = "en";
  assert.equal(language(), "en");
  document.documentElement.lang = "vi";
});
