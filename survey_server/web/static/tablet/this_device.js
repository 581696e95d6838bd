// Is my work safe? What this tablet is, and the last resort: unsent responses to a file and back.
import { make } from "./dom.js";
import { LANGUAGES, moment, say } from "./language.js";
import { button, notice } from "./notices.js";
import { formatNumber } from "./numbers.js";
import { pageShell } from "./offline.js";
import { download, takeIn, unsentFile } from "./unsent_file.js";
import { block } from "./work_list.js";

const said = make("div", { class: "said" }); // stays when the block is drawn anew

export function deviceBlock({ enrolled, persistent, clock, work }, { changed, enrolAgain }) {
  const facts = [
    ["deviceName", [enrolled.person]],
    ["deviceId", [enrolled.device_id]],
    ["persistent", say(persistent ? "yes" : "no")],
    ["clockOffset", clock ? say("clockSeconds", { seconds: inSeconds(clock.offset_ms) }) : say("clockUnknown")],
    ["lastFetch", work ? [moment(work.fetched_at)] : say("never")],
    ["version", [pageShell()]],
  ];
  const input = make("input", { type: "file", accept: ".json,application/json", id: "import-file", class: "hidden-label", tabindex: "-1" });
  input.addEventListener("change", async () => {
    said.replaceChildren(await importFile(input.files[0]));
    input.value = "";
    changed("send");
  });
  const importing = button("secondary", "importUnsent", () => input.click());
  return block("device", [
    make("dl", { class: "facts" }, facts.map(([key, told]) => [make("dt", {}, say(key)), make("dd", {}, told)])),
    make("p", { class: "hint" }, say("exportHint")),
    make("div", { class: "actions" },
      button("secondary", "exportUnsent", async () => said.replaceChildren(...(await exportFile()))),
      importing,
      button("quiet", "enrolOther", enrolAgain)),
    make("label", { class: "hidden-label", for: "import-file" }, say("importUnsent")),
    input,
    said,
  ], { id: "this-device" });
}

function inSeconds(milliseconds) {
  const seconds = Math.round(milliseconds / 100) / 10;
  return Object.fromEntries(LANGUAGES.map((code) => [code, formatNumber(seconds, code)]));
}

async function exportFile() {
  const { count, text } = await unsentFile();
  if (!count) return [notice("", "nothingToExport")];
  download(`phieu-chua-gui-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-")}.json`, text);
  return [];
}

async function importFile(file) {
  const taken = await takeIn(await file.text());
  if (!taken) return notice("problem", "importNotFile");
  if (taken.bad) return notice("problem", "importBad", { count: taken.bad });
  return taken.added ? notice("good", "imported", { count: taken.added }) : notice("", "importNothing");
}
