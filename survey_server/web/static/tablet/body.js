// The body of a finished response, as the device API wants it.

const two = (number) => String(number).padStart(2, "0");

/** The local date of an instant, "2012-06-05": what `today()` is. */
export const localDay = (when) => `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;

/** RFC 3339 with this tablet's own offset, "2012-06-05T14:05:00.123+07:00". */
export function withOffset(when) {
  const ahead = -when.getTimezoneOffset();
  const local = new Date(when.getTime() + ahead * 60_000).toISOString().slice(0, -1);
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
}

/** The keys of a draft and the answers on its route, as one record to be frozen. */
export function bodyOf(keys, answers, { completedAt, clock, paradata }) {
  const { scheme, level, code } = keys.locality;
  return {
    id: keys.id,
    questionnaire: keys.questionnaire,
    version: keys.version,
    round: keys.round,
    locality: { scheme, level, code },
    assignment: keys.assignment,
    visit: keys.visit,
    supersedes: keys.supersedes,
    started_at: withOffset(new Date(keys.started_at)),
    completed_at: withOffset(completedAt),
    clock_offset_ms: clock?.offset_ms ?? null,
    answers,
    attachments: [],
    paradata: { ...paradata, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, offset_measured_at: clock?.measured_at ?? null },
    mode: "tablet",
    simulated: false,
    training: false,
  };
}
