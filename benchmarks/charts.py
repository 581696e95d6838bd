"""How long counting and drawing take, how fast a charts page is, and what each process weighs.

    python benchmarks/charts.py [--responses 0 10000 100000]

A real server process with its publisher on the demo (SQLite). Larger rounds repeat the demo's responses under new
ids in the same localities, so that the leaves grow and not the number of localities.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import Connection, select

from survey_server.domain import ChartKey
from survey_server.domain.responses import COUNTING, NewResponse
from survey_server.services import published_charts as published
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings, read_settings
from survey_server.storage import responses, rounds
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import response
from tests.support.server import RunningServer

COUNTRY = ChartKey("demo", "country", "VN")
COLUMNS = [response.c[name] for name in NewResponse._fields]
PAGES = 200
MAX_LENGTH = 1_800.0
COUNTRY_SECONDS, AHEAD_SECONDS, LATENCY_SECONDS, PAGE_MS, MAX_MIB = 10.0, 60.0, 3.0, 50.0, 100.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, nargs="+", default=[0, 10_000, 100_000])
    options = parser.parse_args()
    all_kept = True
    for wanted in options.responses:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            os.environ["SURVEY_DATA_DIR"] = folder
            settings = read_settings()
            server = RunningServer(Path(folder))
            server.run("init", "--demo")
            database = open_database(settings)
            try:
                print(f"\n{fill_up(database, wanted):,} responses")
                all_kept = measure(server, settings, database, promised=wanted == 0) and all_kept
            finally:
                database.close()
    return 0 if all_kept else 1


def fill_up(database: Database, wanted: int) -> int:
    """Repeat the demo's responses until there are as many as wanted; returns how many there are."""
    with database.read() as connection:
        rows = [NewResponse(*each) for each in connection.execute(select(*COLUMNS))]
    count = len(rows)
    while count < wanted:
        copies = [each._replace(id=str(uuid.uuid4())) for each in rows[: wanted - count]]
        database.write(partial(responses.add_all, rows=copies))
        count += len(copies)
    return count


def measure(server: RunningServer, settings: Settings, database: Database, *, promised: bool) -> bool:
    """Prints the figures; returns whether the promises (made for the demo's own size) were kept."""
    began = time.monotonic()
    server.start()
    try:
        country = seconds_until(lambda: published.read_page(database, COUNTRY, "VN").drawn is not None, began)
        places = drawn_ahead(database)
        ahead = seconds_until(lambda: all(published.read_page(database, *each).is_current for each in places), began)
        print(f"the country's pages readable after {country:.1f} s, all that is drawn ahead after {ahead:.1f} s")
        middle, slow = page_times(server, database)
        print(f"a charts page: {middle:.1f} ms in the middle, {slow:.1f} ms at p95")
        latency = publish_latency(database)
        print(f"one new response in the country's charts after {latency:.1f} s")
        weights = memory_of(server.pid)
        print("memory: " + ", ".join(f"{name} {mib:.0f} MiB" for name, mib in weights))
    finally:
        server.stop()
    promises = {
        f"page {slow:.1f} ms, {PAGE_MS:.0f} at most": slow <= PAGE_MS,
        f"server {weights[0][1]:.0f} MiB, {MAX_MIB:.0f} at most": weights[0][1] <= MAX_MIB,
    }
    if promised:
        promises |= {
            f"country {country:.1f} s, {COUNTRY_SECONDS:.0f} at most": country <= COUNTRY_SECONDS,
            f"ahead {ahead:.1f} s, {AHEAD_SECONDS:.0f} at most": ahead <= AHEAD_SECONDS,
            f"latency {latency:.1f} s, {LATENCY_SECONDS:.0f} at most": latency <= LATENCY_SECONDS,
        }
    for promise, is_kept in promises.items():
        print(f"{'kept  ' if is_kept else 'MISSED'} {promise}")
    return all(promises.values())


def drawn_ahead(database: Database) -> list[tuple[ChartKey, str]]:
    with database.read() as connection:
        found = rounds.by_code(connection, "demo")
        assert found is not None
        paths = rounds.selected_paths(connection, found.id)
    return [(COUNTRY, "VN"), *((ChartKey("demo", "province", path.rpartition("/")[2]), path) for path in paths)]


def seconds_until(condition: Callable[[], bool], began: float) -> float:
    while not condition():
        if time.monotonic() - began > MAX_LENGTH:
            raise TimeoutError("the publisher does not get there; see server.log in the data directory")
        time.sleep(0.02)
    return time.monotonic() - began


def page_times(server: RunningServer, database: Database) -> tuple[float, float]:
    """Median and p95 in milliseconds of the country's page, signed in, one request after the other."""
    token = sign_in(database, "central", "demo-central", "127.0.0.1")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    took = []
    for _ in range(PAGES):
        began = time.perf_counter()
        connection.request("GET", "/charts/demo/country/VN", headers={"Cookie": f"survey_session={token}"})
        answer = connection.getresponse()
        content = answer.read()
        took.append((time.perf_counter() - began) * 1e3)
        if answer.status != 200 or b"<svg" not in content:
            raise RuntimeError(f"/charts answers {answer.status}")
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.95)]


def publish_latency(database: Database) -> float:
    """Seconds from the commit of one more response to the country's new manifest."""
    before = revision(database)

    def add(connection: Connection) -> None:
        wanted = select(*COLUMNS).where(
            response.c.state.in_([state.value for state in COUNTING]), response.c.respondent == "organisation",
        )  # fmt: skip
        row = NewResponse(*connection.execute(wanted.limit(1)).one())
        responses.add_all(connection, [row._replace(id=str(uuid.uuid4()))])

    database.write(add)
    return seconds_until(lambda: revision(database) != before, time.monotonic())


def revision(database: Database) -> int:
    return published.read_page(database, COUNTRY, "VN").revision


def memory_of(pid: int) -> list[tuple[str, float]]:
    """MiB in memory of the server, the publisher and its two workers."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    lines = [[int(part) for part in line.split()] for line in listed.splitlines()]
    size = {line[0]: line[2] / 1024 for line in lines}
    publisher = next(line[0] for line in lines if line[1] == pid)
    workers = sorted((size[line[0]] for line in lines if line[1] == publisher), reverse=True)[:2]
    return [("server", size[pid]), ("publisher", size[publisher]), *(("worker", each) for each in workers)]


if __name__ == "__main__":
    raise SystemExit(main())
