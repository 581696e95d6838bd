// The answers of a finished response, as survey_server/questionnaire/draft_answers.py makes them: those on the route,
// without empty instances, with the calculated values.

export function finalAnswers(route, filledIn, today) {
  const answers = withoutEmpty(filledIn);
  return onRoute(answers, route.evaluate(answers, { today }));
}

function withoutEmpty(answers) {
  const found = {};
  for (const [name, value] of Object.entries(answers)) {
    const isRepeat = Array.isArray(value) && typeof value[0] === "object";
    const full = isRepeat ? value.filter((instance) => Object.keys(instance).length) : value;
    if (value !== null && (!isRepeat || full.length)) found[name] = full;
  }
  return found;
}

function onRoute(answers, { relevant, calculated }) {
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

const relevantPart = (instance, path, relevant) =>
  Object.fromEntries(Object.entries(instance).filter(([name]) => relevant.has(`${path}-${name}`)));
