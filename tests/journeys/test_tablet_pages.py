"""The tablet's pages: for everyone, in both languages and themes, at the width of a phone, a tablet and a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.tablet import Tablet, answer_required, finish, open_assignment, wait_until_saved
from tests.support.accessibility import violations
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (390, 800, 1440)


def check_all_ways(page: Page) -> None:
    """Both languages, light and dark, three widths; nothing is wider than the screen."""
    language, theme = page.locator(".masthead button").nth(1), page.locator(".masthead button").nth(0)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        for press in (language, theme, language, theme):
            press.click()
            assert violations(page) == [], width
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{overflow} px too wide at {width}"


def small_targets(page: Page) -> list[str]:
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll("button, a.button, input:not([type=file]), select, .choice")]
              .filter((element) => element.checkVisibility() && !element.closest("label"))
              .filter((element) => element.getBoundingClientRect().height < 44)
              .map((element) => element.outerHTML.slice(0, 120))"""
        )
    )


def test_enrolling_is_accessible(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.home(tablet.start())
    page.wait_for_selector("#enrol")
    check_all_ways(page)
    page.click("[data-action=enrol]")
    page.wait_for_selector("#enrol-problem .summary")
    assert violations(page) == []
    assert page.evaluate("document.activeElement.id") == "enrol-code"


def test_the_work_list_is_accessible(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-some")
    wait_until_saved(page)
    tablet.cut_network()
    page.goto(f"{tablet.origin}/tablet/")
    page.wait_for_selector("[data-draft]")
    check_all_ways(page)
    assert small_targets(page) == []


def test_filling_in_is_accessible_with_problems_and_at_the_end(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    check_all_ways(page)
    page.click("[data-action=next]")
    page.wait_for_selector("#summary .summary")
    assert violations(page) == []
    page.check("#q_party_change-some")
    page.click("[data-action=next]")
    page.click("button[name=add]")
    page.fill("#q_documents-0-pages", "1.500")
    check_all_ways(page)
    assert small_targets(page) == []
    page.click("[data-action=review]")
    page.click("[data-action=nextAnyway]")
    page.wait_for_selector("#review:not([hidden])")
    assert violations(page) == []


def test_a_full_repeat_takes_no_further_instance_and_says_so(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-some")
    page.click("[data-action=next]")
    have = """async (count) => (await import("/static/tablet/form_parts.js")).setInstances(
        document.querySelector("#field-documents"), count)"""
    page.evaluate(have, 499)
    page.click("#field-documents button[name=add]")
    assert page.is_hidden("#field-documents button[name=add]")
    assert "Đã đủ 500 mục" in page.inner_text("#field-documents [data-full]")
    page.locator("#field-documents button[name=remove]").last.click()
    assert page.is_visible("#field-documents button[name=add]")
    assert page.is_hidden("#field-documents [data-full]")


def test_the_keyboard_alone_is_enough(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    page.focus("[data-assignment] a")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-state=filling]")
    page.focus("#q_party_change-clear")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("#q_party_change-some")
    page.focus("[data-action=next]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "title-work"
    page.focus("[data-action=review]")
    page.keyboard.press("Enter")
    page.focus("[data-action=finish]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-receipt]")


def test_switching_the_language_loses_nothing_typed(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    tablet.cut_network()
    open_assignment(page)
    page.check("#q_party_change-little")
    page.fill("#q_why_little", "đang gõ")
    page.locator(".masthead button").nth(1).click()
    assert page.inner_text("h1") == "First steps"
    assert page.inner_text("#field-party_change legend").startswith("The Party committee")
    assert "Tốt" not in page.inner_text("main")
    assert page.input_value("#q_why_little") == "đang gõ"
    page.reload()
    page.wait_for_selector("body[data-state=filling]")
    assert page.get_attribute("html", "lang") == "en"


def test_finishing_ends_on_the_list_with_the_response(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    tablet.cut_network()
    open_assignment(page)
    answer_required(page)
    finish(page)
    check_all_ways(page)
