"""A server process that is started, stopped, killed and started again on the same port and data."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ENROLMENT_CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{8}\b")


class RunningServer:
    """`survey-server serve` on a data directory that `init` prepared; `under`: what runs it, such as strace."""

    def __init__(
        self,
        data_dir: Path,
        *,
        database_url: str | None = None,
        publisher: bool = True,
        processes: int | None = None,
        under: Sequence[str] = (),
    ) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir / "server.log"
        self._publisher = publisher
        self._under = under
        self._database_url = database_url or f"sqlite:///{data_dir / 'survey.sqlite3'}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")},
            "SURVEY_DATA_DIR": str(data_dir),
            "SURVEY_REQUEST_LOG": "0",
            **({"SURVEY_DATABASE_URL": database_url} if database_url else {}),
            **({"SURVEY_PROCESSES": str(processes)} if processes else {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a verb of survey-server on the same data."""
        done = subprocess.run(
            [sys.executable, "-m", "survey_server.cli", *arguments],
            env=self.environment, capture_output=True, text=True, timeout=170,
        )  # fmt: skip
        if check and done.returncode:
            raise RuntimeError(f"survey-server {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def start(self) -> None:
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start the process, and do not wait until it answers."""
        command = [*self._under, sys.executable, "-m", "survey_server.cli", "serve", "--port", str(self.port)]
        if not self._publisher:
            command.append("--no-publisher")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def wait_until_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                if self._process is not None and self._process.poll() is not None:
                    break
                time.sleep(0.02)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text(errors='replace')[-3000:]}")

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server without a chance to clean up, as a power cut would."""
        self._end(signal.SIGKILL)

    def enrolment_code(self, account: str = "surveyor") -> str:
        """A new code, without starting `survey-server enrol-device`, which takes a second."""
        from survey_server.services.devices import make_code
        from survey_server.storage.database import Database

        database = Database(self._database_url, lock_dir=self.data_dir)
        try:
            return make_code(database, account)
        finally:
            database.close()

    def wait(self) -> int:
        """The exit code, once it has ended by itself or by a signal."""
        assert self._process is not None
        code = self._process.wait(timeout=30)
        self._process = None
        return code

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=5)
        self._process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
