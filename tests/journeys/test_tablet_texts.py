"""What is typed and pasted on the tablet: it is sent in a form that the server takes, and nothing of it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.tablet import Tablet, finish, open_assignment, stored_responses, wait_until_saved
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def type_odd(page: Page, selector: str, text: str) -> None:
    """Put a text in an input as a paste does; Playwright's own `fill` would not transmit half a surrogate pair."""
    page.evaluate(
        """([selector, codes]) => {
          const input = document.querySelector(selector);
          input.value = String.fromCharCode(...codes);
          input.dispatchEvent(new InputEvent("input", { bubbles: true }));
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        [selector, [int.from_bytes(pair, "little") for pair in _pairs(text.encode("utf-16-le", "surrogatepass"))]],
    )


def _pairs(raw: bytes) -> list[bytes]:
    return [raw[start : start + 2] for start in range(0, len(raw), 2)]


def finish_with_open_points(page: Page) -> None:
    page.click("[data-action=review]")
    page.click("[data-action=nextAnyway]")
    page.click("[data-action=finishOpen]")
    page.wait_for_selector("[data-receipt]")


def sent_body(server: RunningServer) -> dict[str, Any]:
    (kept,) = stored_responses(server.data_dir)
    assert kept.state == "submitted"
    return kept.body


def test_half_an_emoji_and_control_characters_are_never_sent(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-little")
    type_odd(page, "#q_why_little", "\ufeffThiếu\0 kinh phí \ud83d\x1b\r\nvà cán bộ\u200b")
    page.click("[data-action=next]")
    type_odd(page, "#q_figures-meetings-y2011", "x" * 499 + "😀" * 10)  # an open point, which is cut
    finish_with_open_points(page)
    body = sent_body(field_server)
    assert body["answers"]["why_little"] == "Thiếu kinh phí \nvà cán bộ"
    (point,) = [each for each in body["paradata"]["open_points"] if each.get("typed")]
    assert point["typed"] == "x" * 499 + "…"


def test_a_long_paste_keeps_its_characters_and_its_lines(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-little")
    pasted = "\n".join(f"Dòng {number} " + "ư" * 240 for number in range(10))
    page.focus("#q_why_little")
    page.keyboard.insert_text(pasted)
    assert len(pasted) > 2_000
    wait_until_saved(page)
    page.reload()
    page.wait_for_selector("body[data-state=filling]")
    assert page.input_value("#q_why_little") == pasted
    page.click("[data-action=next]")
    page.click("[data-action=review]")
    finish(page)
    page.wait_for_selector("[data-receipt]")
    assert sent_body(field_server)["answers"]["why_little"] == pasted


def test_a_text_that_is_too_long_is_said_and_sent_whole(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-little")
    page.fill("#q_why_little", "😀" * 20_001)
    page.press("#q_why_little", "Tab")
    page.wait_for_selector("#problem-why_little:has-text('Dài 20.001 ký tự, nhiều nhất là 20.000 ký tự.')")
    page.fill("#q_why_little", "😀" * 20_000)
    page.press("#q_why_little", "Tab")
    assert page.inner_text("#problem-why_little") == ""


def test_invisible_characters_are_no_answer(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-clear")
    page.click("[data-action=next]")
    page.fill("#q_figures-meetings-y2011", "12")
    page.click("button[name=add]")
    page.fill("#q_documents-0-number", "\u200b \u2060")
    page.click("[data-action=review]")
    page.wait_for_selector("#summary .summary:has-text('Cần trả lời câu này')")
    page.fill("#q_documents-0-number", "62-HD/MT")
    page.click("[data-action=review]")
    finish(page)


def test_a_tablet_needs_a_name_that_can_be_seen(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.home(tablet.start())
    page.fill("#enrol-code", field_server.enrolment_code())
    page.fill("#enrol-name", "\u200b\u3164")
    page.click("[data-action=enrol]")
    page.wait_for_selector("#enrol-problem:has-text('Đặt tên cho máy')")
    page.fill("#enrol-name", "Máy " + "7" * 100)
    page.click("[data-action=enrol]")
    page.wait_for_selector("#enrol-problem:has-text('dài 104 ký tự')")
    type_odd(page, "#enrol-name", "Máy \ud83d\0 07")
    page.click("[data-action=enrol]")
    page.wait_for_selector("#lists")
