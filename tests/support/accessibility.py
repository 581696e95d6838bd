"""Accessibility problems that axe finds on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The rule of enhanced contrast leaves out what the basic one finds, so both run. Only violations are reported: the list
# of what passes takes most of axe's time.
_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations"],
}


def violations(page: Page) -> list[str]:
    """Each violation with its rule, the first element, and how to fix it."""
    from axe_playwright_python.sync_playwright import Axe  # a second to import, for browser tests only

    found = Axe().run(page, options=_OPTIONS).response["violations"]
    firsts = [(each["id"], each["nodes"][0]) for each in found]
    return [f"{rule}: {node['html'][:200]}\n{node['failureSummary']}" for rule, node in firsts]
