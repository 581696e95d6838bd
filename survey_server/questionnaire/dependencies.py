"""Which question waits for which: the order of evaluation, and what to evaluate again when an answer changes."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from survey_server.questionnaire.model import Expression, Question, Section

MAX_CIRCLES = 20
_READS = frozenset({"ref", "here", "all", "instances", "cell", "cells"})


def references(tree: Expression) -> Iterator[str]:
    """The questions that a tree reads; of a repeat's inner question, the repeat too."""
    if not isinstance(tree, list):
        return
    head: Any = tree[0]
    if head in _READS:
        yield from (str(name) for name in (tree[1:3] if head == "all" else tree[1:2]))
        return
    for part in tree[1:]:
        yield from references(part)  # type: ignore[arg-type]


def conditions(sections: tuple[Section, ...]) -> dict[str, list[Expression]]:
    """For each question every expression that decides its value: its calculation, and its relevance, with that of the
    section, group and repeat around it."""
    found: dict[str, list[Expression]] = {}

    def walk(question: Question, around: list[Expression]) -> None:
        found[question.name] = [*around, question.relevant, question.calculation]
        for inner in question.questions:
            walk(inner, [*around, question.relevant])

    for section in sections:
        for question in section.questions:
            walk(question, [section.relevant])
    return found


def graph(sections: tuple[Section, ...]) -> dict[str, dict[str, None]]:
    """For each question the questions whose values it needs, in the order of the expressions: a set's own order would
    differ from process to process, and with it the compiled questionnaire's bytes. A repeat does not wait for what it
    contains: how many instances there are is known before their answers are looked at."""
    known = conditions(sections)
    read: dict[int, list[str]] = {}  # a section's condition is looked through once, not once a question

    def names(tree: Expression) -> list[str]:
        if id(tree) not in read:
            read[id(tree)] = [name for name in references(tree) if name in known]
        return read[id(tree)]

    return {name: dict.fromkeys(each for tree in trees for each in names(tree)) for name, trees in known.items()}


def order(sections: tuple[Section, ...]) -> list[str]:
    """Every question after those it needs; as on the page where nothing else is asked for.

    Raises graphlib.CycleError, whose second argument is the circle.
    """
    return list(TopologicalSorter(graph(sections)).static_order())


def circles(sections: tuple[Section, ...]) -> list[list[str]]:
    """The circles of dependencies, each as names in the order in which one needs the next, from the first on the page;
    of circles that share a question, one."""
    needs = graph(sections)
    places = {name: place for place, name in enumerate(needs)}
    found: list[list[str]] = []
    while len(found) < MAX_CIRCLES:
        try:
            list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            names = error.args[1][:0:-1]  # graphlib names what is needed first, and one name twice
            first = min(range(len(names)), key=lambda index: places[names[index]])
            found.append([*names[first:], *names[:first]])
            needs = {name: {} if name in names else needed for name, needed in needs.items()}
        else:
            break
    return found
