"""Compiling the expressions of a questionnaire, once every name of it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from survey_server.problems import ProblemType
from survey_server.problems import language as problems
from survey_server.questionnaire.dependencies import circles, references
from survey_server.questionnaire.faults import Findings, TooManyFaultsError
from survey_server.questionnaire.language.resolve import Names, Place, resolve
from survey_server.questionnaire.language.syntax import MAX_LENGTH
from survey_server.questionnaire.model import ChoiceList, Expression, Position, Question, Section
from survey_server.questionnaire.questions import Written

MAX_EXPRESSION_CHARACTERS = (
    120_000  # characters of expressions in a file: a thousand questions' worth, read in a second
)

MAX_SHOWN = 10


def link(
    sections: tuple[Section, ...], choices: Mapping[str, ChoiceList], written: Written, findings: Findings
) -> tuple[Section, ...]:
    """The sections with their expressions compiled and the consent's condition on all that follows it."""
    linker = _Linker(_names(sections, choices), written, findings)
    linked = _after_consent(tuple(linker.section(section) for section in sections))
    for names in circles(linked):
        shown = names if len(names) <= MAX_SHOWN else [*names[: MAX_SHOWN - 1], "…"]
        findings.add(_place(linked, names, written), problems.CYCLE, names=" → ".join([*shown, names[0]]))
    return linked


def walk(questions: tuple[Question, ...], repeat: str | None = None) -> Iterator[tuple[Question, str | None]]:
    """Every question with the repeat it lies in."""
    for question in questions:
        yield question, repeat
        yield from walk(question.questions, question.name if question.type == "repeat" else repeat)


def _names(sections: tuple[Section, ...], choices: Mapping[str, ChoiceList]) -> Names:
    questions: dict[str, Question] = {}
    repeats: dict[str, str] = {}
    for section in sections:
        for question, repeat in walk(section.questions):
            questions.setdefault(question.name, question)
            if repeat is not None:
                repeats[question.name] = repeat
    codes = {
        name: {each.code: next(iter(each.label.values()), "") for each in (*found.options, *found.missing)}
        for name, found in choices.items()
    }
    return Names(questions, repeats, codes)


class _Linker:
    def __init__(self, names: Names, written: Written, findings: Findings) -> None:
        self._names = names
        self._written = written
        self._findings = findings
        self._length = 0

    def section(self, section: Section) -> Section:
        place = Place(section.name)
        return replace(
            section,
            relevant=self._compiled(section.position, place, "relevant"),
            questions=tuple(self._question(question, None) for question in section.questions),
        )

    def _question(self, question: Question, repeat: str | None) -> Question:
        place = Place(question.name, question, repeat)
        blind = replace(place, question=None)  # its own value is not there yet
        at = question.position
        inside = question.name if question.type == "repeat" else repeat
        return replace(
            question,
            relevant=self._compiled(at, blind, "relevant"),
            required=question.required or self._compiled(at, place, "required") or False,
            constraint=self._compiled(at, place, "constraint"),
            calculation=self._compiled(at, blind, "calculation"),
            questions=tuple(self._question(inner, inside) for inner in question.questions),
        )

    def _compiled(self, at: Position, place: Place, key: str) -> Expression:
        found = self._written.expressions.get((at, key))
        if found is None:
            return None
        source, node = found
        self._length += min(len(source), MAX_LENGTH)  # of a longer one nothing is read
        if self._length > MAX_EXPRESSION_CHARACTERS:
            self._findings.add(node.position, problems.TOO_MUCH_LOGIC, most=MAX_EXPRESSION_CHARACTERS)
            raise TooManyFaultsError

        def report(offset: int, type_: ProblemType, **parts: Any) -> None:
            parts["owner"] = f"{place.owner}.{key}"
            self._findings.add(node.place_of(offset), type_, **parts)

        return resolve(source, place, self._names, report).tree


def consent_question(section: Section) -> Question | None:
    """The question that asks for consent, if the section has the one it needs."""
    asked = [question for question in section.questions if question.type == "select_one"]
    return asked[0] if len(asked) == 1 and asked[0].choices else None


def _after_consent(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Who refuses is asked nothing more: every later section is relevant only after a yes."""
    if not sections or not sections[0].consent:
        return sections
    asked = consent_question(sections[0])
    if asked is None:
        return sections
    agreed: list[object] = ["=", ["ref", asked.name], "yes"]
    first = replace(
        sections[0],
        questions=tuple(
            replace(each, consent=True) if each.name == asked.name else each for each in sections[0].questions
        ),
    )
    later = (
        replace(section, relevant=agreed if section.relevant is None else ["and", agreed, section.relevant])
        for section in sections[1:]
    )
    return first, *later


def _place(sections: tuple[Section, ...], names: list[str], written: Written) -> Position:
    """The first expression that leads into the circle."""
    for section in sections:
        if section.relevant is not None and {*references(section.relevant)} & {*names}:
            inside = {question.name for question, _ in walk(section.questions)}
            if inside & {*names}:
                return written.place(section.position, "relevant")
        for question, _ in walk(section.questions):
            inside = {inner.name for inner, _ in walk((question,))}
            for key, tree in (("relevant", question.relevant), ("calculation", question.calculation)):
                if inside & {*names} and {*references(tree)} & {*names}:
                    return written.place(question.position, key)
    return Position(1, 1)
