"""The tablet's storage: across tabs, when it is full, when the browser closes it, as a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.journeys.tablet import (
    Tablet,
    answer_required,
    finish,
    in_page,
    open_assignment,
    stored_responses,
    wait_until_saved,
)
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_second_tab_on_the_same_draft_only_reads_and_takes_over_later(
    tablet: Tablet, field_server: RunningServer
) -> None:
    first = tablet.enrol(field_server.enrolment_code())
    open_assignment(first)
    first.check("#q_party_change-little")
    wait_until_saved(first)

    second = tablet.tab(first.url)
    second.wait_for_selector("body[data-state=reading]")
    assert "thẻ khác" in second.inner_text("[data-notice=readOnly]")
    assert second.is_disabled("#q_why_little")

    first.fill("#q_why_little", "điền ở thẻ thứ nhất")
    first.wait_for_function(
        "async () => (await (await import('/static/tablet/drafts.js')).drafts())[0].content.answers.why_little"
    )
    first.close()
    second.wait_for_selector("body[data-state=filling]")
    assert second.input_value("#q_why_little") == "điền ở thẻ thứ nhất"
    assert second.is_enabled("#q_why_little")


def test_two_tabs_that_send_at_once_send_each_response_once(tablet: Tablet, field_server: RunningServer) -> None:
    first = tablet.enrol(field_server.enrolment_code())
    tablet.cut_network()
    open_assignment(first)
    answer_required(first)
    finish(first)
    second = tablet.tab(f"{tablet.origin}/tablet/")
    second.wait_for_selector("[data-unsent]")
    posts: list[str] = []
    assert tablet.context is not None
    tablet.context.on(
        "request", lambda request: posts.append(request.url) if request.url.endswith("/responses") else None
    )
    tablet.cut_network(False)
    for page in (first, second):
        page.evaluate("import('/static/tablet/sync.js').then(({ sync }) => { sync(); sync(); })")
    for page in (first, second):
        page.wait_for_selector("[data-receipt]")
    assert len(posts) == 1
    assert len(stored_responses(field_server.data_dir)) == 1


def test_a_full_tablet_shows_that_nothing_is_saved_and_saves_later(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-little")
    wait_until_saved(page)
    address = page.url
    # Chromium asks for the space left only now and then: make it small before the browser first asks.
    tablet.close()
    page = tablet.start()
    assert tablet.context is not None
    session = tablet.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": tablet.origin, "quotaSize": 1})
    page.goto(address)
    page.wait_for_selector("body[data-state=filling]")
    page.fill("#q_why_little", "máy đã đầy " * 150)
    page.wait_for_selector("[data-notice=quota]")
    assert page.inner_text("#saved-state") == "CHƯA LƯU ĐƯỢC"
    with page.expect_download() as download:
        page.click("#trouble [data-action=exportUnsent]")
    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert exported["drafts"][0]["answers"]["why_little"].startswith("máy đã đầy")

    session.send("Storage.overrideQuotaForOrigin", {"origin": tablet.origin})
    page.click("[data-action=saveAgain]")
    wait_until_saved(page)
    assert page.locator("[data-notice=quota]").count() == 0
    page.reload()
    page.wait_for_selector("body[data-state=filling]")
    assert page.input_value("#q_why_little").startswith("máy đã đầy")


def test_a_database_that_the_browser_closed_is_opened_again(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    close = """async () => {
      const open = IDBFactory.prototype.open;
      const { read } = await import("/static/tablet/database.js");
      await read(["drafts"], (store) => store("drafts").transaction.db.close());
    }"""
    page.evaluate(close)
    page.check("#q_party_change-clear")
    wait_until_saved(page)
    assert len(in_page(page, "drafts.js", "await m.drafts()")) == 1


def test_unsent_responses_go_into_a_file_and_from_it_to_the_server(
    tablet: Tablet, field_server: RunningServer, tmp_path: Path
) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    tablet.cut_network()
    open_assignment(page)
    answer_required(page)
    finish(page)
    with page.expect_download() as download:
        page.click("#this-device [data-action=exportUnsent]")
    exported = tmp_path / "unsent.json"
    download.value.save_as(exported)
    assert page.locator("[data-unsent]").count() == 1, "exporting takes nothing away"

    field_server.run("import-unsent", str(exported))
    kept = stored_responses(field_server.data_dir)
    assert [one.state for one in kept] == ["submitted"]

    tablet.cut_network(False)
    page.click("[data-action=syncNow]")
    page.wait_for_selector("[data-receipt][data-status=duplicate]")
    assert len(stored_responses(field_server.data_dir)) == 1


def test_a_file_goes_to_another_tablet_but_not_if_it_was_changed(
    tablet: Tablet, field_server: RunningServer, tmp_path: Path
) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    tablet.cut_network()
    open_assignment(page)
    answer_required(page)
    finish(page)
    with page.expect_download() as download:
        page.click("#this-device [data-action=exportUnsent]")
    whole = tmp_path / "whole.json"
    download.value.save_as(whole)
    changed = tmp_path / "changed.json"
    changed.write_text(whole.read_text(encoding="utf-8").replace("clear", "none!"), encoding="utf-8")

    in_page(page, "database.js", "await m.write(['outbox'], (store) => store('outbox').clear())")
    page.reload()
    page.set_input_files("#import-file", changed)
    page.wait_for_selector("[data-notice=importBad]")
    assert page.locator("[data-unsent]").count() == 0
    page.set_input_files("#import-file", whole)
    page.wait_for_selector("[data-unsent]")
    page.set_input_files("#import-file", whole)
    page.wait_for_selector("[data-notice=importNothing]")
    assert page.locator("[data-unsent]").count() == 1
