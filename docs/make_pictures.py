"""Makes the README's pictures from the demo: a questionnaire on a tablet, and the page of charts.

    .venv/bin/python docs/make_pictures.py          needs what `python3 run.py test` installs: Playwright, a Chromium

A demo is prepared in a temporary folder and served from there; nothing that exists is touched but docs/pictures/*.png.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.chromium import launch  # noqa: E402  found only after the line above
from tests.support.server import RunningServer  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
MAX_SIZE = 200_000  # bytes
COLOURS = 128
PATIENCE = 180_000  # milliseconds


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = RunningServer(Path(folder))
        server.run("init", "--demo")
        server.start()
        browser = launch(playwright)
        try:
            keep("tablet.png", picture_of_tablet(browser, server))
            keep("charts.png", picture_of_charts(browser, server))
        finally:
            browser.close()
            server.stop()


def picture_of_tablet(browser: Browser, server: RunningServer) -> bytes:
    """A visit to a commune, half filled in, without a network."""
    page = new_page(browser, 820, 1180)
    page.goto(f"{server.url}/tablet/")
    page.fill("#enrol-code", server.enrolment_code())
    page.fill("#enrol-name", "Máy 07")
    page.click("[data-action=enrol]")
    page.wait_for_selector("#readiness[data-ready=true]")
    page.context.set_offline(True)
    page.click("[data-assignment] a")
    page.wait_for_selector("body[data-state=filling]")
    page.locator("[data-go=awareness]").evaluate("(button) => button.click()")
    page.check("#q_plan_issued-yes")
    page.fill("#q_plan_issued_on-day", "15")
    page.fill("#q_plan_issued_on-month", "3")
    page.fill("#q_plan_issued_on-year", "2012")
    page.fill("#q_people_briefed", "1.250")
    page.check("#q_party_awareness-some")
    page.wait_for_function("document.querySelector('#saved-state')?.dataset.state === 'saved'")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    return page.screenshot()


def picture_of_charts(browser: Browser, server: RunningServer) -> bytes:
    """The survey's charts for the whole country, as central staff see them."""
    page = new_page(browser, 1180, 1700)
    page.goto(f"{server.url}/login")
    page.fill("#account", "central")
    page.fill("#password", "demo-central")
    page.click("button.primary")
    page.wait_for_selector("figure.chart svg", timeout=PATIENCE)
    page.locator("details.below summary").click()
    page.evaluate("document.fonts.ready")
    return page.screenshot()


def new_page(browser: Browser, width: int, height: int) -> Page:
    return browser.new_context(
        locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport={"width": width, "height": height}
    ).new_page()


def keep(name: str, picture: bytes) -> None:
    """Written with few colours: a page has no more, and the file is a third."""
    small = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    path = PICTURES / name
    small.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {small.width} × {small.height}, {size // 1000} kB")
    if size > MAX_SIZE:
        raise SystemExit(f"{name} is larger than {MAX_SIZE // 1000} kB")


if __name__ == "__main__":
    main()
