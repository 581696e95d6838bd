"""The main job: a surveyor fills in without a network, and the response is at the server exactly once."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.journeys.tablet import READY, Tablet, finish, open_assignment, stored_responses, wait_until_saved
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_surveyors_day_without_network(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    assert page.inner_text("[data-assignment] .place") == "Phường Phúc Xá"

    field_server.kill()
    tablet.cut_network()
    page.reload()
    page.wait_for_selector(READY)
    open_assignment(page)

    # Skip logic: the reason is asked only where little changed.
    assert page.is_hidden("#field-why_little")
    page.check("#q_party_change-little")
    assert page.is_visible("#field-why_little")
    page.fill("#q_why_little", "Cán bộ mới luân chuyển")

    # A constraint: a meeting cannot lie in the future. It is said, and blocks nothing.
    for part, typed in (("day", "1"), ("month", "6"), ("year", "2999")):
        page.fill(f"#q_held_on-{part}", typed)
    page.press("#q_held_on-year", "Tab")
    assert "không thể ở tương lai" in page.inner_text("#problem-held_on")
    wait_until_saved(page)
    page.click("[data-action=next]")
    assert page.inner_text(":focus h2") == "Có 1 điểm cần xem lại trong phần này"
    page.click("#summary a")
    page.fill("#q_held_on-year", "2012")
    assert page.inner_text("#problem-held_on") == ""
    page.click("[data-action=next]")

    # A repeat, and a value that is calculated from it.
    page.click("button[name=add]")
    page.fill("#q_documents-0-number", "62/KH-MT")
    page.click("button[name=add]")
    page.fill("#q_documents-1-number", "7/BC")
    page.fill("#q_documents-1-pages", "1.500")
    assert page.inner_text("#field-documents_total output") == "2"
    assert "một nghìn năm trăm" in page.inner_text("#field-documents-1-pages .read-as")
    wait_until_saved(page)

    # The browser is closed in the middle of the work, and opened again.
    tablet.close()
    page = tablet.start()
    tablet.cut_network()
    tablet.home(page).click("[data-draft] a")
    page.wait_for_selector("body[data-state=filling]")
    assert page.is_visible("#section-work")
    assert page.input_value("#q_documents-1-pages") == "1.500"
    page.fill("#q_figures-meetings-h2012", "1.234,5")
    page.check("#q_figures-meetings-h2012-estimated")
    page.click("[data-action=review]")
    finish(page)
    assert page.get_attribute("#unsent-count", "data-count") == "1"
    assert stored_responses(field_server.data_dir) == []

    field_server.start()
    tablet.cut_network(False)
    page.click("[data-action=syncNow]")
    page.wait_for_selector("[data-receipt][data-status=stored]")
    page.wait_for_selector('#unsent-count[data-count="0"]')  # drawn a moment after the lists
    assert page.locator("[data-unsent]").count() == 0

    kept = stored_responses(field_server.data_dir)
    assert len(kept) == 1
    assert kept[0].state == "submitted"
    assert kept[0].body["answers"] == {
        "party_change": "little",
        "why_little": "Cán bộ mới luân chuyển",
        "held_on": "2012-06-01",
        "documents": [{"number": "62/KH-MT"}, {"number": "7/BC", "pages": 1500}],
        "documents_total": 2,
        "figures": {"meetings": {"h2012": {"value": 1234.5, "estimated": True}}},
    }
    assert kept[0].body["completed_at"].endswith("+07:00")
    assert isinstance(kept[0].body["clock_offset_ms"], int)


def test_answers_off_the_route_are_not_sent(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-little")
    page.fill("#q_why_little", "viết rồi lại thôi")
    page.check("#q_party_change-clear")
    assert page.is_hidden("#field-why_little")
    page.click("[data-action=next]")
    page.click("[data-action=review]")
    finish(page)
    page.wait_for_selector("[data-receipt]")
    kept = stored_responses(field_server.data_dir)
    assert kept[0].body["answers"] == {"party_change": "clear", "documents_total": 0}


def test_an_incomplete_response_can_be_finished_with_its_open_points(
    tablet: Tablet, field_server: RunningServer
) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.click("#contents summary")
    page.click("[data-go=work]")
    page.click("button[name=add]")
    page.fill("#q_documents-0-pages", "mười")
    page.click("[data-action=review]")
    page.click("[data-action=nextAnyway]")
    assert page.locator("#review .summary li").count() == 3
    page.click("[data-action=finishOpen]")
    page.wait_for_selector("[data-receipt]")
    kept = stored_responses(field_server.data_dir)
    points = {
        (point["question"], point["code"]): point.get("typed") for point in kept[0].body["paradata"]["open_points"]
    }
    assert points[("party_change", "required")] is None
    assert points[("documents-0-pages", "number")] == "mười"


def test_the_digest_is_of_the_bytes_that_are_stored(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-none")
    page.fill("#q_why_little", "e\u0302\u0301 — “ngoặc”")
    page.click("[data-action=next]")
    page.click("[data-action=review]")
    finish(page)
    page.wait_for_selector("[data-receipt]")
    kept = stored_responses(field_server.data_dir)[0]
    assert kept.body["answers"]["why_little"] == "ế — “ngoặc”"
    text = json.dumps(kept.body, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == kept.sha256
