"""Fixtures of all tests: real databases, a real server process, a real browser. Without them a test fails; none is
skipped."""

from __future__ import annotations

import dataclasses
import gc
import itertools
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from survey_server.settings import MIN_SECRET_LENGTH, SECRET_FILE, Settings, read_settings
from survey_server.storage.lock import FileLock
from tests.support.server import RunningServer
from tests.support.sizes import QUICK_VARIABLE, choose_examples

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

    from survey_server.storage.database import Database
    from tests.support.postgres import Cluster, EmptiedDatabase

_NUMBER = itertools.count(1)
# They prepare the whole demo, or start another Python or PostgreSQL.
_SLOW_FIXTURES = frozenset({"prepared_demo", "run", "postgres", "migrated_postgres"})
_MEMORY, _MEMORY_NEEDED = Path("/dev/shm"), 2**30
_SECRET = secrets.token_hex(MIN_SECRET_LENGTH)
_DIALECT: dict[str, Any] = {}
_COMPILED_STATEMENTS: dict[Any, Any] = {}


_ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv"
if sys.dont_write_bytecode and Path(sys.prefix).resolve() == _ENVIRONMENT:
    # Nothing may be written beside the sources. Compiling them again takes each worker twice as long as importing them.
    sys.pycache_prefix = str(_ENVIRONMENT / "bytecode-of-tests")
    sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    """In the quick loop, where slow tests are left out, tests of random examples take fewer, and temporary files lie in
    memory. The tests of a file run in one worker, so that what they share is prepared once."""
    from hypothesis import HealthCheck, settings as rules

    is_quick = "not slow" in config.getoption("markexpr", "")
    if is_quick:
        os.environ[QUICK_VARIABLE] = "1"
    # How long an example takes to draw depends on what else the machine does, and on when garbage is collected.
    suppressed = {*rules().suppress_health_check, HealthCheck.too_slow}
    examples = choose_examples(rules().max_examples)
    rules.register_profile("ours", max_examples=examples, suppress_health_check=suppressed)
    rules.load_profile("ours")
    if is_quick and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _MEMORY_NEEDED:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    if config.getoption("dist", "no") == "load":
        config.option.dist = "loadfile"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests as slow whose fixtures are."""
    for item in items:
        if not _SLOW_FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_collection() -> None:
    """Import without the garbage collector, which takes a fifth of that time and finds nothing."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Keep the garbage collector off what was imported: that lives until the end, and is searched again and again. With
    the usual thresholds it would run thousands of times, and takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _questionnaires_compiled_once() -> Iterator[None]:
    """Hundreds of databases hold the same questionnaire, and a version depends on nothing but its sources."""
    from survey_server.services import questionnaire_versions

    with pytest.MonkeyPatch.context() as patch:
        compile_once = lru_cache(100)(questionnaire_versions.compile_version)
        patch.setattr(questionnaire_versions, "compile_version", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[PasswordHasher]:
    """The program's own, at its real price (tests/services/test_passwords.py); all other tests hash cheaply."""
    from argon2 import PasswordHasher

    from survey_server.services import passwords

    real = passwords._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield real


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this run of tests, the same in all its processes."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def postgres(shared_folder: Path) -> Iterator[Cluster]:
    from tests.support.postgres import shared_cluster

    with shared_cluster(shared_folder) as cluster:
        yield cluster


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a fresh installation in a temporary folder, on SQLite."""
    for name in (
        "DATABASE_URL",
        "SECRET_KEY",
        "HOST",
        "PORT",
        "QUESTIONNAIRES_DIR",
        "LANGUAGE",
        "SUPPRESS_BELOW",
        "SECOND_FACTOR",
    ):
        monkeypatch.delenv(f"SURVEY_{name}", raising=False)
    monkeypatch.setenv("SURVEY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SURVEY_SECOND_FACTOR", "never")  # tests/web/test_second_factor.py asks for it
    secret = tmp_path / "data" / SECRET_FILE  # written here: the program would flush a new one to the disk
    secret.parent.mkdir(mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text(_SECRET, encoding="ascii")
    return read_settings()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file; copying it takes a hundredth of the time of migrating."""
    file = tmp_path_factory.mktemp("migrated") / "survey.sqlite3"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Cluster) -> Iterator[EmptiedDatabase]:
    """An empty, migrated PostgreSQL database; emptying it after a test takes a tenth of creating another."""
    from tests.support.postgres import EmptiedDatabase

    url = postgres.create_database()
    _migrate(url)
    with closing(EmptiedDatabase(url)) as emptied:
        yield emptied


@pytest.fixture
def sqlite_database(settings: Settings, migrated_file: Path) -> Iterator[Database]:
    shutil.copy(migrated_file, settings.data_dir / migrated_file.name)
    yield from _opened(settings)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """An empty, migrated database: the same test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    emptied: EmptiedDatabase = request.getfixturevalue("migrated_postgres")
    # What a process knows of a database it keeps under its address: each test has one of its own.
    address = f"{emptied.url}?application_name=test_{next(_NUMBER)}"
    try:
        yield from _opened(dataclasses.replace(settings, database_url=address))
    finally:
        emptied.empty()


@pytest.fixture(scope="session")
def built_app() -> Flask:
    """The application without a survey: its routes and templates are compiled once for all tests."""
    from survey_server.app import build_app

    return build_app()


@pytest.fixture
def app(built_app: Flask, settings: Settings, sqlite_database: Database) -> Iterator[Flask]:
    """The application bound to this test's database; what a test changes of the configuration is undone."""
    from survey_server.app import bind_runtime
    from survey_server.runtime import open_runtime

    config = dict(built_app.config)
    bind_runtime(built_app, open_runtime(settings, sqlite_database))
    yield built_app
    built_app.config.clear()
    built_app.config.update(config)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _migrate(url: str) -> None:
    from survey_server.storage.database import Database
    from survey_server.storage.migrate import migrate

    opened = Database(url)
    migrate(opened)
    opened.close()


def _opened(settings: Settings) -> Iterator[Database]:
    from sqlalchemy import event

    from survey_server.storage.database import open_database

    opened = open_database(settings)
    if opened.is_sqlite:
        for engine in (opened.engine, opened.writing_engine):
            event.listen(engine, "connect", _turn_off_flushing)
            # Each statement is compiled once for all databases of a process, as where there is one.
            engine.dialect = _DIALECT.setdefault("sqlite", engine.dialect)
            engine.update_execution_options(compiled_cache=_COMPILED_STATEMENTS)
    try:
        yield opened
    finally:
        opened.close()


def _turn_off_flushing(connection: Any, _record: object) -> None:
    """As in the tests' PostgreSQL: no test cuts the machine's power."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A data directory with the small demo; copy it, never write to it."""
    from tests.support.small_demo import prepare_small_demo

    folder = tmp_path_factory.mktemp("small-demo") / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(migrated_file, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATA_DIR", str(folder))
        patch.delenv("SURVEY_DATABASE_URL", raising=False)
        settings = read_settings()
        for database in _opened(settings):
            prepare_small_demo(database, settings, folder.parent)
    return folder


@pytest.fixture(scope="session")
def prepared_demo(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Path:
    """A data directory that `init --demo` prepared once, for all the processes of a test run; copy it, never write to
    it."""
    folder = shared_folder / "prepared-demo"
    lock = FileLock(shared_folder / "prepared-demo.lock")
    with closing(lock), lock:
        if not folder.exists():
            server = RunningServer(tmp_path_factory.mktemp("preparing-demo"))
            server.run("init", "--demo")
            server.data_dir.rename(folder)
    return folder


@pytest.fixture
def demo(prepared_demo: Path, tmp_path: Path) -> Path:
    """A data directory of one's own with the demo in it."""
    return Path(shutil.copytree(prepared_demo, tmp_path / "demo"))


@pytest.fixture
def start_server(demo: Path) -> Iterator[Callable[..., RunningServer]]:
    """Start a server process on the demo; every one that a test started ends with it."""
    started: list[RunningServer] = []

    def start(*, publisher: bool = True) -> RunningServer:
        server = RunningServer(demo, publisher=publisher)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def running_server(start_server: Callable[..., RunningServer]) -> RunningServer:
    return start_server()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from tests.support.chromium import running_browser

    with running_browser() as running:
        yield running
