"""Why a typed number cannot be read, and the two readings of one that can be read in two ways, in words."""

from __future__ import annotations

from typing import NamedTuple

from survey_server.web.language import current_language, gettext as _
from survey_server.web.number_words import number_in_words
from survey_server.web.numbers import NumberReading, format_for_input, number_pattern

MESSAGES = {
    "foreign": ("Chưa đúng dạng số. Dấu chấm phân cách hàng nghìn, dấu phẩy là dấu thập phân. Nên ghi {written}."),
    "groups": "Chưa đúng dạng số: sau mỗi dấu phân cách hàng nghìn phải đủ ba chữ số, ví dụ 1.234.567.",
    "edge": "Thiếu chữ số trước hoặc sau dấu “{given}”.",
    "long": "Có {count} chữ số; nhiều nhất là {most} chữ số.",
    "word": "Có chữ “{given}”. Chỉ ghi chữ số, theo đơn vị của câu hỏi.",
    "character": "Có ký tự “{given}”. Chỉ ghi chữ số.",
    "digits": "Ghi bằng các chữ số từ 0 đến 9.",
    "signs": "Chỉ một dấu trừ, đứng trước số; không ghi dấu cộng hoặc khoảng số.",
    "invisible": "Có ký tự không nhìn thấy được, thường do dán từ nơi khác. Xin xóa ô này rồi gõ lại số.",
    "empty": "Chưa có chữ số nào.",
}


class OfferedReading(NamedTuple):
    """`typed`: the number in a form that can be read in one way only."""

    typed: str
    label: str


def explain(reading: NumberReading, typed: str) -> str:
    """Why there is no number yet, in the language of the page."""
    if reading.problem:
        return _(MESSAGES[reading.problem], **reading.parts)
    return _("“{typed}” có thể đọc là hai số khác nhau. Xin chọn số muốn ghi.", typed=typed)


def offer_readings(reading: NumberReading) -> list[OfferedReading]:
    """Both readings of a text, none where there is only one."""
    if reading.number is None or reading.other is None:
        return []
    return [OfferedReading(typed, _label(typed)) for typed in map(format_for_input, (reading.number, reading.other))]


def _label(typed: str) -> str:
    if current_language() == "vi":
        return f"{typed} = {number_in_words(typed)}"
    shown = typed.rstrip("0").replace(",", number_pattern(current_language())[5]) if "," in typed else typed
    return _("{typed} (số thập phân)", typed=shown) if "," in typed else _("{typed} (số nguyên)", typed=shown)
