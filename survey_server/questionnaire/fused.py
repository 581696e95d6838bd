"""Runs of simple questions as one function each, written as Python and compiled once a questionnaire version.

As closures forty questions took 250 calls and two fifths of all work on a response; so they take a quarter. What is
written says the same as `route._Walk` does step by step, which stays the measure: a test compares both on drawn
questionnaires. Names and texts of a questionnaire enter the source by `repr` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from survey_server.questionnaire.expressions import values
from survey_server.questionnaire.expressions.evaluate import Compiled, Scope
from survey_server.questionnaire.expressions.inline import HELPERS, Inliner, NoFormError
from survey_server.questionnaire.model import Expression
from survey_server.questionnaire.steps import Step, is_nothing, plain, seen_number, seen_text


class State(Protocol):
    """What a run writes into: see `route.RouteState`."""

    relevant: set[str]
    required: set[str]
    calculated: dict[str, Any]
    broken: list[tuple[str, str]]
    values: dict[str, Any]


Fused = Callable[[Mapping[str, Any], State, Scope], None]


class Kind(NamedTuple):
    """A question whose answers have no questions inside. `check` gives None for an answer of its kind; `codes`: of its
    choices."""

    name: str
    type: str
    codes: frozenset[str]
    check: Callable[[Any], object]


_HEAD = """def run(answers, state, scope):
    given_of, known, relevant, today = answers.get, state.values, state.relevant, scope.today
    get, calculated, required, broken = known.get, state.calculated, state.required, state.broken
    own = None
"""


def visits(steps: Sequence[Step]) -> Fused:
    """What `_Walk._visit` does, for each of these steps in turn."""
    writer = _Writer()
    for step in steps:
        writer.visit(step)
    return writer.compiled()


def judgements(steps: Sequence[Step]) -> Fused:
    """What `_Walk._judge` does, for each of these steps in turn."""
    writer = _Writer()
    for step in steps:
        writer.judge(step)
    return writer.compiled()


def all_fine(kinds: Sequence[Kind]) -> Callable[[Mapping[str, Any], set[str]], bool]:
    """Whether answers are surely all known, asked and of their kinds; False says only that they must be looked at."""
    names: dict[str, Any] = {"is_day": values.day, "are_of": _are_of}
    lines = ["def run(answers, relevant):", "    given_of, fine = answers.get, 0"]
    for index, kind in enumerate(kinds):
        names[f"codes_{index}"], names[f"check_{index}"] = kind.codes, kind.check
        form = _FORMS.get(kind.type, "check_{i}(given) is None").format(i=index)
        lines += [
            f"    given = given_of({kind.name!r})",
            f"    if given is not None and {form} and {kind.name!r} in relevant:",
            "        fine += 1",
        ]
    lines.append("    return fine == len(answers)")
    run: Callable[[Mapping[str, Any], set[str]], bool] = _made("\n".join(lines), names)
    return run


# Of what each check lets through the common part, without a call; `check_N` decides about the rest.
_FORMS = {
    "text": "type(given) is str and len(given) < 1000",
    "integer": "type(given) is int and abs(given) < 1000000000",
    "decimal": "(type(given) is int or type(given) is float) and abs(given) < 1000000000",
    "select_one": "type(given) is str and given in codes_{i}",
    "select_multiple": "type(given) is list and are_of(given, codes_{i})",
    "date": "type(given) is str and is_day(given)",
    "calculate": "type(given) is not list and type(given) is not dict",
}


def _are_of(given: list[Any], codes: frozenset[str]) -> bool:
    """Whether these are some of the codes, each once."""
    try:
        return len(codes.intersection(given)) == len(given)
    except TypeError:  # a list or an object among them
        return False


def _made(source: str, names: dict[str, Any]) -> Any:
    exec(compile(source, "<a questionnaire>", "exec"), names)  # noqa: S102  written here, nothing in it was sent
    return names["run"]


class _Writer:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._names: dict[str, Any] = {**HELPERS, "is_nothing": is_nothing, "plain": plain}
        self._inliner = Inliner()

    def compiled(self) -> Fused:
        source = _HEAD + "".join(f"    {line}\n" for line in self._lines)
        run: Fused = _made(source, self._names)
        return run

    def visit(self, step: Step) -> None:
        name, deeper = repr(step.name), ""
        asked = [
            self._condition(tree, made)
            for tree, made in ((step.section, step.section_relevant), (step.question.relevant, step.relevant))
            if made is not None
        ]
        if asked:
            self._write(f"if not ({' and '.join(asked)}):", f"    known[{name}] = None", "else:")
            deeper = "    "
        self._write(f"{deeper}relevant.add({name})")
        if step.sees is not None:
            self._write(
                f"{deeper}given = given_of({name})",
                f"{deeper}known[{name}] = None if given is None else {self._seen(step)}",
            )
        elif step.calculation is None:
            self._write(f"{deeper}known[{name}] = None")
        else:
            self._write(
                f"{deeper}result = {self._value(step.question.calculation, step.calculation)}",
                f"{deeper}if is_nothing(result):",
                f"{deeper}    known[{name}] = None",
                f"{deeper}else:",
                f"{deeper}    known[{name}], calculated[{name}] = result, plain(result)",
            )

    def judge(self, step: Step) -> None:
        name = repr(step.name)
        own = f"known[{name}]" if step.is_visited else f"{self._seen(step)} if answered else None"
        self._write(
            f"if {name} in relevant:",
            f"    given = given_of({name})",
            "    answered = bool(given) or given == 0",  # an empty text, list or object is no answer
            f"    scope.own = own = {own}",
        )
        if step.required is not None:
            self._write(
                f"    if {self._condition(step.question.required, step.required)}:",
                f"        required.add({name})",
                "        if not answered:",
                f"            broken.append(({name}, 'required'))",
            )
        if step.constraint is not None:
            holds = self._condition(step.question.constraint, step.constraint)
            self._write(
                f"    if answered{self._and_not_missing(step)} and not ({holds}):",
                f"        broken.append(({name}, 'constraint'))",
            )

    def _and_not_missing(self, step: Step) -> str:
        if step.is_number:
            return " and type(given) is not str"
        return f" and not (type(given) is str and given in {self._given(step.missing)})" if step.missing else ""

    def _seen(self, step: Step) -> str:
        """The common kinds of answers without a call."""
        sees = f"{self._given(step.sees)}(given)"
        if step.sees is seen_text:
            return f"(given if type(given) is str and given and given.isascii() else {sees})"
        if step.sees is seen_number:
            return f"(float(given) if (type(given) is int or type(given) is float) and abs(given) < 1e300 else {sees})"
        return sees

    def _condition(self, tree: Expression, made: Compiled) -> str:
        try:
            return self._inliner.condition(tree)
        except NoFormError:
            return f"{self._given(made)}(scope)"

    def _value(self, tree: Expression, made: Compiled) -> str:
        try:
            return self._inliner.value(tree)
        except NoFormError:
            return f"{self._given(made)}(scope)"

    def _given(self, what: object) -> str:
        """A name in the source for something that was made already."""
        name = f"made_{len(self._names)}"
        self._names[name] = what
        return name

    def _write(self, *lines: str) -> None:
        self._lines.extend(lines)
