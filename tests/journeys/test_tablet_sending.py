"""Sending over a bad network, to a portal, with a revoked device: nothing is lost or stored twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection

from survey_server.clock import now_text
from survey_server.domain.responses import State
from survey_server.storage import people, responses
from survey_server.storage.database import Database
from tests.journeys.tablet import (
    Tablet,
    answer_required,
    finish,
    in_page,
    open_assignment,
    send,
    stored_responses,
    until,
    wait_until_saved,
)
from tests.support.cutting_proxy import CuttingProxy
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def finish_one_without_network(tablet: Tablet, page: Page) -> None:
    tablet.cut_network()
    open_assignment(page)
    answer_required(page)
    finish(page)
    page.wait_for_selector("[data-unsent]")


def test_a_connection_cut_after_the_commit_leaves_one_response(
    tablet_behind_network: Tablet, network: CuttingProxy, field_server: RunningServer
) -> None:
    tablet = tablet_behind_network
    page = tablet.enrol(field_server.enrolment_code())
    finish_one_without_network(tablet, page)

    network.cut_answers_to("POST /api/v1/responses", times=1_000)  # the tablet tries again by itself
    tablet.cut_network(False)
    until(page, lambda: network.cut > 0)
    assert len(stored_responses(field_server.data_dir)) == 1, "the server kept it before its answer was cut"
    assert page.locator("[data-unsent]").count() == 1, "without a receipt the row stays"

    network.cut_answers_to("", times=0)
    send(page)
    page.wait_for_selector("[data-receipt][data-status=duplicate]")
    assert page.locator("[data-unsent]").count() == 0
    assert len(stored_responses(field_server.data_dir)) == 1


def test_a_captive_portal_is_not_mistaken_for_the_server(
    tablet_behind_network: Tablet, network: CuttingProxy, field_server: RunningServer
) -> None:
    tablet = tablet_behind_network
    page = tablet.enrol(field_server.enrolment_code())
    finish_one_without_network(tablet, page)

    network.become_portal()
    tablet.cut_network(False)
    send(page)
    page.wait_for_selector("[data-notice=portal]")
    assert "Wi-Fi" in page.inner_text("[data-notice=portal]")
    assert page.locator("[data-unsent]").count() == 1
    page.reload()
    assert page.inner_text("h1") == "Việc của tôi", "the portal's page did not replace the tablet's own"

    network.become_portal(False)
    send(page)
    page.wait_for_selector("[data-receipt]")
    assert len(stored_responses(field_server.data_dir)) == 1


def test_a_receipt_for_other_bytes_settles_nothing(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    finish_one_without_network(tablet, page)
    settled = page.evaluate(
        """async () => {
          const { outboxRows, settle } = await import("/static/tablet/outbox.js");
          const [row] = await outboxRows();
          const receipt = { id: row.id, sha256: row.sha256, status: "stored", received_at: "2012-06-05T00:00:00Z" };
          return [
            await settle([row], [{ ...receipt, sha256: "0".repeat(64) }]),
            await settle([row], [{ ...receipt, id: crypto.randomUUID() }]),
            await settle([row], [{ ...receipt, status: "wonderful" }]),
            await settle([row], [null, 7]),
            (await outboxRows()).length,
          ];
        }"""
    )
    assert settled == [0, 0, 0, 0, 1]


def test_an_unknown_tablet_keeps_everything_and_enrols_again(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    finish_one_without_network(tablet, page)
    # The same device is enrolled elsewhere: its tokens are others now.
    device = in_page(page, "settings.js", "await m.device()")
    enrol_elsewhere(field_server, device)
    tablet.cut_network(False)
    send(page)
    page.wait_for_selector("[data-notice=unauthorised]")
    assert page.locator("[data-unsent]").count() == 1

    # Filling in goes on all the same.
    open_assignment(page)
    page.check("#q_party_change-some")
    wait_until_saved(page)
    tablet.home(page)

    page.click("[data-action=enrolAgain]")
    page.fill("#enrol-code", field_server.enrolment_code())
    page.fill("#enrol-name", "Máy 07")
    page.click("[data-action=enrol]")
    page.wait_for_selector("[data-receipt]")
    again = in_page(page, "settings.js", "(await m.device()).device_id")
    assert again != device["device_id"], "its upload token is a former one, which proves nothing any more"
    assert page.locator("[data-draft]").count() == 1
    assert [kept.state for kept in stored_responses(field_server.data_dir)] == ["submitted"]


def enrol_elsewhere(server: RunningServer, device: dict[str, str]) -> None:
    import json
    from urllib.request import Request, urlopen

    known = {name: device[name] for name in ("device_id", "upload_token")}
    sent = {"code": server.enrolment_code(), "name": "b", **known}
    request = Request(
        f"{server.url}/api/v1/devices/enrol", json.dumps(sent).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 201


def test_responses_of_a_revoked_tablet_are_quarantined_and_the_screen_says_so(
    tablet: Tablet, field_server: RunningServer
) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    finish_one_without_network(tablet, page)
    field_server.run("revoke-device", in_page(page, "settings.js", "(await m.device()).device_id"))
    field_server.kill()
    field_server.start()  # nothing remembered of the tokens
    tablet.cut_network(False)
    send(page)
    page.wait_for_selector("[data-receipt][data-status=quarantined]")
    page.wait_for_selector("[data-notice=revoked]")
    assert [kept.state for kept in stored_responses(field_server.data_dir)] == ["quarantined"]


def test_a_bad_row_is_set_aside_and_never_blocks_the_rest(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    finish_one_without_network(tablet, page)
    spoil = """async () => {
      const { outboxRows } = await import("/static/tablet/outbox.js");
      const { put } = await import("/static/tablet/database.js");
      const [row] = await outboxRows();
      await put("outbox", { ...row, data: row.data.replace("clear", "none!") });
      return row.id;
    }"""
    spoilt = page.evaluate(spoil)
    finish_one_without_network(tablet, page)
    tablet.cut_network(False)
    send(page)
    page.wait_for_selector("[data-receipt]")
    aside = page.locator("[data-unsent]")
    assert aside.count() == 1
    assert (aside.get_attribute("data-unsent"), aside.get_attribute("data-state")) == (spoilt, "aside")
    assert aside.locator(".problem").inner_text(), "the screen says what is wrong with it"
    assert len(stored_responses(field_server.data_dir)) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[data-action=deleteAside]")
    page.wait_for_selector("[data-unsent]", state="detached")


def test_many_responses_go_in_bounded_batches(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    finish_one_without_network(tablet, page)
    multiply = """async (copies) => {
      const { outboxRows, freeze } = await import("/static/tablet/outbox.js");
      const { put } = await import("/static/tablet/database.js");
      const [row] = await outboxRows();
      for (let n = 0; n < copies; n += 1) {
        await put("outbox", await freeze({ ...JSON.parse(row.data), id: crypto.randomUUID() }, row.title));
      }
    }"""
    page.evaluate(multiply, 120)
    sizes: list[int] = []
    page.on("request", lambda request: sizes.append(1) if request.url.endswith("/api/v1/responses") else None)
    tablet.cut_network(False)
    send(page)
    page.wait_for_selector("[data-unsent]", state="detached")
    assert len(sizes) == 3, "121 rows in batches of 50"
    assert len({kept.id for kept in stored_responses(field_server.data_dir)}) == 121


def test_the_tablet_sends_by_itself_when_the_network_comes_back(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    finish_one_without_network(tablet, page)
    page.clock.install()
    page.reload()
    page.wait_for_selector("[data-notice=offline]")
    page.clock.pause_at(datetime.now() + timedelta(days=1))  # from here on no timer comes to its help
    tablet.cut_network(False)  # the browser says "online"; nothing is pressed
    page.wait_for_selector("[data-receipt][data-status=stored]")


def test_a_returned_response_opens_as_a_correction_that_supersedes_it(
    tablet: Tablet, field_server: RunningServer
) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    answer_required(page)
    finish(page)
    page.wait_for_selector("[data-receipt]")
    first = stored_responses(field_server.data_dir)[0].id
    return_it(field_server, first, "Bổ sung nguyên nhân")

    page.click("[data-action=syncNow]")
    page.wait_for_selector(f"[data-returned='{first}']")
    assert "Bổ sung nguyên nhân" in page.inner_text(f"[data-returned='{first}']")
    page.click(f"[data-returned='{first}'] a")
    page.wait_for_selector("body[data-state=filling]")
    assert page.is_checked("#q_party_change-clear")
    assert page.input_value("#q_figures-meetings-y2011") == "12"
    page.check("#q_party_change-little")
    page.fill("#q_why_little", "Thiếu cán bộ")
    page.click("[data-action=next]")
    page.click("[data-action=review]")
    page.click("[data-action=finish]")
    page.wait_for_function("() => document.querySelectorAll('[data-receipt]').length === 2")
    kept = stored_responses(field_server.data_dir)
    assert [(one.state, one.body["supersedes"]) for one in kept] == [("superseded", None), ("submitted", first)]
    assert kept[1].body["answers"]["why_little"] == "Thiếu cán bộ"


def return_it(server: RunningServer, response_id: str, reason: str) -> None:
    """Return a response as the leader does, in the database of the running server."""
    database = Database(f"sqlite:///{server.data_dir / 'survey.sqlite3'}", lock_dir=server.data_dir)

    def change(connection: Connection) -> None:
        stored = responses.find(connection, response_id)[0]
        leader = people.by_account(connection, "other")
        assert leader is not None
        responses.set_state(connection, stored.seq, State.RETURNED, now_text())
        responses.add_event(connection, stored.seq, now_text(), leader.id, stored.state, State.RETURNED, reason)

    database.write(change)
    database.close()
