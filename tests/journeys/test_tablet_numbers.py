"""Numbers on the tablet: what can be read in two ways is asked about, and every refusal names its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.tablet import Tablet, wait_until_saved
from tests.journeys.test_tablet_types import enrolled, leave, sent_answers
from tests.support.accessibility import violations
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REASONS = {
    "1,234.5": "Nên ghi 1234,5",
    "1.5": "Nên ghi 1,5",
    "12 triệu": "Có chữ “triệu”",
    "1" * 16: "Có 16 chữ số; nhiều nhất là 15",
    "1\u200b2": "không nhìn thấy được",
    "--1": "Chỉ một dấu trừ",
    "50%": "Có ký tự “%”",
    "1,": "Thiếu chữ số trước hoặc sau dấu “,”",
    "1 23": "phải đủ ba chữ số",
}


def choose_english(page: Page) -> None:
    page.locator(".masthead button").nth(1).click()


def test_a_comma_before_three_digits_is_asked_about(tablet: Tablet, field_server: RunningServer) -> None:
    page = enrolled(tablet, field_server, "decimal")
    leave(page, "#q_fund", "1,234")
    page.wait_for_selector("#problem-fund:has-text('có thể đọc là hai số khác nhau')")
    echo = page.inner_text("#field-fund .read-as")
    assert "1234 = một nghìn hai trăm ba mươi bốn" in echo
    assert "một phẩy hai ba bốn" in echo
    assert violations(page) == []
    page.click("[data-action=review]")
    page.wait_for_selector("#summary .summary:has-text('hai số khác nhau')")
    page.click("#field-fund [data-reading='1234']")
    assert page.input_value("#q_fund") == "1234"
    assert page.locator("#field-fund .read-as").count() == 0
    assert page.inner_text("#problem-fund") == ""
    wait_until_saved(page)
    page.reload()
    page.wait_for_selector("body[data-state=filling]")
    assert page.input_value("#q_fund") == "1234"
    assert sent_answers(page, field_server) == {"fund": 1234}


def test_in_english_the_decimal_can_be_meant_too(tablet: Tablet, field_server: RunningServer) -> None:
    page = enrolled(tablet, field_server, "decimal")
    choose_english(page)
    leave(page, "#q_fund", "1.234")
    page.wait_for_selector("#problem-fund:has-text('can be read as two different numbers')")
    page.click("#field-fund button:has-text('1.234 (a decimal fraction)')")
    assert page.input_value("#q_fund") == "1,2340"
    assert sent_answers(page, field_server) == {"fund": 1.234}


def test_each_refusal_names_its_reason(tablet: Tablet, field_server: RunningServer) -> None:
    page = enrolled(tablet, field_server, "decimal")
    for typed, reason in REASONS.items():
        leave(page, "#q_fund", typed)
        page.wait_for_selector(f"#problem-fund:has-text('{reason}')")
        page.fill("#q_fund", "")


def test_a_whole_number_is_echoed_and_needs_no_confirmation(tablet: Tablet, field_server: RunningServer) -> None:
    page = enrolled(tablet, field_server, "integer")
    name = page.locator("input.number").first.get_attribute("id")
    leave(page, f"#{name}", "1.500")
    page.wait_for_selector("output.read-as:has-text('1500 = một nghìn năm trăm')")
