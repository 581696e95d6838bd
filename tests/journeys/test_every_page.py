"""Every page of the desk, as the role that it is for, in both languages, light and dark, on a phone and at a desk:
axe finds no violation, nothing is wider than the screen, every target is large enough, the console has no message."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from survey_server.app import create_app
from survey_server.domain.people import Role
from survey_server.services import totp
from survey_server.services.demo.plan import make_id
from survey_server.services.people import add_person
from survey_server.settings import read_settings
from survey_server.storage.database import Database
from survey_server.storage.tables import assignment, locality, person, response
from survey_server.web.permissions import PUBLIC, SIGNED_IN
from tests.journeys.test_charts import get, post, wait_for_charts
from tests.support.accessibility import violations
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWN_ACCOUNTS = ("thu", "thuong")  # not of the demo: those have no password of their own and no second factor
PASSWORD = "con duong doc bo ho"
TARGET = 47.5  # px; 48 less what rounding takes
# A link inside running text may be as high as its line; all else that is pressed or typed into is a target.
SMALL = """(least) => [...document.querySelectorAll(
    "button, a.button, nav a, header a, footer a, summary, select, textarea, input:not([type=hidden]), .choice")]
  .filter((each) => each.checkVisibility() && !each.closest("label:not(.choice)") && !each.closest(".hidden-label"))
  .filter((each) => !["radio", "checkbox"].includes(each.type) && each.getBoundingClientRect().height < least)
  .map((each) => each.outerHTML.slice(0, 120))"""
CRAMPED = """() => [...document.querySelectorAll("body *")]
  .filter((each) => !each.closest("svg") && each.checkVisibility())
  .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((each) => parseFloat(getComputedStyle(each).lineHeight) / parseFloat(getComputedStyle(each).fontSize) < 1.495)
  .map((each) => each.outerHTML.slice(0, 120))"""


@dataclass(frozen=True)
class Survey:
    """The running server and the addresses of its pages."""

    server: RunningServer
    addresses: dict[str, list[str]] = field(default_factory=dict)  # endpoint → addresses


@pytest.fixture(scope="module")
def survey(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survey]:
    server = RunningServer(Path(shutil.copytree(prepared_demo, tmp_path_factory.mktemp("pages") / "data")))
    server.start()
    wait_for_charts(server)
    _quarantine_one(server)
    database = Database(f"sqlite:///{server.data_dir / 'survey.sqlite3'}")
    for account in OWN_ACCOUNTS:
        add_person(database, account, "Lê Thị Thu", Role.NONE, password=PASSWORD)
    database.close()
    yield Survey(server, _addresses(server))
    server.stop()


def _quarantine_one(server: RunningServer) -> None:
    """Send a response to an unknown questionnaire: it is quarantined."""
    token = post(server, "/api/v1/devices/enrol", {"code": server.enrolment_code(), "name": "Máy thử"})["token"]
    todo = get(server, "/api/v1/work", token)["assignments"][0]
    place = {key: todo["locality"][key] for key in ("scheme", "level", "code")}
    body = json.dumps(
        {
            "id": make_id("held"), "questionnaire": "no_such", "version": "1", "round": todo["round"],
            "locality": place, "assignment": None, "visit": None, "supersedes": None,
            "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-05T09:00:00+07:00",
            "clock_offset_ms": 0, "answers": {"a": 1}, "attachments": [], "paradata": {}, "mode": "tablet",
            "simulated": False, "training": False,
        }
    )  # fmt: skip
    row = {"id": make_id("held"), "sha256": hashlib.sha256(body.encode()).hexdigest(), "body": body}
    receipt = post(server, "/api/v1/responses", {"responses": [row]}, token)["receipts"][0]
    assert receipt["status"] == "quarantined", receipt


def _addresses(server: RunningServer) -> dict[str, list[str]]:
    database = Database(f"sqlite:///{server.data_dir / 'survey.sqlite3'}")
    try:
        with database.read() as connection:
            people = {row.account: row for row in connection.execute(select(person))}
            home = connection.execute(select(locality).where(locality.c.id == people["commune"].area_id)).one()
            visited = connection.execute(
                select(assignment.c.id, assignment.c.questionnaire, assignment.c.version).where(
                    assignment.c.person_id == people["surveyor"].id, assignment.c.questionnaire == "commune_visit"
                )
            ).first()
            report = connection.execute(
                select(response.c.id).where(response.c.questionnaire == "self_review_province")
                .join(locality, locality.c.id == response.c.locality_id)
                .where(response.c.locality_id == people["province"].area_id)
            ).scalar()  # fmt: skip
    finally:
        database.close()
    assert visited is not None
    filling = f"/fill/{visited.questionnaire}/{visited.version}?assignment={visited.id}"
    codes = home.path.split("/")
    places = zip(("country", "province", "district", "commune"), codes, strict=True)
    return {
        "sign_in.login": ["/login"],
        "sign_in.no_rights": ["/no-rights"],
        "fill.work": ["/fill"],
        "fill.questionnaire": [
            f"{filling}&section={section}" for section in ("general", "awareness", "campaigns", "review")
        ],
        "responses.list_responses": ["/responses", "/responses?state=returned"],
        "responses.show_response": [f"/responses/{report}"],
        "monitor.overview": ["/monitor"],
        "visits.list_visits": ["/visits"],
        "charts.locality": [
            *(f"/charts/demo/{level}/{code}" for level, code in places),
            "/charts/demo/country/VN?questionnaire=resident_opinion&q=hue",
        ],
        "questionnaires.list_questionnaires": ["/questionnaires"],
        "questionnaires.show_questionnaire": [f"/questionnaires/commune_visit/{visited.version}"],
        "people.list_people": ["/people"],
        "people.show_person": [f"/people/{people['surveyor'].id}"],
        "quarantine.list_quarantined": ["/quarantine"],
        "quarantine.unsent_form": ["/unsent"],
        "account.show": ["/account"],
        "account.change_password": ["/account/password"],
        "account.change_second_factor": ["/account/second-factor"],
        "error": ["/no-such-page", "/people"],
    }


WALKS = {
    "": ["sign_in.login", "error"],
    "nobody": ["sign_in.no_rights", "error"],
    "surveyor": ["fill.work", "fill.questionnaire", "responses.list_responses"],
    "leader": ["responses.list_responses", "monitor.overview", "visits.list_visits"],
    "commune": ["fill.work", "monitor.overview"],
    "province": ["responses.list_responses", "responses.show_response", "monitor.overview"],
    "central": [
        "charts.locality",
        "questionnaires.list_questionnaires",
        "questionnaires.show_questionnaire",
        "quarantine.list_quarantined",
    ],
    "thu": ["account.show", "account.change_password", "account.change_second_factor"],
    "admin": [
        "account.show",
        "people.list_people",
        "people.show_person",
        "quarantine.list_quarantined",
        "quarantine.unsent_form",
    ],
}
ELSEWHERE = {
    "fill.sent": "test_filling_without_a_script",
    "sign_in.enter_code": "test_the_steps_of_signing_in_with_a_code",
    "tablet.home": "test_tablet_pages",
    "tablet.questionnaire": "test_tablet_pages",
}
NO_PAGE = {  # sends on, or sends no HTML
    "sign_in.home", "charts.index", "charts.state", "charts.manifest", "charts.chart_file",
    "questionnaires.download_yaml", "tablet.worker", "assets.hashed", "assets.plain", "assets.favicon", "health.health",
    "health.readiness", "api_document", "security_txt.show",
}  # fmt: skip


def test_every_page_is_covered(prepared_demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_DATA_DIR", str(prepared_demo))
    app = create_app(read_settings())
    walked = {endpoint for walk in WALKS.values() for endpoint in walk}
    for rule in app.url_map.iter_rules():
        permission = getattr(app.view_functions[rule.endpoint], "permission", None)
        is_page = "GET" in (rule.methods or ()) and (isinstance(permission, frozenset | str))
        if is_page and (permission in (PUBLIC, SIGNED_IN) or isinstance(permission, frozenset)):
            assert rule.endpoint in walked | ELSEWHERE.keys() | NO_PAGE, rule.rule


@pytest.mark.parametrize("account", WALKS)
def test_the_pages_of_a_role(survey: Survey, browser: Browser, account: str) -> None:
    page, problems = _walker(survey.server, browser, account)
    for endpoint in WALKS[account]:
        for address in survey.addresses[endpoint]:
            _look_at(page, survey.server.url + address)
            assert problems() == [], address
    page.context.close()


def test_the_steps_of_signing_in_with_a_code(survey: Survey, browser: Browser) -> None:
    page, problems = _walker(survey.server, browser, "thuong")
    page.goto(f"{survey.server.url}/account/second-factor")
    secret = base64.b32decode((page.text_content(".key") or "").replace(" ", ""))
    page.fill("#code", totp.code_at(secret, int(time.time()) // totp.STEP))
    page.click("main button.primary")
    recovery_code = page.text_content(".recovery-codes li")
    _check_as_shown(page)
    page.goto(f"{survey.server.url}/account/second-factor")
    _check_as_shown(page)
    page.context.clear_cookies()
    page.goto(f"{survey.server.url}/login")
    page.fill("#account", "thuong")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.fill("#code", "000000")
    page.click("main button.primary")
    assert page.locator("[role=alert]").count() == 1
    _check_as_shown(page)
    page.fill("#code", recovery_code or "")
    page.click("main button.primary")
    assert page.locator("header .person").text_content() == "Lê Thị Thu"
    assert problems() == []
    page.context.close()


def _check_as_shown(page: Page) -> None:
    """A page that was sent in answer to a form: it cannot be opened again in another language."""
    for size in (390, 800, 1440):
        page.set_viewport_size({"width": size, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, size
        assert page.evaluate(SMALL, TARGET) == [], size
        assert page.evaluate(CRAMPED) == [], size
    assert violations(page) == []


def _walker(server: RunningServer, browser: Browser, account: str) -> tuple[Page, Callable[[], list[str]]]:
    """A page signed in with this role, and a function that returns the problems since its last call."""
    page = browser.new_context(locale="vi-VN", reduced_motion="reduce").new_page()
    page.set_default_timeout(60_000)
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
        if message.type in ("error", "warning") and not refused:  # that an error page is one is no fault of it
            said.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(str(error)))
    if account:
        page.goto(f"{server.url}/login")
        page.fill("#account", account)
        page.fill("#password", PASSWORD if account in OWN_ACCOUNTS else f"demo-{account}")
        page.click("button.primary")

    def problems() -> list[str]:
        found, said[:] = list(said), []
        return found

    return page, problems


def _look_at(page: Page, address: str) -> None:
    joined = "&" if "?" in address else "?"
    answer = page.goto(address)
    assert answer is not None
    assert answer.status < 500, address
    if "/charts/" in address:
        page.wait_for_selector("figure.chart", timeout=120_000)
    for language, theme, width in (("vi", "light", 390), ("en", "dark", 1440)):
        page.goto(f"{address}{joined}lang={language}&theme={theme}")
        page.evaluate("document.querySelectorAll('main details').forEach((each, at) => { each.open = at < 3; })")
        for size in (800, width):
            page.set_viewport_size({"width": size, "height": 900})
            place = f"{address} {language} {theme} {size}"
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, place
            assert page.evaluate(SMALL, TARGET) == [], place
            assert page.evaluate(CRAMPED) == [], place
        assert violations(page) == [], place
