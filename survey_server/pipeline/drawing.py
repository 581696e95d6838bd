"""What is drawn of each locality, what must be drawn again, and the writing of what was drawn."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from analysis.i18n import languages
from survey_server.clock import now_text
from survey_server.domain import ChartBundle, ChartKey, ChartVersion, RequiredVersions
from survey_server.pipeline.draw import BundleGroup, DrawingTask
from survey_server.pipeline.drawing_pool import DrawingPool, Job
from survey_server.pipeline.required_versions import RoundState
from survey_server.services.chart_bundles import is_readable
from survey_server.storage import Database, chart_pages
from survey_server.storage.blobs import BlobStore

RETRY_INTERVAL = 3.0  # seconds after a failure of the machine; doubled after each further one
MAX_RETRY_INTERVAL = 60.0  # seconds
GRACE_PERIOD = 60.0  # seconds for which a file that was replaced stays, for pages that are being read
_log = logging.getLogger(__name__)
_Share = tuple[tuple[BundleGroup, ...], tuple[str, ...]]  # of a page: these groups in these languages
_Drawn = dict[tuple[str, str], dict[str, ChartVersion]]  # by questionnaire and language, then by audience


@dataclass(slots=True)
class _Drawing:
    """A locality that is being drawn, by several jobs."""

    path: str
    required: RequiredVersions
    simulated: bool
    jobs: list[Job]


@dataclass(slots=True)
class _Failed:
    """A locality whose drawing failed: `retry_at` is infinite where only another version may be drawn."""

    required: RequiredVersions
    retry_at: float
    pause: float


class PageDrawings:
    """Draws the pages of localities by the pool and stores what was drawn."""

    def __init__(self, database: Database, blobs: BlobStore, pool: DrawingPool) -> None:
        self._database = database
        self._blobs = blobs
        self._pool = pool
        self._drawn: dict[ChartKey, _Drawn] = {}
        self._drawings: dict[ChartKey, _Drawing] = {}
        self._failed: dict[ChartKey, _Failed] = {}
        self._replaced: deque[tuple[float, set[str]]] = deque()  # digests of files, with the instant of their removal

    def __len__(self) -> int:
        """How many localities are being drawn."""
        return len(self._drawings)

    def remove_unnamed_files(self) -> None:
        """Delete files that no row names: of drawings that were interrupted. Nothing may be drawn meanwhile."""
        stored = set(self._blobs.digests())
        with self._database.read() as connection:
            named = chart_pages.named_digests(connection, stored)
        self._delete(stored - named)
        self._blobs.remove_old_parts(0)

    def look_again(self, key: ChartKey) -> None:
        """Read again what is drawn of a locality: a file may have become unreadable."""
        self._drawn.pop(key, None)

    def is_current(self, key: ChartKey, path: str, state: RoundState) -> bool:
        return key not in self._drawings and not self._outdated(key, path, state)

    def draw_outdated(self, key: ChartKey, path: str, state: RoundState) -> None:
        """Draw what is not current of a locality.

        A job a questionnaire where everything is drawn, since adding up leaves, half of the work, serves both
        languages; a job a language where a response changed one questionnaire.
        """
        if key in self._drawings or self._has_failed(key, state.required_at(path)):
            return
        outdated = self._outdated(key, path, state)
        if not outdated:
            return
        if len(outdated) == len([*state.groups_at(path)]):
            shares: list[_Share] = [((group,), languages()) for group in outdated]
        else:
            shares = [(tuple(outdated), (language,)) for language in languages()]
        released = (state.release, state.released_build)
        tasks = (DrawingTask(key, path, state.newest, groups, some, *released) for groups, some in shares)
        jobs = [self._pool.submit(task) for task in tasks]
        self._drawings[key] = _Drawing(path, state.required_at(path), state.context.round.simulated, jobs)

    def collect(self) -> None:
        """Store what was drawn; then delete files that were replaced a while ago. One locality's failure does not stop
        the others."""
        for key, drawing in list(self._drawings.items()):
            if all(job.is_done for job in drawing.jobs):
                del self._drawings[key]
                try:
                    self._finish(key, drawing)
                except Exception:
                    _log.exception("the charts of %s cannot be stored; trying again", drawing.path)
                    self._note_failure(key, drawing.required, is_of_machine=True)
        while self._replaced and self._replaced[0][0] <= monotonic():
            self._remove(self._replaced.popleft()[1])

    def _finish(self, key: ChartKey, drawing: _Drawing) -> None:
        failures = [job.failure for job in drawing.jobs if job.failure is not None]
        bundles = [bundle for job in drawing.jobs if isinstance(job.result, list) for bundle in job.result]
        if bundles:
            generated_at = now_text()
            gone = self._database.write(
                lambda connection: chart_pages.replace(connection, key, generated_at, drawing.simulated, bundles)
            )
            self._drawn.setdefault(key, {}).update(_versions(bundles))
            self._replaced.append((monotonic() + GRACE_PERIOD, gone))
        is_behind = any(not each.version.satisfies(drawing.required.of_bundle(each)) for each in bundles)
        if failures or is_behind:
            _log.error("the charts of %s could not be drawn: %s", drawing.path, failures or "they are not the newest")
            self._note_failure(key, drawing.required, is_of_machine=any(each.is_of_machine for each in failures))
        else:
            self._failed.pop(key, None)

    def _note_failure(self, key: ChartKey, required: RequiredVersions, *, is_of_machine: bool) -> None:
        before = self._failed.get(key)
        pause = min(2 * before.pause, MAX_RETRY_INTERVAL) if before is not None else RETRY_INTERVAL
        retry_at = monotonic() + pause if is_of_machine else float("inf")
        self._failed[key] = _Failed(required, retry_at, pause)

    def _has_failed(self, key: ChartKey, required: RequiredVersions) -> bool:
        failed = self._failed.get(key)
        return failed is not None and failed.retry_at > monotonic() and failed.required == required

    def _outdated(self, key: ChartKey, path: str, state: RoundState) -> list[BundleGroup]:
        if key not in self._drawn:
            self._drawn[key] = self._read(key)
        drawn, required = self._drawn[key], state.required_at(path)

        def is_current(group: BundleGroup, language: str) -> bool:
            versions = drawn.get((group.questionnaire, language), {})
            return versions.keys() == state.audiences_at(path, group.questionnaire) and all(
                version.satisfies(required.of(group.questionnaire, audience)) for audience, version in versions.items()
            )

        groups = state.groups_at(path)
        return [group for group in groups if not all(is_current(group, language) for language in languages())]

    def _read(self, key: ChartKey) -> _Drawn:
        """The versions of the bundles that can be read."""
        with self._database.read() as connection:
            page = chart_pages.find(connection, key, with_charts=False)
        bundles = page.bundles if page is not None else ()
        unreadable = {each.group for each in bundles if not is_readable(self._blobs, each)}
        return _versions(each for each in bundles if each.group not in unreadable)

    def _remove(self, digests: set[str]) -> None:
        with self._database.read() as connection:
            named = chart_pages.named_digests(connection, digests)  # the same content may have been drawn again
        self._delete(digests - named)

    def _delete(self, digests: set[str]) -> None:
        for sha256 in digests:
            try:
                self._blobs.delete(sha256)
            except OSError:  # one file that the disk refuses to delete does not stop the others
                _log.exception("the file %s of charts cannot be deleted", sha256)


def _versions(bundles: Iterable[ChartBundle]) -> _Drawn:
    found: _Drawn = {}
    for each in bundles:
        found.setdefault(each.group, {})[each.audience] = each.version
    return found
