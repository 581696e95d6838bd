"""How much processor time `serve` takes from its start to its first answer.

    python benchmarks/start.py [--runs 15] [--python OTHER/.venv/bin/python]

Of the server's processes together, on a prepared database, bytecode cached, without the publisher, which starts
afterwards. Processor time, because other programs on the machine change it least. Linux only: it reads /proc.
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
MAX_SECONDS = 0.45
TICK = os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--python", default=sys.executable, help="of the installation to measure")
    options = parser.parse_args()
    program = [options.python, "-m", "survey_server.cli"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    medians = []
    with tempfile.TemporaryDirectory() as folder:
        environment |= {"SURVEY_DATA_DIR": folder, "SURVEY_REQUEST_LOG": "0"}
        subprocess.run([*program, "init"], env=environment, stdout=subprocess.DEVNULL, check=True)
        for path in PATHS:
            start(program, environment, path)  # fills the cache of bytecode
            runs = [start(program, environment, path) for _ in range(options.runs)]
            medians.append(statistics.median(processor for processor, _ in runs))
            elapsed = statistics.median(elapsed for _, elapsed in runs)
            print(f"{path:9}: {medians[-1]:.2f} s of processor until the first answer, after {elapsed:.2f} s (medians)")
    if max(medians) > MAX_SECONDS:
        print(f"too slow: {MAX_SECONDS} s of processor is the limit")
    return int(max(medians) > MAX_SECONDS)


def start(program: list[str], environment: Mapping[str, str], path: str) -> tuple[float, float]:
    """Seconds of processor and of time from the start to the first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.monotonic()
    command = [*program, "serve", "--no-publisher", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
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
