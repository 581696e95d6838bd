"""The words of other form languages (XLSForm, ODK, KoboToolbox) and of common sense, and what is written here instead.

A habit is either a key or type that exists here under another name, or one that does not exist here, with advice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from survey_server.i18n import Message
from survey_server.questionnaire.recognised import LANGUAGE_NAMES

Habits = Mapping[str, str | Message]  # a name that exists here, or advice


def _named(**words: str) -> dict[str, str | Message]:
    """`relevant="relevance condition"` as `{"relevance": "relevant", "condition": "relevant"}`."""
    return {word: name for name, listed in words.items() for word in listed.split()}


_NO_MEDIA = Message("bỏ khóa này: câu hỏi chỉ có chữ, không có ảnh, âm thanh hay phim")
_CHOICES_ABOVE = Message("viết các phương án ở 'choices' ngay dưới tiêu đề của tệp, rồi ghi tên danh sách ở câu hỏi")
QUESTION_KEYS: Habits = {
    **_named(
        name="id key variable var field question_name",
        type="kind datatype data_type question_type",
        label="text question caption prompt title",
        hint="help description guidance_hint guidance comment instructions",
        relevant="relevance relevant_if condition if show_if visible visible_if when depends_on display_if",
        required="mandatory obligatory is_required require compulsory",
        constraint="validation validate rule constraint_expression",
        constraint_message="constraint_msg error error_message message validation_message constraint_text",
        calculation="calculate calc formula expression calculated",
        default="default_value initial initial_value",
        choices="list list_name choice choice_list choices_list choice_name select_from_list_name itemset",
        questions="items children fields contents survey",
        unit="units",
        missing="missing_codes",
        appearance="appearence style widget",
    ),
    "choice_filter": Message("lập một danh sách phương án cho mỗi trường hợp, mỗi danh sách một câu hỏi có 'relevant'"),
    "read_only": Message("dùng type: calculate để hiện một giá trị, hoặc type: note để hiện chữ"),
    "readonly": Message("dùng type: calculate để hiện một giá trị, hoặc type: note để hiện chữ"),
    "repeat_count": Message("người điền tự thêm từng lần; muốn có ít nhất một lần thì ghi required: true"),
    "multiline": Message("viết appearance: multiline"),
    "min": Message("viết constraint: . >= …"),
    "max": Message("viết constraint: . <= …"),
    "range": Message("viết constraint: . >= … and . <= …"),
    "regex": Message("viết constraint: regex(., '…')"),
    "required_message": Message("bỏ khóa này: câu hỏi bắt buộc đã có lời nhắc sẵn"),
    "skip": Message("viết 'relevant' với điều kiện để câu hỏi được hỏi, không phải để bỏ qua"),
    "skip_if": Message("viết 'relevant' với điều kiện để câu hỏi được hỏi, không phải để bỏ qua"),
    "skip_logic": Message("viết 'relevant' với điều kiện để câu hỏi được hỏi, không phải để bỏ qua"),
    "options": _CHOICES_ABOVE,
    "values": _CHOICES_ABOVE,
    "answers": _CHOICES_ABOVE,
    "or_other": Message("thêm phương án other vào danh sách, và một câu hỏi text có 'relevant' cho phương án đó"),
    "other": Message("thêm phương án other vào danh sách, và một câu hỏi text có 'relevant' cho phương án đó"),
    "begin_group": Message("viết type: group, các câu hỏi bên trong đặt ở 'questions'"),
    "begin_repeat": Message("viết type: repeat, các câu hỏi bên trong đặt ở 'questions'"),
    "end_group": Message("bỏ khóa này: nhóm kết thúc ở chỗ hết thụt lề"),
    "end_repeat": Message("bỏ khóa này: nhóm lặp kết thúc ở chỗ hết thụt lề"),
    "consent": Message("ghi consent: true ở phần (section) đầu tiên, không phải ở câu hỏi"),
    "note": Message("viết lời dẫn ở 'hint', hoặc thành một câu hỏi type: note"),
    "parameters": Message("bỏ khóa này: kiểu câu hỏi không có tham số"),
    "trigger": Message("bỏ khóa này: giá trị tính luôn được tính lại khi câu trả lời đổi"),
    "disabled": Message("bỏ khóa này; muốn tạm bỏ câu hỏi thì xóa nó: các phiên bản trước vẫn được giữ"),
    "media": _NO_MEDIA,
    "image": _NO_MEDIA,
    "audio": _NO_MEDIA,
    "video": _NO_MEDIA,
}
# Keys that are not missed where one of those stands that the tables give advice on.
STAND_FOR: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("options", "values", "answers"), ("choices",)),
    **dict.fromkeys(("min", "max", "range", "regex"), ("constraint",)),
    "questions": ("sections",),
    "settings": ("id", "version", "title", "languages"),
}
SECTION_KEYS: Habits = {
    **_named(
        name="id key", title="label caption heading", questions="items fields children survey",
        relevant="relevance condition if show_if visible when",
    ),
    "type": Message("bỏ khóa này: phần (section) không có kiểu; một nhóm câu hỏi type: group đặt ở 'questions'"),
}  # fmt: skip
ENVELOPE_KEYS: Habits = {
    **_named(
        id="name form_id id_string", title="form_title label", languages="default_language lang",
        choices="lists options",
        sections="survey groups pages parts", version="form_version", locality_level="level place_level",
    ),
    "questions": Message("đặt các câu hỏi trong một phần: sections: - name: … title: … questions: …"),
    "settings": Message("viết id, version, title … ngay ở đầu dòng, không nằm trong 'settings'"),
}  # fmt: skip
CHOICE_LIST_KEYS: Habits = _named(options="choices values items list", missing="missing_codes reasons", scores="score")
_NO_FILES = Message("bỏ câu hỏi này: phiếu không nhận ảnh, âm thanh, tệp và chữ ký")
_BY_ENVELOPE = Message("bỏ câu hỏi này: máy tự ghi giờ bắt đầu, giờ kết thúc, người điền và máy")
_NO_PLACE = Message("bỏ câu hỏi này: địa bàn đã có ở phân công, không hỏi tọa độ")
TYPE_NAMES: Habits = {
    **_named(
        text="string str textarea longtext short_text long_text paragraph varchar",
        integer="int whole whole_number count range",
        decimal="float double real percent money currency",
        select_one="select_1 select1 select single single_choice radio dropdown choice choose_one",
        select_multiple="select_many multiselect multi multiple multiple_choice checkbox checkboxes select_all",
        date="day", time="hour", datetime="date_time timestamp", note="label heading acknowledge info html",
        calculate="calculated calculation calc formula hidden", group="section", repeat="loop roster",
        number_table="table grid numbers",
    ),
    "number": Message("viết type: integer nếu là số nguyên, type: decimal nếu có phần thập phân"),
    "numeric": Message("viết type: integer nếu là số nguyên, type: decimal nếu có phần thập phân"),
    "boolean": Message("viết type: select_one với một danh sách hai phương án yes, no"),
    "bool": Message("viết type: select_one với một danh sách hai phương án yes, no"),
    "yes_no": Message("viết type: select_one với một danh sách hai phương án yes, no"),
    "yesno": Message("viết type: select_one với một danh sách hai phương án yes, no"),
    "rank": Message("hỏi phương án thứ nhất, thứ hai … bằng nhiều câu hỏi select_one"),
    "matrix": Message("viết mỗi dòng thành một câu hỏi select_one; bảng số liệu thì dùng number_table"),
    "begin_group": Message("viết type: group, các câu hỏi bên trong đặt ở 'questions'"),
    "begin_repeat": Message("viết type: repeat, các câu hỏi bên trong đặt ở 'questions'"),
    "end_group": Message("bỏ mục này: nhóm kết thúc ở chỗ hết thụt lề"),
    "end_repeat": Message("bỏ mục này: nhóm lặp kết thúc ở chỗ hết thụt lề"),
    "email": Message("viết type: text với constraint: regex(., '…')"),
    "phone": Message("viết type: text với constraint: regex(., '…')"),
    "url": Message("viết type: text với constraint: regex(., '…')"),
    **dict.fromkeys(("image", "photo", "picture", "audio", "video", "file", "signature", "barcode"), _NO_FILES),
    **dict.fromkeys(("start", "end", "today", "deviceid", "username", "audit", "start_geopoint"), _BY_ENVELOPE),
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "location", "gps"), _NO_PLACE),
}  # fmt: skip
_LISTED = re.compile(
    r"(?P<type>select[_ ]one|select[_ ]multiple|select1|select)[_ ](?:from[_ ](?:list[_ ])?)?(?P<list>\w+)"
    r"(?P<other>[_ ]or[_ ]other)?"
)
_COLUMN = re.compile(r"(?P<key>[a-z_]+)\s*(?:::|:|\()\s*(?P<language>[^()]*?)\s*(?:\((?P<code>[a-z]{2,3})\))?\s*\)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def as_key(word: str) -> str:
    """A key in the form in which the tables above have it."""
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def listed_type(word: str) -> tuple[str, str] | None:
    """Of `select_one yn` the type and the list."""
    found = _LISTED.fullmatch(word.strip())
    if found is None or found["list"] in ("from_file", "file", "external"):
        return None
    type_ = "select_multiple" if "multiple" in found["type"] else "select_one"
    return type_, found["list"]


def language_column(key: str) -> tuple[str, str] | None:
    """Of `label::vi` and `hint::English (en)` the key and the language's code."""
    found = _COLUMN.fullmatch(key)
    if found is None:
        return None
    language = found["code"] or LANGUAGE_NAMES.get(found["language"].lower(), found["language"].lower())
    return (found["key"], language) if re.fullmatch(r"[a-z]{2,3}", language) else None


def without_odd_characters(text: str) -> str:
    """The text with its invisible characters removed, and full-width ones and special spaces made ordinary."""
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip()
