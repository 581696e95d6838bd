"""What was sent as answers is kept, whatever it is: /fill shows what can be shown, and says the rest."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st

from survey_server.domain.responses import Status
from survey_server.domain.review import ReviewAction
from survey_server.questionnaire.model import MAX_INSTANCES, Question
from survey_server.services.assigned_work import AssignedWorkCache
from survey_server.services.receiving import Sender, UploadedRow
from survey_server.services.review_response import open_response, review
from survey_server.storage import people
from survey_server.web.question_fields import answers_of, form_class, typed_answers
from survey_server.web.question_pages import render_questionnaire
from tests.support.receiving import receive
from tests.support.sizes import choose_examples
from tests.web.every_type import EVERY_TYPE
from tests.web.filling import Filling, demo_app, flat

UNUSABLE = [
    ("work_date", 5, "work_date"),
    ("work_date", "abc", "work_date"),
    ("work_date", {}, "work_date"),
    ("present", 5, "present"),
    ("present", [1, {}], "present"),
    ("present", ["invented"], "present"),
    ("campaign_figures", 5, "campaign_figures"),
    ("campaign_figures", {"cultured_areas": 5}, "campaign_figures"),
    ("campaign_figures", {"cultured_areas": {"y2010": {}}}, "campaign_figures"),
    ("documents", 5, "documents"),
    ("documents", [5], "documents"),
    ("documents", [{"document_date": 7}], "documents-0-document_date"),
    ("documents", [{"document_date": "1-2"}], "documents-0-document_date"),
    ("documents", [{}] * (MAX_INSTANCES + 1), "documents"),
]


@pytest.fixture(scope="module")
def app(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with demo_app(prepared_demo, tmp_path_factory.mktemp("unusable")) as app:
        yield app


@pytest.fixture(scope="module")
def filling(app: Flask) -> Filling:
    return Filling(app, "surveyor", "commune_visit")


def section_of(filling: Filling, question: str) -> str:
    return next(each.name for each in filling.questionnaire.sections if question in names(each.questions))


def names(questions: tuple[Question, ...]) -> list[str]:
    return [each.name for each in flat(questions)]


@pytest.mark.parametrize(("question", "answer", "path"), UNUSABLE, ids=lambda value: str(value)[:40])
def test_an_answer_that_is_none_leaves_its_inputs_empty_and_is_told(
    filling: Filling, question: str, answer: Any, path: str
) -> None:
    filling.put_in({question: answer})
    page = filling.open(section_of(filling, question))
    said = page.partition(f'id="problem-{path}" role="alert">')[2].partition("<")[0]
    assert said.strip()
    assert said in page.partition('<div class="summary"')[2].partition("</div>")[0]  # at the top, too


def test_an_answer_that_can_be_used_is_told_nothing_about(filling: Filling) -> None:
    filling.put_in({"work_date": "2012-06-05", "documents": [{"document_date": "2012-06-31"}]})
    assert '<div class="summary"' not in filling.open(section_of(filling, "work_date"))
    assert 'value="2012"' in filling.page
    assert '<div class="summary"' not in filling.open(section_of(filling, "documents"))  # typed so: judged later


def test_the_usable_part_of_an_answer_is_shown(filling: Filling) -> None:
    table = {"cultured_areas": {"y2010": 7, "y2011": "words", "y1": 3}, "unheard_of": 5, "": {}}
    filling.put_in({"campaign_figures": table, "documents": [5, {"document_number": "12/KH", "document_date": []}]})
    assert 'name="q_campaign_figures-cultured_areas-y2010" value="7"' in filling.open("campaigns")
    filling.open(section_of(filling, "documents"))
    assert re.search(r'name="q_documents-0-q_document_number"[^>]*>12/KH</textarea>', filling.page)


def test_a_returned_response_with_such_answers_is_completed(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    answers = {question: answer for question, answer, _path in UNUSABLE}
    response_id = returned(filling, answers)
    page = filling.client.get(f"{filling.path}&returned={response_id}", follow_redirects=True)
    assert page.status_code == 200
    filling.page = page.get_data(as_text=True)
    for section in filling.questionnaire.sections:
        filling.open(section.name)
        assert filling.press("save").status_code == 200, section.name
    filling.open("review")
    draft = filling.draft
    filling.press("send")
    with filling.database.read() as connection:
        by = people.by_account(connection, "surveyor")
    assert by is not None
    assert [each.response.supersedes for each in open_response(filling.database, by, draft)] == [response_id]


def returned(filling: Filling, answers: dict[str, Any]) -> str:
    """A response with these answers, sent for this assignment and returned by the team's leader."""
    given, response_id, database = filling.assignment, str(uuid.uuid4()), filling.database
    with database.read() as connection:
        surveyor, leader = (people.by_account(connection, account) for account in ("surveyor", "leader"))
    assert surveyor is not None
    assert leader is not None
    body = {
        "id": response_id, "questionnaire": given["questionnaire"], "version": given["version"], "round": "demo",
        "locality": locality_of(filling), "assignment": given["id"], "visit": given["visit_id"],
        "supersedes": None, "started_at": "2012-10-05T08:00:00+07:00", "completed_at": "2012-10-05T09:00:00+07:00",
        "clock_offset_ms": 0, "answers": answers, "attachments": [], "paradata": {}, "mode": "tablet",
        "simulated": False, "training": False,
    }  # fmt: skip
    text = json.dumps(body)
    (receipt,) = receive(
        database, Sender(surveyor.id), [UploadedRow(response_id, hashlib.sha256(text.encode()).hexdigest(), text)]
    )
    assert receipt.status is Status.STORED
    (opened,) = open_response(database, leader, response_id)
    review(database, leader, opened.response.seq, ReviewAction.RETURN, "Xin điền lại")
    return response_id


def locality_of(filling: Filling) -> dict[str, str]:
    with filling.database.read() as connection:
        surveyor = people.by_account(connection, "surveyor")
    assert surveyor is not None
    own = AssignedWorkCache(filling.database).of(surveyor.id).by_id[filling.assignment["id"]]
    return {"scheme": own.scheme, "level": own.level, "code": own.code}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(-1e17, 1e17) | st.text(max_size=8)
    | st.sampled_from(["1-2", "2012-06-05", "²-²-²", "yes", "none_arose"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip

EVERY_QUESTION = tuple(question for section in EVERY_TYPE.sections for question in section.questions)


def anything_like(question: Question) -> st.SearchStrategy[Any]:
    """Any JSON; more often such as comes near to an answer."""
    if question.role == "repeat":
        inside = st.fixed_dictionaries({}, optional={each.name: anything_like(each) for each in question.questions})
        return JSON | st.lists(inside | JSON, max_size=3)
    if question.type.name == "number_table":
        cell = JSON | st.fixed_dictionaries({}, optional={"value": JSON, "estimated": JSON})
        rows, periods = ([each.code for each in parts] for parts in question.own.axes().values())
        cells = st.dictionaries(st.sampled_from(periods), cell, max_size=2)
        return JSON | st.dictionaries(st.sampled_from(rows), cells | JSON, max_size=2)
    return JSON | st.lists(JSON, max_size=3)


@pytest.mark.parametrize("questionnaire", ["commune_visit", "visit_province"])
def test_no_answers_whatever_make_a_page_fail(app: Flask, questionnaire: str) -> None:
    filling = Filling(app, "surveyor", questionnaire)
    asked = [question for section in filling.questionnaire.sections for question in flat(section.questions)]
    places = [section.name for section in filling.questionnaire.sections] + ["review"]

    @settings(max_examples=choose_examples(60), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        answers=st.fixed_dictionaries({}, optional={each.name: anything_like(each) for each in asked}), data=st.data()
    )
    def look(answers: dict[str, Any], data: st.DataObject) -> None:
        filling.put_in(answers)
        place = data.draw(st.sampled_from(places))
        answer = filling.client.get(f"{filling.path}&section={place}")
        assert answer.status_code == 200

    look()


@settings(max_examples=choose_examples(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(answers=st.fixed_dictionaries({}, optional={each.name: anything_like(each) for each in EVERY_QUESTION}))
def test_a_question_of_any_type_is_drawn_whatever_its_answer(app: Flask, answers: dict[str, Any]) -> None:
    with app.test_request_context():
        form = form_class(EVERY_TYPE)(formdata=typed_answers(EVERY_QUESTION, answers), meta={"csrf": False})
        assert render_questionnaire(EVERY_TYPE, form=form)
        answers_of(form, EVERY_QUESTION)
