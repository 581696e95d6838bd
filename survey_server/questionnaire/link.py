"""Compiles the expressions of a questionnaire once all its names are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from survey_server.problems import ProblemType, language as problem_types
from survey_server.questionnaire.conditions import LinkedExpression, check_conditions
from survey_server.questionnaire.dependencies import find_cycles, find_references
from survey_server.questionnaire.language.resolve import resolve
from survey_server.questionnaire.language.syntax import MAX_LENGTH
from survey_server.questionnaire.language.typed import Context, Names
from survey_server.questionnaire.model import ChoiceList, Expression, Position, Question, Section, walk_questions
from survey_server.questionnaire.questions import SourceIndex
from survey_server.questionnaire.source_problems import SourceProblems, TooManyProblemsError

MAX_EXPRESSION_CHARACTERS = 120_000  # per file: enough for a thousand questions, compiled in a second
MAX_CYCLE_SHOWN = 10
T = TypeVar("T", Section, Question)
_COMPILED = ("relevant", "constraint", "calculation", "default")


def link_expressions(
    sections: tuple[Section, ...],
    choices: Mapping[str, ChoiceList],
    index: SourceIndex,
    problems: SourceProblems,
    *,
    check_logic: bool = True,
) -> tuple[Section, ...]:
    """The sections with their expressions compiled, those after a consent section asked only after a yes.

    What is wrong in the expressions is added to `problems`; with `check_logic` also conditions that no answer changes.
    Raises TooManyProblemsError.
    """
    linker = _Linker(_names(sections, choices), index, problems)
    linked = _after_consent(tuple(linker.section(section) for section in sections))
    cycles = find_cycles(linked)
    if check_logic and not cycles:
        check_conditions(linker.without_broken(linked), choices, linker.expressions, problems)
    for names in cycles:
        shown = names if len(names) <= MAX_CYCLE_SHOWN else [*names[: MAX_CYCLE_SHOWN - 1], "…"]
        problems.add(_cycle_position(linked, names, index), problem_types.CYCLE, names=" → ".join([*shown, names[0]]))
    return linked


def _names(sections: tuple[Section, ...], choices: Mapping[str, ChoiceList]) -> Names:
    questions: dict[str, Question] = {}
    repeats: dict[str, str] = {}
    for section in sections:
        for question, repeat in walk_questions(section.questions):
            questions.setdefault(question.name, question)
            if repeat is not None:
                repeats[question.name] = repeat
    codes = {
        name: {each.code: next(iter(each.label.values()), "") for each in (*found.options, *found.missing)}
        for name, found in choices.items()
    }
    return Names(questions, repeats, codes)


class _Linker:
    def __init__(self, names: Names, index: SourceIndex, problems: SourceProblems) -> None:
        self._names = names
        self._index = index
        self._problems = problems
        self._length = 0
        self.expressions: dict[tuple[Position, str], LinkedExpression] = {}  # those in which nothing is wrong
        self._broken: set[tuple[Position, str]] = set()

    def section(self, section: Section) -> Section:
        context = Context(section.name)
        return replace(
            section,
            relevant=self._compile(section.position, context, "relevant"),
            questions=tuple(self._question(question, None) for question in section.questions),
        )

    def _question(self, question: Question, repeat: str | None) -> Question:
        context = Context(question.name, question, repeat)
        without_own = replace(context, question=None)  # its own value does not exist yet
        at = question.position
        inside = question.name if question.role == "repeat" else repeat
        return replace(
            question,
            relevant=self._compile(at, without_own, "relevant"),
            required=question.required or self._compile(at, context, "required") or False,
            constraint=self._compile(at, context, "constraint"),
            calculation=self._compile(at, without_own, "calculation"),
            default=self._compile(at, replace(without_own, is_default=True), "default"),
            questions=tuple(self._question(inner, inside) for inner in question.questions),
        )

    def without_broken(self, owners: tuple[T, ...]) -> tuple[T, ...]:
        """The sections or questions without the expressions in which something is wrong."""
        if not self._broken:
            return owners
        return tuple(
            replace(each, **self._emptied(each.position), questions=self.without_broken(each.questions))
            for each in owners
        )

    def _emptied(self, at: Position) -> dict[str, Any]:
        return {key: None for key in _COMPILED if (at, key) in self._broken}

    def _compile(self, at: Position, context: Context, key: str) -> Expression:
        found = self._index.expressions.get((at, key))
        if found is None:
            return None
        source, node = found
        if not source.strip():
            self._problems.add(node.position, problem_types.EMPTY_EXPRESSION, owner=f"{context.owner}.{key}", key=key)
            return None
        self._length += min(len(source), MAX_LENGTH)  # a longer one is not parsed
        if self._length > MAX_EXPRESSION_CHARACTERS:
            self._problems.add(node.position, problem_types.TOO_MUCH_LOGIC, most=MAX_EXPRESSION_CHARACTERS)
            raise TooManyProblemsError

        wrong = 0

        def report(offset: int, type_: ProblemType, **parts: Any) -> None:
            nonlocal wrong
            wrong += 1
            parts["owner"] = f"{context.owner}.{key}"
            self._problems.add(node.position_of(offset), type_, **parts)

        typed = resolve(source, context, self._names, report)
        if wrong or typed is None:
            self._broken.add((at, key))
        else:
            self.expressions[at, key] = LinkedExpression(typed, source, node)
        if typed is None:
            return None
        tree: Expression = typed.tree
        return tree


def find_consent_question(section: Section) -> Question | None:
    """The question that asks for consent: the section's only select_one, if it has choices."""
    asked = [question for question in section.questions if question.type.data == "choice"]
    return asked[0] if len(asked) == 1 and asked[0].choices else None


def _after_consent(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Make every section after a consent section relevant only if the answer was yes."""
    asked = find_consent_question(sections[0]) if sections and sections[0].consent else None
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


def _cycle_position(sections: tuple[Section, ...], names: list[str], index: SourceIndex) -> Position:
    """The position of the first expression on the page that is part of the cycle."""
    for section in sections:
        if section.relevant is not None and {*find_references(section.relevant)} & {*names}:
            inside = {question.name for question, _ in walk_questions(section.questions)}
            if inside & {*names}:
                return index.position_of(section.position, "relevant")
        for question, _ in walk_questions(section.questions):
            inside = {inner.name for inner, _ in walk_questions((question,))}
            for key, tree in (("relevant", question.relevant), ("calculation", question.calculation)):
                if inside & {*names} and {*find_references(tree)} & {*names}:
                    return index.position_of(question.position, key)
    return Position(1, 1)
