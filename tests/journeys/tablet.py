"""A tablet: a browser with a storage of its own that can be closed, killed and opened again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from survey_server.storage.database import Database
from tests.support import chromium
from tests.support.receiving import stored_rows

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, BrowserType, ConsoleMessage, Page

PATIENCE = 20_000  # milliseconds; the machine that runs the tests may be busy
READY = "#readiness[data-ready=true]"


class Tablet:
    """`origin` is the address of the server. `errors` collects the errors of its pages."""

    def __init__(self, browser_type: BrowserType, folder: Path, origin: str) -> None:
        self._type = browser_type
        self._folder = folder
        self.origin = origin
        self.errors: list[str] = []
        self.size = {"width": 800, "height": 1100}
        self.context: BrowserContext | None = None

    def start(self) -> Page:
        """Open the browser with the storage that it had when it was closed."""
        self.context = self._type.launch_persistent_context(
            self._folder, executable_path=chromium.executable(), args=chromium.arguments(), viewport=self.size,  # type: ignore[arg-type]
            locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", accept_downloads=True,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self._promise_storage()
        page = self.context.pages[0]
        self._listen(page)
        return page

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
            self.context = None

    def kill(self) -> None:
        """Kill all processes of the browser at once, as a flat battery would."""
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(self._folder).encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
        from playwright.sync_api import Error as PlaywrightError

        with contextlib.suppress(PlaywrightError):
            self.close()
        self.context = None

    def tab(self, address: str) -> Page:
        assert self.context is not None
        page = self.context.new_page()
        self._listen(page)
        page.goto(address)
        return page

    def home(self, page: Page) -> Page:
        page.goto(f"{self.origin}/tablet/")
        return page

    def enrol(self, code: str) -> Page:
        """Open the browser for the first time, enrol, and wait until the page says "ready for offline"."""
        page = self.home(self.start())
        page.fill("#enrol-code", code)
        page.fill("#enrol-name", "Máy 07")
        page.click("[data-action=enrol]")
        page.wait_for_selector(READY)
        return page

    def cut_network(self, cut: bool = True) -> None:
        assert self.context is not None
        self.context.set_offline(cut)

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        """Collect errors of the console; a request without network is not an error of the page."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)

    def _promise_storage(self) -> None:
        assert self.context is not None
        session = self.context.new_cdp_session(self.context.pages[0])
        session.send("Browser.grantPermissions", {"permissions": ["durableStorage"], "origin": self.origin})
        session.detach()


@dataclass(frozen=True)
class StoredRow:
    id: str
    sha256: str
    state: str
    body: dict[str, Any]
    device_id: str | None
    problems: list[dict[str, Any]]


def stored_responses(data_dir: Path) -> list[StoredRow]:
    """The responses in the server's database, read while the server runs or after it was killed."""
    database = Database(f"sqlite:///{data_dir / 'survey.sqlite3'}")
    try:
        with database.read() as connection:
            rows = stored_rows(connection)
    finally:
        database.close()
    return [
        StoredRow(
            row["id"], row["sha256"], row["state"], json.loads(row["body"]), row["device_id"],
            json.loads(row["problems"]),
        )
        for row in rows
    ]  # fmt: skip


def open_assignment(page: Page) -> None:
    """Go from the start page to the first section of the first assignment."""
    page.click("[data-assignment] a")
    page.wait_for_selector("body[data-state=filling]")


def wait_until_saved(page: Page) -> None:
    """Wait until the page says that everything typed is saved."""
    page.wait_for_function("""() => document.querySelector("#saved-state")?.dataset.state === "saved" """)


def answer_required(page: Page) -> None:
    """Answer the required questions of the example, up to the review."""
    page.check("#q_party_change-clear")
    page.click("[data-action=next]")
    page.fill("#q_figures-meetings-y2011", "12")
    page.click("[data-action=review]")
    page.wait_for_selector("#review:not([hidden])")


def finish(page: Page) -> None:
    """Press the button that freezes the response; ends on the start page."""
    page.click("[data-action=finish]")
    page.wait_for_selector("#lists")
    page.wait_for_selector("[data-unsent], [data-receipt]")


def send(page: Page) -> None:
    """Press "send and update" and wait until the sync has ended."""
    before = page.evaluate(_LAST_SYNC)
    page.click("[data-action=syncNow]")
    page.wait_for_function(f"async (before) => (await ({_LAST_SYNC})()) !== before", arg=before)


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait for a condition outside the browser."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        page.wait_for_timeout(50)


_LAST_SYNC = "async () => (await (await import('/static/tablet/settings.js')).setting('sync'))?.at ?? ''"


def in_page(page: Page, module: str, expression: str) -> Any:
    """Evaluate an expression with one of the tablet's modules as `m`."""
    return page.evaluate(f"async () => {{ const m = await import('/static/tablet/{module}'); return {expression}; }}")
