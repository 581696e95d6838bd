"""/fill in a browser without JavaScript: whichever way a section is left, what was typed is there again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from survey_server.storage.database import Database
from survey_server.storage.tables import person
from tests.support.field import field_of
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "mot mat khau dai"
WAYS_OUT = {
    "a section": ".steps button[value=work]",
    "the review": ".steps button[value=review]",
    "the language": ".who button[lang=en]",
    "the theme": ".foot button:has-text('tối')",
    "the menu": ".menu button[value='/fill']",
    "the product's name": "button.product",
    "signing out": ".who button[value='/logout']",
}


@pytest.fixture
def page(browser: Browser, field_server: RunningServer) -> Iterator[Page]:
    """The first section of the example, opened by the surveyor."""
    database = Database(f"sqlite:///{field_server.data_dir / 'survey.sqlite3'}", lock_dir=field_server.data_dir)
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    own = update(person).where(person.c.account == "surveyor").values(password_hash=hashed)
    database.write(lambda connection: connection.execute(own))
    assignment = field_of(database).assignment
    database.close()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1000, "height": 1200})
    page = context.new_page()
    page.goto(f"{field_server.url}/login")
    sign_in(page)
    page.goto(f"{field_server.url}/fill/first_steps/1?assignment={assignment}")
    yield page
    context.close()


def sign_in(page: Page) -> None:
    page.fill("#account", "surveyor")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")


@pytest.mark.parametrize("way", WAYS_OUT)
def test_what_was_typed_is_there_again(page: Page, field_server: RunningServer, way: str) -> None:
    address = page.url
    page.check("#q_party_change-little")
    page.click("button:has-text('Lưu, cập nhật câu hỏi')")
    page.fill("#q_why_little", "Dòng một\nDòng hai")
    page.fill("#q_held_on-day", "5")  # cannot be read yet
    if way in ("a section", "the review"):
        page.click(".steps summary")
    page.click(WAYS_OUT[way])
    if way == "signing out":
        assert page.url.endswith("/login")
        sign_in(page)
    page.goto(address)
    assert page.is_checked("#q_party_change-little")
    assert page.input_value("#q_why_little") == "Dòng một\nDòng hai"
    assert page.input_value("#q_held_on-day") == "5"


def test_of_two_readings_the_chosen_one_is_saved(page: Page) -> None:
    page.check("#q_party_change-clear")
    page.click(".steps summary")
    page.click(".steps button[value=work]")
    page.fill("#q_figures-meetings-y2011", "1,234")
    page.click(".buttons button[name=next]")
    page.check("input[name='q_figures-meetings-y2011-as'][value='1234']")
    page.click(".buttons button[name=next]")
    assert page.is_visible("button[name=send]")
    page.click("main a[href*='section=work']")
    assert page.input_value("#q_figures-meetings-y2011") == "1234"


def test_back_returns_to_the_problems_that_were_shown(page: Page) -> None:
    page.click(".buttons button[name=next]")
    page.wait_for_selector(".summary")
    page.check("#q_party_change-clear")
    page.click(".buttons button[name=next]")
    page.wait_for_selector("#section-work")
    page.go_back()
    assert page.is_checked("#q_party_change-clear"), "the page is asked for again: it shows what was saved"
