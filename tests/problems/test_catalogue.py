"""The catalogue of problems: one code a kind, constants named after codes, labels for parts that are codes."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import survey_server
from survey_server import problems
from survey_server.problems import Problem, ProblemError, ProblemType, problem_type
from survey_server.problems.answers import WRONG_KIND
from survey_server.problems.device_api import TOKEN_MISSING, TOO_MANY_ROWS
from survey_server.questionnaire.types import TYPES

MODULES = [import_module(f"{problems.__name__}.{each.name}") for each in pkgutil.iter_modules(problems.__path__)]
CONSTANTS = [
    (module.__name__.rpartition(".")[2], name, value)
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, ProblemType)
]


@pytest.mark.parametrize(("area", "name", "type_"), CONSTANTS, ids=lambda value: getattr(value, "code", None))
def test_a_constant_is_named_after_its_code(area: str, name: str, type_: ProblemType) -> None:
    """The code may begin with what its area is about: `attachment_gap` is attachments.GAP."""
    start, _, rest = type_.code.partition("_")
    assert name.lower() == type_.code or (area.startswith(start) and rest.startswith(name.lower()))


def test_every_kind_is_met_somewhere() -> None:
    package = Path(survey_server.__file__).parent
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path.parent.name != "problems"
    )
    words = set(re.findall(r"\w+", code))
    assert [name for _, name, _ in CONSTANTS if name not in words] == []


def test_a_code_is_used_once() -> None:
    with pytest.raises(ValueError, match="'token_missing' is taken"):
        problem_type(TOKEN_MISSING.code, "…")


def test_a_part_that_is_a_code_is_shown_by_its_label() -> None:
    assert TYPES["integer"].expected == "một số nguyên"
    assert Problem(WRONG_KIND, {"type": "integer"}).text("en").endswith("a whole number is needed.")
    assert Problem(WRONG_KIND, {"type": "unheard_of"}).text("en").endswith("unheard_of is needed.")


def test_text_and_hint_in_one_line() -> None:
    assert Problem(TOKEN_MISSING).text_and_hint("en") == (
        "The device's token is missing. Send the header Authorization: Bearer <token>."
    )
    assert Problem(TOO_MANY_ROWS, {"most": 2, "given": 3}).text_and_hint("en") == (
        "At most 2 responses at a time; this was 3."
    )


def test_the_exception_carries_the_problem_and_its_english_text() -> None:
    error = ProblemError(TOO_MANY_ROWS, most=2, given=3)
    assert error.problem.parts == {"most": 2, "given": 3}
    assert str(error) == "At most 2 responses at a time; this was 3."
