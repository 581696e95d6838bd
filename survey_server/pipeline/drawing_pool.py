"""The publisher's worker processes: they start with the first task, and end when there was none for a while.

They are forked from a server process of multiprocessing, which has imported what they share and holds no data.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from time import monotonic

from survey_server.domain import DatabaseError
from survey_server.log_limit import limit_logs
from survey_server.parent_process import end_with_starter
from survey_server.pipeline.draw import ChartDrawer, Result, Task
from survey_server.pipeline.limits import release_memory
from survey_server.settings import Settings

WORKERS = max(1, min(2, (os.cpu_count() or 1) // 2))  # a worker has 130 MiB, and half of the machine is for uploads
IDLE_TIMEOUT = 10.0  # seconds without a task after which a worker ends
MAX_ATTEMPTS = 2  # at a task whose worker died
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed. `is_of_machine`: whether it may succeed later, such as after a full disk."""

    text: str
    is_of_machine: bool


@dataclass(slots=True, eq=False)
class Job:
    """A task in the pool; `result` or `failure` is there once it is done."""

    task: Task
    result: Result | None = None
    failure: Failure | None = None
    attempts: int = 0

    @property
    def is_done(self) -> bool:
        return self.result is not None or self.failure is not None


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    job: Job | None = None
    idle_since: float = field(default_factory=monotonic)


class DrawingPool:
    """Runs tasks in the order in which they were submitted. Nothing happens but within its methods."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context = _context()
        self._waiting: deque[Job] = deque()
        self._workers: list[_Worker] = []

    def submit(self, task: Task) -> Job:
        job = Job(task)
        self._waiting.append(job)
        return job

    def warm_up(self) -> None:
        """Start the workers: there will be tasks soon. Importing takes them a second."""
        while len(self._workers) < WORKERS:
            self._workers.append(self._start_worker())
        for worker in self._workers:
            worker.idle_since = monotonic()

    def poll(self) -> None:
        """Take the results of finished tasks, start waiting ones, end workers that were idle for IDLE_TIMEOUT."""
        for worker in list(self._workers):
            if worker.connection.poll():
                self._receive(worker)
            elif worker.job is None and not self._waiting and monotonic() - worker.idle_since > IDLE_TIMEOUT:
                self._end(worker)
        if self._waiting:
            self.warm_up()
        for worker in list(self._workers):
            if worker.job is None and self._waiting:
                self._send(worker, self._waiting.popleft())

    def is_idle(self) -> bool:
        return not self._waiting and all(worker.job is None for worker in self._workers)

    def processes(self) -> list[BaseProcess]:
        return [worker.process for worker in self._workers]

    def close(self) -> None:
        """End the workers at once; tasks that run are lost."""
        self._waiting.clear()
        for worker in list(self._workers):
            worker.process.terminate()
            self._end(worker)

    def _start_worker(self) -> _Worker:
        here, there = self._context.Pipe()
        process = self._context.Process(  # type: ignore[attr-defined]  # of each kind of context
            target=run_worker, args=(self._settings, there), name="drawing", daemon=True
        )
        process.start()
        there.close()  # so that the end of the worker is an end of file here
        return _Worker(process, here)

    def _send(self, worker: _Worker, job: Job) -> None:
        job.attempts += 1
        worker.job = job
        try:
            worker.connection.send(job.task)
        except OSError:
            self._replace(worker)

    def _receive(self, worker: _Worker) -> None:
        job = worker.job
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return
        worker.job, worker.idle_since = None, monotonic()
        if job is not None:
            job.result, job.failure = answer

    def _replace(self, worker: _Worker) -> None:
        """After the death of a worker: its task is tried once more, by another."""
        job, worker.job = worker.job, None
        self._end(worker)
        if job is None:
            return
        _log.error("a drawing process ended in the middle of %r", job.task)
        if job.attempts < MAX_ATTEMPTS:
            self._waiting.appendleft(job)
        else:
            job.failure = Failure("the drawing process ended", is_of_machine=True)

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join(0)


def _context() -> BaseContext:
    """Forked from a process without threads, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "survey_server.questionnaire.load"])  # to read contexts of rounds
    return context


def run_worker(settings: Settings, connection: Connection) -> None:
    """The main function of a worker: run tasks until the publisher closes the connection or ends."""
    end_with_starter()
    limit_logs()
    drawer = ChartDrawer(settings)
    drawer.prepare()
    gc.freeze()  # what was imported stays: it need not be searched for garbage
    while True:
        try:
            task: Task = connection.recv()
        except EOFError:
            os._exit(0)
        try:
            answer: tuple[Result | None, Failure | None] = (drawer.run(task), None)
        except Exception as error:
            _log.exception("cannot draw %r", task)
            is_of_machine = isinstance(error, (OSError, MemoryError, DatabaseError))
            answer = None, Failure(repr(error), is_of_machine)
        try:
            connection.send(answer)
        except OSError:
            os._exit(1)
        release_memory()
