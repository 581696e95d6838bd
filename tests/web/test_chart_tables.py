"""The numbers under a chart are read by people: names, decimal commas, "n<10"."""

from __future__ import annotations

import pytest
from flask import Flask

from survey_server.services.name_codes import CodeNames
from survey_server.web import language
from survey_server.web.chart_tables import Names, csv_with_names, read_rows, readable_table, scale_of

CODES = CodeNames(
    tasks={"task1": {"vi": "Nhận thức", "en": "Awareness"}, "task2": {"vi": "Vận động", "en": "Campaigns"}},
    choices={
        "campaigns": {"poor": {"vi": "Ngày vì người nghèo", "en": "Day for the poor"}},
        "rating5": {"good": {"vi": "Tốt", "en": "Good"}, "poor": {"vi": "Kém", "en": "Poor"}},
    },
)
NAMES = Names(CODES, "rating5", {"commune_visit": {"vi": "Phiếu xã", "en": "Commune visit"}}, 10)
RATINGS = (
    b"\xef\xbb\xbftask,category,order,count,share,n,missing,responses,hidden,flagged\r\n"
    b"task1,good,0,1200,0.7500,1600,21,143,False,False\r\ntask1,poor,1,400,0.2500,1600,21,143,False,False\r\n"
    b"task2,good,0,,,,,,True,False\r\ntask2,poor,1,,,,,,True,False\r\n"
)
SCORES = (
    "locality,name,task,estimate,se,low,high,n,deff,differs,hidden,flagged\r\n"
    "VN/01,Thành phố Hà Nội,task1,60.6793,3.5051,52.9645,68.3941,28,2.3,True,False,True\r\n"
    "VN/02,Tỉnh Hà Giang,task1,,,,,,,,True,False\r\n"
).encode()


@pytest.fixture
def reader() -> Flask:
    """An application of the languages only."""
    app = Flask(__name__)
    language.register(app)
    return app


def test_ratings_stand_in_a_row_a_task(reader: Flask) -> None:
    with reader.test_request_context("/"):
        table = readable_table("ratings_by_task", read_rows(RATINGS), NAMES)
    assert table.heads == ["Nhiệm vụ", "Tốt", "Kém", "Số câu trả lời", "Không đánh giá"]
    assert table.rows == [
        ["1. Nhận thức", "1.200 (75,0%)", "400 (25,0%)", "1.600", "21"],
        ["2. Vận động", "n<10", "n<10", "n<10", "n<10"],
    ]
    assert table.note == "n<10: không công bố do ít phiếu."


def test_a_choice_is_named_by_the_list_of_the_chart(reader: Flask) -> None:
    with reader.test_request_context("/"):
        assert scale_of(read_rows(RATINGS), NAMES) == "Tốt – Kém"


def test_the_other_language_writes_numbers_its_own_way(reader: Flask) -> None:
    with reader.test_request_context("/?lang=en"):
        table = readable_table("ratings_by_task", read_rows(RATINGS), NAMES)
    assert table.rows[0] == ["1. Awareness", "1,200 (75.0%)", "400 (25.0%)", "1,600", "21"]


def test_scores_come_with_their_intervals_and_their_cautions(reader: Flask) -> None:
    with reader.test_request_context("/"):
        table = readable_table("dots", read_rows(SCORES), NAMES)
    assert table.rows[0] == ["Thành phố Hà Nội", "1. Nhận thức", "60,7*", "53,0 – 68,4*", "28*", "khác"]
    assert table.rows[1][2:5] == ["n<10"] * 3
    assert "cần thận trọng" in table.note


def test_a_heat_map_is_a_row_a_locality(reader: Flask) -> None:
    with reader.test_request_context("/"):
        table = readable_table("heat_map", read_rows(SCORES), NAMES)
    assert table.heads == ["Địa bàn", "1. Nhận thức", "n"]
    assert table.rows == [["Thành phố Hà Nội", "60,7*", "28"], ["Tỉnh Hà Giang", "n<10", "n<10"]]


def test_the_csv_keeps_its_codes_and_carries_the_names(reader: Flask) -> None:
    with reader.test_request_context("/"):
        written = csv_with_names(RATINGS, NAMES).decode("utf-8-sig").split("\r\n")
    assert written[0] == RATINGS.decode("utf-8-sig").split("\r\n")[0] + ",task_name,category_name,note"
    assert written[1] == "task1,good,0,1200,0.7500,1600,21,143,False,False,1. Nhận thức,Tốt,"
    assert written[3].endswith(",2. Vận động,Tốt,n<10")


def test_a_name_is_never_a_formula(reader: Flask) -> None:
    evil = Names(CODES, "rating5", {"commune_visit": {"vi": "=1+1"}}, 10)
    table = b"locality,name,questionnaire,expected,received,late,hidden\r\nVN,a,commune_visit,2,1,0,False\r\n"
    with reader.test_request_context("/"):
        assert csv_with_names(table, evil).decode("utf-8-sig").split("\r\n")[1].endswith(",'=1+1,")
        assert readable_table("completeness", read_rows(table), evil).rows[0][2:] == ["2", "1", "50,0%", "0"]
