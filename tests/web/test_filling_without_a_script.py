"""/fill needs no script: every shipped questionnaire can be finished there, and what was typed is never lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from hypothesis import strategies as st
from sqlalchemy import func, select

from survey_server.app import runtime_of
from survey_server.questionnaire.model import MAX_INSTANCES
from survey_server.storage.database import Database
from survey_server.storage.tables import response
from survey_server.web.question_fields import typed_answers
from tests.support.receiving import stored_rows
from tests.support.sizes import choose_examples
from tests.web.filling import Filling, demo_app, flat, hidden, signed_in

FILLED_BY = {
    "commune_visit": "surveyor",
    "visit_district": "surveyor",
    "visit_province": "surveyor",
    "cadre_interview": "surveyor",
    "resident_opinion": "surveyor",
    "self_review_commune": "commune",
    "self_review_district": "district",
    "self_review_province": "province",
}
QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"


@pytest.fixture(scope="module")
def app(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with demo_app(prepared_demo, tmp_path_factory.mktemp("fill")) as app:
        yield app


def calculated(page: str) -> str:
    """The first calculated value of a page."""
    return re.findall(r"<output[^>]*>([^<]*)</output>", page)[0].strip()


def an_answer(app: Flask, questionnaire: str) -> dict[str, Any]:
    """What a simulated respondent said, without any fault in it; the fullest of them."""
    database: Database = runtime_of(app).database
    with database.read() as connection:
        rows = stored_rows(
            connection, response.c.questionnaire == questionnaire, response.c.problems == "[]", response.c.simulated
        )
    answers: dict[str, Any] = json.loads(max((row["body"] for row in rows), key=len))["answers"]
    return answers


def test_every_shipped_questionnaire_is_filled_in_here() -> None:
    assert {path.stem for path in QUESTIONNAIRES.glob("*.yaml")} == FILLED_BY.keys()


@pytest.mark.parametrize("questionnaire", FILLED_BY)
def test_it_can_be_finished(app: Flask, questionnaire: str) -> None:
    filling = Filling(app, FILLED_BY[questionnaire], questionnaire)
    answers = an_answer(app, questionnaire)
    sections = {section.name: section for section in filling.questionnaire.sections}
    visited = []
    while 'name="section"' in filling.page:
        section = filling.section
        assert section not in visited, f"{section} leads to itself: {re.findall(r'<li>.*?</li>', filling.page)[:9]}"
        visited.append(section)
        typed = list(typed_answers(sections[section].questions, answers).items(multi=True))
        filling.press("save", typed)  # shows what the answers bring up
        assert filling.press("next", typed).status_code == 200, section
    assert "Các câu trả lời đã đầy đủ và hợp lý." in filling.page
    draft = filling.draft
    filling.press("send")
    assert "Đã nhận phiếu" in filling.page
    with filling.database.read() as connection:
        (row,) = stored_rows(connection, response.c.id == draft)
    body = json.loads(row["body"])
    questions = [each for section in sections.values() for each in flat(section.questions)]
    asked = {each.name for each in questions if each.role != "calculated"}
    assert {name: body["answers"].get(name) for name in answers if name in asked} == {
        name: value for name, value in answers.items() if name in asked
    }


def test_skip_logic_and_an_error_summary(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    issued = [("q_plan_issued", "yes")]
    plan_asked = "plan_issued_on"
    assert f'data-question="{plan_asked}"' not in filling.open("awareness")
    filling.press("save", issued)
    assert f'data-question="{plan_asked}"' in filling.page
    answer = filling.press("next", [*issued, (f"q_{plan_asked}-day", "31"), (f"q_{plan_asked}-month", "x")])
    assert answer.status_code == 422
    summary = re.search(r'<div class="summary".*?</div>', filling.page, re.DOTALL)
    assert summary is not None
    assert f'href="#field-{plan_asked}"' in summary[0]
    assert f'id="field-{plan_asked}"' in filling.page
    assert f'id="problem-{plan_asked}" role="alert">Ngày chưa đủ.' in filling.page  # beside the question too
    assert 'value="31"' in filling.page  # what was typed stays


def test_an_unreadable_cell_is_linked_to_and_named(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.open("campaigns")
    cell = "campaign_figures-cultured_areas-y2011"
    answer = filling.press("next", [(f"q_{cell}", "1.5"), (f"q_{cell}-estimated", "1")])
    assert answer.status_code == 422
    assert f'<a href="#q_{cell}">' in filling.page
    assert f'id="q_{cell}"' in filling.page
    assert "2011: Chưa đúng dạng số" in unescape(filling.page)


def test_a_draft_outlives_signing_out(app: Flask) -> None:
    filling = Filling(app, "surveyor", "visit_district")
    section = filling.questionnaire.sections[-1].name
    filling.open(section)
    text = next(each.name for each in flat(filling.questionnaire.sections[-1].questions) if each.type.name == "text")
    filling.press("save", [(f"q_{text}", "Còn thiếu cán bộ trẻ")])
    filling.client = signed_in(app, "surveyor")
    assert "Còn thiếu cán bộ trẻ" in filling.open(section)


def test_a_repeat_grows_and_shrinks_by_its_buttons(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.open("awareness")
    repeat = next(each for each in filling.questionnaire.walk() if each.role == "repeat")
    before = calculated(filling.page)
    inner = f"q_{repeat.name}-%d-q_{repeat.questions[0].name}"
    filling.press("add", add=repeat.name)
    filling.press("add", [(inner % 0, "07-HD/MT")], add=repeat.name)
    assert f'name="{inner % 1}"' in filling.page
    assert (before, calculated(filling.page)) == ("0", "2")
    assert re.search(rf'name="{inner % 0}"[^>]*>07-HD/MT</textarea>', filling.page)
    filling.press("remove", [(inner % 0, "07-HD/MT"), (inner % 1, "08-HD/MT")], remove=f"{repeat.name}-0")
    assert re.search(rf'name="{inner % 0}"[^>]*>08-HD/MT</textarea>', filling.page)
    assert "07-HD/MT" not in filling.page


def test_an_empty_instance_before_it_does_not_change_which_one_is_taken_out(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.open("awareness")
    inner = "q_documents-%d-q_document_number"
    typed = [(inner % 0, ""), (inner % 1, "07-HD/MT"), (inner % 2, "08-HD/MT")]
    filling.press("remove", typed, remove="documents-1")
    assert filling.drafted()["documents"] == [{"document_number": "08-HD/MT"}]
    filling.press("remove", typed, remove="documents-0")
    assert filling.drafted()["documents"] == [{"document_number": "07-HD/MT"}, {"document_number": "08-HD/MT"}]


def test_as_many_instances_as_a_response_may_have_are_kept(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.open("awareness")
    typed = [(f"q_documents-{index}-q_document_number", str(index)) for index in range(MAX_INSTANCES + 1)]
    assert filling.press("save", typed[:-2]).status_code == 200
    assert 'name="add" value="documents"' in filling.page
    assert filling.press("add", typed[:-2], add="documents").status_code == 200
    assert len(filling.drafted()["documents"]) == MAX_INSTANCES
    assert 'name="add" value="documents"' not in filling.page
    assert f"Đã đủ {MAX_INSTANCES} mục, không thêm được nữa." in filling.page
    assert filling.press("add", typed[:-1], add="documents").status_code == 422
    assert 'id="problem-documents" role="alert">Tối đa 500 mục.' in filling.page
    answer = filling.press("save", typed)
    assert answer.status_code == 422  # the one too many is told of, the others are kept
    assert 'id="problem-documents" role="alert">Tối đa 500 mục.' in filling.page
    assert [each["document_number"] for each in filling.drafted()["documents"]] == [
        str(index) for index in range(MAX_INSTANCES)
    ]
    filling.press("save")


MANY_DIGITS = "9" * 5000
HOSTILE_FIELDS = [
    {"remove": "documents-²"},
    {"remove": f"documents-{MANY_DIGITS}"},
    {"remove": "documents--1"},
    {"q_documents-²-q_document_number": "07"},
    {f"q_documents-{MANY_DIGITS}-q_document_number": "07"},
    {"add": "x\r\nSet-Cookie: a=b"},
    {"add": "work_date"},
    {"add": "recommendations"},  # a repeat of another section
]


@pytest.mark.parametrize("fields", HOSTILE_FIELDS, ids=lambda fields: str(fields)[:40])
def test_fields_that_no_page_of_ours_has_change_nothing(app: Flask, fields: dict[str, str]) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.open("awareness")
    kept = ("q_documents-0-q_document_number", "07-HD/MT")
    filling.press("save", [kept])
    before = filling.drafted()
    form = {name: hidden(filling.page, name) for name in ("csrf_token", "response", "section")}
    answer = filling.client.post(filling.path, data=form | dict([kept]) | fields)
    assert answer.status_code == 302
    assert "#" not in answer.headers["Location"]
    assert filling.drafted() == before


def test_no_form_whatever_makes_a_page_fail(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    form = {name: hidden(filling.page, name) for name in ("csrf_token", "response")}
    sections = [section.name for section in filling.questionnaire.sections]
    asked = st.sampled_from([question.name for question in filling.questionnaire.walk()])
    odd = st.text(max_size=8) | st.sampled_from(["²", "0", "-1", MANY_DIGITS, "\r\n", "kept", "day", "missing"])
    value = odd | st.sampled_from(sections) | st.builds("{}-{}".format, asked, odd) | asked
    field = st.builds("q_{}-{}-q_{}".format, asked, odd, asked) | st.builds("q_{}-{}".format, asked, odd)
    button = st.sampled_from(["add", "remove", "next", "back", "skip", "send"])
    typed = st.dictionaries(field | odd, value, max_size=4)

    @hypothesis.settings(
        max_examples=choose_examples(250), deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(st.sampled_from(sections) | odd, typed, st.dictionaries(button, value, max_size=2))
    def post(section: str, typed: dict[str, str], pressed: dict[str, str]) -> None:
        answer = filling.client.post(filling.path, data={"section": section} | typed | pressed | form)
        assert answer.status_code < 500

    post()


def test_sending_twice_is_one_response(app: Flask) -> None:
    filling = Filling(app, "surveyor", "cadre_interview")
    filling.open("review")
    review, draft = filling.page, filling.draft
    filling.press("send")
    filling.page = review  # the way back in the browser, and the button once more
    filling.press("send")
    assert "Đã nhận phiếu" in filling.page
    with filling.database.read() as connection:
        assert connection.execute(select(func.count()).where(response.c.id == draft)).scalar_one() == 1


def test_what_is_empty_or_off_the_route_inside_a_repeat_is_not_sent(app: Flask) -> None:
    """An entry that was added and left empty counts nowhere, as on the tablet."""
    filling = Filling(app, "surveyor", "commune_visit")
    written = {"document_number": "62-KL/TW", "document_subject": "Về Mặt trận"}
    filling.put_in({"documents": [{}, written, {"never_asked": "x"}, {}]})
    filling.open("review")
    draft = filling.draft
    filling.press("send")
    with filling.database.read() as connection:
        (row,) = stored_rows(connection, response.c.id == draft)
    body = json.loads(row["body"])
    assert body["answers"]["documents"][0] == written
    assert body["answers"]["documents_total"] == 2
    assert "x" not in json.dumps(body["answers"])


def test_a_refusal_is_told_where_the_button_was_pressed(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    text = next(each.name for each in flat(filling.questionnaire.sections[-1].questions) if each.type.name == "text")
    filling.put_in({text: "dài " * 500_000})
    filling.open("review")
    answer = filling.press("send")
    assert answer.status_code == 422
    assert "Máy chủ không nhận phiếu này" in filling.page
    assert "Phiếu lớn hơn 2048 KiB." in filling.page


def test_a_stale_token_shows_the_form_again_with_what_was_typed(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.open(filling.questionnaire.sections[-1].name)
    text = next(each.name for each in flat(filling.questionnaire.sections[-1].questions) if each.type.name == "text")
    typed = [(f"q_{text}", "Đề nghị tăng kinh phí")]
    answer = filling.press("next", typed, csrf_token="stale")
    assert answer.status_code == 400
    assert "Trang này đã mở quá lâu" in filling.page
    assert "Đề nghị tăng kinh phí" in filling.page
    assert filling.press("save", typed).status_code == 200  # the page that was shown again is good


def test_what_was_returned_is_completed_and_superseded(app: Flask) -> None:
    """The district asks for more; the commune finds the reason on its page, and its answers in the form."""
    filling = Filling(app, "commune", "self_review_commune")
    filling.open("review")
    draft = filling.draft
    filling.press("send")
    district = signed_in(app, "district")
    page = district.get(f"/responses/{draft}").get_data(as_text=True)
    form = {name: hidden(page, name) for name in ("csrf_token", "seq")}
    reason = {"reason": "Xin ghi rõ số hội nghị", "decision": "return"}
    assert district.post(f"/responses/{draft}/review", data=form | reason).status_code == 302
    work = filling.client.get("/fill").get_data(as_text=True)
    assert "Xin ghi rõ số hội nghị" in work
    link = unescape(re.findall(r'href="([^"]*returned=[^"]*)"', work)[0])
    filling.page = filling.client.get(link, follow_redirects=True).get_data(as_text=True)
    assert filling.draft != draft
    filling.open("review")
    new = filling.draft
    filling.press("send")
    with filling.database.read() as connection:
        states = {row.id: (row.state, row.supersedes) for row in connection.execute(select(response))}
    assert states[draft][0] == "superseded"
    assert states[new] == ("submitted", draft)
    assert "Xin ghi rõ số hội nghị" not in filling.client.get("/fill").get_data(as_text=True)


def test_nobody_completes_what_was_returned_to_somebody_else(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    assert filling.client.get(f"{filling.path}&returned=00000000-0000-0000-0000-000000000000").status_code == 404
