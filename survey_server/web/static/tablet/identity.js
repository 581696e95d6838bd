// What a response is called in a list: its questionnaire, place and respondents, and a code that tells it from others.
import { make } from "./dom.js";
import { both, codeOf, say } from "./language.js";

/** @param {Pick<Identified, "questionnaire" | "version" | "title">} of  @param {Work | null} work  @returns {Texts} */
export function titleOf({ questionnaire, version, title }, work) {
  return questionnaireOf({ questionnaire, version }, work)?.title ?? title ?? { vi: questionnaire };
}

/** @param {Pick<Identified, "questionnaire" | "version">} of  @param {Work | null} work */
const questionnaireOf = ({ questionnaire, version }, work) =>
  work?.questionnaires.find((one) => one.id === questionnaire && one.version === version);

/** The name of a response's place, "" where this tablet does not know it. @param {Pick<Identified, "assignment" | "locality">} of  @param {Work | null} work */
export const placeOf = ({ assignment, locality }, work) =>
  locality?.name ?? work?.assignments.find(({ id }) => id === assignment)?.locality.name ?? locality?.code ?? "";

/** Who answers a questionnaire. @param {Pick<Identified, "questionnaire" | "version">} of  @param {Work | null} work */
export function respondentsOf(of, work) {
  const respondent = questionnaireOf(of, work)?.respondent;
  return respondent ? say(`respondent_${respondent}`) : [];
}

/** The first lines of a card. @param {Identified} of  @param {Work | null} work */
export function identity(of, work) {
  const parts = [[placeOf(of, work)], respondentsOf(of, work), say("responseCode", { code: codeOf(of.id) })];
  const shown = parts.filter((part) => part.some((each) => each !== ""));
  return [
    make("h3", {}, both(titleOf(of, work))),
    make("p", { class: "place" }, shown.map((part, index) => [index ? " · " : "", ...part])),
  ];
}
