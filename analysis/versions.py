"""Unites the tallies of a questionnaire's versions: an older version's numbers are read with the newest's names.

What `comparison` in the codebook calls the same adds up, recoded codes are renamed. A question that only an older
version has, or whose answers do not add up, is a question of its own, which the other versions did not ask: so choices,
reasons and not asked still add up to the responses. Scores are united as they are: each version scores 0 to 100 by its
own lists.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analysis.codebook import (
    JOINED_BY,
    Choices,
    Codebook,
    Comparison,
    Framework,
    Question,
    QuestionnaireBook,
    Text,
    scored_questions,
)
from analysis.round_tally import LeafId
from analysis.tally import LeafTally, QuestionTally
from analysis.version_ratings import RatingsReading, count_people, read_ratings

_ADDS_UP = Comparison()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a version's questions are read: their names and codes in the united book, and the names of that book's
    questions and cells that the version does not have. `ratings`: none where its numbers of people stay as they are."""

    names: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    not_asked: tuple[str, ...]
    ratings: tuple[RatingsReading, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether the reading of a sum is the sum of the readings, so that it says how many people gave a rating."""
        keys = [key for each in self.ratings for key in each.keys]
        return all(each.adds_up for each in self.ratings) and len(keys) == len({*keys})

    def read(self, tally: LeafTally) -> LeafTally:
        if not self.names and not self.codes and not self.not_asked and not self.ratings:
            return tally
        questions = {self.names.get(name, name): self._recode(name, each) for name, each in tally.questions.items()}
        if tally.n:
            questions |= dict.fromkeys(self.not_asked, QuestionTally(not_asked=tally.n))
        return replace(
            tally,
            questions={name: questions[name] for name in sorted(questions)},
            people=count_people(self.ratings, tally.people, questions) if self.ratings else tally.people,
        )

    def _recode(self, name: str, tally: QuestionTally) -> QuestionTally:
        codes = self.codes.get(name.partition("/")[0])
        if not codes:
            return tally
        return replace(tally, choices=_rename(tally.choices, codes), missing=_rename(tally.missing, codes))


AS_IT_IS = Reading({}, {}, ())


@dataclass(frozen=True, slots=True)
class JoinedVersions:
    """Versions of one series that are counted together, as in a cohort: `book` has the names of all of them, and each
    version is read by its own reading. These names do not depend on later versions."""

    book: QuestionnaireBook
    readings: Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class UnitedVersions:
    """`codebook`: with the newest version of each questionnaire replaced by the united one; `readings`: by
    questionnaire and version, or name of joined versions; `joined`: by questionnaire and such a name."""

    codebook: Codebook
    readings: Mapping[tuple[str, str], Reading]
    joined: Mapping[tuple[str, str], JoinedVersions]

    def read(self, leaf: LeafId, tally: LeafTally) -> LeafTally:
        """The tally of a leaf in the names of the united book."""
        return self.readings.get((leaf.questionnaire, leaf.version), AS_IT_IS).read(tally)


def unite_versions(codebook: Codebook, framework: Framework, joined: Iterable[tuple[str, str]] = ()) -> UnitedVersions:
    """`joined`: questionnaires and names of joined versions that were counted before; those of all versions of a series
    are added. Names with a version that the codebook lacks are left out."""
    versions: dict[str, list[QuestionnaireBook]] = {}
    for (id_, _), book in codebook.questionnaires.items():
        versions.setdefault(id_, []).append(book)
    names = dict.fromkeys(
        [*joined, *((id_, codebook.joined_series(id_, each)) for id_, each in codebook.questionnaires)]
    )
    spaces = {key: space for key in names if (space := _join(codebook, framework, *key)) is not None}
    books: dict[tuple[str, str], QuestionnaireBook] = dict(codebook.questionnaires)
    readings: dict[tuple[str, str], Reading] = {}
    for id_, found in versions.items():
        *older, newest = found
        if older:
            united = _Union(newest, framework)
            added = {book.version: united.add(book, book.comparison) for book in older}
            own = [(name, each.book) for (of, name), each in spaces.items() if of == id_]
            added |= {name: united.add(book, book.comparison) for name, book in own}
            books[id_, newest.version] = united.book()
            readings |= {(id_, book.version): united.reading(book, added.get(book.version)) for book in found}
            readings |= {(id_, name): united.reading(book, added[name]) for name, book in own}
    return UnitedVersions(Codebook(books), readings, spaces)


def _join(codebook: Codebook, framework: Framework, questionnaire: str, name: str) -> JoinedVersions | None:
    """None for a single version, and where one is not in the codebook or is not compared with the last."""
    found = [codebook.questionnaires.get((questionnaire, version)) for version in name.split(JOINED_BY)]
    books = [each for each in found if each is not None]
    if len(books) < max(len(found), 2) or any(books[-1].version not in each.comparisons for each in books[:-1]):
        return None
    *older, last = books
    union = _Union(last, framework, is_joined=True)
    added = {each.version: union.add(each, each.comparisons[last.version]) for each in older}
    removed = {
        name: how for each in older for name, how in each.comparison.items() if name not in last.questions
    }  # of questions that both have, the last version's comparison holds
    compared = {**removed, **last.comparison}
    book = replace(union.book(), version=name, comparison=compared, comparisons={})
    return JoinedVersions(book, {each.version: union.reading(each, added.get(each.version)) for each in books})


@dataclass(frozen=True, slots=True)
class _Added:
    """What a version's questions are called in the union, and their recoded codes; those that stay are left out."""

    names: dict[str, str]
    codes: dict[str, Mapping[str, str]]


class _Union:
    """The newest version with what only older ones have. `is_joined`: codes of older versions are always named after
    them, so that they mean the same whatever later versions do with the code."""

    def __init__(self, newest: QuestionnaireBook, framework: Framework, *, is_joined: bool = False) -> None:
        self._newest, self._framework, self._is_joined = newest, framework, is_joined
        self._questions, self._choices = dict(newest.questions), dict(newest.choices)

    def add(self, older: QuestionnaireBook, comparison: Mapping[str, Comparison]) -> _Added:
        """`comparison`: of the older version with the newest, by question."""
        added = _Added({}, {})
        for question in older.questions.values():
            compared = comparison.get(question.name, _ADDS_UP)
            known = self._newest.questions.get(question.name)
            if known is None or compared.is_apart:
                self._add_apart(older, comparison, question, added)
            else:
                added.names.update(self._extend_cells(older, question, known, compared))
                added.codes[question.name] = self._extend(older, question, known, dict(compared.codes))
        return added

    def book(self) -> QuestionnaireBook:
        scored = scored_questions(self._questions, self._choices, self._framework)
        return replace(self._newest, questions=self._questions, choices=self._choices, scored=scored)

    def reading(self, version: QuestionnaireBook, added: _Added | None) -> Reading:
        names = added.names if added is not None else {}
        own = {names.get(cell, cell) for question in version.questions.values() for cell in cells_of(question)}
        every = [cell for question in self._questions.values() for cell in cells_of(question)]
        missing = tuple(cell for cell in every if cell not in own)
        renamed = {old: new for old, new in names.items() if old != new}
        codes = added.codes if added is not None else {}
        return Reading(renamed, codes, missing, read_ratings(version, self.book(), renamed, codes))

    def _add_apart(
        self, older: QuestionnaireBook, comparison: Mapping[str, Comparison], question: Question, added: _Added
    ) -> None:
        """Under its own name where the newest version has none of it."""
        listed = older.choices.get(question.choices or "")
        choices = self._add_list(older, listed) if listed is not None else question.choices
        known = self._questions.get(question.name)
        is_removed = known is not None and question.name not in self._newest.questions
        is_same = known is None or (is_removed and (known.kind, known.choices) == (question.kind, choices))
        name = question.name if is_same else _apart(question.name, older.version)
        repeat = question.repeat
        if repeat is not None and comparison.get(repeat, _ADDS_UP).is_apart:
            repeat = _apart(repeat, older.version)
        self._questions[name] = replace(question, name=name, choices=choices, repeat=repeat)
        added.names.update({cell: name + cell.removeprefix(question.name) for cell in cells_of(question)})

    def _add_list(self, older: QuestionnaireBook, listed: Choices) -> str:
        """The name of a list with the same codes and scores, which is added where there is none."""
        known = self._choices.get(listed.name)
        if known is not None and _offers_same(known, listed):
            self._choices[listed.name] = replace(known, missing={**known.missing, **listed.missing, **known.missing})
            return listed.name
        name = listed.name if known is None else _apart(listed.name, older.version)
        self._choices.setdefault(name, replace(listed, name=name, version=older.version))
        return name

    def _extend(
        self, older: QuestionnaireBook, question: Question, known: Question, codes: dict[str, str]
    ) -> dict[str, str]:
        """Add the options and reasons that only the older version has. `codes`: older → newest, of those that differ;
        returns them with the codes that were added under another name."""
        before, now = older.choices.get(question.choices or ""), self._choices.get(known.choices or "")
        if before is not None and now is not None:
            own = self._newest.choices[now.name]
            extended = self._extended([*own.options, *own.missing], [*now.options, *now.missing], older.version)
            options = extended.add(before.options, now.options, codes)
            missing = extended.add(before.missing, now.missing, codes)
            self._choices[now.name] = replace(now, options=options, missing=missing)
        reasons = self._questions[question.name].missing
        extended = self._extended([*known.missing], [*reasons], older.version)
        missing = extended.add(question.missing, reasons, codes)
        self._questions[question.name] = replace(self._questions[question.name], missing=missing)
        return codes

    def _extended(self, newest: Collection[str], taken: Collection[str], version: str) -> _Extended:
        return _Extended(newest, taken, version, is_named=self._is_joined)

    def _extend_cells(
        self, older: QuestionnaireBook, question: Question, known: Question, compared: Comparison
    ) -> dict[str, str]:
        """Add the rows and periods of a number table that only the older version has; returns the names of its cells,
        older → united."""
        if question.kind != "table":
            return {}
        united = self._questions[question.name]
        matched = [tuple(zip(old.split("/"), new.split("/"), strict=True)) for old, new in compared.cells.items()]
        codes: list[dict[str, str]] = []
        axes: list[tuple[Mapping[str, Any], ...]] = []
        for axis, (before, newest, now) in enumerate(
            ((question.rows, known.rows, united.rows), (question.periods, known.periods, united.periods))
        ):
            renamed = dict(each[axis] for each in matched)
            labels = {each["code"]: each["label"] for each in now}
            extended = self._extended([each["code"] for each in newest], labels, older.version)
            labels = extended.add({each["code"]: each["label"] for each in before}, labels, renamed)
            taken = {each["code"] for each in now}
            new = ({**each, "code": renamed.get(each["code"], each["code"])} for each in before)
            axes.append((*now, *(each for each in new if each["code"] not in taken)))
            codes.append(renamed)
        self._questions[question.name] = replace(united, rows=axes[0], periods=axes[1])
        return {
            f"{question.name}/{row['code']}/{period['code']}": "/".join(
                (question.name, codes[0].get(row["code"], row["code"]), codes[1].get(period["code"], period["code"]))
            )
            for row in question.rows
            for period in question.periods
        }


class _Extended:
    """A list of codes that gets those that only an older version has. `newest`: the newest version's codes, which the
    comparison has matched; `taken`: all codes of the list; `is_named`: whether each gets the version's name."""

    def __init__(self, newest: Collection[str], taken: Collection[str], version: str, *, is_named: bool) -> None:
        self._newest, self._taken, self._version, self._is_named = frozenset(newest), {*taken}, version, is_named

    def add(self, older: Mapping[str, Text], united: Mapping[str, Text], codes: dict[str, str]) -> dict[str, Text]:
        """The united labels with the older ones. What another older version calls the same is the same; a code that
        another one uses for something else gets the version's name, in `codes` too."""
        labels = dict(united)
        for code, label in older.items():
            if codes.get(code, code) in self._newest:
                continue
            known = (other for other, text in labels.items() if other not in self._newest and _is_same(text, label))
            name = next(known, None)
            if name is None:
                name = code if code not in self._taken and not self._is_named else _apart(code, self._version)
                labels[name] = label
                self._taken.add(name)
            if name != code:
                codes[code] = name
        return labels


def _is_same(one: Text, other: Text) -> bool:
    return one.get("vi") == other.get("vi")


def cells_of(question: Question) -> list[str]:
    """The names under which a tally has a question: its own, or those of a number table's cells."""
    if question.kind != "table":
        return [question.name]
    return [f"{question.name}/{row['code']}/{period['code']}" for row in question.rows for period in question.periods]


def _offers_same(known: Choices, listed: Choices) -> bool:
    """Whether a list has the same options, and no code of a reason that means something else."""
    own = {**known.options, **known.missing}
    is_clear = all(code not in own or _is_same(own[code], label) for code, label in listed.missing.items())
    is_scored_alike = (known.scale, dict(known.scores)) == (listed.scale, dict(listed.scores))
    has_same_options = [*known.options] == [*listed.options] and all(
        _is_same(label, listed.options[code]) for code, label in known.options.items()
    )
    return is_clear and is_scored_alike and has_same_options


def _rename(counts: Mapping[str, int], codes: Mapping[str, str]) -> dict[str, int]:
    renamed: dict[str, int] = {}
    for code, count in counts.items():
        renamed[codes.get(code, code)] = renamed.get(codes.get(code, code), 0) + count
    return dict(sorted(renamed.items()))


def _apart(name: str, version: str) -> str:
    """The name of what a version has that does not add up with the newest's."""
    return f"{name}-v{re.sub('[^A-Za-z0-9_]', '-', version)}"
