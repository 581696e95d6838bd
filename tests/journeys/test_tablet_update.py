"""The program and its questionnaires: cached for work without network, updated without losing anything."""

from __future__ import annotations

import pytest

from tests.journeys.tablet import READY, Tablet, in_page, open_assignment, wait_until_saved
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def renew_program(server: RunningServer) -> None:
    """Restart the server with another shell: one of its files has changed."""
    server.kill()
    font = server.data_dir / "fonts" / "be-vietnam-pro-regular.woff2"
    font.write_bytes((server.data_dir / "fonts" / "be-vietnam-pro-semibold.woff2").read_bytes())
    server.start()


def shell(tablet_page: object) -> str:
    return str(tablet_page.get_attribute('meta[name="survey-shell"]', "content"))  # type: ignore[attr-defined]


def test_a_new_version_waits_for_a_click_and_loses_no_draft(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    open_assignment(page)
    page.check("#q_party_change-little")
    page.fill("#q_why_little", "trước khi cập nhật")
    wait_until_saved(page)
    before = shell(page)

    renew_program(field_server)
    page.evaluate("navigator.serviceWorker.getRegistration('/tablet/').then((registration) => registration.update())")
    page.wait_for_selector("[data-notice=updateReady]")
    page.fill("#q_why_little", "ngay lúc cập nhật")
    assert shell(page) == before, "nothing changes under the surveyor's hands"

    with page.expect_navigation():
        page.click("[data-action=updateNow]")
    page.wait_for_selector("body[data-state=filling]")
    assert shell(page) != before
    assert page.input_value("#q_why_little") == "ngay lúc cập nhật"

    # What was put by for the new version works without network at once.
    field_server.kill()
    tablet.cut_network()
    page.reload()
    page.wait_for_selector("body[data-state=filling]")
    tablet.home(page)
    page.wait_for_selector(READY)
    caches = page.evaluate("caches.keys()")
    assert [name for name in caches if name.startswith("survey-shell-")] == [f"survey-shell-{shell(page)}"]


def test_an_incomplete_update_leaves_the_old_version_active(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    before = shell(page)
    # The token is gone: the pages of the questionnaires cannot be renewed.
    in_page(page, "settings.js", "await m.saveDevice({ ...(await m.device()), token: 'unknown' })")
    renew_program(field_server)
    page.evaluate(
        """navigator.serviceWorker.getRegistration("/tablet/").then(async (registration) => {
          await registration.update();
          const worker = registration.installing;
          if (worker) await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
        })"""
    )
    field_server.kill()
    # A worker that waits would take over now that no page is open.
    tablet.close()
    page = tablet.start()
    tablet.cut_network()
    tablet.home(page)
    page.wait_for_selector(READY)
    assert shell(page) == before
    open_assignment(page)


def test_ready_is_shown_only_when_everything_is_cached(tablet: Tablet, field_server: RunningServer) -> None:
    page = tablet.enrol(field_server.enrolment_code())
    drop = """async () => {
      const cache = await caches.open("survey-questionnaires");
      for (const request of await cache.keys()) if (request.url.includes("/tablet/q/")) await cache.delete(request);
    }"""
    page.evaluate(drop)
    tablet.cut_network()
    page.reload()
    page.wait_for_selector("#readiness[data-ready=false]")
    assert page.locator("[data-notice=questionnaireMissing]").count() == 1

    tablet.cut_network(False)
    page.click("[data-action=syncNow]")
    page.wait_for_selector(READY)

    remove_one_file = """async () => {
      const [name] = (await caches.keys()).filter((each) => each.startsWith("survey-shell-"));
      await (await caches.open(name)).delete("/static/tablet/fill.js");
    }"""
    page.evaluate(remove_one_file)
    tablet.cut_network()
    page.reload()
    page.wait_for_selector("#readiness[data-ready=false]")


def test_a_questionnaire_page_is_not_served_without_a_token(tablet: Tablet, field_server: RunningServer) -> None:
    from urllib.request import urlopen

    with urlopen(f"{field_server.url}/tablet/q/first_steps/1", timeout=10) as answer:
        assert answer.url == f"{field_server.url}/tablet/"
        assert "Set-Cookie" not in answer.headers
        assert "party_change" not in answer.read().decode()


@pytest.mark.parametrize(
    "agent", ["Mozilla/5.0 (Linux; Android 12) Zalo android/23", "Mozilla/5.0 (iPhone) [FBAN/FBIOS]"]
)
def test_browsers_inside_other_apps_are_refused(tablet: Tablet, agent: str) -> None:
    page = tablet.start()
    session = page.context.new_cdp_session(page)
    session.send("Network.setUserAgentOverride", {"userAgent": agent})
    tablet.home(page)
    page.wait_for_selector("[data-notice=inApp]")
    assert page.locator("#enrol").count() == 0
