// What this tablet is, and the last resort: unsent responses to a file and back.
import { make } from "./dom.js";
import { moment, say } from "./language.js";
import { button, notice } from "./notices.js";
import { pageShell } from "./offline.js";
import { download, importUnsent, unsentFile } from "./unsent_file.js";
import { block } from "./work_list.js";

const outcome = make("div", { class: "said" }); // of an export or import; stays when the block is drawn again

/**
 * @param {{enrolled: Device, isPersistent: boolean | null, clock: Clock | null, work: Work | null}} known
 * @param {{changed: (send?: "send") => void, enrolAgain: () => void}} callbacks
 */
export function deviceBlock({ enrolled, isPersistent, clock, work }, { changed, enrolAgain }) {
  const facts = [
    ["deviceName", [enrolled.person]],
    ["deviceId", [enrolled.device_id]],
    ["persistent", say(isPersistent === null ? "asking" : isPersistent ? "yes" : "no")],
    ["clockOffset", clock ? say("clockSeconds", { seconds: Math.round(clock.offset_ms / 100) / 10 }) : say("clockUnknown")],
    ["lastFetch", work ? [moment(work.fetched_at)] : say("never")],
    ["version", [pageShell()]],
  ];
  const input = make("input", { type: "file", accept: ".json,application/json", id: "import-file", class: "hidden-label", tabindex: "-1" });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (file) outcome.replaceChildren(...(await importFile(file)));
    input.value = "";
    changed("send");
  });
  const importing = button("secondary", "importUnsent", () => input.click());
  return block("device", [
    make("dl", { class: "facts" }, facts.map(([key, value]) => [make("dt", {}, say(String(key))), make("dd", {}, value)])),
    make("p", { class: "hint" }, say("exportHint")),
    make("div", { class: "actions" },
      button("secondary", "exportUnsent", async () => outcome.replaceChildren(...(await exportFile()))),
      importing,
      button("quiet", "enrolOther", enrolAgain)),
    make("label", { class: "hidden-label", for: "import-file" }, say("importUnsent")),
    input,
    outcome,
  ], { id: "this-device" });
}

async function exportFile() {
  const { count, text } = await unsentFile();
  if (!count) return [notice("", "nothingToExport")];
  download(`phieu-chua-gui-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-")}.json`, text);
  return [];
}

/** @param {File} file */
async function importFile(file) {
  const imported = await importUnsent(await file.text());
  if (!imported) return [notice("problem", "importNotFile")];
  const outcome = imported.bad
    ? notice("problem", "importBad", { count: imported.bad })
    : imported.added ? notice("good", "imported", { count: imported.added }) : notice("", "importNothing");
  return imported.drafts ? [outcome, notice("warning", "importDrafts", { count: imported.drafts })] : [outcome];
}
