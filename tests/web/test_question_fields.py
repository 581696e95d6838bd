from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from survey_server.web.question_fields import answers_of, form_class, typed_answers
from tests.web.every_type import EVERY_TYPE


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="only in this test, long enough", WTF_CSRF_ENABLED=False)
    with app.test_request_context(method="POST"):
        yield app


def answers(typed: dict[str, Any]) -> dict[str, object]:
    form = form_class(EVERY_TYPE)(MultiDict(typed))
    questions = tuple(question for section in EVERY_TYPE.sections for question in section.questions)
    return answers_of(form, questions)


@pytest.mark.usefixtures("app")
def test_an_empty_form_gives_no_answers() -> None:
    assert answers({}) == {}
    assert answers({"q_data": "   ", "q_staff": " "}) == {}


@pytest.mark.usefixtures("app")
def test_a_question_may_be_called_data() -> None:
    assert answers({"q_data": "Đã triển khai"}) == {"data": "Đã triển khai"}


@pytest.mark.usefixtures("app")
def test_numbers_are_read_as_vietnamese_writes_them() -> None:
    assert answers({"q_staff": "1.500", "q_money": "1,5"}) == {"staff": 1500, "money": 1.5}
    assert answers({"q_staff": "0"}) == {"staff": 0}


@pytest.mark.usefixtures("app")
def test_a_reason_stands_in_place_of_a_number_but_not_beside_it() -> None:
    assert answers({"q_money-missing": "not_tracked"}) == {"money": "not_tracked"}
    assert answers({"q_money-missing": "no_such_reason"}) == {}
    both = {"q_money": "5", "q_money-missing": "not_tracked"}
    assert answers(both) == {}
    assert not form_class(EVERY_TYPE)(MultiDict(both)).validate()


@pytest.mark.usefixtures("app")
def test_a_reason_comes_back_into_the_form() -> None:
    questions = tuple(question for section in EVERY_TYPE.sections for question in section.questions)
    given = {"money": "not_tracked", "staff": 1500, "several": "dont_know"}
    form = form_class(EVERY_TYPE)(typed_answers(questions, given))
    assert answers_of(form, questions) == given


@pytest.mark.usefixtures("app")
def test_an_unreadable_number_is_kept_as_typed_and_named() -> None:
    form = form_class(EVERY_TYPE)(MultiDict({"q_money": "1.5"}))
    assert form["q_money"].answer is None
    assert form["q_money"].typed[""] == "1.5"
    assert not form.validate()
    assert "Dấu chấm phân cách hàng nghìn" in form.errors["q_money"][0]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("typed", "before", "chosen", "after"),
    [
        ("1.234", {"money": 1234}, "1234", {"money": 1234}),
        ("1.234", {"money": 1234}, "1,2340", {"money": 1.234}),
        ("1,234", {}, "1,2340", {"money": 1.234}),
        ("1,234", {}, "1234", {"money": 1234}),
        ("1,234", {}, "5", {}),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_is_confirmed(
    typed: str, before: dict[str, Any], chosen: str, after: dict[str, Any]
) -> None:
    assert answers({"q_money": typed}) == before
    form = form_class(EVERY_TYPE)(MultiDict({"q_money": typed}))
    assert {each.typed for each in form["q_money"].readings[""]} == {"1234", "1,2340"}
    assert form["q_money"].unreadable == {"": f"“{typed}” có thể đọc là hai số khác nhau. Xin chọn số muốn ghi."}
    assert answers({"q_money": typed, "q_money-as": chosen}) == after
    assert form_class(EVERY_TYPE)(MultiDict({"q_money": typed, "q_money-as": chosen})).validate() == bool(after)


@pytest.mark.usefixtures("app")
def test_of_a_whole_number_only_a_comma_is_confirmed() -> None:
    assert form_class(EVERY_TYPE)(MultiDict({"q_staff": "1.500"})).validate()
    assert answers({"q_staff": "1,500"}) == {}
    assert answers({"q_staff": "1,500", "q_staff-as": "1500"}) == {"staff": 1500}


@pytest.mark.usefixtures("app")
def test_text_is_kept_in_composed_form() -> None:
    assert answers({"q_data": "Mặt trận"}) == {"data": "Mặt trận"}


@pytest.mark.usefixtures("app")
def test_a_date_has_three_fields() -> None:
    assert answers({"q_held_on-day": "5", "q_held_on-month": "6", "q_held_on-year": "2012"}) == {
        "held_on": "2012-06-05"
    }
    form = form_class(EVERY_TYPE)(MultiDict({"q_held_on-day": "5"}))
    assert not form.validate()


@pytest.mark.usefixtures("app")
def test_choices_outside_the_list_are_refused() -> None:
    assert answers({"q_rated": "dont_know", "q_several": ["good", "fair"]}) == {
        "rated": "dont_know",
        "several": ["good", "fair"],
    }
    assert not form_class(EVERY_TYPE)(MultiDict({"q_rated": "invented"})).validate()


@pytest.mark.usefixtures("app")
def test_a_cell_holds_a_number_an_estimate_or_a_reason() -> None:
    typed = {"q_figures-classes-y2010": "1.200", "q_figures-classes-h2012": "7"}
    assert answers(typed) == {"figures": {"classes": {"y2010": 1200, "h2012": 7}}}
    assert answers({**typed, "q_figures-classes-h2012-estimated": "1"}) == {
        "figures": {"classes": {"y2010": 1200, "h2012": {"value": 7, "estimated": True}}}
    }
    assert answers({"q_figures-classes-y2010-missing": "none_arose"}) == {
        "figures": {"classes": {"y2010": "none_arose"}}
    }
    both = {"q_figures-classes-y2010": "3", "q_figures-classes-y2010-missing": "none_arose"}
    assert not form_class(EVERY_TYPE)(MultiDict(both)).validate()


@pytest.mark.usefixtures("app")
def test_instances_of_a_repeat_are_a_list_and_empty_ones_are_left_out() -> None:
    typed = {"q_documents-0-q_number": "12/KH-MT", "q_documents-1-q_number": "", "q_documents-3-q_number": "15/BC"}
    assert answers(typed) == {"documents": [{"number": "12/KH-MT"}, {"number": "15/BC"}]}


@pytest.mark.usefixtures("app")
def test_a_group_adds_no_level() -> None:
    assert answers({"q_women": "3"}) == {"women": 3}
