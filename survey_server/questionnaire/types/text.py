"""A text, in one line or in several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from survey_server.problems import Problem, answers as answer_problems
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.mapping_reader import MappingReader
from survey_server.questionnaire.model import (
    ANSWER_KEYS,
    MAX_ANSWER_LENGTH,
    Check,
    ChoiceList,
    Options,
    Question,
    QuestionType,
    wrong_kind,
)


@dataclass(frozen=True, slots=True)
class TextOptions(Options):
    is_multiline: bool = False


APPEARANCES = ("multiline",)


def _read_options(reader: MappingReader) -> TextOptions:
    return TextOptions(reader.has("appearance") and reader.read_one_of("appearance", APPEARANCES) == "multiline")


def _compile_check(question: Question, _choices: ChoiceList | None) -> Check:
    def check(given: Any) -> Problem | None:
        if not isinstance(given, str):
            return wrong_kind(question)
        return Problem(answer_problems.TOO_LARGE) if len(given) > MAX_ANSWER_LENGTH else None

    return check


def _draw(drawing: Drawing, question: Question) -> str:
    texts = drawing.manner.texts
    endings = [ending for ending in texts if question.name.endswith(ending)]
    sentences = texts[max(endings, key=len)] if endings else ("Theo thực tế của địa phương.",)
    return drawing.random.choice(sentences)


TYPE = QuestionType(
    name="text",
    keys=(*ANSWER_KEYS, "appearance"),
    data="text",
    value_kind="text",
    expected="chữ",
    read_options=_read_options,
    compile_check=_compile_check,
    draw=_draw,
)
