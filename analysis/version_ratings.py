"""How many people gave a rating, of a version whose ratings are read with the names of the united versions.

`LeafTally.people` counts those who gave a code at least once among the questions that one chart adds up. Where a chart
of the united book adds up other questions, or two codes became one, that number is not known; it is at least as large
as at any one of them. Of a single response it is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.codebook import QuestionnaireBook
from analysis.rating_groups import people_key, rated_by, rating_lists
from analysis.tally import NO_ANSWERS, Counts, QuestionTally

_Chart = tuple[str, str]  # task and list of choices


@dataclass(frozen=True, slots=True)
class RatingsReading:
    """Questions of one chart of a version that stand in one chart of the united book. `keys`: united → own keys of
    `LeafTally.people`, several where codes became one; `questions`: united key → the questions and the code by which it
    is counted at each, "" for any rating, both as in the united book. `is_whole`: these are all questions of the
    version's own chart."""

    keys: Mapping[str, Sequence[str]]
    questions: Mapping[str, tuple[Sequence[str], str]]
    is_whole: bool

    @property
    def is_unchanged(self) -> bool:
        return self.is_whole and all([new] == [*old] for new, old in self.keys.items())

    @property
    def adds_up(self) -> bool:
        return self.is_whole and all(len(old) == 1 for old in self.keys.values())

    def count(self, people: Counts, questions: Mapping[str, QuestionTally]) -> Iterator[tuple[str, int]]:
        if self.is_whole:
            yield from ((new, max(people.get(each, 0) for each in old)) for new, old in self.keys.items())
        else:
            for new, (names, code) in self.questions.items():
                yield new, max(_people_at(questions.get(name, NO_ANSWERS), code) for name in names)


def _people_at(tally: QuestionTally, code: str) -> int:
    return tally.choices.get(code, 0) + tally.missing.get(code, 0) if code else tally.answered


def count_people(
    readings: Sequence[RatingsReading], people: Counts, questions: Mapping[str, QuestionTally]
) -> dict[str, int]:
    """`LeafTally.people` by united keys. `people`: by own keys; `questions`: as in the united book. Who stands in two
    readings of one key may be the same people, who are not counted twice."""
    found: dict[str, int] = {}
    for each in readings:
        for key, count in each.count(people, questions):
            found[key] = max(found.get(key, 0), count)
    return {key: found[key] for key in sorted(found) if found[key]}


def read_ratings(
    version: QuestionnaireBook,
    united: QuestionnaireBook,
    names: Mapping[str, str],
    codes: Mapping[str, Mapping[str, str]],
) -> tuple[RatingsReading, ...]:
    """`names` and `codes`: the version's → the united book's. None where nothing changes."""
    charts: dict[str, _Chart] = {
        name: (task, listed.name)
        for listed in rating_lists(united)
        for task, questions in rated_by(united, listed).items()
        for name in questions
    }
    found = []
    for listed in rating_lists(version):
        given = [*listed.options, *listed.missing]
        for task, questions in rated_by(version, listed).items():
            groups: dict[tuple[_Chart, tuple[str, ...]], list[str]] = {}
            for name in questions:
                recoded = tuple(codes.get(name, {}).get(code, code) for code in given)
                if (chart := charts.get(names.get(name, name))) is not None:
                    groups.setdefault((chart, recoded), []).append(names.get(name, name))
            for (chart, recoded), group in groups.items():
                keys = {people_key(*chart): [people_key(task, listed.name)]}
                for old, new in zip(given, recoded, strict=True):
                    keys.setdefault(people_key(*chart, new), []).append(people_key(task, listed.name, old))
                codes_of = {people_key(*chart): ""} | {people_key(*chart, new): new for new in recoded}
                found.append(
                    RatingsReading(
                        keys,
                        {key: (group, code) for key, code in codes_of.items()},
                        is_whole=len(group) == len(questions),
                    )
                )
    return () if all(each.is_unchanged for each in found) else tuple(found)
