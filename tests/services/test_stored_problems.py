"""Stored problems can be put into any language later."""

from __future__ import annotations

import json
import string

import pytest

from survey_server.problems import CATALOGUE, Problem, answers as problems, receiving as receiving_problems
from survey_server.questionnaire.answers import AnswerProblem, Checker
from survey_server.questionnaire.frameworks import read_framework
from survey_server.questionnaire.load import load_text
from survey_server.questionnaire.model import Questionnaire
from survey_server.services.stored_problems import problems_from_json, problems_to_json
from tests.support.field import EXAMPLE

ANSWERS = {
    "party_change": "splendid", "held_on": "2099-01-01", "documents": [{"pages": -1, "unheard_of": 1}],
    "documents_total": 5, "figures": 3, "nothing": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    framework = read_framework((EXAMPLE.parents[1] / "frameworks" / "example.yaml").read_bytes(), "example.yaml")
    return load_text(EXAMPLE.read_bytes(), framework, EXAMPLE.name)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_stored_problem_reads_as_it_was_found(questionnaire: Questionnaire, language: str) -> None:
    found = Checker(questionnaire).check(ANSWERS, "2012-06-05T09:00:00+07:00").problems
    assert len(found) > 5
    read = problems_from_json(problems_to_json(found), questionnaire)
    assert [(each.path, each.code, each.text(language)) for each in read] == [
        (each.path, each.code, each.text(language)) for each in found
    ]


def test_no_words_are_stored(questionnaire: Questionnaire) -> None:
    found = Checker(questionnaire).check(ANSWERS, None).problems
    stored = json.loads(
        problems_to_json(
            (*found, AnswerProblem(None, Problem(receiving_problems.UNKNOWN_VERSION, {"id": "a", "version": "1"}), {}))
        )
    )
    assert {key for each in stored for key in each} == {"question", "code", "parts"}
    assert stored[-1]["parts"] == {"id": "a", "version": "1"}


def test_no_problems_are_an_empty_list(questionnaire: Questionnaire) -> None:
    assert problems_to_json(()) == "[]"
    assert problems_from_json("[]", questionnaire) == []


def test_without_its_questionnaire_a_rule_has_a_general_text(questionnaire: Questionnaire) -> None:
    stored = problems_to_json(
        [AnswerProblem("held_on", Problem(problems.CONSTRAINT), {"vi": "Ngày họp không thể ở tương lai"})]
    )
    assert problems_from_json(stored, questionnaire)[0].text("en") == "The meeting cannot lie in the future"
    assert problems_from_json(stored, None)[0].text("en") == "The answer breaks the question's rule."


@pytest.mark.parametrize(
    ("stored", "english"),
    [
        (
            {"question": None, "code": "outside_work", "message": "Địa bàn …"},
            Problem(receiving_problems.OUTSIDE_WORK).text("en"),
        ),
        ({"question": "held_on", "code": "constraint", "message": "…"}, "The meeting cannot lie in the future"),
        ({"question": "party_change", "code": "unknown_choice", "message": "Không có '{x}'."}, "Không có '{x}'."),
        ({"question": None, "code": "no_longer_known", "message": "Câu cũ."}, "Câu cũ."),
        ({"question": None, "code": "no_longer_known"}, "no_longer_known"),
    ],
)
def test_problems_stored_by_release_0_1_are_read(questionnaire: Questionnaire, stored: object, english: str) -> None:
    (read,) = problems_from_json(json.dumps([stored]), questionnaire)
    assert read.text("en") == english


def test_a_problem_type_names_the_parts_of_its_texts() -> None:
    assert receiving_problems.UNKNOWN_VERSION.parts == {"id", "version"}
    assert problems.UNKNOWN_CHOICE.parts == {"code"}
    for type_ in CATALOGUE.values():
        assert all(part.isidentifier() and part[0] in string.ascii_lowercase for part in type_.parts), type_.code
