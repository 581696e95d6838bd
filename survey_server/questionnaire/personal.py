"""Questions that ask people who they are: never asked of residents and officials.

Vietnamese is compared with its marks, for "chữ ký" is a signature and "chu kỳ" a cycle; names of questions and labels
typed without marks are compared with the words that stay clear without them.
"""

from __future__ import annotations

import re
import unicodedata

from survey_server.questionnaire.model import Question

_YOU = (
    r"(ông|bà|anh|chị|cô|chú|bác|cán\sbộ|đồng\schí|chủ\shộ|quý\svị|"
    r"người\s(trả\slời|được\s(hỏi|phỏng\svấn|khảo\ssát)))"
)
_YOUR = r"(your|the\s+respondent['’]s|respondent['’]s)"
# Anywhere in a text.
_ASKED = re.compile(
    rf"""\b(
    họ[\s,]+(và\s+)?tên | họ,\s+chữ\s+lót | quý\s+danh | tên\s+((họ|gọi|đầy\s+đủ)\s+)?(của\s+)?{_YOU} |
    {_YOU}([\s,/()]+{_YOU})*[\s)]+tên\s+(là|gì) |
    số\s+(điện\s+thoại|đt|di\s+động|máy\s+bàn|zalo) |
    điện\s+thoại\s+(liên\s+hệ|di\s+động|cá\s+nhân|(của\s+)?{_YOU}) |
    cmnd | cmtnd | cccd | chứng\s+minh\s+(nhân\s+dân|thư) | căn\s+cước | hộ\s+chiếu | giấy\s+tờ\s+(tùy|tuỳ)\s+thân |
    (số|mã)\s+định\s+danh | chữ\s+k[ýí] | k[ýí]\s+và\s+ghi\s+rõ | ảnh\s+chân\s+dung | ghi\s+âm\s+(giọng|lời)\s+nói |
    địa\s+chỉ\s+(nhà|nơi\s+ở|thường\s+trú|e-?mail|thư\s+điện\s+tử|liên\s+hệ|(của\s+)?{_YOU}) |
    số\s+nhà[,\s]+(đường|phố|ngõ|tổ|thôn) | số\s+tài\s+khoản\s+(ngân\s+hàng|của) |
    full\s+name | {_YOUR}\s+((full|first|last|family)\s+)?name | name\s+of\s+(the\s+)?(respondent|interviewee) |
    (tele)?phone\s+(number|no\b) | {_YOUR}\s+(home\s+)?((tele)?phone|mobile|e-?mail|address) |
    {_YOUR}\s+(signature|photo|picture|voice) |
    mobile\s+number | ((national|identity)\s+id | identity | id)\s+(card|number|document) | national\s+id |
    passport\s+(number|no\b) | sign\s+here | home\s+address | e-?mail\s+address
    )\b""",
    re.VERBOSE,
)
# Only as the whole text: "Tên văn bản" and "Họp qua điện thoại" are ordinary.
_WHOLE = re.compile(
    r"họ|tên|điện thoại|đt|zalo|facebook|chữ ký|ký tên|số nhà|địa chỉ|dien thoai|ho|ten|ky ten|chu ky|dia chi|e-?mail|"
    r"name|first name|last name|surname|phone|telephone|mobile|address|id|signature|passport"
)
# In names of questions, and in labels typed without marks.
_BARE = re.compile(
    r"\b(ho (va )?ten|so (dien thoai|dt|di dong|cmnd|cccd|cmt|dinh danh|ho chieu)|dien thoai (lien he|di dong)|"
    r"cmnd|cmtnd|cccd|chung minh (nhan dan|thu)|can cuoc( cong dan)?|giay to tuy than|dia chi (nha|email|thuong tru))\b"
)
# "Không ghi họ tên" warns against it.
_REFUSED = re.compile(r"(không|đừng|chớ|khỏi|do not|don't|without|never|no)\s+([\w,]+\s+){0,4}$")


def asks_personal(question: Question) -> str | None:
    """The words with which a question asks who somebody is, or None."""
    if question.type in ("note", "calculate", "select_one", "select_multiple"):
        return None
    named = question.name.replace("_", " ")
    for text in (named, *question.label.values(), *question.hint.values()):
        if (word := _asked_in(text)) is not None:
            return word
    return None


def _asked_in(text: str) -> str | None:
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    if (whole := _WHOLE.fullmatch(plain.strip(" .:?*"))) is not None:
        return whole[0]
    for words in (_ASKED, _BARE) if plain.isascii() else (_ASKED,):
        for found in words.finditer(plain):
            if not _REFUSED.search(plain[: found.start()]):
                return found[0].strip()
    return None
