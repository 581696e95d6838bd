"""Where one is on the tablet: Back stays in the questionnaire, problems are shown before they are passed over, loading
is not emptiness, and responses can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.tablet import (
    Tablet,
    answer_required,
    finish,
    in_page,
    open_assignment,
    send,
    stored_responses,
    wait_until_saved,
)
from tests.journeys.test_tablet_sending import return_it
from tests.support.accessibility import violations
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def section(page: Page) -> str:
    return str(page.get_attribute(".section.current", "data-section"))


def test_back_goes_through_the_sections_and_then_to_the_list(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-clear")
    page.click("[data-action=next]")
    page.fill("#q_figures-meetings-y2011", "12")
    page.click("[data-action=review]")
    page.wait_for_selector("#review:not([hidden])")
    page.go_back()
    page.wait_for_selector("#review", state="hidden")
    assert section(page) == "work"
    page.go_back()
    page.wait_for_selector("#section-awareness.current")
    page.go_forward()
    page.wait_for_selector("#section-work.current")
    assert page.input_value("#q_figures-meetings-y2011") == "12"
    page.go_back()
    wait_until_saved(page)
    page.reload()
    page.wait_for_selector("body[data-state=filling]")
    assert page.is_checked("#q_party_change-clear"), "the entry of a new draft leads to the draft"
    page.go_back()
    page.wait_for_selector("#lists")
    assert page.locator("[data-draft]").count() == 1
    assert len(in_page(page, "drafts.js", "await m.drafts()")) == 1


def test_a_second_next_shows_problems_that_came_since(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.click("[data-action=next]")
    page.wait_for_selector("#summary .summary:has-text('Cần trả lời câu này')")
    page.check("#q_party_change-clear")
    page.fill("#q_held_on-day", "45")
    page.click("[data-action=next]")
    page.wait_for_selector("#summary .summary:has-text('Ngày chưa đủ')")
    assert section(page) == "awareness"
    page.fill("#q_held_on-month", "1")
    page.fill("#q_held_on-year", "2012")
    page.click("[data-action=nextAnyway]")
    page.wait_for_selector("#summary .summary:has-text('Không có ngày này')")
    page.click("[data-action=nextAnyway]")
    page.wait_for_selector("#section-work.current")


def test_what_is_on_its_way_is_loading_and_not_empty(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.home(tablet.start())
    held: list[Route] = []
    page.context.route("**/api/v1/work", lambda route: held.append(route))
    page.fill("#enrol-code", field_server.enrolment_code())
    page.fill("#enrol-name", "Máy 07")
    page.click("[data-action=enrol]")
    page.wait_for_selector("[data-empty=loadingWork]:has-text('Đang tải danh sách phân công')")
    page.wait_for_selector("#readiness[data-state=preparing]")
    assert "Hiện chưa có phân công" not in page.inner_text("main")
    assert "Chưa sẵn sàng" not in page.inner_text("#status")
    for route in held:
        route.abort()
    page.context.unroute("**/api/v1/work")
    page.context.route("**/api/v1/work", lambda route: route.abort())
    page.wait_for_selector("[data-empty=workNotLoaded]")
    page.wait_for_selector("#readiness[data-state=notReady]")
    page.context.unroute("**/api/v1/work")
    send(page)
    page.wait_for_selector("[data-assignment]")
    page.wait_for_selector("#readiness[data-state=ready]")


def finish_one(page: Page) -> None:
    open_assignment(page)
    answer_required(page)
    finish(page)


def test_responses_name_their_place_and_a_code_of_their_own(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    tablet.cut_network()
    for _ in range(2):
        finish_one(page)
    unsent = page.locator("[data-unsent]").all_inner_texts()
    assert all("Phường Phúc Xá · Tổ chức · Phiếu " in text for text in unsent)
    assert len(set(unsent)) == 2
    tablet.cut_network(False)
    send(page)
    page.wait_for_selector("[data-unsent]", state="detached")
    receipts = page.locator("[data-receipt]").all_inner_texts()
    assert all("Phường Phúc Xá · Phiếu " in text for text in receipts)
    kept = [each.id for each in stored_responses(field_server.data_dir)]
    for number, id_ in enumerate(kept):
        return_it(field_server, id_, f"Lý do {number}")
    send(page)
    page.wait_for_selector("[data-returned]")
    for number, id_ in enumerate(kept):
        card = page.inner_text(f"[data-returned='{id_}']")
        assert f"Phiếu {id_[-6:].upper()}" in card
        assert "Phường Phúc Xá" in card
        assert "Những bước đầu tiên" in card
        assert f"Lý do {number}" in card
    assert violations(page) == []


def test_a_returned_response_opens_with_its_answers_and_the_reason(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    finish_one(page)
    page.wait_for_selector("[data-receipt]")
    first = stored_responses(field_server.data_dir)[0].id
    return_it(field_server, first, "Xin ghi rõ ngày họp")
    send(page)
    page.click(f"[data-returned='{first}'] a")
    page.wait_for_selector("body[data-state=filling]")
    assert "Xin ghi rõ ngày họp" in page.inner_text("[data-notice=returnedReason]")
    assert page.inner_text("#saved-state") == "Phiếu trả lại, chưa sửa gì"
    assert page.is_checked("#q_party_change-clear")
    page.check("#q_party_change-some")
    wait_until_saved(page)
    page.reload()
    page.wait_for_selector("[data-notice=returnedReason]:has-text('Xin ghi rõ ngày họp')")
    assert violations(page) == []
    tablet.home(page)
    assert page.inner_text(f"[data-returned='{first}'] a").startswith("Điền tiếp")
    tablet.cut_network()
    page.click(f"[data-returned='{first}'] a")
    page.click("[data-action=next]")
    page.click("[data-action=review]")
    finish(page)
    assert "Đã bổ sung" in page.inner_text(f"[data-returned='{first}']")
    assert page.locator(f"[data-returned='{first}'] a").count() == 0


def test_a_response_that_was_refused_is_changed_and_sent_under_a_new_id(
    tablet: Tablet, field_server: RunningServer
) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    tablet.cut_network()
    finish_one(page)
    refused = page.get_attribute("[data-unsent]", "data-unsent")
    set_aside = """async () => {
      const { outboxRows, setAside } = await import("/static/tablet/outbox.js");
      await setAside((await outboxRows())[0], { message: "Nội dung phiếu không phải JSON hợp lệ." });
    }"""
    page.evaluate(set_aside)
    page.reload()
    page.wait_for_selector("[data-state=aside]")
    assert violations(page) == []
    page.click("[data-action=openAside]")
    page.wait_for_selector("[data-notice=reopenedNote]")
    assert page.is_checked("#q_party_change-clear")
    page.check("#q_party_change-some")
    page.click("[data-action=next]")
    assert page.input_value("#q_figures-meetings-y2011") == "12"
    page.click("[data-action=review]")
    tablet.cut_network(False)
    finish(page)
    page.wait_for_selector("[data-receipt][data-status=stored]")
    (kept,) = stored_responses(field_server.data_dir)
    assert kept.id != refused
    assert kept.body["answers"]["party_change"] == "some"
    assert kept.body["paradata"]["reopened"] == refused
