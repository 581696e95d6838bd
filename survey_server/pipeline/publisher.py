"""The publisher: one process that tallies changed leaves and has their charts drawn by two worker processes.

A lock keeps it the only one. It polls for changes three times a second. Killed at any point, the next publisher
continues: tallies are in the database, drawn charts are named by a manifest, and everything else is done again.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from analysis.i18n import languages
from analysis.round_tally import COUNTRY, RoundTally, with_ancestors
from analysis.suppression import SuppressionDigests
from survey_server.clock import now_text
from survey_server.pipeline.build import build_digest, program_digest
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.counting import count_pending, recount_marker, recount_outdated
from survey_server.pipeline.draw import (
    DrawingTask,
    draw_charts,
    draw_file,
    reduce_garbage_collection,
    remove_unnamed_folders,
    start_worker,
)
from survey_server.pipeline.round_tally import LeafCache, read_round_tally, release_leaves
from survey_server.services import published_charts as published
from survey_server.services.published_charts import (
    ChartEntry,
    ChartKey,
    ChartManifest,
    ChartPage,
    ChartRequest,
    ChartVersion,
)
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies, rounds
from survey_server.storage.database import Database, open_database
from survey_server.storage.lock import FileLock

CHECK_INTERVAL = 0.3  # seconds between two polls
DRAWING_CHECK_INTERVAL = 0.05  # seconds, while charts are being drawn
RETRY_INTERVAL = 3.0  # seconds after a failure
WORKERS = 2
MAX_AHEAD = 1  # localities drawn ahead at a time: it occupies both workers, and a requested page waits for no more
WATCH_TTL = 600.0  # seconds for which a requested locality is drawn before all others
_log = logging.getLogger(__name__)


def run_publisher(settings: Settings, stopping: Event, *, waits_for_lock: bool = False) -> None:
    """Run until `stopping` is set. If another publisher runs: return, or wait for its end where `waits_for_lock`."""
    lock = FileLock(settings.data_dir / "publisher.lock")
    while not lock.try_acquire():
        if not waits_for_lock:
            _log.warning("another publisher is running on this data directory")
            return
        if stopping.wait(RETRY_INTERVAL):
            return
    reduce_garbage_collection()
    database = open_database(settings)
    publisher = Publisher(settings, database)
    try:
        while not stopping.wait(CHECK_INTERVAL if publisher.is_idle() else DRAWING_CHECK_INTERVAL):
            try:
                publisher.run_once()
            except Exception:  # such as a restarting database or a full disk: retried until it succeeds
                _log.exception("the charts cannot be kept up to date now; trying again")
                stopping.wait(RETRY_INTERVAL)
    finally:
        publisher.close()
        database.close()
        lock.close()


@dataclass(slots=True)
class _Drawing:
    """A locality that is being drawn, by several tasks."""

    path: str
    version: ChartVersion
    tasks: list[Future[list[ChartEntry]]]


@dataclass(slots=True)
class _RoundState:
    """`revisions` and `suppressed` (suppression digests) by path; `ahead`: the paths drawn before any request."""

    context: RoundContext
    newest: ChartVersion
    revisions: dict[str, int]
    suppressed: dict[str, str]
    ahead: list[str]

    def required(self, path: str) -> ChartVersion:
        """The version that a locality's charts should have."""
        return ChartVersion(self.revisions.get(path, 0), self.newest.build + self.suppressed.get(path, ""))


class Publisher:
    def __init__(self, settings: Settings, database: Database) -> None:
        program_digest()  # cached now: an upgrade may replace the files while this process runs
        self._settings = settings
        self._database = database
        self._versions = QuestionnaireVersions(database)
        self._pool = self._new_pool()
        self._rounds: dict[str, _RoundState] = {}
        self._leaves: dict[str, LeafCache] = {}
        self._drawing: dict[ChartKey, _Drawing] = {}
        self._files: dict[Path, Future[None]] = {}
        self._watched: dict[ChartKey, float] = {}
        self._failed: dict[ChartKey, ChartVersion] = {}
        self._tallied_at = 0.0

    def run_once(self) -> None:
        """Tally changed leaves, collect finished drawings, submit new ones."""
        if monotonic() - self._tallied_at >= CHECK_INTERVAL:
            with self._database.read() as connection:
                codes = [each.code for each in rounds.all_rounds(connection)]
                has_changes = leaf_tallies.has_pending_changes(connection)
            for code in codes:
                self._count(code, has_changes=has_changes)
            self._tallied_at = monotonic()
        try:
            self._collect()
            self._answer_requests()
            self._draw_watched()
            self._draw_ahead()
        except BrokenProcessPool:
            self._restart_pool()

    def is_idle(self) -> bool:
        return not self._drawing and not self._files

    def close(self) -> None:
        """Stop at once: an interrupted drawing has no manifest yet and is drawn again next time."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()

    def _new_pool(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a forked process with threads may hang.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(
            WORKERS, mp_context=context, initializer=start_worker, initargs=(self._settings, os.getpid())
        )
        for _ in range(WORKERS):
            pool.submit(os.getpid)  # starts the workers while the first leaves are being tallied
        return pool

    def _restart_pool(self) -> None:
        _log.error("a drawing process died; starting new ones")
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new_pool()
        self._drawing.clear()
        self._files.clear()

    def _count(self, code: str, *, has_changes: bool) -> None:
        state = self._rounds.get(code)
        marker = recount_marker(self._settings, code)
        recounted = marker.exists()
        if state is not None and not recounted and not has_changes:
            return
        marker.unlink(missing_ok=True)
        context = read_round_context(self._database, self._settings, code, self._versions)
        if context is None:
            return
        changed = count_pending(self._database, context)
        if state is None:
            recount_outdated(self._database, context)
        if changed or recounted or state is None:
            release_leaves(self._database, context)
            self._rounds[code] = self._state(context)

    def _state(self, context: RoundContext) -> _RoundState:
        code = context.round.code
        tally = read_round_tally(self._database, context, self._leaves.setdefault(code, LeafCache()))
        revisions = _revisions(tally)
        newest = ChartVersion(tally.cut.revision, build_digest(context))
        digests, questionnaires = SuppressionDigests(tally), tally.questionnaires()
        found = {path: digests.at(path, questionnaires) for path in revisions}
        suppressed = {path: digest for path, digest in found.items() if digest}
        published.write_required_versions(self._settings, code, newest, revisions, suppressed)
        return _RoundState(context, newest, revisions, suppressed, [COUNTRY, *context.info.selected])

    def _find(self, key: ChartKey) -> tuple[_RoundState, str] | None:
        """The round and the path of a locality; None for an unknown one."""
        state = self._rounds.get(key.round)
        rows = state.context.localities.values() if state is not None else ()
        path = next((row.path for row in rows if (row.level, row.code) == (key.level, key.code)), None)
        return (state, path) if state is not None and path is not None else None

    def _answer_requests(self) -> None:
        for file, request in published.pending_requests(self._settings).items():
            found = self._find(request.key)
            if found is None:
                file.unlink(missing_ok=True)
            elif request.format:
                self._answer_file_request(file, request, *found)
            else:
                self._watched[request.key] = monotonic()
                file.unlink(missing_ok=True)

    def _answer_file_request(self, file: Path, request: ChartRequest, state: _RoundState, path: str) -> None:
        """Draw a PNG or PDF of a chart that is drawn already. Where another build drew it, the page is drawn first, and
        the client requests the successor."""
        page = ChartPage(published.read_manifest(self._settings, request.key), state.required(path))
        entry = page.manifest.find(request.chart, request.language) if page.manifest is not None else None
        if page.has_outdated_build:
            self._watched[request.key] = monotonic()
        elif entry is not None and request.format in published.ON_REQUEST:
            if file not in self._files:
                task = self._pool.submit(draw_file, request.key, path, state.newest, entry, request.format)
                self._files[file] = task
            return
        file.unlink(missing_ok=True)

    def _draw_watched(self) -> None:
        """Draw the pages that somebody has open."""
        for key, requested_at in list(self._watched.items()):
            found = self._find(key)
            if found is None or monotonic() - requested_at > WATCH_TTL:
                del self._watched[key]
            else:
                self._draw_outdated(key, *found)

    def _draw_ahead(self) -> None:
        for code, state in self._rounds.items():
            for path in state.ahead:
                if len(self._drawing) >= MAX_AHEAD:
                    return
                row = state.context.localities[path]
                self._draw_outdated(ChartKey(code, row.level, row.code), state, path)

    def _draw_outdated(self, key: ChartKey, state: _RoundState, path: str) -> None:
        """Draw a page that is not current. One whose drawing failed waits until another version is required.

        A task a questionnaire where everything is drawn, since adding up leaves, half of the work, serves both
        languages; a task a language where a response changed one questionnaire.
        """
        required = state.required(path)
        if key in self._drawing or self._failed.get(key) == required:
            return
        page = ChartPage(published.read_manifest(self._settings, key), required)
        if page.is_current:
            return
        subjects = (*dict.fromkeys(id_ for id_, _version in state.context.codebook.questionnaires), None)
        if page.version is None or page.has_outdated_build:
            tasks = [DrawingTask(key, path, state.newest, (each,), languages()) for each in subjects]
        else:
            tasks = [DrawingTask(key, path, state.newest, subjects, (language,)) for language in languages()]
        self._drawing[key] = _Drawing(path, required, [self._pool.submit(draw_charts, task) for task in tasks])

    def _collect(self) -> None:
        for key, drawing in list(self._drawing.items()):
            if all(task.done() for task in drawing.tasks):
                del self._drawing[key]
                self._finish(key, drawing)
        for file, task in list(self._files.items()):
            if task.done():
                del self._files[file]
                file.unlink(missing_ok=True)
                if task.exception() is not None:
                    _log.error("a chart could not be drawn: %s", task.exception())

    def _finish(self, key: ChartKey, drawing: _Drawing) -> None:
        """Write the manifest, last, so that every file it names exists."""
        failures = [task.exception() for task in drawing.tasks if task.exception() is not None]
        if any(isinstance(failure, BrokenProcessPool) for failure in failures):
            raise BrokenProcessPool(str(failures[0]))
        if failures:
            _log.error("the charts of %s could not be drawn: %r", drawing.path, failures[0])
            self._failed[key] = drawing.version
            return
        self._failed.pop(key, None)
        entries = [entry for task in drawing.tasks for entry in task.result()]
        entries.sort(key=lambda entry: languages().index(entry.language))
        simulated = self._rounds[key.round].context.round.simulated
        manifest = ChartManifest(key.round, key.code, drawing.version, now_text(), simulated, tuple(entries))
        before = published.read_manifest(self._settings, key)
        published.write_manifest(self._settings, key, manifest)
        remove_unnamed_folders(key.folder(self._settings), before, manifest)


def _revisions(tally: RoundTally) -> dict[str, int]:
    """Path → the revision at which its numbers changed, for every locality that has any."""
    found: dict[str, int] = {}
    for leaf, revision in tally.revisions.items():
        for path in with_ancestors(leaf.path):
            found[path] = max(found.get(path, 0), revision)
    return found
