"""The database: consistent reads, and one writer thread that commits groups of writes.

A durable commit costs a flush of the disk, with one row or with fifty. So writes that wait at the same time share a
commit, each in its own SAVEPOINT: one that fails is rolled back alone, and no write returns before its commit is on
the disk. Writes of one kind may also share their statements: only one writer can run at a time, and each statement may
have to wait for the interpreter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, exc
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError as PoolTimeoutError

from survey_server.domain import DatabaseError, DatabaseUnavailableError
from survey_server.settings import Settings
from survey_server.storage import prepared
from survey_server.storage.checkpoints import Checkpointer
from survey_server.storage.engine import database_files, make_engine
from survey_server.storage.lock import FairLock

__all__ = ["Connection", "Database", "open_database"]

T = TypeVar("T")
Item = TypeVar("Item")
MAX_GROUP_SIZE = 96
_WRITERS = 7_201_232_013  # the advisory lock of PostgreSQL that every group of writes takes


_Work = Callable[[Connection, Sequence[Any]], Sequence[Any]]


@dataclass(slots=True)
class _Waiting:
    """A write in the queue. `work` gets the items of all writes with the same `work` and returns their results."""

    work: _Work
    item: Any
    answer: Future[Any]


_Outcome = tuple[_Waiting, Any, Exception | None]


class Database:
    """Opened once a process; safe to use from any number of threads.

    `lock_dir` holds the lock that orders the writers of several processes on one SQLite file. `write_timeout`: seconds
    for which a caller waits until its write is durable; None: until it is.
    """

    def __init__(self, url: str, *, lock_dir: Path | None = None, write_timeout: float | None = None) -> None:
        self.engine = make_engine(url)
        self._driver: Any = self.engine.dialect.dbapi
        self._write_timeout = write_timeout
        self.while_waiting: Callable[[], AbstractContextManager[None]] = nullcontext  # entered by a thread that waits
        self.address = str(self.engine.url)  # without the password; caches use it as a key
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.files = database_files(self.engine.url)
        # SQLite: one connection writes, whose cache stays filled; each further one would flush the folder once too.
        self.writing_engine = make_engine(url, connections=1) if self.files else self.engine
        # On PostgreSQL an advisory lock orders the writers.
        self._lock = FairLock(lock_dir / "writers.lock") if lock_dir is not None and self.is_sqlite else None
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._writer: threading.Thread | None = None
        self._lock_dir = lock_dir
        self._checkpointer: Checkpointer | None = None
        self._starting = threading.Lock()
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot for the whole block. Raises DatabaseError."""
        options: dict[str, Any] = {}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        try:
            with self.engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
        except (SQLAlchemyError, self._driver.Error) as error:
            raise as_database_error(error, self._driver) from error

    def write(self, work: Callable[[Connection], T], *, timeout: float | None = None) -> T:
        """Run `work` in the writer thread and return its result after the commit is durable.

        An exception of `work` rolls back only its own changes and is raised here. Raises DatabaseUnavailableError
        where the database cannot commit, and nothing of the write is kept, or where it does not in time (`timeout` in
        seconds, else that of the database): then the write is left out unless it has begun, and may come later.
        """
        return self.write_joined(lambda connection, _: [work(connection)], None, timeout=timeout)

    def write_joined(
        self, work: Callable[[Connection, Sequence[Item]], Sequence[T]], item: Item, *, timeout: float | None = None
    ) -> T:
        """Like `write`, for work that takes several items: those that wait for the same function are passed to it
        together, and it returns their results in order.

        `work` may run again with fewer items: where it fails for several, each is tried alone.
        """
        if threading.current_thread() is self._writer:
            raise RuntimeError("a write within a write: pass the connection instead")
        self.start_writer()
        answer: Future[T] = Future()
        self._waiting.put(_Waiting(work, item, answer))
        try:
            with self.while_waiting():
                return answer.result(self._write_timeout if timeout is None else timeout)
        except TimeoutError:
            if answer.done():  # at the last moment; or the work has raised it
                return answer.result()
            answer.cancel()
            raise DatabaseUnavailableError("the database takes too long to write") from None

    def close(self) -> None:
        with self._starting:
            if self._closed:
                return
            self._closed = True
            if self._writer is not None:
                self._waiting.put(None)
                self._writer.join()
        self.release_connections()
        if self._lock is not None:
            self._lock.close()

    def release_connections(self) -> None:
        """Close every connection that is not in use. None is opened until the next read or write."""
        checkpointer, self._checkpointer = self._checkpointer, None
        if checkpointer is not None:
            checkpointer.stop()
        self.engine.dispose()
        self.writing_engine.dispose()

    def start_writer(self) -> None:
        """Start the threads that write now, not with the first write: they keep the priority of the calling thread."""
        if self._writer is not None and not self._closed:
            return
        with self._starting:
            if self._closed:
                raise DatabaseUnavailableError("the database is closed")
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_groups, name="database-writer", daemon=True)
                self._writer.start()
                if self._lock is not None and self._lock_dir is not None:
                    self._checkpointer = Checkpointer(self._connect_driver, self._lock_dir)

    def _connect_driver(self) -> Any:
        """A connection outside any transaction; closing it gives it back to the pool."""
        return self.engine.raw_connection()

    def _write_groups(self) -> None:
        while (first := self._waiting.get()) is not None:
            self._write_group(first)
            if (checkpointer := self._checkpointer) is not None:
                checkpointer.note_write()

    def _write_group(self, first: _Waiting) -> None:
        """Commit a write with those that wait once the lock is held: while another process commits, more arrive."""
        group = [first]
        try:
            with (
                self._lock or nullcontext(),
                self.writing_engine.connect().execution_options(writing=True) as connection,
                connection.begin(),
            ):
                if not self.is_sqlite:  # one group at a time, as on SQLite: what a write read stays true until it ends
                    prepared.run(connection, f"SELECT pg_advisory_xact_lock({_WRITERS})")
                self._add_waiting(group)
                group = [each for each in group if each.answer.set_running_or_notify_cancel()]
                done = [
                    outcome
                    for work, same in groupby(group, key=lambda waiting: waiting.work)
                    for outcome in _in_savepoint(connection, work, list(same))
                ]
        except BaseException as error:
            unavailable = DatabaseUnavailableError(_driver_message(error))
            unavailable.__cause__ = error
            for waiting in group:
                if waiting.answer.running() or waiting.answer.set_running_or_notify_cancel():
                    waiting.answer.set_exception(unavailable)
            return
        for waiting, result, failure in done:
            if failure is None:
                waiting.answer.set_result(result)
            else:
                waiting.answer.set_exception(failure)

    def _add_waiting(self, group: list[_Waiting]) -> None:
        """Fill a group up with the writes that wait, in their order."""
        while len(group) < MAX_GROUP_SIZE and not self._waiting.empty():
            following = self._waiting.get()
            if following is None:  # the database is being closed: found again after this group
                self._waiting.put(None)
                return
            group.append(following)


def _in_savepoint(connection: Connection, work: _Work, group: list[_Waiting]) -> list[_Outcome]:
    """Run the writes of one kind. An error of the database itself (disk full, lost connection) fails the whole commit;
    any other fails only its own write, which is found by trying each alone."""
    prepared.run(connection, "SAVEPOINT one_write")
    try:
        results = work(connection, [waiting.item for waiting in group])
    except Exception as error:
        if _is_of_the_database(error, connection):
            raise
        prepared.run(connection, "ROLLBACK TO SAVEPOINT one_write")
        prepared.run(connection, "RELEASE SAVEPOINT one_write")
        if len(group) == 1:
            if isinstance(error, SQLAlchemyError):
                refused = as_database_error(error)
                refused.__cause__ = error
                error = refused
            return [(group[0], None, error)]
        return [outcome for waiting in group for outcome in _in_savepoint(connection, work, [waiting])]
    prepared.run(connection, "RELEASE SAVEPOINT one_write")
    return [(waiting, result, None) for waiting, result in zip(group, results, strict=True)]


def _is_of_the_database(error: Exception, connection: Connection) -> bool:
    """Whether the state of the database caused it; raised by SQLAlchemy or by the driver itself."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return _is_temporary(error, connection.dialect.dbapi)


def as_database_error(error: Exception, driver: Any = exc) -> DatabaseError:
    """The error that other layers know, with SQLAlchemy's or the driver's as its cause."""
    is_unavailable = _is_temporary(error, driver) or isinstance(error, PoolTimeoutError)
    return (DatabaseUnavailableError if is_unavailable else DatabaseError)(_driver_message(error))


def _is_temporary(error: Exception, driver: Any) -> bool:
    """Whether the state of the database or of its machine caused an error, not what was asked of it: a full or failing
    disk, a lost connection, a read-only or recovering server, a time-out, a damaged file.

    Drivers raise OperationalError for most of these; InternalError for a read-only PostgreSQL and its damaged data;
    DatabaseError itself for a damaged file of SQLite; InterfaceError for a connection that was closed.
    """
    kinds = [
        getattr(names, f"{name}Error") for names in (exc, driver) for name in ("Operational", "Internal", "Interface")
    ]
    return isinstance(error, tuple(kinds)) or type(error) in (exc.DatabaseError, driver.DatabaseError)


def _driver_message(error: BaseException) -> str:
    """Without the statement and its values, which SQLAlchemy adds."""
    return str(getattr(error, "orig", None) or error)


def open_database(settings: Settings, *, write_timeout: float | None = None) -> Database:
    return Database(settings.database_url, lock_dir=settings.data_dir, write_timeout=write_timeout)
