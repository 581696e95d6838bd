"""How long `serve` takes from its start to its first answer.

    python benchmarks/start.py [--runs 15] [--python OTHER/.venv/bin/python]

On a prepared database, bytecode cached. First the processor time of the server's processes together, without the
publisher, which starts afterwards: other programs on the machine change it least. Then the time elapsed as `serve` runs
by default, with publisher and request log; it means something on a quiet machine only. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

PATHS = ("/healthz", "/login")
MAX_PROCESSOR = 0.45  # seconds
MAX_ELAPSED = 0.5  # seconds
TICK = os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--python", default=sys.executable, help="of the installation to measure")
    options = parser.parse_args()
    program = [options.python, "-m", "survey_server.cli"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        environment["SURVEY_DATA_DIR"] = folder
        subprocess.run([*program, "init"], env=environment, stdout=subprocess.DEVNULL, check=True)

        def medians(path: str, request_log: str, *arguments: str) -> tuple[float, float]:
            command = [*program, "serve", *arguments]
            set_log = environment | {"SURVEY_REQUEST_LOG": request_log}
            start(command, set_log, path)  # fills the cache of bytecode
            runs = [start(command, set_log, path) for _ in range(options.runs)]
            processor, elapsed = (statistics.median(each) for each in zip(*runs, strict=True))
            return processor, elapsed

        processor = {path: medians(path, "0", "--no-publisher")[0] for path in PATHS}
        _, elapsed = medians(PATHS[0], "1")
    for path, seconds in processor.items():
        print(f"{path:9}: {seconds:.2f} s of processor until the first answer (median; limit {MAX_PROCESSOR})")
    print(f"{PATHS[0]:9}: first answer after {elapsed:.2f} s, with publisher and log (median; limit {MAX_ELAPSED})")
    return int(max(processor.values()) > MAX_PROCESSOR or elapsed > MAX_ELAPSED)


def start(command: list[str], environment: Mapping[str, str], path: str) -> tuple[float, float]:
    """Seconds of processor and of time from the start to the first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.monotonic()
    silent = subprocess.DEVNULL
    with subprocess.Popen([*command, "--port", str(port)], env=environment, stdout=silent, stderr=silent) as server:
        try:
            wait_for_answer(f"http://127.0.0.1:{port}{path}")
            return processor_seconds(server.pid), time.monotonic() - started
        finally:
            server.terminate()


def wait_for_answer(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except OSError:  # nothing listens yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.005)


def processor_seconds(pid: int) -> float:
    """Of a process and of its children, down to the last."""
    task = Path(f"/proc/{pid}")
    ticks = sum(int(each) for each in (task / "stat").read_text().rpartition(")")[2].split()[11:15])
    children = (task / "task" / str(pid) / "children").read_text().split()
    return ticks / TICK + sum(processor_seconds(int(child)) for child in children)


if __name__ == "__main__":
    sys.exit(main())
