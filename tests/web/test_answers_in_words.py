"""A single response is read in words: days, figures, reasons for none, tables and repeats."""

from __future__ import annotations

from flask import Flask

from survey_server.web import language
from survey_server.web.answers_in_words import raw_answers, sections_in_words
from survey_server.web.question_types import value_in_words
from tests.web.every_type import EVERY_TYPE

ANSWERS = {
    "staff": 1500,
    "money": "not_tracked",
    "rated": "good",
    "several": ["good", "fair"],
    "held_on": "2012-06-05",
    "women": 7,
    "figures": {"classes": {"y2010": {"value": 12.5, "estimated": True}, "h2012": "none_arose"}},
    "documents": [{"number": "07-HD/MT", "issued_on": "2010-09-17"}],
}


def test_true_and_false_are_said_in_the_language() -> None:
    app = Flask(__name__)
    language.register(app)
    with app.test_request_context("/"):
        assert [value_in_words(each) for each in (True, False, 1, "có")] == ["Có", "Không", "1", "có"]
    with app.test_request_context("/?lang=en"):
        assert [value_in_words(each) for each in (True, False)] == ["Yes", "No"]


def test_every_answer_is_in_words() -> None:
    app = Flask(__name__)
    language.register(app)
    with app.test_request_context("/"):
        first, second = sections_in_words(EVERY_TYPE, ANSWERS)
    assert first[0] == "Phần một"
    assert [(each.label, each.text) for each in first[1]] == [
        ("Số cán bộ", "1.500"), ("Kinh phí", "Không theo dõi"), ("Đánh giá", "Tốt"), ("Chọn nhiều", "Tốt, Khá"),
        ("Ngày tổ chức", "05/06/2012"), ("Số nữ", "7"),
    ]  # fmt: skip
    figures, documents = second[1]
    assert figures.heads == ("Chỉ tiêu", "2010", "6 tháng đầu 2012")
    assert figures.rows == (("Lớp tập huấn", ("12,5 (ước)", "Không phát sinh")),)
    assert [(each.label, each.text) for each in documents.instances[0]] == [
        ("Số, ký hiệu", "07-HD/MT"), ("Ngày ban hành", "17/09/2010"),
    ]  # fmt: skip


def test_answers_of_no_known_shape_are_shown_all_the_same() -> None:
    app = Flask(__name__)
    language.register(app)
    with app.test_request_context("/"):
        odd = {"held_on": "2012-02-31", "figures": "x", "documents": ["y"], "staff": None}
        shown = {each.label: each for _title, rows in sections_in_words(EVERY_TYPE, odd) for each in rows}
    assert shown["Ngày tổ chức"].text == "2012-02-31"
    assert shown["Số liệu"].text == "x"
    assert shown["Số cán bộ"].text == "–"
    assert raw_answers({"a": [1]})[0][1][0].text == "[1]"
