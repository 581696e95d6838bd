"""A questionnaire with one question of each type, made without the loader."""

from __future__ import annotations

from typing import Any

from survey_server.questionnaire.model import (
    Choice,
    ChoiceList,
    Framework,
    Position,
    Question,
    Questionnaire,
    Row,
    Section,
)
from survey_server.questionnaire.types import TYPES
from survey_server.questionnaire.types.number_table import TableOptions

HERE = Position(1, 1)
HOSTILE = "<script>alert(1)</script>"


def question(name: str, type_: str, vi: str, **options: Any) -> Question:
    return Question(name, TYPES[type_], {"vi": vi, "en": f"{vi} (en)"}, HERE, **options)


def choice(code: str, vi: str) -> Choice:
    return Choice(code, {"vi": vi, "en": code.replace("_", " ")})


RATING = ChoiceList(
    "rating", "ordinal", (choice("good", "Tốt"), choice("fair", "Khá")), (choice("dont_know", "Không biết"),)
)

EVERY_TYPE = Questionnaire(
    id="every_type",
    version="1",
    title={"vi": "Mọi loại câu hỏi", "en": "Every type"},
    respondent="organisation",
    evidence="visit",
    locality_level="commune",
    framework=Framework("f", {"vi": "f"}, ()),
    languages=("vi", "en"),
    choices={"rating": RATING},
    sections=(
        Section(
            "first",
            {"vi": "Phần một", "en": "Part one"},
            HERE,
            (
                question("data", "text", HOSTILE, hint={"vi": "**Đậm** & nghiêng"}),
                question("staff", "integer", "Số cán bộ", required=True),
                question(
                    "money", "decimal", "Kinh phí",
                    unit={"vi": "triệu đồng", "en": "million dong"}, missing=(choice("not_tracked", "Không theo dõi"),),
                ),
                question("rated", "select_one", "Đánh giá", choices="rating"),
                question("several", "select_multiple", "Chọn nhiều", choices="rating"),
                question("held_on", "date", "Ngày tổ chức"),
                question("remark", "note", "Một lời dặn"),
                question("total", "calculate", "Tổng số", calculation=1.0),
                question("people", "group", "Con người", questions=(question("women", "integer", "Số nữ"),)),
            ),
        ),
        Section(
            "second",
            {"vi": "Phần hai", "en": "Part two"},
            HERE,
            (
                question(
                    "figures", "number_table", "Số liệu",
                    own=TableOptions(
                        (Row("classes", {"vi": "Lớp tập huấn", "en": "classes"}),),
                        (choice("y2010", "2010"), choice("h2012", "6 tháng đầu 2012")),
                    ),
                    missing=(choice("none_arose", "Không phát sinh"),),
                ),
                question(
                    "documents", "repeat", "Văn bản",
                    questions=(
                        question("number", "text", "Số, ký hiệu"), question("issued_on", "date", "Ngày ban hành"),
                    ),
                ),
            ),
        ),
    ),
    sha256="0" * 64,
)  # fmt: skip
