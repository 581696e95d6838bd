"""How long counting and drawing take, how fast a charts page is, and what each process weighs.

    python benchmarks/charts.py [--responses 0 10000 100000]

A real server process with its publisher on the demo (SQLite). Larger rounds repeat the demo's responses under new
ids in the same localities, so that the leaves grow and not the number of localities.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import func, select

from benchmarks.stored_rows import add_rows, read_rows, renamed
from survey_server.domain import ChartKey
from survey_server.services import published_charts as published
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings, read_settings
from survey_server.storage import responses, rounds
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import cohort
from tests.support.server import RunningServer

COUNTRY = ChartKey("demo", "country", "VN")
PAGES = 200
MIN_PAGE_BYTES = 15_000  # compressed; a page without charts has less
MAX_LENGTH = 1_800.0
MAX_ADDED = 40  # responses, of which one completes a cohort
COUNTRY_SECONDS, AHEAD_SECONDS, LATENCY_SECONDS = 10.0, 60.0, 3.0
PAGE_MS, PAGE_PROCESSOR_MS, IDLE_MIB, LOADED_MIB = 50.0, 5.0, 250.0, 400.0


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
        count = responses.count(connection)
    if count < wanted:
        add_rows(database, wanted - count)
    return max(count, wanted)


def measure(server: RunningServer, settings: Settings, database: Database, *, promised: bool) -> bool:
    """Prints the figures; returns whether the promises (some of them for the demo's own size) were kept."""
    began = time.monotonic()
    server.start()
    watch = MemoryWatch(server.pid)
    watch.start()
    try:
        country = seconds_until(lambda: published.read_page(database, COUNTRY, "VN").drawn is not None, began)
        places = drawn_ahead(database)
        ahead = seconds_until(lambda: all(published.read_page(database, *each).is_current for each in places), began)
        print(f"the country's pages readable after {country:.1f} s, all that is drawn ahead after {ahead:.1f} s")
        middle, slow, used = page_times(server, database)
        print(f"a charts page: {middle:.1f} ms in the middle, {slow:.1f} ms at p95, {used:.1f} ms of processor")
        latency = publish_latency(database)
        seconds_until(lambda: len(memory_of(server.pid)) < watch.most, time.monotonic())
        idle = memory_of(server.pid)
        cold = publish_latency(database)
        print(f"one new response in the country's charts after {latency:.1f} s, after a pause after {cold:.1f} s")
        formed, shown = cohort_latency(database)
        print(f"a cohort formed {formed:.1f} s after the response that completes it, and shown after {shown:.1f} s")
    finally:
        watch.stop()
        server.stop()
    print("memory when idle, PSS and RSS in MiB: " + ", ".join(f"{pss:.0f} {rss:.0f}" for pss, rss in idle))
    resting, peak = sum(pss for pss, _ in idle), watch.peak
    promises = {
        f"page {slow:.1f} ms, {PAGE_MS:.0f} at most": slow <= PAGE_MS,
        f"processor {used:.1f} ms a page, {PAGE_PROCESSOR_MS:.0f} at most": used <= PAGE_PROCESSOR_MS,
        f"latency {latency:.1f} s, {LATENCY_SECONDS:.0f} at most": latency <= LATENCY_SECONDS,
        f"latency of a cohort {shown:.1f} s, {LATENCY_SECONDS:.0f} at most": shown <= LATENCY_SECONDS,
        f"latency after a pause {cold:.1f} s, {LATENCY_SECONDS:.0f} at most": cold <= LATENCY_SECONDS,
        f"all processes when idle {resting:.0f} MiB (PSS), {IDLE_MIB:.0f} at most": resting <= IDLE_MIB,
        f"all processes while drawing {peak:.0f} MiB (PSS), {LOADED_MIB:.0f} at most": peak <= LOADED_MIB,
    }
    if promised:
        promises |= {
            f"country {country:.1f} s, {COUNTRY_SECONDS:.0f} at most": country <= COUNTRY_SECONDS,
            f"ahead {ahead:.1f} s, {AHEAD_SECONDS:.0f} at most": ahead <= AHEAD_SECONDS,
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


def seconds_until(condition: Callable[[], bool], began: float, most: float = MAX_LENGTH) -> float:
    while not condition():
        if time.monotonic() - began > most:
            raise TimeoutError("the publisher does not get there; see server.log in the data directory")
        time.sleep(0.02)
    return time.monotonic() - began


def page_times(server: RunningServer, database: Database) -> tuple[float, float, float]:
    """Median and p95 in milliseconds of the country's page, signed in, one request after the other, and the processor
    time of each."""
    token = sign_in(database, "central", "demo-central", "127.0.0.1")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    took = []
    before = processor_time(server.pid)
    for _ in range(PAGES):
        began = time.perf_counter()
        headers = {"Cookie": f"survey_session={token}", "Accept-Encoding": "gzip, br"}
        connection.request("GET", "/charts/demo/country/VN", headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        took.append((time.perf_counter() - began) * 1e3)
        if answer.status != 200 or len(content) < MIN_PAGE_BYTES:
            raise RuntimeError(f"/charts answers {answer.status}")
    took.sort()
    used = (processor_time(server.pid) - before) / PAGES
    return took[len(took) // 2], took[int(len(took) * 0.95)], used * 1e3


def publish_latency(database: Database) -> float:
    """Seconds from the commit of one more response to the country's new manifest."""
    before = revision(database)

    row = next(each for each in read_rows(database) if each.respondent == "organisation")
    database.write(lambda connection: responses.add_all(connection, [renamed(row)]))
    return seconds_until(lambda: revision(database) != before, time.monotonic())


def cohort_latency(database: Database) -> tuple[float, float]:
    """Responses of residents of one locality are added until one completes a cohort: seconds from its commit until the
    cohort is published, and until the country's new manifest."""
    row = next(each for each in read_rows(database) if each.respondent == "resident")
    for _ in range(MAX_ADDED):
        cohorts, manifest, began = published_cohorts(database), revision(database), time.monotonic()
        database.write(lambda connection: responses.add_all(connection, [renamed(row)]))
        with contextlib.suppress(TimeoutError):
            formed = seconds_until(lambda before=cohorts: published_cohorts(database) != before, began, LATENCY_SECONDS)
            return formed, seconds_until(lambda before=manifest: revision(database) != before, began)
    raise RuntimeError("no cohort was formed")


def published_cohorts(database: Database) -> int:
    with database.read() as connection:
        wanted = select(func.count()).select_from(cohort).where(cohort.c.revision.is_not(None))
        return int(connection.execute(wanted).scalar_one())


def revision(database: Database) -> int:
    return published.read_page(database, COUNTRY, "VN").revision


class MemoryWatch(threading.Thread):
    """Measures the server's processes twice a second: the greatest sum of their PSS in MiB, the greatest number."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self.peak, self.most = 0.0, 0

    def run(self) -> None:
        while not self._ended.wait(0.5):
            measured = memory_of(self._pid)
            self.peak = max(self.peak, sum(pss for pss, _ in measured))
            self.most = max(self.most, len(measured))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def memory_of(pid: int) -> list[tuple[float, float]]:
    """PSS (what processes share is divided among them) and RSS in MiB of the server and all processes below it."""
    found = []
    for each in processes_below(pid):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()[1:]
            size = {name: int(value.split()[0]) / 1024 for name, _, value in (line.partition(":") for line in lines)}
            found.append((size["Pss"], size["Rss"]))
    return found


def processes_below(pid: int) -> list[int]:
    """The process itself first."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for each in found:
        found += [child for child, parent in parents if parent == each]
    return found


def processor_time(pid: int) -> float:
    """Seconds of processor that the web processes have used."""
    ticks = 0
    for each in processes_below(pid):
        with contextlib.suppress(OSError):
            if b"serve" in Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0"):  # not the publisher
                ticks += sum(map(int, Path(f"/proc/{each}/stat").read_text().rpartition(") ")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    raise SystemExit(main())
