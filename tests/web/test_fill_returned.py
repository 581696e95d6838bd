"""A returned response at /fill is completed with its answers and the reason in sight, and not written a second time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from tests.web.filling import Filling, demo_app, flat, hidden, signed_in

REASON = "Xin ghi rõ số hội nghị\nvà ngày họp"


@pytest.fixture(scope="module")
def app(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with demo_app(prepared_demo, tmp_path_factory.mktemp("fill")) as app:
        yield app


@pytest.fixture(scope="module")
def returned(app: Flask) -> tuple[Filling, str]:
    """The commune's report after the district returned it, and its id."""
    filling = Filling(app, "commune", "self_review_commune")
    asked = [each for section in filling.questionnaire.sections for each in flat(section.questions)]
    text = next(each.name for each in asked if each.type.name == "text" and each.relevant is None)
    filling.put_in({text: "Câu trả lời cũ"})
    filling.open("review")
    response = filling.draft
    filling.press("send")
    district = signed_in(app, "district")
    page = district.get(f"/responses/{response}").get_data(as_text=True)
    form = {name: hidden(page, name) for name in ("csrf_token", "seq")}
    district.post(f"/responses/{response}/review", data=form | {"reason": REASON, "decision": "return"})
    return filling, response


def test_the_list_names_what_was_returned_and_offers_nothing_beside_it(returned: tuple[Filling, str]) -> None:
    filling, response = returned
    work = filling.client.get("/fill").get_data(as_text=True)
    card = re.search(r'<div class="card">.*?</div>', work, re.DOTALL)
    assert card is not None
    for part in ("Xin ghi rõ số hội nghị", "Tổ chức", f"Phiếu {response[-6:].upper()}", "gửi lúc"):
        assert part in card[0]
    assert f"assignment={filling.assignment['id']}&amp;returned=" in card[0]
    links = re.findall(rf"/fill/[^\"]*assignment={filling.assignment['id']}[^\"]*", work)
    assert [link for link in links if "returned=" not in link] == []


def test_the_assignment_opens_the_returned_response_with_its_answers_and_reason(returned: tuple[Filling, str]) -> None:
    filling, response = returned
    filling.page = filling.client.get(filling.path).get_data(as_text=True)
    first = filling.draft
    assert "Xin ghi rõ số hội nghị" in filling.page
    assert filling.drafted() != {}
    filling.open("review")
    assert "Xin ghi rõ số hội nghị" in filling.page
    assert filling.draft == first
    link = f"{filling.path}&returned={response}"
    filling.page = filling.client.get(link).get_data(as_text=True)
    assert filling.draft == first, "what was begun goes on"
    pages = unescape(" ".join(re.findall(r'action="([^"]*)"', filling.page)))
    assert f"returned={response}" in pages


def test_a_draft_that_was_sent_leads_to_its_confirmation(returned: tuple[Filling, str]) -> None:
    filling, response = returned
    answer = filling.client.get(f"{filling.path}&draft={response}", follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "Đã nhận phiếu" in page
    assert f"Phiếu {response[-6:].upper()}" in page
    assert filling.client.get(f"{filling.path}&draft=00000000-0000-0000-0000-000000000000").status_code == 404
