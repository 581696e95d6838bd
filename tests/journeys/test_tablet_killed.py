"""The browser is killed, not closed: whatever the moment, a response is a draft, unsent or confirmed, and once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.journeys.tablet import (
    Tablet,
    answer_shortly,
    in_page,
    kept_responses,
    open_assignment,
    until,
    wait_until_saved,
)
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TIMES = 6


def test_what_was_said_to_be_saved_outlives_a_killed_browser(tablet: Tablet, field_server: RunningServer) -> None:
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


def test_killed_while_finishing_and_sending_nothing_is_lost_and_nothing_is_there_twice(
    tablet: Tablet, field_server: RunningServer
) -> None:
    rng = random.Random(62)
    page = tablet.enrol(field_server.enrolment_code())
    for number in range(TIMES):
        page.goto(new_response(page, tablet))
        page.wait_for_selector("body[data-state=filling]")
        answer_shortly(page)
        wait_until_saved(page)
        page.locator("[data-action=finish]").dispatch_event("click")
        page.wait_for_timeout(rng.uniform(0, 250))  # the moment of the fall, not a wait for anything
        tablet.kill()
        page = tablet.home(tablet.start())
        page.wait_for_selector("#lists")
        assert responses_on(page) == number + 1
        finish_what_was_cut_off(page)
    until(page, lambda: len(kept_responses(field_server.data_dir)) == TIMES)
    page.wait_for_selector("[data-unsent]", state="detached")
    kept = kept_responses(field_server.data_dir)
    assert len({each.id for each in kept}) == TIMES
    assert {each.state for each in kept} == {"submitted"}


def new_response(page: Page, tablet: Tablet) -> str:
    page.wait_for_selector("[data-assignment]")
    assignment = page.get_attribute("[data-assignment]", "data-assignment")
    return f"{tablet.origin}/tablet/q/first_steps/1#assignment={assignment}&draft=new"


def responses_on(page: Page) -> int:
    """Every response that the tablet knows of, whatever has become of it."""
    ids = """async () => {
      const { getAll } = await import("/static/tablet/database.js");
      const stores = await Promise.all(["drafts", "outbox", "receipts"].map(getAll));
      return stores.flat().map(({ id }) => id);
    }"""
    found = page.evaluate(ids)
    assert len(set(found)) == len(found), "a response stands in two places"
    return len(found)


def finish_what_was_cut_off(page: Page) -> None:
    """Killed before the press did its work: the draft is whole, and is finished now."""
    if page.locator("[data-draft]").count():
        page.click("[data-draft] a")
        page.wait_for_selector("body[data-state=filling]")
        page.click("[data-action=review]")
        page.click("[data-action=finish]")
        page.wait_for_selector("#lists")
        page.wait_for_selector("[data-draft]", state="detached")
