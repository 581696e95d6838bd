"""Times and datetimes on the tablet: typed as people write them, with defaults, rules and a draft that comes back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from survey_server.storage.database import Database
from tests.journeys.tablet import Tablet, finish, stored_responses, wait_until_saved
from tests.support.accessibility import violations
from tests.support.field import assign_also, field_of
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXAMPLES = Path(__file__).parents[2] / "questionnaires" / "examples"


def enrolled(tablet: Tablet, server: RunningServer, name: str) -> Page:
    """The page of an example, opened for the first time."""
    database = Database(f"sqlite:///{server.data_dir / 'survey.sqlite3'}", lock_dir=server.data_dir)
    assignment = assign_also(database, field_of(database), EXAMPLES / f"{name}.yaml")
    database.close()
    page = tablet.enrol(server.enrolment_code())
    page.goto(f"{tablet.origin}/tablet/q/{name}/1#assignment={assignment}")
    page.wait_for_selector("body[data-state=filling]")
    return page


def leave(page: Page, selector: str, text: str) -> None:
    page.fill(selector, text)
    page.press(selector, "Tab")


def sent_answers(page: Page, server: RunningServer) -> object:
    page.click("[data-action=review]")
    page.wait_for_selector("#review:not([hidden])")
    assert page.locator("#review .summary").count() == 0, page.inner_text("#review")
    finish(page)
    page.wait_for_selector("[data-receipt][data-status=stored]")
    (kept,) = stored_responses(server.data_dir)
    assert kept.problems == []
    return kept.body["answers"]


def test_a_time_is_typed_checked_and_sent(tablet: Tablet, field_server: RunningServer) -> None:
    page = enrolled(tablet, field_server, "time")
    assert re.fullmatch(r"[0-2][0-9]:[0-5][0-9]", page.input_value("#q_began_at")), "the default is now"
    page.fill("#q_began_at", "8h30")
    leave(page, "#q_ended_at", "25:00")
    page.wait_for_selector("#problem-ended_at:has-text('Chưa đúng dạng giờ')")
    leave(page, "#q_ended_at", "7:00")
    page.wait_for_selector("#problem-ended_at:has-text('Kết thúc không thể trước lúc bắt đầu')")
    leave(page, "#q_ended_at", "10 giờ 15")
    page.wait_for_selector("#field-hours output:has-text('1,75')")
    assert page.inner_text("#problem-ended_at") == ""
    assert violations(page) == []
    wait_until_saved(page)
    page.reload()
    page.wait_for_selector("body[data-state=filling]")
    assert (page.input_value("#q_began_at"), page.input_value("#q_ended_at")) == ("8h30", "10 giờ 15")
    assert sent_answers(page, field_server) == {"began_at": "08:30", "ended_at": "10:15", "hours": 1.75}
    assert tablet.errors == []


def test_a_default_that_was_removed_stays_away(tablet: Tablet, field_server: RunningServer) -> None:
    page = enrolled(tablet, field_server, "time")
    page.fill("#q_began_at", "")
    wait_until_saved(page)
    page.reload()
    page.wait_for_selector("body[data-state=filling]")
    assert page.input_value("#q_began_at") == ""


def test_a_datetime_is_typed_checked_and_sent(tablet: Tablet, field_server: RunningServer) -> None:
    page = enrolled(tablet, field_server, "datetime")
    assert re.fullmatch("20[0-9]{2}", page.input_value("#q_arrived_at-year")), "the default is now"
    for part, text in {"day": "5", "month": "6", "year": "2012", "time": "8:00"}.items():
        page.fill(f"#q_arrived_at-{part}", text)
    for part, text in {"day": "31", "month": "6", "year": "2012"}.items():
        leave(page, f"#q_left_at-{part}", text)
    page.wait_for_selector("#problem-left_at:has-text('Ghi cả ngày và giờ')")
    leave(page, "#q_left_at-time", "14:00")
    page.wait_for_selector("#problem-left_at:has-text('Không có ngày này')")
    leave(page, "#q_left_at-day", "6")
    page.wait_for_selector("#field-days output:has-text('1,25')")
    assert violations(page) == []
    expected = {"arrived_at": "2012-06-05T08:00", "left_at": "2012-06-06T14:00", "days": 1.25}
    assert sent_answers(page, field_server) == expected
    assert tablet.errors == []
