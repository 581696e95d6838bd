"""A real scheduler and workers tally what one process does, to the last digit, though a worker dies half-way.

dask is imported where it is used: that takes a third of a second, also where slow tests are left out."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analysis.dataset import DatasetError, load_dataset, tally_dataset
from analysis.round_tally import RoundTally
from survey_server.pipeline.export import export_round
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.pipeline.test_dataset import INVALID
from tests.support.every_question import CODES, FULL, NONE, SOURCE, send, written
from tests.support.field import assign_also, prepare_field
from tests.support.processes import wait_for

pytestmark = pytest.mark.slow
PARTS = 6
STALLING = Path(__file__).parents[1] / "support" / "stalling_worker.py"


@pytest.fixture
def partitioned(sqlite_database: Database, settings: Settings, tmp_path: Path) -> Path:
    """A Parquet export whose wide tables are folders of files of two responses, with the instances of these."""
    made = prepare_field(sqlite_database, tmp_path)
    field = dataclasses.replace(made, assignment=assign_also(sqlite_database, made, written(tmp_path, SOURCE)))
    for number in range(2 * PARTS):
        send(sqlite_database, field, (FULL, CODES, NONE, INVALID, FULL)[number % 5] | {"share": number / 7})
    folder = export_round(sqlite_database, settings, "r1", "parquet", tmp_path / "out")
    table, instances = folder / "everything.parquet", folder / "everything.documents.parquet"
    responses, inside = pq.read_table(table), pq.read_table(instances)
    for path in (table, instances):
        path.unlink()
        path.mkdir()
    for part in range(PARTS):
        own = responses.slice(2 * part, 2)
        ids = own.column("id").to_pylist()
        chosen = [id_ in ids for id_ in inside.column("response").to_pylist()]
        pq.write_table(own, table / f"{part}.parquet")
        pq.write_table(inside.filter(chosen), instances / f"{part}.parquet")
    return folder


@contextmanager
def cluster(notes: Path) -> Iterator[str]:
    """A scheduler and two workers, each a process; the address of the scheduler."""
    from dask.distributed import Client

    address = notes / "scheduler.json"
    environment = os.environ | {"SURVEY_TEST_NOTES": str(notes), "PYTHONPATH": str(STALLING.parents[2])}
    common = ["--no-dashboard", "--scheduler-file", str(address)]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", "0"]]
    commands += [["worker", "--nthreads", "1", "--no-nanny", "--preload", str(STALLING)]] * 2
    running = []
    try:
        for command in commands:
            started = [sys.executable, "-m", "dask", command[0], *common, *command[1:]]
            log = (notes / f"{len(running)}.log").open("wb")
            running.append(subprocess.Popen(started, env=environment, cwd=notes, stdout=log, stderr=log))
            log.close()
            wait_for(address.exists)
        found = json.loads(address.read_text(encoding="utf-8"))["address"]
        with Client(found) as client:
            client.wait_for_workers(2, timeout=60)
        yield found
    finally:
        for process in running:
            process.kill()
            process.wait()


def texts(rt: RoundTally) -> dict[Any, str]:
    return {leaf: tally.to_json() for leaf, tally in rt.leaves.items()}


def test_a_cluster_tallies_what_one_process_does_though_a_worker_is_killed(partitioned: Path, tmp_path: Path) -> None:
    from analysis.cluster import tally_on_cluster

    notes = tmp_path / "notes"
    notes.mkdir()
    expected = texts(tally_dataset(load_dataset(partitioned)))
    with ThreadPoolExecutor(1) as pool, cluster(notes) as address:
        running = pool.submit(tally_on_cluster, load_dataset(partitioned), address)
        stalled = notes / "stalled"
        wait_for(lambda: (stalled.exists() and stalled.read_text(encoding="ascii")) or running.done())
        assert not running.done(), running.exception()
        os.kill(int(stalled.read_text(encoding="ascii")), signal.SIGKILL)
        found = running.result(timeout=120)
    assert texts(found) == expected
    assert len(expected) == 1
    tallied = Counter((notes / "tallied").read_text(encoding="utf-8").split())
    assert set(tallied) == {f"{part}.parquet" for part in range(PARTS)}
    assert max(tallied.values()) == 2, "the part that the killed worker had tallied is tallied again"


def test_the_charts_of_a_round_are_drawn_from_a_cluster(partitioned: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "stalled").touch()  # so that none stalls
    with cluster(notes) as address:
        command = [
            sys.executable,
            "-m",
            "analysis",
            str(partitioned),
            "--scheduler",
            address,
            "--out",
            str(tmp_path / "charts"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "charts" / "index.html")), done.stderr
    assert len((notes / "tallied").read_text(encoding="utf-8").split()) == PARTS


def test_a_cluster_needs_wide_tables(sqlite_database: Database, settings: Settings, tmp_path: Path) -> None:
    from analysis.cluster import tally_on_cluster

    prepare_field(sqlite_database, tmp_path)
    packed = export_round(sqlite_database, settings, "r1", "zip", tmp_path / "out")
    with pytest.raises(DatasetError, match="format parquet"):
        tally_on_cluster(load_dataset(packed), "tcp://127.0.0.1:1")
