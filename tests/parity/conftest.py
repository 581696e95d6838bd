"""The tablet's interpreter in two JavaScript engines: Deno in the quick loop, Chromium with the browser's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.support.javascript import TABLET, running_javascript

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class Engine(Protocol):
    def evaluate(self, expression: str, arg: Any = None, /) -> Any: ...


@pytest.fixture(scope="module", params=["deno", pytest.param("chromium", marks=pytest.mark.browser)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Evaluates a JavaScript function with one argument; the tablet's modules lie at http://modules.test/."""
    if request.param == "deno":
        with running_javascript(tmp_path_factory.mktemp("deno")) as javascript:
            yield javascript
    else:
        with _page_with_modules(request.getfixturevalue("browser")) as page:
            yield page


@contextmanager
def _page_with_modules(browser: Browser) -> Iterator[Engine]:
    context = browser.new_context()
    page = context.new_page()
    page.route(
        "http://modules.test/**",
        lambda route: (
            route.fulfill(path=TABLET / route.request.url.split("/", 3)[3], content_type="text/javascript")
            if route.request.url.endswith(".js")
            else route.fulfill(body="<!doctype html>", content_type="text/html")
        ),
    )
    page.goto("http://modules.test/")
    yield page
    context.close()
