"""Questions that ask people who they are: which are reported, and which are not."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests.questionnaire.marked import found_in, unmarked, with_sections

CONSENT = """\
- name: consent
  consent: true
  title: {vi: Đồng ý, en: Consent}
  questions: [{name: agreed, type: select_one, choices: yesno, label: {vi: Có đồng ý không, en: Do you agree}}]
"""
YES_NO = """\
choices:
  yesno: {options: {yes: {vi: Có, en: Yes}, no: {vi: Không, en: No}}}
"""
SECTION = """\
- name: part
  task: task1
  title: {vi: Phần, en: Part}
  questions:
"""
PERSONAL = [
    ("q", "Họ và tên", "x"),
    ("q", "Họ, tên người trả lời", "x"),
    ("q", "HỌ TÊN", "x"),
    ("q", "Tên", "x"),
    ("q", "Tên của ông (bà)", "x"),
    ("q", "Xin cho biết tên ông/bà", "x"),
    ("q", "Ông/bà tên gì?", "x"),
    ("q", "Quý danh", "x"),
    ("q", "Họ và tên chủ hộ", "x"),
    ("q", "Ho va ten", "x"),
    ("q", "Tên đầy đủ của đồng chí", "x"),
    ("q", "Số điện thoại", "x"),
    ("q", "Điện thoại", "x"),
    ("q", "Điện thoại liên hệ", "x"),
    ("q", "Số ĐT", "x"),
    ("q", "Điện thoại của ông bà", "x"),
    ("q", "Số Zalo", "x"),
    ("q", "So dien thoai", "x"),
    ("q", "Số CMND", "x"),
    ("q", "Số CCCD/CMND", "x"),
    ("q", "Số chứng minh nhân dân", "x"),
    ("q", "Chứng minh thư số", "x"),
    ("q", "Số thẻ căn cước công dân", "x"),
    ("q", "Số hộ chiếu", "x"),
    ("q", "Giấy tờ tùy thân", "x"),
    ("q", "Số định danh cá nhân", "x"),
    ("q", "Chữ ký", "x"),
    ("q", "Chữ ký của người trả lời", "x"),
    ("q", "Địa chỉ nhà", "x"),
    ("q", "Địa chỉ", "x"),
    ("q", "Số nhà, đường", "x"),
    ("q", "Email", "x"),
    ("q", "Địa chỉ thư điện tử", "x"),
    ("q", "Ho\u0323 va\u0300 te\u0302n", "x"),
    ("q", "x", "Full name"),
    ("q", "x", "Your name"),
    ("q", "x", "What is your name?"),
    ("q", "x", "Name"),
    ("q", "x", "Name of the respondent"),
    ("q", "x", "Telephone number"),
    ("q", "x", "Phone no."),
    ("q", "x", "Phone"),
    ("q", "x", "Your mobile"),
    ("q", "x", "Identity card number"),
    ("q", "x", "National ID"),
    ("q", "x", "ID number"),
    ("q", "x", "Passport number"),
    ("q", "x", "Signature"),
    ("q", "x", "Home address"),
    ("q", "x", "Your e-mail"),
    ("full_name", "x", "x"),
    ("ho_ten", "x", "x"),
    ("ho_va_ten", "x", "x"),
    ("so_dien_thoai", "x", "x"),
    ("phone", "x", "x"),
    ("phone_number", "x", "x"),
    ("cmnd", "x", "x"),
    ("so_cccd", "x", "x"),
    ("signature", "x", "x"),
    ("name", "x", "x"),
    ("identity_card", "x", "x"),
    ("chu_ky", "x", "x"),
    ("email", "x", "x"),
    ("q", "SĐT của ông bà", "x"),
    ("q", "SĐT", "x"),
    ("q", "SDT", "x"),
    ("q", "ĐT của anh chị", "x"),
    ("q", "Tên của bạn", "x"),
    ("q", "Bạn tên là gì?", "x"),
    ("q", "Ông bà là ai?", "x"),
    ("q", "Tên người điền phiếu", "x"),
    ("q", "Người trả lời", "x"),
    ("q", "Người cung cấp thông tin", "x"),
    ("q", "Họ tên/SĐT", "x"),
    ("q", "Tên, địa chỉ", "x"),
    ("q", "Điện thoại (nếu có)", "x"),
    ("q", "Liên hệ", "x"),
    ("q", "Facebook của ông bà", "x"),
    ("q", "Địa chỉ Facebook", "x"),
    ("q", "Tài khoản Zalo", "x"),
    ("q", "Địa chỉ cụ thể", "x"),
    ("q", "Số CMT", "x"),
    ("q", "Số thẻ bảo hiểm y tế", "x"),
    ("q", "Ảnh của người trả lời", "x"),
    ("q", "Ảnh thẻ", "x"),
    ("q", "Ký tên vào đây", "x"),
    ("q", "Nếu không phiền, xin cho biết họ tên", "x"),
    ("q", "Không bắt buộc: họ tên", "x"),
    ("q", "x", "Tel."),
    ("q", "x", "Tel. / Zalo"),
    ("q", "x", "Tel. no."),
    ("q", "x", "Mobile phone"),
    ("q", "x", "Cell phone number"),
    ("q", "x", "Contact details"),
    ("q", "x", "Contact no."),
    ("q", "x", "Who are you?"),
    ("q", "x", "What are you called?"),
    ("q", "x", "Respondent name"),
    ("q", "x", "Respondent’s name"),
    ("q", "x", "Name of the head of household"),
    ("q", "x", "ID no."),
    ("q", "x", "Photo of the respondent"),
    ("q", "x", "Your Facebook"),
    ("q", "x", "Sign below"),
    ("respondent_name", "x", "x"),
    ("respondent_phone", "x", "x"),
    ("interviewee_name", "x", "x"),
    ("contact_phone", "x", "x"),
    ("your_name", "x", "x"),
    ("ten_nguoi_tra_loi", "x", "x"),
    ("ten_ong_ba", "x", "x"),
    ("sdt", "x", "x"),
    ("tel", "x", "x"),
]
ORDINARY = [
    ("q", "Tên văn bản", "Name of the document"),
    ("q", "Tên cuộc vận động", "Campaign"),
    ("q", "Tên gọi của mô hình", "x"),
    ("q", "Chu kỳ họp của Ban Công tác Mặt trận", "How often the committee meets"),
    ("chu_ky_hop", "x", "x"),
    ("q", "Số nhà Đại đoàn kết được xây", "Great Unity houses built"),
    ("q", "Ý kiến về họ, dòng tộc văn hóa", "x"),
    ("q", "Họp qua điện thoại mấy lần", "Meetings by telephone"),
    ("q", "Số hộ ký cam kết", "Households that signed"),
    ("q", "Căn cứ ban hành văn bản", "Legal basis"),
    ("q", "Ý kiến khác (không ghi họ tên)", "Other (no names)"),
    ("q", "Xin đừng ghi họ tên, số điện thoại", "Do not write your name"),
    ("q", "Tên cơ quan", "Name of the agency"),
    ("q", "Cán bộ phụ trách có đến không", "Did the cadre come"),
    ("q", "Chức danh", "Post"),
    ("q", "Năm sinh", "Year of birth"),
    ("q", "Tên thôn, bản được tuyên dương", "x"),
    ("q", "Ghi số, ký hiệu văn bản", "Number and sign"),
    ("documents_name", "x", "x"),
    ("unidentified", "x", "x"),
    ("q", "Chữ viết của đồng bào được dùng", "x"),
    ("q", "Bà con tên tuổi, có uy tín", "x"),
    ("nameless", "x", "x"),
    ("q", "Họ tên không được ghi lại", "Your name is not kept"),
    ("q", "Tên anh hùng, liệt sĩ của xã", "x"),
    ("q", "Tên bản, làng", "Name of the village"),
    ("q", "Tên Ban Công tác Mặt trận", "x"),
    ("ten_ban", "x", "x"),
    ("q", "Số nhóm Zalo của khu dân cư", "Zalo groups"),
    ("q", "Số hộ dùng điện thoại", "Households with a telephone"),
    ("q", "Cơ quan liên hệ nhiều nhất", "Agency most often in contact"),
    ("q", "Hình ảnh của Mặt trận trong nhân dân", "The Front's picture among the people"),
    ("q", "Phiếu không ghi họ tên, số điện thoại, chữ ký", "No names, phone number or signature are asked for"),
    ("phone_calls", "Số cuộc gọi", "Calls"),
    ("q", "Hộ ký tên cam kết", "x"),
    ("q", "Bạn bè, hàng xóm giúp đỡ nhau", "Neighbours who help"),
]


def questionnaire(name: str, vi: str, en: str, respondent: str, mark: str, type_: str = "text") -> str:
    question = f'    - {{name: {name}, type: {type_}, label: {mark}{{vi: "{vi}", en: "{en}"}}}}\n'
    return with_sections(CONSENT + SECTION + question, respondent, YES_NO)


@pytest.mark.parametrize("respondent", ["resident", "official"])
@pytest.mark.parametrize(("name", "vi", "en"), PERSONAL)
def test_a_personal_question_is_reported(tmp_path: Path, name: str, vi: str, en: str, respondent: str) -> None:
    source, expected = unmarked(questionnaire(name, vi, en, respondent, "‹personal›"))
    assert found_in(tmp_path, source) == expected


@pytest.mark.parametrize(("name", "vi", "en"), ORDINARY)
def test_an_ordinary_question_is_not_reported(tmp_path: Path, name: str, vi: str, en: str) -> None:
    assert found_in(tmp_path, questionnaire(name, vi, en, "resident", "")) == []


def test_a_committee_may_name_its_contact(tmp_path: Path) -> None:
    assert found_in(tmp_path, questionnaire("q", "Họ và tên người lập biểu", "Name", "organisation", "")) == []


def test_a_personal_hint_is_reported(tmp_path: Path) -> None:
    source = questionnaire("q", "Ý kiến", "Opinion", "resident", "").replace(
        'en: "Opinion"}', 'en: "Opinion"}, hint: {vi: Ghi kèm số điện thoại, en: x}'
    )
    assert [code for *_, code in found_in(tmp_path, source)] == ["personal"]


IN_OTHER_TEXTS = [
    ("- {name: t, type: number_table, label: {vi: A, en: B}, periods: {a: {vi: A, en: B}},\n"
     "   rows: ‹personal›{a: {vi: Số điện thoại, en: x}}}"),
    ("- {name: t, type: number_table, label: {vi: A, en: B}, rows: {a: {vi: A, en: B}},\n"
     "   periods: ‹personal›{a: {vi: SĐT của ông bà, en: x}}}"),
    ("- {name: r, type: repeat, label: ‹personal›{vi: Họ tên từng người trong hộ, en: x},\n"
     "   questions: [{name: n, type: integer, label: {vi: A, en: B}}]}"),
    ("- {name: g, type: group, label: ‹personal›{vi: A, en: Your name and address},\n"
     "   questions: [{name: n, type: integer, label: {vi: A, en: B}}]}"),
    "- {name: t, type: note, label: ‹personal›{vi: Xin ghi họ tên vào cuối phiếu, en: x}}",
    "- {name: t, type: note, label: ‹personal›{vi: x, en: Please tell your name}}",
    "- {name: t, type: select_one, choices: yesno, label: ‹personal›{vi: Có tham gia không (ghi rõ họ tên), en: x}}",
    "- {name: t, type: select_one, choices: yesno, label: {vi: A, en: B}, hint: ‹personal›{vi: Ghi kèm SĐT, en: x}}",
    "- {name: t, type: text, label: {vi: A, en: B}, constraint: . != 'x',\n"
    "   constraint_message: ‹personal›{vi: Số điện thoại có 10 chữ số., en: x}}",
    "- {name: t, type: select_one, choices: other, label: {vi: A, en: B}}",
]  # fmt: skip
ALLOWED = [
    "- {name: t, type: select_one, choices: yesno, label: {vi: Hộ có điện thoại di động không, en: A phone}}",
    "- {name: t, type: select_one, choices: yesno, label: {vi: Biết số điện thoại của Mặt trận không, en: x}}",
    "- {name: t, type: note, label: {vi: Không ghi họ tên hay chữ ký, en: Do not give your name}}",
    "- {name: t, type: note, label: {vi: Phiếu không ghi tên người trả lời, en: No name is written down}}",
    "- {name: t, type: select_multiple, choices: owned, label: {vi: Hộ có những gì, en: What the household owns}}",
]
LISTS = (
    YES_NO
    + "  owned: {options: {mobile: {vi: Điện thoại di động, en: Mobile phone}, no: {vi: Số CCCD, en: ID card}}}\n"
)
OTHER = "  other: {options: {a: {vi: A, en: B}, other: {vi: 'Khác: tên ông/bà', en: 'Other: your name'}}}\n"


@pytest.mark.parametrize("question", IN_OTHER_TEXTS)
def test_personal_words_are_reported_in_every_text(tmp_path: Path, question: str) -> None:
    lists = YES_NO + (OTHER if "choices: other" in question else "")
    source, expected = unmarked(
        with_sections(
            CONSENT + SECTION + indent(question.replace("choices: other", "choices: ‹personal›other"), "    "),
            "resident", lists,
        )
    )  # fmt: skip
    assert len(expected) == 1
    assert found_in(tmp_path, source) == expected


@pytest.mark.parametrize("question", ALLOWED)
def test_words_are_ordinary_where_nothing_can_be_written(tmp_path: Path, question: str) -> None:
    lists = LISTS if "owned" in question else YES_NO
    assert found_in(tmp_path, with_sections(CONSENT + SECTION + indent(question, "    "), "resident", lists)) == []


def test_a_personal_section_title_is_reported(tmp_path: Path) -> None:
    section = SECTION.replace("{vi: Phần, en: Part}", '‹personal›{vi: "Họ tên, tuổi của ông bà", en: Part}')
    section = section.replace("Họ tên, tuổi của", "Ghi họ tên")
    question = "    - {name: q, type: text, label: {vi: A, en: B}}\n"
    source, expected = unmarked(with_sections(CONSENT + section + question, "resident", YES_NO))
    assert found_in(tmp_path, source) == expected


CONSENTS = [
    (CONSENT, "resident", []),
    (CONSENT, "official", []),
    ("", "resident", ["no_consent"]),
    ("", "official", ["no_consent"]),
    ("", "organisation", []),
    (CONSENT.replace("type: select_one, choices: yesno", "type: text"), "resident", ["bad_consent"]),
    (CONSENT.replace("choices: yesno,", "choices: yesno, relevant: 'false()',"), "resident", ["bad_consent"]),
    (CONSENT.replace("  title", "  relevant: false\n  title"), "resident", ["bad_consent"]),
    (CONSENT.replace("questions: [", "questions: [{name: b, type: text, label: {vi: A, en: B}}, "), "resident",
     ["bad_consent"]),
    (CONSENT.replace("questions: [", "questions: [{name: b, type: note, label: {vi: A, en: B}}, "), "resident", []),
]  # fmt: skip


@pytest.mark.parametrize(("consent", "respondent", "codes"), CONSENTS, ids=range(len(CONSENTS)))
def test_the_consent_section_comes_first_and_asks_only_for_consent(
    tmp_path: Path, consent: str, respondent: str, codes: list[str]
) -> None:
    lists = YES_NO if "yesno" in consent else ""
    source = with_sections(
        consent + SECTION + "    - {name: q, type: text, label: {vi: A, en: B}}\n", respondent, lists
    )
    assert [code for *_, code in found_in(tmp_path, source)] == codes


def test_consent_needs_the_choices_yes_and_no(tmp_path: Path) -> None:
    source = with_sections(
        CONSENT + SECTION + "    - {name: q, type: text, label: {vi: A, en: B}}\n", "resident", YES_NO
    )
    assert [code for *_, code in found_in(tmp_path, source.replace("yes: {vi: Có", "agree: {vi: Có"))] == [
        "bad_consent"
    ]


def test_a_later_consent_section_does_not_count(tmp_path: Path) -> None:
    source = with_sections(
        SECTION + "    - {name: q, type: text, label: {vi: A, en: B}}\n" + CONSENT, "resident", YES_NO
    )
    assert [code for *_, code in found_in(tmp_path, source)] == ["no_consent", "bad_consent"]
