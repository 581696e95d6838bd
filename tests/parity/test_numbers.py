"""The tablet and the server read, type and speak the same numbers, and never write what they would read as another."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from survey_server.i18n import languages
from survey_server.web.number_words import number_in_words
from survey_server.web.numbers import format_for_input, format_number, read_number

if TYPE_CHECKING:
    from tests.parity.conftest import Engine

_READ = """async (texts) => {
  const { readNumber } = await import("http://modules.test/numbers.js");
  return JSON.stringify(JSON.parse(texts).map((text) => {
    const { number = null, other = null, problem = "", parts = {} } = readNumber(text);
    return [number, other, problem, parts];
  }));
}"""
_WRITE = """async (numbers) => {
  const { inWords, typedNumber } = await import("http://modules.test/numbers.js");
  return JSON.stringify(JSON.parse(numbers).map((number) => [typedNumber(number), inWords(number)]));
}"""


def read(text: str) -> list[Any]:
    """As the tablet's module names problems."""
    found = read_number(text)
    problem = f"number{found.problem.capitalize()}" if found.problem else ""
    return [found.number, found.other, problem, found.parts]


READINGS: list[tuple[str, float | None, float | None, str]] = [
    ("1234", 1234, None, ""), ("1.234", 1234, 1.234, ""), ("1,234", 1.234, 1234, ""), ("1 234", 1234, None, ""),
    ("1\u00a0234", 1234, None, ""), ("1\u202f234,5", 1234.5, None, ""), ("1.234,5", 1234.5, None, ""),
    ("1,234.5", None, None, "foreign"), ("1,234,567", None, None, "foreign"), ("1.5", None, None, "foreign"),
    ("0,123", 0.123, None, ""), ("0.123", None, None, "foreign"), ("-1.500", -1500, -1.5, ""),
    ("1.234.567", 1234567, None, ""), ("1 234.567", None, None, "groups"), ("1.2345", None, None, "foreign"),
    ("12 triệu", None, None, "word"), ("1e3", None, None, "word"), ("O", None, None, "word"),
    ("1" * 16, None, None, "long"), ("1\u200b234", None, None, "invisible"), ("12\ufeff", None, None, "invisible"),
    ("--1", None, None, "signs"), ("5-7", None, None, "signs"), ("+5", None, None, "signs"),
    ("50%", None, None, "character"), ("1'234", None, None, "character"), ("１２", None, None, "digits"),
    ("1,", None, None, "edge"), (",5", None, None, "edge"), ("-", None, None, "empty"),
    ("1..500", None, None, "groups"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number", "other", "problem"), READINGS)
def test_a_text_is_read_or_refused_for_its_own_reason(
    text: str, number: float | None, other: float | None, problem: str
) -> None:
    found = read_number(text)
    assert (found.number, found.other, found.problem) == (number, other, problem)


@pytest.mark.slow
def test_all_texts_are_read_alike(engine: Engine) -> None:
    random = Random(0)
    parts = [
        *"0123456789.,.,-−+ %a",
        "000",
        "123",
        "1.234",
        "2,345",
        "\u00a0",
        "\u202f",
        "\u200b",
        "triệu",
        "１",
        "²",
        "\t",
        "😀",
    ]
    texts = [text for text, *_ in READINGS]
    texts += ["".join(random.choices(parts, k=random.randint(0, 8))) for _ in range(5000)]
    theirs = json.loads(engine.evaluate(_READ, json.dumps(texts)))
    for text, other in zip(texts, theirs, strict=True):
        assert read(text) == other, text
    assert sum(each[0] is not None for each in theirs) > 300
    assert sum(each[1] is not None for each in theirs) > 30


def numbers() -> list[float]:
    random = Random(1)
    whole = [random.randint(-(10 ** random.randint(1, 15)), 10 ** random.randint(1, 15)) for _ in range(300)]
    return [*whole, *(round(random.uniform(-2000, 2000), random.randint(1, 6)) for _ in range(600)), 1.234, 0.125, 1e-6]


def test_numbers_are_typed_and_spoken_alike(engine: Engine) -> None:
    theirs = json.loads(engine.evaluate(_WRITE, json.dumps(numbers())))
    assert [[format_for_input(each), number_in_words(format_for_input(each))] for each in numbers()] == theirs


def test_what_is_typed_for_a_number_is_read_as_it_and_no_other() -> None:
    for number in numbers():
        found = read_number(format_for_input(number))
        assert (found.number, found.other) == (number, None)


@pytest.mark.parametrize("language", languages())
def test_no_number_is_written_that_would_be_read_as_another_without_a_question(language: str) -> None:
    questions = 0
    for number in numbers():
        found = read_number(format_number(number, language))
        if found.number is not None and found.other is None:
            assert found.number == pytest.approx(number, abs=1e-6)
        elif found.other is not None:
            assert any(each == pytest.approx(number, abs=1e-6) for each in (found.number, found.other))
            questions += 1
    assert questions > 5
