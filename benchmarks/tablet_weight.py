"""What the tablet weighs and how soon it is ready.

    python benchmarks/tablet_weight.py [QUESTIONNAIRE.yaml]

The bytes of a first load with one questionnaire (as gzip and as brotli; fonts apart), and the time until a page that
is loaded again without network can be filled in, with the processor slowed down six times (the median of seven).
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import urllib.request
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright

from tests.journeys.tablet import Tablet, in_page
from tests.support.field import add_round, assign_also, prepare_field
from tests.support.server import RunningServer

SLOWER = 6
ROUNDS = 7
SETTLED = 5_000  # milliseconds after which a page is ready for certain
MAX_KB, MAX_FONT_KB, MAX_SECONDS = 100, 60, 1.0
DEFAULT = Path(__file__).resolve().parents[1] / "questionnaires" / "commune_visit.yaml"


def main(questionnaire: Path) -> int:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = prepared_server(Path(folder), questionnaire)
        tablet = Tablet(playwright.chromium, Path(folder) / "tablet", server.url)
        try:
            page = tablet.enrol(server.enrolment_code())
            work = in_page(page, "settings.js", "await m.setting('work')")
            token = in_page(page, "settings.js", "(await m.device()).token")
            asked = next(one for one in work["questionnaires"] if one["id"] == questionnaire.stem)
            light = weigh(server.url, token, asked)
            server.kill()
            tablet.cut_network()
            assignment = next(one for one in work["assignments"] if one["questionnaire"] == asked["id"])
            address = f"{server.url}/tablet/q/{asked['id']}/{asked['version']}#assignment={assignment['id']}"
            fast = [slow_reload(tablet, page, where) for where in (f"{server.url}/tablet/", address)]
        finally:
            tablet.close()
            server.kill()
    return 0 if light and all(fast) else 1


def prepared_server(folder: Path, questionnaire: Path) -> RunningServer:
    from survey_server.services.prepare_fonts import prepare_fonts
    from survey_server.storage.database import Database
    from survey_server.storage.migrate import migrate

    data = folder / "data"
    data.mkdir()
    database = Database(f"sqlite:///{data / 'survey.sqlite3'}")
    migrate(database)
    field = prepare_field(database, folder)
    # A round of its own: all questionnaires of a round belong to one framework.
    own_round = database.write(lambda connection: add_round(connection, "r2", "Đợt hai", "Round two"))
    assign_also(database, replace(field, round_id=own_round), questionnaire)
    database.close()
    prepare_fonts(data / "fonts")
    server = RunningServer(data, publisher=False)
    server.start()
    return server


def weigh(url: str, token: str, questionnaire: dict[str, str]) -> bool:
    worker = fetch(f"{url}/tablet/sw.js", token, "identity").decode()
    files: dict[str, str] = json.loads(re.search(r"const FILES = (\{.*?\});", worker)[1])  # type: ignore[index]
    page = f"/tablet/q/{questionnaire['id']}/{questionnaire['version']}"
    paths = [*files, "/tablet/sw.js", page, questionnaire["url"]]
    total = 0.0
    for encoding in ("gzip", "br"):
        sizes = {path: len(fetch(url + path, token, encoding)) / 1000 for path in paths}
        fonts = sum(size for path, size in sizes.items() if path.endswith(".woff2"))
        scripts = sum(size for path, size in sizes.items() if path.endswith(".js"))
        total = sum(sizes.values()) - fonts
        print(
            f"first load, {encoding:5}: {total:6.1f} kB (scripts {scripts:.1f}, page of {questionnaire['id']} "
            f"{sizes[page]:.1f}, its rules {sizes[questionnaire['url']]:.1f}); fonts {fonts:.1f} kB beside"
        )
        if total > MAX_KB or fonts > MAX_FONT_KB:
            print(f"too heavy: {MAX_KB} kB and {MAX_FONT_KB} kB of fonts are the limit")
            return False
    return True


def fetch(url: str, token: str, encoding: str) -> bytes:
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": encoding}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        read: bytes = answer.read()
        return read


def slow_reload(tablet: Tablet, page: object, address: str) -> bool:
    from playwright.sync_api import Page

    assert isinstance(page, Page)
    page.goto(address)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    took: list[float] = []
    for _ in range(ROUNDS):
        page.reload(wait_until="commit")
        page.wait_for_timeout(SETTLED)  # nothing is asked of the page before: asking costs it time
        took.append(page.evaluate("performance.getEntriesByName('survey:ready')[0].startTime") / 1000)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    session.detach()
    median = statistics.median(took)
    shown = re.sub(r"#.*", "", address.partition("/tablet")[2]) or "/"
    print(
        f"offline reload of /tablet{shown} at 1/{SLOWER} of the processor: {median:.2f} s (slowest {max(took):.2f} s)"
    )
    if median > MAX_SECONDS:
        print(f"too slow: {MAX_SECONDS} s is the limit")
    return median <= MAX_SECONDS


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT))
