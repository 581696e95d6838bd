"""What is typed at /fill is never lost: not by what is pasted, not by a link, not by the language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from survey_server.domain import DatabaseUnavailableError
from tests.web.filling import Filling, demo_app, hidden


@pytest.fixture(scope="module")
def app(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with demo_app(prepared_demo, tmp_path_factory.mktemp("fill")) as app:
        yield app


@pytest.fixture
def filling(app: Flask) -> Filling:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.put_in({})
    filling.open("awareness")
    return filling


NUMBER = "q_documents-0-q_document_number"


def test_a_pasted_control_character_costs_nothing_else(filling: Filling) -> None:
    answer = filling.press("save", [(NUMBER, "07\0-HD\x1b/MT\u200b"), ("q_plan_issued", "yes")])
    assert answer.status_code == 200
    assert filling.drafted()["documents"] == [{"document_number": "07-HD/MT"}]
    assert filling.drafted()["plan_issued"] == "yes"


def test_lines_that_are_pasted_stay_lines(filling: Filling) -> None:
    filling.press("save", [(NUMBER, "07-HD/MT\r\n08-HD/MT\v09-HD/MT")])
    assert filling.drafted()["documents"] == [{"document_number": "07-HD/MT\n08-HD/MT\n09-HD/MT"}]


def test_invisible_characters_are_no_answer(filling: Filling) -> None:
    filling.press("save", [(NUMBER, "\u200b\u2060 \u3164")])
    assert "documents" not in filling.drafted()


SECTION_FROM, SECTION_TO = "awareness", "campaigns"
AREAS = "q_campaign_figures-cultured_areas-y2011"


@pytest.mark.parametrize(("button", "value"), [("go", SECTION_TO), ("stay", "1"), ("leave", "/fill"), ("back", "1")])
def test_every_way_out_of_a_section_saves_what_was_typed(filling: Filling, button: str, value: str) -> None:
    page = filling.page
    answer = filling.press(button, [(NUMBER, "07-HD/MT")], **{button: value})
    assert answer.status_code == 200
    filling.page = page
    assert filling.drafted()["documents"] == [{"document_number": "07-HD/MT"}]


def test_a_section_is_reached_by_its_button(filling: Filling) -> None:
    filling.press("go", go=SECTION_TO)
    assert filling.section == SECTION_TO
    filling.press("go", go="review")
    assert "Gửi phiếu" in filling.page


def test_the_page_of_a_section_has_no_link_that_loses_what_was_typed(filling: Filling) -> None:
    outside = re.sub(r'<form id="answers".*?</form>', "", filling.page, flags=re.DOTALL)
    assert set(re.findall(r'<a [^>]*href="([^"]*)"', outside)) == {"#content"}
    assert 'name="leave" value="/responses"' in outside
    assert re.search(r'name="stay" value="1" formaction="[^"]*lang=en"', outside)
    assert re.search(r'name="stay" value="1" formaction="[^"]*theme=dark"', outside)


def test_switching_the_language_saves_and_comes_back(filling: Filling) -> None:
    form = {name: hidden(filling.page, name) for name in ("csrf_token", "response", "section")}
    answer = filling.client.post(
        f"{filling.path}&lang=en", data={**form, "stay": "1", NUMBER: "07-HD/MT"}, follow_redirects=True
    )
    page = answer.get_data(as_text=True)
    assert '<html lang="en"' in page
    assert "07-HD/MT</textarea>" in page
    filling.client.get("/fill?lang=vi")


def test_signing_out_saves_first(filling: Filling, app: Flask) -> None:
    filling.press("leave", [(NUMBER, "07-HD/MT")], leave="/logout")
    assert filling.client.get("/fill").status_code == 302
    other = Filling(app, "surveyor", "commune_visit")
    assert other.drafted()["documents"] == [{"document_number": "07-HD/MT"}]


def test_a_link_elsewhere_leads_nowhere_else(filling: Filling) -> None:
    form = {name: hidden(filling.page, name) for name in ("csrf_token", "response", "section")}
    answer = filling.client.post(filling.path, data={**form, "leave": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("typed", ["12 triệu", "1,234", "1.5"])
def test_what_cannot_be_read_is_kept_as_typed_until_it_is_settled(filling: Filling, typed: str) -> None:
    filling.open(SECTION_TO)
    filling.press("go", [(AREAS, typed)], go=SECTION_FROM)
    assert filling.section == SECTION_FROM
    page = filling.open(SECTION_TO)
    assert f'name="{AREAS}" value="{typed}"' in page
    assert 'class="summary" role="alert"' in page
    assert f'<a href="#{AREAS}">' in page
    review = filling.open("review")
    assert f"#{AREAS}" in review
    filling.open(SECTION_TO)
    filling.press("save", [(AREAS, "12")])
    assert filling.drafted()["campaign_figures"]["cultured_areas"]["y2011"] == 12
    assert f"#{AREAS}" not in filling.open("review")


def test_what_was_never_read_is_sent_as_an_open_point(filling: Filling) -> None:
    filling.open(SECTION_TO)
    filling.press("go", [(AREAS, "12 triệu")], go="review")
    review = filling.page
    filling.press("send")
    filling.page = review
    (body,) = filling.kept()
    (point,) = body["paradata"]["open_points"]
    assert point == {"question": "campaign_figures", "code": "unreadable", "typed": "12 triệu"}


def test_two_readings_are_offered_and_the_chosen_one_is_saved(filling: Filling) -> None:
    filling.open(SECTION_TO)
    assert filling.press("save", [(AREAS, "1,234")]).status_code == 422
    assert f'name="{AREAS}-as" value="1234"' in filling.page
    assert "1234 = một nghìn hai trăm ba mươi bốn" in filling.page
    assert "campaign_figures" not in filling.drafted()
    assert filling.press("save", [(AREAS, "1,234"), (f"{AREAS}-as", "1234")]).status_code == 200
    assert filling.drafted()["campaign_figures"]["cultured_areas"]["y2011"] == 1234
    assert f'name="{AREAS}" value="1234"' in filling.page


def test_skipping_passes_over_no_problem_that_was_not_shown(filling: Filling) -> None:
    typed = [("q_plan_issued", "yes"), ("q_plan_issued_on-day", "31"), ("q_plan_issued_on-month", "x")]
    filling.press("save", typed)
    filling.press("next", typed)
    answer = filling.press("skip", typed, skip="work_date:required")
    assert answer.status_code == 422
    shown = unescape(re.findall(r'name="skip" value="([^"]*)"', filling.page)[0])
    assert "plan_issued_on:unreadable" in shown
    answer = filling.press("skip", typed, skip=shown)
    assert answer.status_code == 200
    assert filling.section != SECTION_FROM


def test_a_page_that_is_open_when_the_response_is_sent_shows_what_was_typed(filling: Filling) -> None:
    page = filling.page
    filling.open("review")
    filling.press("send")
    filling.page = page
    answer = filling.press("save", [(NUMBER, "chưa kịp lưu")])
    assert answer.status_code == 409
    assert "Phiếu này đã được gửi trước đó" in filling.page
    assert "chưa kịp lưu" in filling.page


def test_what_was_typed_is_on_the_page_of_a_failure(filling: Filling, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise DatabaseUnavailableError

    monkeypatch.setattr("survey_server.services.fill_draft.save_draft", fail)
    answer = filling.press("next", [(NUMBER, "07-HD/MT")])
    assert answer.status_code == 503
    assert "Nội dung đã nhập vẫn còn nguyên" in filling.page
    monkeypatch.undo()
    kept = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', filling.page.partition("<main")[2])
    filling.client.post(filling.path, data={name: unescape(value) for name, value in kept})
    filling.page = filling.client.get(filling.path).get_data(as_text=True)
    assert filling.drafted()["documents"] == [{"document_number": "07-HD/MT"}]
