"""The browser is killed at any moment: each response is a draft, unsent or received, exactly once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.journeys.tablet import (
    Tablet,
    answer_required,
    in_page,
    open_assignment,
    stored_responses,
    until,
    wait_until_saved,
)
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TIMES = 6


def test_saved_answers_survive_a_killed_browser(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    tablet.cut_network()
    open_assignment(page)
    page.check("#q_party_change-little")
    wait_until_saved(page)
    address = page.url  # from the first save on it names the draft
    for number in range(TIMES):
        page.fill("#q_why_little", f"lần thứ {number}")
        wait_until_saved(page)
        tablet.kill()
        page = tablet.start()
        tablet.cut_network()
        page.goto(address)
        page.wait_for_selector("body[data-state=filling]")
        assert page.input_value("#q_why_little") == f"lần thứ {number}"
        assert len(in_page(page, "drafts.js", "await m.drafts()")) == 1


def test_a_kill_while_finishing_and_sending_loses_and_duplicates_nothing(
    tablet: Tablet, field_server: RunningServer
) -> None:
    rng = random.Random(62)
    page = tablet.enrol(field_server.enrolment_code())
    for number in range(TIMES):
        page.goto(new_response(page, tablet))
        page.wait_for_selector("body[data-state=filling]")
        answer_required(page)
        wait_until_saved(page)
        page.locator("[data-action=finish]").dispatch_event("click")
        page.wait_for_timeout(rng.uniform(0, 250))  # the moment of the fall, not a wait for anything
        tablet.kill()
        page = tablet.home(tablet.start())
        page.wait_for_selector("#lists")
        assert responses_on(page) == number + 1
        finish_interrupted_draft(page)
    until(page, lambda: len(stored_responses(field_server.data_dir)) == TIMES)
    page.wait_for_selector("[data-unsent]", state="detached")
    kept = stored_responses(field_server.data_dir)
    assert len({each.id for each in kept}) == TIMES
    assert {each.state for each in kept} == {"submitted"}


def new_response(page: Page, tablet: Tablet) -> str:
    page.wait_for_selector("[data-assignment]")
    assignment = page.get_attribute("[data-assignment]", "data-assignment")
    return f"{tablet.origin}/tablet/q/first_steps/1#assignment={assignment}&draft=new"


def responses_on(page: Page) -> int:
    """How many responses the tablet has: drafts, unsent and received."""
    ids = """async () => {
      const { getAll } = await import("/static/tablet/database.js");
      const stores = await Promise.all(["drafts", "outbox", "receipts"].map(getAll));
      return stores.flat().map(({ id }) => id);
    }"""
    found = page.evaluate(ids)
    assert len(set(found)) == len(found), "a response stands in two places"
    return len(found)


def finish_interrupted_draft(page: Page) -> None:
    """Finish the draft where the kill came before its button had an effect."""
    if page.locator("[data-draft]").count():
        page.click("[data-draft] a")
        page.wait_for_selector("body[data-state=filling]")
        page.click("[data-action=review]")
        page.click("[data-action=finish]")
        page.wait_for_selector("#lists")
        page.wait_for_selector("[data-draft]", state="detached")
