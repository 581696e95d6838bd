"""What marshmallow says of a wrong shape, in our languages: it has no translations of its own."""

from __future__ import annotations

import re

from marshmallow import ValidationError

from survey_server.problems import Words

_MAX = 400
# Its English → ours. A test holds that everything our schemas can say is here.
_SAID = tuple(
    (re.compile(re.escape(theirs).replace(r"\{n\}", r"(\d+)").replace(r"\{m\}", r"(\d+)")), vi)
    for theirs, vi in {
        "Missing data for required field.": "thiếu phần này",
        "Field may not be null.": "không được để trống (null)",
        "Not a valid string.": "phải là một chuỗi ký tự",
        "Invalid value.": "giá trị không dùng được",
        "Invalid input type.": "phải là một đối tượng JSON",
        "Invalid type.": "phải là một đối tượng JSON",
        "Unknown field.": "không có phần này",
        "Length must be between {n} and {m}.": "phải có từ {0} đến {1} ký tự",
        "Longer than maximum length {n}.": "nhiều nhất {0} ký tự",
    }.items()
)


def shape_in_words(error: ValidationError) -> Words:
    """Each part that is wrong with the first thing wrong about it."""
    messages = error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
    told = [(name, _first(each)) for name, each in messages.items()]
    vi = "; ".join(_named(name, in_vietnamese(text)) for name, text in told)
    en = "; ".join(_named(name, text.rstrip(".")) for name, text in told)
    return Words(vi[:_MAX], en[:_MAX])


def in_vietnamese(theirs: str) -> str:
    """A text that is not known says in Vietnamese what it says at least."""
    for pattern, vi in _SAID:
        if match := pattern.fullmatch(theirs):
            return vi.format(*match.groups())
    return UNKNOWN


UNKNOWN = "không đúng mẫu"


def _named(name: object, told: str) -> str:
    """`_schema` is marshmallow's name for the whole."""
    return told if name == "_schema" else f"{name}: {told}"


def _first(told: object) -> str:
    return str(told[0] if isinstance(told, list) and told else told)
