// The answers of a finished response, as survey_server/questionnaire/draft_answers.py makes them: those on the route,
// without empty instances, with the calculated values.

/** @param {Route} route  @param {Answers} filledIn  @param {string} today */
export function finalAnswers(route, filledIn, today) {
  const answers = withoutEmpty(filledIn);
  return onRoute(answers, route.evaluate(answers, { today }));
}

/** @param {Answers} answers */
function withoutEmpty(answers) {
  /** @type {Answers} */
  const found = {};
  for (const [name, value] of Object.entries(answers)) {
    const isRepeat = Array.isArray(value) && typeof value[0] === "object";
    const full = isRepeat ? value.filter((instance) => Object.keys(instance).length) : value;
    if (value !== null && (!isRepeat || full.length)) found[name] = full;
  }
  return found;
}

/** @param {Answers} answers  @param {RouteState} state */
function onRoute(answers, { relevant, calculated }) {
  /** @type {Answers} */
  const final = {};
  for (const [name, value] of Object.entries(answers)) {
    if (!relevant.has(name)) continue;
    const isRepeat = Array.isArray(value) && typeof value[0] === "object";
    final[name] = isRepeat ? value.map((instance, index) => relevantPart(instance, `${name}-${index}`, relevant)) : value;
  }
  for (const [path, value] of Object.entries(calculated)) {
    const [repeat, index, name] = path.split("-");
    if (name === undefined) final[path] = value;
    else if (final[repeat]?.[index]) final[repeat][index][name] = value;
  }
  return final;
}

/** @param {Answers} instance  @param {string} path  @param {Set<string>} relevant */
const relevantPart = (instance, path, relevant) =>
  Object.fromEntries(Object.entries(instance).filter(([name]) => relevant.has(`${path}-${name}`)));
