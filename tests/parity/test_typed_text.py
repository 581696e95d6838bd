"""The tablet and the server clean, trim and find blank the same texts."""

from __future__ import annotations

import json
import sys
import unicodedata
from random import Random
from typing import TYPE_CHECKING

import pytest

from survey_server.questionnaire.typed_text import clean, clean_all, is_blank, trim

if TYPE_CHECKING:
    from tests.parity.conftest import Engine

_EACH = """async (limit) => {
  const { clean, trim, isBlank } = await import("http://modules.test/typed_text.js");
  const blank = [], removed = [], trimmed = [], broken = [];
  for (let code = 0; code < limit; code += 1) {
    const character = String.fromCodePoint(code);
    if (isBlank(character)) blank.push(code);
    if (clean(`a${character}b`) === "ab") removed.push(code);
    if (clean(`a${character}b`) === "a\\nb") broken.push(code);
    if (trim(`${character}a${character}`) === "a") trimmed.push(code);
  }
  return [blank, removed, broken, trimmed];
}"""
_TEXTS = """async (texts) => {
  const { clean, trim, isBlank } = await import("http://modules.test/typed_text.js");
  return JSON.stringify(JSON.parse(texts).map((text) => [clean(text), trim(text), isBlank(text)]));
}"""
_CUT = """async ([text, most]) => (await import("http://modules.test/typed_text.js")).cut(text, most)"""


@pytest.mark.slow
def test_every_character_is_treated_alike(engine: Engine) -> None:
    limit = sys.maxunicode + 1
    ours: tuple[list[int], ...] = ([], [], [], [])
    blank, removed, broken, trimmed = ours
    for code in range(limit):
        character = chr(code)
        if is_blank(character):
            blank.append(code)
        cleaned = clean(f"a{character}b")
        if cleaned == "ab":
            removed.append(code)
        if cleaned == "a\nb":
            broken.append(code)
        if trim(f"{character}a{character}") == "a":
            trimmed.append(code)
    assert engine.evaluate(_EACH, limit) == [list(each) for each in ours]
    assert min(map(len, ours)) > 5


PARTS = ["Mặt", "a\u0323", " ", "\t", "\r\n", "\r", "\v", "\u2028", "\0", "\x07", "\u200b", "\ufeff", "❤\ufe0f", "👩\u200d🌾", "\ud83d", "\udc4d", "\x85", "\u3164"]  # fmt: skip  # noqa: E501


@pytest.mark.slow
def test_texts_of_odd_parts_are_treated_alike(engine: Engine) -> None:
    random = Random(0)
    texts = ["".join(random.choices(PARTS, k=random.randint(0, 6))) for _ in range(500)]
    theirs = json.loads(engine.evaluate(_TEXTS, json.dumps(texts)))
    # JSON joins the halves of a surrogate pair; Python's own texts do not.
    joined = [json.loads(json.dumps(text)) for text in texts]
    assert [[clean(text), trim(text), is_blank(text)] for text in joined] == theirs


@pytest.mark.parametrize(
    ("given", "trimmed"),
    [
        ("  Mặt trận \n", "Mặt trận"),
        ("dòng một\r\ndòng hai\vdòng ba", "dòng một\ndòng hai\ndòng ba"),
        ("\ufeffa\u200b", "a"),
        ("\u200b\u2060 ", ""),
        ("a\0b\x1bc", "abc"),
        ("nửa \ud83d", "nửa"),
        ("tim ❤\ufe0f", "tim ❤\ufe0f"),
        ("nhà 👩\u200d🌾", "nhà 👩\u200d🌾"),
        ("đi\u0323", "đị"),
    ],
)
def test_an_answer_is_what_of_it_can_be_seen(given: str, trimmed: str) -> None:
    assert trim(given) == unicodedata.normalize("NFC", trimmed)
    assert trim(trim(given)) == trim(given)
    trim(given).encode()


def test_any_json_is_cleaned_to_its_depth() -> None:
    given = {"a\0": ["x\ud800", {"b": "c\x07"}], "a": "second", "n": 5, "t": True}
    assert clean_all(given) == {"a": ["x", {"b": "c"}], "n": 5, "t": True}


def test_a_cut_text_keeps_whole_characters(engine: Engine) -> None:
    assert engine.evaluate(_CUT, ["ngắn", 10]) == "ngắn"
    assert engine.evaluate(_CUT, ["a" * 600, 500]) == "a" * 499 + "…"
    assert engine.evaluate(_CUT, ["aa👩\u200d🌾bbb", 4]) == "aa…", "not half a farmer"
    assert engine.evaluate(_CUT, ["ab🌾🌾🌾", 4]) == "ab🌾…", "not half an emoji"
    assert engine.evaluate(_CUT, ["be\u0323\u0302bbb", 3]) == "b…", "no letter without its marks"
