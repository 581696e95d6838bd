"""/fill needs no script: every shipped questionnaire can be finished there, and what was typed is never lost."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey_server.app import create_app
from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.services.find_questionnaire import find_questionnaire
from survey_server.settings import read_settings
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import assignment, person, response
from survey_server.web.typed_answers import typed_answers

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
    data = Path(shutil.copytree(prepared_demo, tmp_path_factory.mktemp("fill") / "data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATA_DIR", str(data))
        settings = read_settings()
    database = open_database(settings)
    yield create_app(settings, database)
    database.close()


class Filling:
    """A person at one questionnaire: a page is read, its form sent back with what is typed."""

    def __init__(self, app: Flask, account: str, questionnaire: str) -> None:
        self.app = app
        self.database: Database = app.extensions["survey"].database
        self.account = account
        self.client = signed_in(app, account)
        self.assignment = self._assignment(questionnaire)
        found = find_questionnaire(self.database, questionnaire, self.assignment["version"])
        assert found is not None
        self.questionnaire: Questionnaire = found
        self.path = f"/fill/{questionnaire}/{found.version}?assignment={self.assignment['id']}"
        self.page = self.client.get(self.path).get_data(as_text=True)

    def _assignment(self, questionnaire: str) -> dict[str, Any]:
        """One of this person's: where a committee reports, that of its own locality."""
        with self.database.read() as connection:
            wanted = select(assignment).where(assignment.c.questionnaire == questionnaire)
            who = connection.execute(select(person).where(person.c.account == self.account)).mappings().one()
            own = (assignment.c.person_id == who["id"]) | (assignment.c.locality_id == who["area_id"])
            return dict(connection.execute(wanted.where(own).limit(1)).mappings().one())

    @property
    def draft(self) -> str:
        return hidden(self.page, "response")

    @property
    def section(self) -> str:
        return hidden(self.page, "section")

    def open(self, section: str) -> str:
        self.page = self.client.get(f"{self.path}&section={section}").get_data(as_text=True)
        return self.page

    def press(self, button: str, typed: Any = (), **also: str) -> TestResponse:
        """Send the page's form; follow to the next page."""
        form = {name: hidden(self.page, name) for name in ("csrf_token", "response")} | {button: "1"} | also
        if 'name="section"' in self.page:
            form["section"] = self.section
        fields = [*form.items(), *typed]
        data = {name: [value for key, value in fields if key == name] for name, _value in fields}
        answer = self.client.post(self.path, data=data, follow_redirects=True)
        self.page = answer.get_data(as_text=True)
        return answer

    def kept(self) -> list[dict[str, Any]]:
        """The bodies kept under the id of this draft."""
        with self.database.read() as connection:
            rows = connection.execute(select(response.c.body).where(response.c.id == self.draft))
            return [json.loads(row.body) for row in rows]


def signed_in(app: Flask, account: str) -> FlaskClient:
    client = app.test_client()
    token = hidden(client.get("/login").get_data(as_text=True), "csrf_token")
    sent = client.post("/login", data={"account": account, "password": f"demo-{account}", "csrf_token": token})
    assert sent.status_code == 302
    return client


def hidden(page: str, name: str) -> str:
    forms = page.partition("</header>")[2] or page
    found = re.search(rf'name="{name}" value="([^"]*)"', forms)
    assert found, f"no {name} in {page[:2000]}"
    return unescape(found[1])


def calculated(page: str) -> str:
    """The first calculated value of a page."""
    return re.findall(r"<output[^>]*>([^<]*)</output>", page)[0].strip()


def an_answer(app: Flask, questionnaire: str) -> dict[str, Any]:
    """What a simulated respondent said, without any fault in it; the fullest of them."""
    database: Database = app.extensions["survey"].database
    with database.read() as connection:
        found = connection.execute(
            select(response.c.body)
            .where(response.c.questionnaire == questionnaire, response.c.problems == "[]", response.c.simulated)
            .order_by(func.length(response.c.body).desc()).limit(1)
        ).scalar_one()  # fmt: skip
    answers: dict[str, Any] = json.loads(found)["answers"]
    return answers


def flat(questions: tuple[Question, ...]) -> list[Question]:
    return [one for each in questions for one in (flat(each.questions) if each.type == "group" else [each])]


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
        body = json.loads(connection.execute(select(response.c.body).where(response.c.id == draft)).scalar_one())
    asked = {each.name for section in sections.values() for each in flat(section.questions) if each.type != "calculate"}
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
    text = next(each.name for each in flat(filling.questionnaire.sections[-1].questions) if each.type == "text")
    filling.press("save", [(f"q_{text}", "Còn thiếu cán bộ trẻ")])
    filling.client = signed_in(app, "surveyor")
    assert "Còn thiếu cán bộ trẻ" in filling.open(section)


def test_a_repeat_grows_and_shrinks_by_its_buttons(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.open("awareness")
    repeat = next(each for each in filling.questionnaire.walk() if each.type == "repeat")
    before = calculated(filling.page)
    inner = f"q_{repeat.name}-%d-q_{repeat.questions[0].name}"
    filling.press("add", add=repeat.name)
    filling.press("add", [(inner % 0, "07-HD/MT")], add=repeat.name)
    assert f'name="{inner % 1}"' in filling.page
    assert (before, calculated(filling.page)) == ("0", "2")
    assert f'name="{inner % 0}" value="07-HD/MT"' in filling.page
    filling.press("remove", [(inner % 0, "07-HD/MT"), (inner % 1, "08-HD/MT")], remove=f"{repeat.name}-0")
    assert f'name="{inner % 0}" value="08-HD/MT"' in filling.page
    assert "07-HD/MT" not in filling.page


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


def test_a_stale_token_shows_the_form_again_with_what_was_typed(app: Flask) -> None:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.open(filling.questionnaire.sections[-1].name)
    text = next(each.name for each in flat(filling.questionnaire.sections[-1].questions) if each.type == "text")
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
