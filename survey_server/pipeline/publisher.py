"""The publisher: one process that tallies changed leaves and has their charts drawn by worker processes.

A lock keeps it the only one. It polls for changes three times a second. Killed at any point, the next publisher
continues: tallies are in the database, drawn charts are named by rows, and everything else is done again.
"""

from __future__ import annotations

import logging
import shutil
from threading import Event
from time import monotonic

from survey_server.clock import now_in_vietnam
from survey_server.domain import ChartKey, ChartRequest, Round
from survey_server.log_limit import limit_logs
from survey_server.pipeline.build import build_digest, program_digest
from survey_server.pipeline.cohorts.publishing import CohortPublisher
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.counting import RunningTally
from survey_server.pipeline.draw import PictureTask
from survey_server.pipeline.drawing import MAX_RETRY_INTERVAL, RETRY_INTERVAL, PageDrawings
from survey_server.pipeline.drawing_pool import DrawingPool, Job
from survey_server.pipeline.limits import (
    collect_garbage_seldom,
    limit_threads_of_libraries,
    lower_priority,
    release_memory,
)
from survey_server.pipeline.required_versions import RoundState, Versions, read_revisions, write_required
from survey_server.services import published_charts as published
from survey_server.services.prepare_fonts import prepare_fonts
from survey_server.services.published_charts import chart_blobs
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.readiness import PUBLISHER_LOCK
from survey_server.services.releases import Release, find_release
from survey_server.services.sweep import INTERVAL as SWEEP_INTERVAL, sweep
from survey_server.settings import Settings
from survey_server.storage import (
    Connection,
    chart_pages,
    chart_requests,
    chart_versions,
    leaf_tallies,
    response_changes,
    rounds,
)
from survey_server.storage.chart_pages import StoredPicture
from survey_server.storage.cohort_journal import CohortJournal
from survey_server.storage.database import Database, open_database
from survey_server.storage.lock import FileLock

CHECK_INTERVAL = 0.3  # seconds between two polls
DRAWING_CHECK_INTERVAL = 0.05  # seconds, while charts are being drawn
STATE_INTERVAL = 2.0  # seconds between two writings of a round's state, and formings, while changes are being counted
MAX_AHEAD = 1  # localities drawn ahead at a time: it occupies both workers, and a requested page waits for no more
WATCH_TTL = 600.0  # seconds for which a requested locality is drawn before all others
LOCK_ATTEMPTS = 3  # until a publisher is certain that there is another
_log = logging.getLogger(__name__)


def run_publisher(settings: Settings, stopping: Event, *, waits_for_lock: bool = False) -> None:
    """Run until `stopping` is set. If another publisher runs: return, or wait for its end where `waits_for_lock`."""
    limit_logs()
    lock = FileLock(settings.data_dir / PUBLISHER_LOCK)
    attempts = 0
    while not lock.try_acquire():
        attempts += 1
        if attempts < LOCK_ATTEMPTS:  # `/readyz` holds it for a moment
            stopping.wait(CHECK_INTERVAL)
            continue
        if not waits_for_lock:
            _log.warning("another publisher is running on this data directory")
            return
        if stopping.wait(RETRY_INTERVAL):
            return
    limit_threads_of_libraries()
    database = open_database(settings)
    database.start_writer()  # which keeps its priority: uploads wait while it writes
    lower_priority()
    publisher = Publisher(settings, database)
    collect_garbage_seldom()
    pause = RETRY_INTERVAL
    try:
        while not stopping.wait(CHECK_INTERVAL if publisher.is_idle() else DRAWING_CHECK_INTERVAL):
            try:
                publisher.run_once()
                pause = RETRY_INTERVAL
            except Exception:  # such as a restarting database or a full disk: retried until it succeeds
                _log.exception("the charts cannot be kept up to date now; trying again")
                stopping.wait(pause)
                pause = min(2 * pause, MAX_RETRY_INTERVAL)
    finally:
        publisher.close()
        database.close()
        lock.close()


class Publisher:
    def __init__(self, settings: Settings, database: Database) -> None:
        program_digest()  # cached now: an upgrade may replace the files while this process runs
        self._settings = settings
        self._database = database
        self._versions = QuestionnaireVersions(database)
        self._tally = RunningTally(database, self._versions)
        self._cohorts = CohortPublisher(database, CohortJournal(settings.data_dir), self._versions)
        self._pool = DrawingPool(settings)
        self._drawings = PageDrawings(database, chart_blobs(settings), self._pool)
        self._rounds: dict[str, RoundState] = {}
        self._stored: dict[str, Versions] = {}  # the required versions that are in the database, by round
        self._pictures: dict[ChartRequest, Job] = {}
        self._watched: dict[ChartKey, float] = {}
        self._is_started = self._is_counting = False
        self._counted_at = self._formed_at = self._written_at = self._swept_at = float("-inf")

    def run_once(self) -> None:
        """Count a slice of changes, store finished drawings, submit new ones."""
        if not self._is_started:
            self._start()
        if monotonic() - self._swept_at >= SWEEP_INTERVAL:
            self._sweep()
        if self._is_counting or monotonic() - self._counted_at >= CHECK_INTERVAL:
            self._count()
        self._pool.poll()
        self._drawings.collect()
        self._collect_pictures()
        self._answer_requests()
        self._draw_watched()
        self._draw_ahead()
        self._pool.poll()

    def is_idle(self) -> bool:
        return not self._is_counting and not len(self._drawings) and self._pool.is_idle()

    def close(self) -> None:
        """Stop at once: what an interrupted drawing has written is named by no row, and is drawn again next time."""
        self._pool.close()

    def _start(self) -> None:
        """What has to succeed once, before anything is drawn."""
        _remove_files_of_0_1(self._settings)
        if self._settings.fonts_dir.is_dir():
            prepare_fonts(self._settings.fonts_dir)  # again where a power cut damaged one
        self._drawings.remove_unnamed_files()
        self._is_started = True

    def _sweep(self) -> None:
        self._swept_at = monotonic()
        try:
            sweep(self._settings)
        except OSError:  # charts do not wait for a file that cannot be deleted
            _log.exception("what interrupted work left cannot be removed")

    def _count(self) -> None:
        """Count one slice. The state of a round whose revision is not the newest is written once nothing is pending,
        and every STATE_INTERVAL until then; not while leaves of another program are mixed with recounted ones."""
        with self._database.read() as connection:
            codes = [each.code for each in rounds.all_rounds(connection)]
            has_changes = response_changes.is_any(connection)
        if has_changes:
            self._pool.warm_up()
        counted = self._tally.count_slice()
        self._is_counting, self._counted_at = counted is not None, monotonic()
        if counted is None or monotonic() - self._formed_at >= STATE_INTERVAL:  # counting comes first
            self._form_cohorts()
            self._formed_at = monotonic()
        if counted is not None and (counted.is_recount or monotonic() - self._written_at < STATE_INTERVAL):
            return
        today = now_in_vietnam()[:10]
        with self._database.read() as connection:
            newest = leaf_tallies.newest_revisions(connection)
            releases = {each.code: find_release(connection, each, today) for each in rounds.all_rounds(connection)}
        for code in codes:
            state = self._rounds.get(code)
            if state is None or (state.newest.revision, state.release) != (newest.get(code, 0), releases[code]):
                self._write_state(code, releases[code])
        self._written_at = monotonic()

    def _form_cohorts(self) -> None:
        """One step for each round. Which responses count and where they wait has been noted by the count."""
        today = now_in_vietnam()[:10]
        with self._database.read() as connection:
            found = rounds.all_rounds(connection)
        for each in found:
            if not self._cohorts.has_work(each, today):
                continue
            context = self._current_context(each)
            if context is not None:
                self._is_counting |= self._cohorts.publish(context, today).may_continue

    def _current_context(self, round_: Round) -> RoundContext | None:
        """The context by which a round's charts are drawn; read again where the round has other versions now."""
        state = self._rounds.get(round_.code)
        if state is not None:
            with self._database.read() as connection:
                offered = rounds.questionnaires_of(connection, round_.id)
            if {*offered} == state.context.codebook.questionnaires.keys():
                return state.context
        return self._read_context(round_.code)

    def _read_context(self, code: str) -> RoundContext | None:
        return read_round_context(self._database, self._settings, code, self._versions)

    def _write_state(self, code: str, release: Release | None) -> None:
        """Store the versions that charts should have, and draw by them from now on."""
        context = self._read_context(code)
        if context is None:
            return
        state = RoundState.make(context, build_digest(context), read_revisions(self._database, context, release))
        if code not in self._stored:
            with self._database.read() as connection:
                self._stored[code] = chart_versions.of_round(connection, code)
        before = self._stored.pop(code)  # read again where writing fails half-way
        write_required(self._database, state, before)
        self._stored[code], self._rounds[code] = state.required, state
        release_memory()

    def _find(self, key: ChartKey) -> tuple[str, RoundState] | None:
        """The path of a locality and its round; None for an unknown one."""
        state = self._rounds.get(key.round)
        path = state.path_of(key) if state is not None else None
        return (path, state) if state is not None and path is not None else None

    def _answer_requests(self) -> None:
        with self._database.read() as connection:
            requests = chart_requests.pending(connection)
        answered = [each for each in requests if self._is_answered(each)]
        if answered:
            self._database.write(lambda connection: chart_requests.remove(connection, answered))

    def _is_answered(self, request: ChartRequest) -> bool:
        """Whether a request needs no further work, or can have none. A page is watched from now on."""
        found = self._find(request.key)
        if found is None:
            return True
        if request.chart:
            return self._is_picture_answered(request, *found)
        self._watched[request.key] = monotonic()
        self._drawings.look_again(request.key)
        return self._drawings.is_current(request.key, *found)

    def _is_picture_answered(self, request: ChartRequest, path: str, state: RoundState) -> bool:
        """Draw a PNG or PDF of a chart that is drawn already. Where another build drew it, the page is drawn first, and
        the client requests the successor."""
        if request in self._pictures:
            return False
        page = published.read_all_audiences(self._database, request.key, path)
        if page.has_outdated_build:
            self._watched[request.key] = monotonic()
            return True
        wanted = (request.chart, request.language)
        bundle = next((bundle for bundle, entry in page.entries() if (entry.id, entry.language) == wanted), None)
        if bundle is None or request.format not in published.ON_REQUEST:
            return True
        task = PictureTask(bundle.sha256, f"{request.chart}.{request.language}", request.format)
        self._pictures[request] = self._pool.submit(task)
        return False

    def _collect_pictures(self) -> None:
        for request, job in list(self._pictures.items()):
            if job.is_done:
                del self._pictures[request]
                self._store_picture(request, job)

    def _store_picture(self, request: ChartRequest, job: Job) -> None:
        picture = job.result if isinstance(job.result, StoredPicture) else None
        if picture is None:
            _log.error("a chart could not be drawn: %s", job.failure)
            self._watched[request.key] = monotonic()
            self._drawings.look_again(request.key)  # the bundle may be unreadable

        def store(connection: Connection) -> None:
            if picture is not None:
                chart_pages.put_picture(connection, picture)
            chart_requests.remove(connection, [request])

        self._database.write(store)

    def _draw_watched(self) -> None:
        """Draw the pages that somebody has open."""
        for key, requested_at in list(self._watched.items()):
            found = self._find(key)
            if found is None or monotonic() - requested_at > WATCH_TTL:
                del self._watched[key]
            else:
                self._drawings.draw_outdated(key, *found)

    def _draw_ahead(self) -> None:
        for code, state in self._rounds.items():
            for path in state.ahead:
                if len(self._drawings) >= MAX_AHEAD:
                    return
                row = state.context.localities[path]
                self._drawings.draw_outdated(ChartKey(code, row.level, row.code), path, state)


def _remove_files_of_0_1(settings: Settings) -> None:
    """Until 0.1 charts were files named by their address; now they are in one folder, named by their digest."""
    if settings.charts_dir.is_dir():
        for each in settings.charts_dir.iterdir():
            if each.is_dir() and each.name != published.FILES:
                shutil.rmtree(each, ignore_errors=True)
