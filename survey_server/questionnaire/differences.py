"""How the answers to two versions of a questionnaire compare.

Questions are matched by name. Choices, reasons for no answer, rows and periods are matched by their Vietnamese label
and, where no label fits, by their code: a new wording under the same code is the same choice, unless other labels show
that codes were given to something else.

| comparability | when |
| --- | --- |
| same | the codes mean the same; wording, condition, place and task may have changed |
| recode | some codes have other names: the older answers are read with the newer codes |
| apart | another kind of answer, unit or calculation, other steps or scores of an ordered list: they do not add up |

A list without order may gain and lose options, and every list may gain and lose reasons for no answer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Any

from survey_server.questionnaire.model import Choice, ChoiceList, Question, Questionnaire, Row, Text, walk_questions


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an older version's answers to a question are read in a newer one. `codes`: older → newer code of a choice or
    reason; `cells`: of a number table's cell "row/period"; only those that differ."""

    is_apart: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str | dict[str, Any]:
        """As in codebook.json."""
        if self.is_apart:
            return "apart"
        if not self.codes and not self.cells:
            return "same"
        return {"recode": dict(self.codes)} | ({"cells": dict(self.cells)} if self.cells else {})


SAME = Comparison()
APART = Comparison(is_apart=True)


def compare_versions(older: Questionnaire, newer: Questionnaire) -> dict[str, Comparison]:
    """By name, the questions that both versions have and that are answered or calculated."""
    before, after = _questions(older), _questions(newer)
    shared = [name for name in before if name in after]
    if (older.respondent, older.evidence) != (newer.respondent, newer.evidence):
        return dict.fromkeys(shared, APART)
    return {name: _compare(before[name], after[name], older, newer) for name in shared}


def name_series(versions: Sequence[Questionnaire]) -> dict[str, str]:
    """Series of comparable versions of one questionnaire, the oldest first: version → the first version of its series.
    A version that is added later changes no series of those before it."""
    series: dict[str, str] = {}
    for older, newer in zip((None, *versions), versions, strict=False):
        is_continued = older is not None and _add_up(older, newer)
        series[newer.version] = series[older.version] if older is not None and is_continued else newer.version
    return series


def _add_up(older: Questionnaire, newer: Questionnaire) -> bool:
    return not any(each.is_apart for each in compare_versions(older, newer).values())


def _questions(questionnaire: Questionnaire) -> dict[str, tuple[Question, str | None]]:
    """By name, with the name of the repeat around."""
    found = chain.from_iterable(walk_questions(section.questions) for section in questionnaire.sections)
    return {question.name: (question, repeat) for question, repeat in found if question.type.data is not None}


def _compare(
    before: tuple[Question, str | None], after: tuple[Question, str | None], older: Questionnaire, newer: Questionnaire
) -> Comparison:
    (old, old_repeat), (new, new_repeat) = before, after
    has_same_form = (old.type.data, old.role, old_repeat, old.calculation) == (
        new.type.data, new.role, new_repeat, new.calculation,
    )  # fmt: skip
    if not has_same_form or _words(old.unit) != _words(new.unit):
        return APART
    if old.choices is not None and new.choices is not None:
        return _compare_lists(older.choices[old.choices], newer.choices[new.choices])
    codes = _match(old.missing, new.missing)
    cells = _compare_cells(old, new) if old.own.axes() else {}
    if codes is None or cells is None:
        return APART
    return Comparison(codes=_changed(codes), cells=_changed(cells))


def _compare_lists(old: ChoiceList, new: ChoiceList) -> Comparison:
    options, missing = _match(old.options, new.options), _match(old.missing, new.missing)
    if options is None or missing is None or old.scale != new.scale or _collide(old, new, {**options, **missing}):
        return APART
    is_same_scale = [options.get(each.code) for each in old.options] == [each.code for each in new.options]
    if old.scale == "ordinal" and not is_same_scale:
        return APART
    if any(old.scores.get(code) != new.scores.get(options[code]) for code in options):
        return APART
    return Comparison(codes=_changed({**options, **missing}))


def _collide(old: ChoiceList, new: ChoiceList, matched: Mapping[str, str]) -> bool:
    """Whether a code that only the older list has means something else in the newer one."""
    return any(code in new.codes and code not in matched for code in old.codes)


def _compare_cells(old: Question, new: Question) -> dict[str, str] | None:
    """Cell → cell of two number tables; None where the units or meanings of their rows differ."""
    old_axes, new_axes = (tuple(each.own.axes().values()) for each in (old, new))
    matched = [_match(*axes) for axes in zip(old_axes, new_axes, strict=True)]
    if any(each is None for each in matched) or not _have_same_units(old_axes[0], new_axes[0], matched[0] or {}):
        return None
    cells = product(*((each or {}).items() for each in matched))
    return {"/".join(before for before, _ in cell): "/".join(after for _, after in cell) for cell in cells}


def _have_same_units(old: Iterable[Choice], new: Iterable[Choice], matched: Mapping[str, str]) -> bool:
    before, after = ({each.code: _words(_unit(each)) for each in rows} for rows in (old, new))
    return all(before[code] == after[other] for code, other in matched.items())


def _unit(row: Choice) -> Text:
    return row.unit if isinstance(row, Row) else {}


def _match(old: Sequence[Choice], new: Sequence[Choice]) -> dict[str, str] | None:
    """Older → newer code of what means the same; None where a code that only the older has means another thing in the
    newer."""
    labels = {_words(each.label): each.code for each in new}
    ambiguous = {*_repeated(_words(each.label) for each in old), *_repeated(_words(each.label) for each in new)}
    matched = {
        each.code: labels[words]
        for each in old
        if (words := _words(each.label)) in labels and words not in ambiguous
    }  # fmt: skip
    before, after = {each.code for each in old}, {each.code for each in new}
    are_reused = any(one != other and (one in after or other in before) for one, other in matched.items())
    taken = set(matched.values())
    for code in before & after - matched.keys():
        if code in taken or are_reused:
            return None
        matched[code] = code
    return matched


def _repeated(words: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for each in words:
        if each in seen:
            yield each
        seen.add(each)


def _words(text: Text) -> str:
    return " ".join(unicodedata.normalize("NFC", text.get("vi", "")).casefold().split())


def _changed(matched: Mapping[str, str]) -> dict[str, str]:
    return {old: new for old, new in matched.items() if old != new}
