// Which problems a page of questions shows when an input is left.
import assert from "node:assert/strict";
import { load, reset, timers } from "./platform/tablet.js";

const { FormState } = await load("form_state.js");

const test = (name, body) => Deno.test(name, async () => (reset(), await body()));

/** An element of the page: `closest` finds what `around` names, or calls it. */
const element = (path, around = {}) => ({ dataset: { path }, closest: (selector) => around[selector]?.() ?? null });

/** A repeat with one instance, in which `age` stands; and a state whose only problems are those of `paths`. */
function page(paths) {
  const repeat = { contains: () => true };
  const removed = { isRemoved: false };
  const instance = { closest: () => (removed.isRemoved ? null : repeat) };
  const question = element("people-0-age");
  const input = element("", { ".question": () => question, ".instance": () => instance });
  const shown = [];
  const state = Object.create(FormState.prototype, {
    problems: { value: () => paths.map((path) => ({ path, code: "constraint", element: element(path) })) },
    show: { value: ({ path }) => shown.push(path) },
  });
  return { state, input, removed, shown };
}

test("a question that is left shows its problem and those of its cells, not that of a longer name", () => {
  const { state, input, shown } = page(["people-0-age", "people-0-age-row", "people-0-age_group", "people-0-agent"]);
  state.left(input);
  assert.deepEqual(shown, ["people-0-age", "people-0-age-row"]);
});

test("what is typed clears the problems of its question, not that of a longer name", () => {
  const { state } = page([]);
  const cleared = [];
  state.shown = new Set(["word", "word-row", "words"]);
  Object.defineProperty(state, "clear", { value: (path) => cleared.push(path) });
  state.recheck({ ...element("word"), contains: () => true });
  assert.deepEqual(cleared, ["word", "word-row"]);
});

test("an input that is left because its instance is removed shows nothing", () => {
  const { state, input, removed, shown } = page(["people-0-age"]);
  dispatchEvent(new Event("pointerdown"));
  state.left(input);
  removed.isRemoved = true;
  dispatchEvent(new Event("pointerup"));
  assert.equal(timers.length, 1);
  timers[0].callback();
  assert.deepEqual(shown, []);
});
