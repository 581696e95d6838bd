// Which response a questionnaire's page opens: the one named in the address, the assignment's latest, or a new one.
import { draft, drafts, latestOf, newDraft } from "./drafts.js";
import { setting } from "./settings.js";

/** `{kept, isNew}`, or `{fault}` with the key of a text. `address` is the part after "#". */
export async function openResponse(address) {
  const asked = new URLSearchParams(address);
  const id = asked.get("draft");
  if (id && id !== "new") {
    const kept = await draft(id);
    return kept ? { kept, isNew: false } : { fault: "gone" };
  }
  const work = await setting("work");
  const assignment = work?.assignments.find((one) => one.id === asked.get("assignment"));
  if (!assignment) return { fault: "unknownAssignment" };
  if (asked.has("returned")) return revision(asked.get("returned"), assignment, work);
  const latest = id === "new" ? null : await latestOf(assignment.id);
  return latest ? { kept: latest, isNew: false } : { kept: newDraft(assignment, titleOf(assignment, work)), isNew: true };
}

async function revision(returnedId, assignment, work) {
  const begun = (await drafts()).find(({ keys }) => keys.supersedes === returnedId);
  if (begun) return { kept: begun, isNew: false };
  const returned = work.returned.find(({ id }) => id === returnedId);
  if (!returned) return { fault: "gone" };
  const { answers } = JSON.parse(returned.body);
  return { kept: newDraft(assignment, titleOf(assignment, work), { supersedes: returnedId, answers }), isNew: true };
}

function titleOf({ questionnaire, version }, { questionnaires }) {
  return questionnaires.find((one) => one.id === questionnaire && one.version === version)?.title ?? { vi: questionnaire };
}
