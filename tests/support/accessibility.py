"""What axe finds wrong with a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# The rule of enhanced contrast leaves out what the plain one finds, so both are asked. Only violations: writing down
# all that is right takes most of axe's time.
_ASKED = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations"],
}


def violations(page: Page) -> list[str]:
    """Each with its rule, the first element, and what to do about it."""
    found = Axe().run(page, options=_ASKED).response["violations"]
    firsts = [(each["id"], each["nodes"][0]) for each in found]
    return [f"{rule}: {node['html'][:200]}\n{node['failureSummary']}" for rule, node in firsts]
