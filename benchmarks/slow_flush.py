"""How many single uploads a second two web processes take while each flush of the disk takes long.

    python benchmarks/slow_flush.py [--flush 0.4] [--clients 160] [--seconds 8]

strace delays the flushes of a real server process on SQLite, without a publisher.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.receive import prepare, rows
from survey_server.services.receiving.parse import UploadedRow
from survey_server.settings import read_settings
from tests.support.server import RunningServer
from tests.support.uploading import count_stored, enrol, flushing_in

PROMISED = 100.0  # uploads a second with flushes of 0.4 s


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flush", type=float, default=0.4, help="seconds that a flush takes")
    parser.add_argument("--clients", type=int, default=160)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["SURVEY_DATA_DIR"] = folder
        settings = dataclasses.replace(read_settings(), processes=2)
        field = prepare(settings, Path(folder))
        made, lock = rows(field, 5), threading.Lock()

        def make_row() -> UploadedRow:
            with lock:
                return next(made)

        server = RunningServer(Path(folder), publisher=False, processes=2, under=flushing_in(options.flush))
        server.start()
        try:
            token = enrol(server)
            count_stored(server, token, make_row, options.clients, 5 * options.flush)  # all connections are open then
            stored = count_stored(server, token, make_row, options.clients, options.seconds)
        finally:
            server.kill()
    rate = stored / options.seconds
    print(f"{rate:.0f} uploads/s from {options.clients} clients with flushes of {options.flush} s")
    return 0 if rate >= PROMISED else 1


if __name__ == "__main__":
    sys.exit(main())
