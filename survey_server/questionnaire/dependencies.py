"""Which question reads which: the order of evaluation, and cycles."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from survey_server.questionnaire.model import Expression, Question, Section

MAX_CYCLES = 20
_READS = frozenset({"ref", "here", "all", "instances", "cell", "cells"})


def find_references(tree: Expression) -> Iterator[str]:
    """The names of the questions that a tree reads; for a question inside a repeat, the repeat too."""
    if not isinstance(tree, list):
        return
    head: Any = tree[0]
    if head in _READS:
        yield from (str(name) for name in (tree[1:3] if head == "all" else tree[1:2]))
        return
    for part in tree[1:]:
        yield from find_references(part)  # type: ignore[arg-type]


def build_graph(sections: tuple[Section, ...]) -> dict[str, dict[str, None]]:
    """For each question the questions whose values it needs, as keys in the order of its expressions.

    Not a set: its order differs between processes, and so would the compiled questionnaire's bytes. A repeat does not
    depend on the questions inside: the number of instances is known before their answers are evaluated.
    """
    # By question every expression that decides its value: its calculation and its relevance, with that of the section,
    # group and repeat around it.
    known: dict[str, list[Expression]] = {}

    def walk(questions: tuple[Question, ...], around: list[Expression]) -> None:
        for question in questions:
            known[question.name] = [*around, question.relevant, question.calculation]
            walk(question.questions, [*around, question.relevant])

    for section in sections:
        walk(section.questions, [section.relevant])
    read: dict[int, list[str]] = {}  # a section's condition is searched once, not once per question

    def names(tree: Expression) -> list[str]:
        if id(tree) not in read:
            read[id(tree)] = [name for name in find_references(tree) if name in known]
        return read[id(tree)]

    return {name: dict.fromkeys(each for tree in trees for each in names(tree)) for name, trees in known.items()}


def evaluation_order(sections: tuple[Section, ...]) -> list[str]:
    """The names of all questions, each after those it needs, otherwise in the order of the page.

    Raises graphlib.CycleError, whose second argument is the cycle.
    """
    return list(TopologicalSorter(build_graph(sections)).static_order())


def find_cycles(sections: tuple[Section, ...]) -> list[list[str]]:
    """The cycles of dependencies, at most MAX_CYCLES and one of those that share a question.

    Each is a list of names in which one needs the next, beginning with the one that comes first on the page.
    """
    needs = build_graph(sections)
    page_order = {name: index for index, name in enumerate(needs)}
    found: list[list[str]] = []
    while len(found) < MAX_CYCLES:
        try:
            list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            names = error.args[1][:0:-1]  # graphlib names what is needed first, and one name twice
            first = min(range(len(names)), key=lambda index: page_order[names[index]])
            found.append([*names[first:], *names[:first]])
            needs = {name: {} if name in names else needed for name, needed in needs.items()}
        else:
            break
    return found
