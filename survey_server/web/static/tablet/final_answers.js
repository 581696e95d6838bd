// The answers of a finished response, as survey_server/questionnaire/finished.py makes them: what is asked on the
// route, without empty instances, with what was calculated.

export function finalAnswers(route, filledIn, today) {
  const answers = withoutEmpty(filledIn);
  return onRoute(answers, route.evaluate(answers, { today }));
}

function withoutEmpty(answers) {
  const kept = {};
  for (const [name, value] of Object.entries(answers)) {
    const isRepeat = Array.isArray(value) && typeof value[0] === "object";
    const full = isRepeat ? value.filter((instance) => Object.keys(instance).length) : value;
    if (value !== null && (!isRepeat || full.length)) kept[name] = full;
  }
  return kept;
}

function onRoute(answers, { relevant, calculated }) {
  const final = {};
  for (const [name, value] of Object.entries(answers)) {
    if (!relevant.has(name)) continue;
    const isRepeat = Array.isArray(value) && typeof value[0] === "object";
    final[name] = isRepeat ? value.map((instance, index) => asked(instance, `${name}-${index}`, relevant)) : value;
  }
  for (const [path, value] of Object.entries(calculated)) {
    const [repeat, index, name] = path.split("-");
    if (name === undefined) final[path] = value;
    else if (final[repeat]?.[index]) final[repeat][index][name] = value;
  }
  return final;
}

const asked = (instance, path, relevant) =>
  Object.fromEntries(Object.entries(instance).filter(([name]) => relevant.has(`${path}-${name}`)));
