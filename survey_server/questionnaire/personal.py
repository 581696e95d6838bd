"""Finds questions that ask people who they are: they may not be asked of residents and officials.

Vietnamese is compared with its diacritics, because "chữ ký" is a signature and "chu kỳ" a cycle; names of questions and
labels typed without diacritics are compared with the words that are unambiguous without them. Where nothing can be
written in (choices, a note, a section's title) such words are allowed unless people are told to write or are spoken to:
"điện thoại di động" may be among the things that a household owns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from survey_server.questionnaire.model import Choice, Question, Section, Text

_YOU = (
    r"(ông|bà|anh(?!\shùng)|chị|cô|chú|bác(?!\ss[ĩỹ])|bạn(?!\s(bè|hữu))|em|mình|quý\svị|cán\sbộ|đồng\schí|chủ\shộ|"
    r"người\s(trả\slời|được\s(hỏi|phỏng\svấn|khảo\ssát)|tham\sgia|điền\sphiếu|khai|cung\scấp\sthông\stin))"
)
_PERSON = r"(respondent|interviewee|participant|informant|householder|head\s+of\s+(the\s+)?household|household\s+head)"
_YOUR = rf"(your|my|(the\s+)?{_PERSON}['’]?s?)"
_ONLINE = r"(zalo|facebook|fb|viber|telegram|e-?mail|thư\s+điện\s+tử)"
# Anywhere in a text.
_ASKED = re.compile(
    rf"""\b(
    họ[\s,]+(và\s+)?tên | họ,\s+chữ\s+lót | quý\s+danh | danh\s+tính |
    tên\s+((họ|gọi|thật|đầy\s+đủ)\s+)?(của\s+)?{_YOU} |
    {_YOU}([\s,/()]+{_YOU})*[\s)]+(tên\s+(là|gì)|là\s+ai) |
    số\s+(điện\s+thoại|đt|di\s+động|máy\s+bàn|zalo) | sđt | đt\s+(của\s+)?{_YOU} |
    điện\s+thoại\s+(liên\s+(hệ|lạc)|di\s+động|cá\s+nhân|(của\s+)?{_YOU}) |
    (nick|tài\s+khoản|địa\s+chỉ|link|id)\s+{_ONLINE} | {_ONLINE}\s+(của\s+)?{_YOU} |
    cmnd | cmtnd | cccd | số\s+cmt | chứng\s+minh\s+(nhân\s+dân|thư) | căn\s+cước | hộ\s+chiếu |
    giấy\s+tờ\s+(tùy|tuỳ)\s+thân | (số|mã)\s+định\s+danh | mã\s+số\s+thuế\s+cá\s+nhân |
    số\s+(thẻ|sổ)\s+bảo\s+hiểm | chữ\s+k[ýí] | k[ýí]\s+(và\s+)?ghi\s+rõ | ký\s+tên\s+(vào|ở|bên|phía|dưới|xác\s+nhận) |
    ảnh\s+(chân\s+dung|thẻ|cá\s+nhân|(của\s+)?{_YOU}) | ghi\s+âm\s+(giọng|lời)\s+nói | giọng\s+nói\s+(của\s+)?{_YOU} |
    địa\s+chỉ\s+(nhà|nơi\s+ở|chỗ\s+ở|thường\s+trú|tạm\s+trú|cụ\s+thể|hiện\s+nay|liên\s+(hệ|lạc)|(của\s+)?{_YOU}) |
    số\s+nhà[,\s]+(đường|phố|ngõ|tổ|thôn) | số\s+tài\s+khoản\s+(ngân\s+hàng|của) |
    full\s+name | {_YOUR}\s+((full|first|last|family)\s+)?name | name\s+of\s+(the\s+)?{_PERSON} | who\s+are\s+you |
    what\s+are\s+you\s+called | ((tele|cell)?phone|mobile|cell|tel\.?|contact)\s+(number|no\b) |
    {_YOUR}\s+(home\s+|mobile\s+|cell\s+)?((tele|cell)?phone|tel|mobile|e-?mail|address|contact|{_ONLINE}) |
    {_YOUR}\s+(signature|photo(graph)?|picture|portrait|voice|passport|id)(?!\w) |
    (photo(graph)?|picture|portrait)\s+of\s+(you|yourself|(the\s+)?{_PERSON}) | selfie | contact\s+details |
    ((national|identity|citizen)\s+id | identity | id | identification)\s+(card|number|document|no\b) | national\s+id |
    passport\s+(number|no\b) | sign\s+(here|below|your) | home\s+address | e-?mail\s+address
    )\b""",
    re.VERBOSE,
)
# Only as the whole text: "Tên văn bản" and "Họp qua điện thoại" are ordinary.
_WHOLE = re.compile(
    r"họ|tên|điện thoại|di động|đt|zalo|facebook|fb|chữ ký|ký tên|số nhà|địa chỉ|(thông tin )?liên (hệ|lạc)|cmt|"
    r"người (trả lời|điền phiếu|cung cấp thông tin)|(hình )?ảnh chân dung|"
    r"dien thoai|di dong|ho|ten|ky ten|chu ky|dia chi|lien he|e-?mail|names?|first name|last name|family name|surname|"
    r"(tele|cell|mobile )?phone|tel|mobile|mob|cell|contact|address|id|nid|signature|passport|selfie|portrait"
)
_OPTIONAL = re.compile(r"nếu (có|được|đồng ý)|tùy chọn|không bắt buộc|optional|if any|not required|")
_PIECES = re.compile(r"[/,;&+()]|\bvà\b|\bhoặc\b|\band\b|\bor\b|\.(?= )")
# In names of questions, and in labels typed without diacritics.
_BARE = re.compile(
    r"\b(ho (va )?ten|so (dien thoai|dt|di dong|cmnd|cccd|cmt|dinh danh|ho chieu)|dien thoai (lien he|di dong)|sdt|"
    r"cmnd|cmtnd|cccd|chung minh (nhan dan|thu)|can cuoc( cong dan)?|giay to tuy than|dia chi (nha|email|thuong tru)|"
    r"ten (cua )?(ong|ba|anh|chi|nguoi (tra loi|duoc (hoi|phong van)|dien phieu)|dong chi|chu ho)|anh chan dung|"
    r"(zalo|facebook|email|dien thoai) (cua )?(ong|ba|nguoi tra loi)|"
    r"(respondent|interviewee|participant|householder|contact) "
    r"(full )?(name|(tele)?phone|mobile|tel|e ?mail|address|id|signature|photo))\b"
)
_REQUEST = re.compile(
    r"\b(ghi|điền|viết|khai|nêu|để lại|cung cấp|cho biết|cho xin|chụp|ký|write|give|leave|state|tell|enter|provide|"
    r"specify|fill|sign|name)\b"
)
_SPOKEN_TO = re.compile(rf"\b({_YOU}|{_YOUR}|you|yourself)\b")
# "Không ghi họ tên" says not to write it; "nếu không phiền, xin ghi họ tên" asks for it.
_REFUSED = re.compile(
    r"\b(không|đừng|chớ|khỏi|do not|don't|without|never|not|no)\s+"
    r"((cần|phải|nên|được|hỏi|ghi|viết|nêu|điền|khai|lưu|giữ|thu thập|công bố|tiết lộ|để lại|rõ|kèm|thêm|và|hoặc|hay|"
    r"họ|tên|số|điện thoại|chữ ký|địa chỉ|write|give|ask|record|note|keep|put|down|for|any|the|your|and|or|names?|"
    r"phone|number|address|signature)[\s,]+){0,7}$"
)
_NOT_KEPT = re.compile(r"\s+((is|are|will be)\s+(not|never)\b|(sẽ\s+)?không\s+(được\s+)?(ghi|lưu|hỏi|công bố)\b)")


def find_personal_question(question: Question, choices: tuple[Choice, ...] = ()) -> tuple[str, str] | None:
    """The key of a question whose text asks who somebody is, and the words that ask it; `choices` are its own."""
    for key, text in _texts(question, choices):
        is_open = question.role not in ("note", "calculated") and question.type.data not in ("choice", "choices")
        asks = is_open and key != "choices"
        word = _find_any(text, may_be_whole=question.role != "group") if asks else _find_request(text)
        if word is not None:
            return key, word
    return None


def find_personal_title(section: Section) -> str | None:
    """The words with which a section's title asks people to write who they are."""
    return next((word for text in section.title.values() if (word := _find_request(text)) is not None), None)


def _texts(question: Question, choices: tuple[Choice, ...]) -> Iterator[tuple[str, str]]:
    yield "label", question.name.replace("_", " ")
    labels: list[tuple[str, Text]] = [
        ("label", question.label),
        ("hint", question.hint),
        ("constraint_message", question.constraint_message),
        *((key, part.label) for key, parts in question.own.axes().items() for part in parts),
        *(("choices", choice.label) for choice in choices),
    ]
    for key, label in labels:
        yield from ((key, text) for text in label.values())


def _find_any(text: str, *, may_be_whole: bool) -> str | None:
    plain = _plain(text)
    if may_be_whole and (whole := _whole(plain)) is not None:
        return whole
    return next((found[0].strip() for found in _found_in(plain)), None)


def _find_request(text: str) -> str | None:
    """Personal words that people are told to write, or with which they are spoken to."""
    plain = _plain(text)
    for found in _found_in(plain):
        if _REQUEST.search(plain[: found.start()]) or _SPOKEN_TO.search(found[0]):
            return found[0].strip()
    return None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _whole(plain: str) -> str | None:
    """The first piece of a text all of whose pieces are such words: "Tel. / Zalo (nếu có)"."""
    pieces = [piece.strip(" .:?*") for piece in _PIECES.split(plain)]
    asking = [piece for piece in pieces if not _OPTIONAL.fullmatch(piece)]
    if asking and all(_WHOLE.fullmatch(piece) for piece in asking):
        return asking[0]
    return None


def _found_in(plain: str) -> Iterator[re.Match[str]]:
    for words in (_ASKED, _BARE) if plain.isascii() else (_ASKED,):
        for found in words.finditer(plain):
            if not _REFUSED.search(plain[: found.start()]) and not _NOT_KEPT.match(plain, found.end()):
                yield found
