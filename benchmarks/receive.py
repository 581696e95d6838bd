"""How many responses a second the server takes, and where the time goes.

    python benchmarks/receive.py [--stored 200000] [--seconds 4] [--publisher]

Through the real HTTP API of a real server process on SQLite, durable (`synchronous=FULL`): authenticated, checked by
the rules of a questionnaire of forty questions, audited. Singly from 1, 8 and 32 clients and in batches of 50, first
on an empty table, then with many responses stored. The clients run in a process of their own on the same machine.
With `--publisher` the server also tallies and draws, as `serve` does; in turns with a server that does not.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import multiprocessing
import os
import random
import socket
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import select

from benchmarks.forty_questions import answers, source
from survey_server.domain.responses import NewResponse
from survey_server.services.receiving import ReceivingContext, receive
from survey_server.services.receiving.parse import UploadedRow, parse_row
from survey_server.services.server_keys import make_key
from survey_server.settings import Settings, read_settings
from survey_server.storage import audit, response_changes, responses
from survey_server.storage.column_types import compress
from survey_server.storage.database import open_database
from survey_server.storage.migrate import migrate
from survey_server.storage.tables import response
from tests.support.field import EXAMPLE, Field, assign_also, body, prepare_field, surveyor_of
from tests.support.server import RunningServer

BATCH = 50
SHAPES = ((1, 1), (8, 1), (32, 1), (1, BATCH), (8, BATCH), (32, BATCH))
MIN_SINGLES, MIN_IN_BATCHES, MIN_SHARE, MAX_MIB = 600, 3_000, 0.9, 100
DAY, FIELD_WORK = 86_400, 60 * 86_400  # seconds; what is stored was collected in two months
MAX_P99, MAX_LOG_MIB = 0.2, 64  # seconds of a single upload from 32 clients; MiB


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--publisher", action="store_true", help="compare a server with publisher and one without")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SURVEY_DATA_DIR"] = folder
        settings = read_settings()
        field = prepare(settings, Path(folder))
        print(f"one flush of this disk: {flush_time(Path(folder)) * 1e3:.2f} ms")
        empty = measured(settings, field, options.seconds)
        full = empty
        if options.stored:
            fill_up(settings, field, options.stored)
            print(f"\nwith {options.stored:,} responses stored")
            full = measured(settings, field, options.seconds)
        published = None
        if options.publisher:
            print("\nwith the publisher")
            published = measured(settings, field, options.seconds, publisher=True)
        where_the_time_goes(settings, field)
    return judge(empty, full, published)


def prepare(settings: Settings, folder: Path) -> Field:
    database = open_database(settings)
    try:
        migrate(database)
        make_key(database)
        field = prepare_field(database, folder)
        framework = EXAMPLE.parents[1] / "frameworks" / "example.yaml"
        (folder / "frameworks").mkdir()
        (folder / "frameworks" / "example.yaml").write_bytes(framework.read_bytes())
        (folder / "forty_questions.yaml").write_text(source(), encoding="utf-8")
        return dataclasses.replace(field, assignment=assign_also(database, field, folder / "forty_questions.yaml"))
    finally:
        database.close()


def tablet_id(rng: random.Random, age: float) -> str:
    """A UUID as a tablet made it some seconds ago: its milliseconds first (version 7)."""
    number = int((time.time() - age) * 1e3) << 80 | rng.getrandbits(80)
    return str(uuid.UUID(int=number & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62))


def rows(field: Field, seed: int, ages: Iterator[float] | None = None) -> Iterator[UploadedRow]:
    """`ages`: of the responses in seconds; without, up to a day, as tablets send what they collected."""
    rng = random.Random(seed)
    while True:
        age = rng.random() * DAY
        id_ = tablet_id(rng, age if ages is None else next(ages) + age)
        written = body(field, id=id_, questionnaire="forty_questions", answers=answers(rng))
        text = json.dumps(written, ensure_ascii=False)
        yield UploadedRow(id_, hashlib.sha256(text.encode()).hexdigest(), text)


@dataclasses.dataclass(frozen=True, slots=True)
class Speed:
    """`rate` in responses a second; `p99` of a request, in seconds."""

    rate: float
    p99: float


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """`speeds` by (clients, rows a request); `memory` of the heaviest web process and `log` of SQLite in MiB."""

    speeds: dict[tuple[int, int], Speed]
    memory: float
    log: float


def measured(settings: Settings, field: Field, seconds: float, *, publisher: bool = False) -> Measured:
    server = RunningServer(settings.data_dir, publisher=publisher)
    server.start()
    try:
        token = enrolled(server)
        if publisher:
            wait_until_counted(settings)
        speeds = {shape: speed_of(server, token, field, *shape, seconds) for shape in SHAPES}
        memory = resident(server.pid)
        log = Path(f"{settings.data_dir / 'survey.sqlite3'}-wal").stat().st_size / 2**20
    finally:
        server.stop()
    print(f"memory of a web process: {memory:.0f} MiB; SQLite's log: {log:.0f} MiB")
    return Measured(speeds, memory, log)


def speed_of(server: RunningServer, token: str, field: Field, clients: int, batch: int, seconds: float) -> Speed:
    """The clients' process makes its requests ahead, so that only sending and reading are in the measured time."""
    here, there = multiprocessing.Pipe()
    arguments = (there, server.port, token, field, clients, batch, seconds)
    process = multiprocessing.get_context("spawn").Process(target=send_all, args=arguments)
    process.start()
    there.close()
    before = processor_time(server.pid)
    stored, took, times = here.recv()
    used = (processor_time(server.pid) - before) / stored
    process.join()
    p50, p99 = (times[int(len(times) * share)] for share in (0.5, 0.99))
    how = "singly" if batch == 1 else f"in batches of {batch}"
    print(
        f"{clients:>3} clients {how:<16} {stored / took:>7.0f} responses/s   a request: p50 {p50 * 1e3:>4.0f}"
        f"   p99 {p99 * 1e3:>4.0f}   slowest {times[-1] * 1e3:>4.0f} ms   processor: {used * 1e6:.0f} µs a response",
        flush=True,
    )
    return Speed(stored / took, p99)


def wait_until_counted(settings: Settings) -> None:
    """The publisher counts what came before at its own pace; the comparison begins after that."""
    database = open_database(settings)
    try:
        while True:
            with database.read() as connection:
                if not response_changes.is_any(connection):
                    return
            time.sleep(0.5)
    finally:
        database.close()


def send_all(told: Any, port: int, token: str, field: Field, clients: int, batch: int, seconds: float) -> None:
    ahead = int(seconds * (1_500 if batch == 1 else 8_000) / batch / clients) + 1
    work = [[request_of(token, field, batch) for _ in range(ahead)] for _ in range(clients)]
    took: list[float] = []
    start = threading.Barrier(clients + 1)
    end = [0.0]
    threads = [threading.Thread(target=send, args=(port, mine, start, end, took)) for mine in work]
    for thread in threads:
        thread.start()
    end[0] = time.monotonic() + seconds
    start.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    told.send((len(took) * batch, time.monotonic() - began, sorted(took)))


def request_of(token: str, field: Field, batch: int) -> bytes:
    made = rows(field, random.getrandbits(64))
    sent = [{"id": row.id, "sha256": row.sha256, "body": row.body} for row, _ in zip(made, range(batch), strict=False)]
    content = json.dumps({"responses": sent}, ensure_ascii=False, separators=(",", ":")).encode()  # as tablets write it
    head = (
        f"POST /api/v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def send(port: int, work: list[bytes], start: threading.Barrier, end: list[float], took: list[float]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start.wait()
        for request in work:
            began = time.monotonic()
            if began > end[0]:
                return
            connection.sendall(request)
            answer = read_answer(connection)
            if answer.count(b'"stored"') != request.count(b'"sha256"'):
                raise RuntimeError(answer[:400])
            took.append(time.monotonic() - began)


def read_answer(connection: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65_536)
    head, _, content = read.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(content) < length:
        content += connection.recv(65_536)
    return content


def enrolled(server: RunningServer) -> str:
    sent = json.dumps({"code": server.enrolment_code(), "name": "Máy đo"}).encode()
    request = urllib.request.Request(
        f"{server.url}/api/v1/devices/enrol", sent, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.load(answer)["token"])


def fill_up(settings: Settings, field: Field, wanted: int) -> None:
    """Responses with their audit entries, many in one commit."""
    database = open_database(settings)
    made = rows(field, 2, (FIELD_WORK * (1 - n / wanted) for n in range(wanted)))
    try:
        with database.read() as connection:
            pattern = connection.execute(select(response).limit(1)).mappings().one()
        shared = NewResponse(**{name: pattern.get(name, b"") for name in NewResponse._fields})
        for _ in range(wanted // 1_000):
            some = [next(made) for _ in range(1_000)]
            kept = [shared._replace(id=row.id, sha256=row.sha256, body=compress(row.body)) for row in some]
            told = [
                audit.entry("receive_response", f"response:{row.id}", detail={"sha256": row.sha256}) for row in some
            ]
            database.write(lambda c, kept=kept, told=told: (responses.add_all(c, kept), audit.record_all(c, told)))
    finally:
        database.close()


def where_the_time_goes(settings: Settings, field: Field) -> None:
    """The steps of one response in one thread, without HTTP."""
    database = open_database(settings)
    try:
        made = rows(field, 3)
        some = [next(made) for _ in range(2_000)]
        reading, envelopes = timed(lambda: [parse_row(database, row) for row in some])
        context = ReceivingContext.of(database)
        ready = context.versions.find("forty_questions", "1")
        assert ready is not None
        checking, _ = timed(lambda: [ready.checker.check(each.answers, each.completed_at) for each in envelopes])
        sender = surveyor_of(field)
        batches = [some[start : start + BATCH] for start in range(0, 1_500, BATCH)]
        batched, _ = timed(lambda: [receive(context, sender, batch) for batch in batches])
        singly, _ = timed(lambda: [receive(context, sender, [row]) for row in some[1_500:]])
    finally:
        database.close()
    print("\nwhere the time of one response goes, in µs")
    whole = batched / 1_500
    steps = {"reading it": reading / 2_000, "checking its answers": checking / 2_000}
    steps[f"keeping it, in batches of {BATCH}"] = whole - sum(steps.values())
    steps["the whole of it, in batches, without HTTP"] = whole
    steps["the whole of it, singly, without HTTP"] = singly / 500
    for name, took in steps.items():
        print(f"  {name:<44}{took * 1e6:>8.0f}")


def timed(work: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def flush_time(folder: Path) -> float:
    with (folder / "flushed").open("wb") as file:
        began = time.perf_counter()
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - began) / 50


def web_processes(server: int) -> list[int]:
    """The server and the processes that it started: with a publisher, that one too."""
    found = [server]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"PPid:\t{server}\n" in status.read_text():
                found.append(int(status.parent.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def resident(server: int) -> float:
    """MiB in memory of the heaviest web process; 0 where the system does not say."""
    found = [0.0]
    for pid in web_processes(server):
        status = Path(f"/proc/{pid}/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
            found.append(int(line.split()[1]) / 1024)
    return max(found)


def processor_time(server: int) -> float:
    """Seconds of processor that the web processes have used; 0 where the system does not say."""
    used = 0.0
    for pid in web_processes(server):
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            fields = stat.read_text().rpartition(")")[2].split()
            used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def judge(empty: Measured, full: Measured, published: Measured | None) -> int:
    singles, batches = empty.speeds[32, 1].rate, empty.speeds[8, BATCH].rate
    share = min(full.speeds[shape].rate / empty.speeds[shape].rate for shape in ((32, 1), (8, BATCH)))
    met = {
        f"{singles:.0f} singles/s from 32 clients, {MIN_SINGLES} wanted": singles >= MIN_SINGLES,
        f"{batches:.0f}/s in batches, {MIN_IN_BATCHES} wanted": batches >= MIN_IN_BATCHES,
        f"{share:.0%} of it on a full table, {MIN_SHARE:.0%} wanted": share >= MIN_SHARE,
        f"{full.memory:.0f} MiB, {MAX_MIB} at most": full.memory <= MAX_MIB,
    }
    if published is not None:
        shares = {shape: published.speeds[shape].rate / full.speeds[shape].rate for shape in SHAPES}
        told = " · ".join(f"{shares[shape]:.2f}" for shape in SHAPES)
        p99 = published.speeds[32, 1].p99
        met[f"{told} of it with the publisher, {MIN_SHARE} wanted of single uploads"] = all(
            shares[shape] >= MIN_SHARE for shape in SHAPES if shape[1] == 1
        )
        met[f"{p99 * 1e3:.0f} ms at p99 with the publisher, {MAX_P99 * 1e3:.0f} at most"] = p99 <= MAX_P99
        met[f"{published.log:.0f} MiB of SQLite's log, {MAX_LOG_MIB} at most"] = published.log <= MAX_LOG_MIB
    print()
    for text, good in met.items():
        print(f"{'met   ' if good else 'MISSED'} {text}")
    return 0 if all(met.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
