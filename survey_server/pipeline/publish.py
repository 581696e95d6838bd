"""The publisher: one process that counts what changed and has it drawn by two workers.

It holds a lock, so that there is one; it looks for changes three times a second; killed anywhere, it goes on where it
stopped: what was counted is in the database, what was drawn is named by a manifest, and the rest is done again.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import select
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from analysis.round_tally import COUNTRY, RoundTally
from analysis.told import Told
from survey_server.clock import now_text
from survey_server.pipeline.books import RoundBooks, read_books
from survey_server.pipeline.counting import count_what_waits, recount_outdated, recounted_note
from survey_server.pipeline.drawing import LANGUAGES, Part, collect_seldom, draw_one, draw_place, remove_older, warm_up
from survey_server.pipeline.edition import edition_of, program
from survey_server.pipeline.round_tally import ReadLeaves, read_round_tally, release
from survey_server.services import published_charts as published
from survey_server.services.published_charts import Issue, Place, Request
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies, rounds
from survey_server.storage.database import Database, open_database
from survey_server.storage.lock import FileLock

EVERY = 0.3  # seconds between two looks
WHILE_DRAWING = 0.05
AFTER_FAULT = 3.0
WORKERS = 2
AHEAD = 1  # localities drawn ahead at a time: both workers are busy with one, and who asks waits for no more
WATCHED_FOR = 600.0  # seconds for which a locality that was asked for is drawn before all others
_log = logging.getLogger(__name__)


def run_publisher(settings: Settings, parent_pipe: int | None = None) -> None:
    """Run until the parent's pipe closes (or for ever). Returns at once where another publisher runs already."""
    lock = FileLock(settings.data_dir / "publisher.lock")
    if not lock.try_acquire():
        _log.warning("another publisher is running on this data directory")
        return
    collect_seldom()
    database = open_database(settings)
    publisher = Publisher(settings, database)
    try:
        while not _parent_is_gone(parent_pipe, EVERY if publisher.is_idle() else WHILE_DRAWING):
            try:
                publisher.look()
            except Exception:  # a database that is restarted, a disk that is full: it goes on when that is over
                _log.exception("the charts cannot be kept up to date now; trying again")
                if _parent_is_gone(parent_pipe, AFTER_FAULT):
                    return
    finally:
        publisher.close()
        database.close()
        lock.close()


def _parent_is_gone(pipe: int | None, seconds: float) -> bool:
    """Wait, and say whether the other end of the pipe was closed meanwhile."""
    if pipe is None:
        select.select([], [], [], seconds)
        return False
    readable, _, _ = select.select([pipe], [], [], seconds)
    return bool(readable) and os.read(pipe, 1) == b""


@dataclass(slots=True)
class _Drawing:
    """A locality being drawn: a task for each of its parts."""

    place: Place
    path: str
    issue: Issue
    parts: list[Future[list[dict[str, Any]]]]


@dataclass(slots=True)
class _RoundState:
    books: RoundBooks
    newest: Issue
    revisions: dict[str, int]
    told: dict[str, str]
    ahead: list[str]

    def issue(self, path: str) -> Issue:
        """Which a locality's charts should be."""
        return Issue(self.revisions.get(path, 0), self.newest.edition + self.told.get(path, ""))


class Publisher:
    def __init__(self, settings: Settings, database: Database) -> None:
        program()  # before anybody can put another in its place
        self._settings = settings
        self._database = database
        self._pool = self._new_pool()
        self._rounds: dict[str, _RoundState] = {}
        self._leaves: dict[str, ReadLeaves] = {}
        self._drawing: dict[Place, _Drawing] = {}
        self._forms: dict[Path, Future[None]] = {}
        self._watched: dict[Place, float] = {}
        self._failed: dict[Place, Issue] = {}
        self._looked_at = 0.0

    def look(self) -> None:
        """Count what changed, collect what was drawn, hand out what is to be drawn."""
        if monotonic() - self._looked_at >= EVERY:
            for code in self._round_codes():
                self._count(code)
            self._looked_at = monotonic()
        try:
            self._collect()
            self._answer_requests()
            self._draw_watched()
            self._draw_ahead()
        except BrokenProcessPool:
            self._start_again()

    def is_idle(self) -> bool:
        return not self._drawing and not self._forms

    def close(self) -> None:
        """At once: a drawing counts only when its manifest stands, so one that is cut off is drawn again next time."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()

    def _new_pool(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=warm_up)
        for _ in range(WORKERS):
            pool.submit(os.getpid)  # they start while the first leaves are being counted
        return pool

    def _start_again(self) -> None:
        _log.error("a drawing process died; starting new ones")
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new_pool()
        self._drawing.clear()
        self._forms.clear()

    def _round_codes(self) -> list[str]:
        with self._database.read() as connection:
            return [each.code for each in rounds.all_rounds(connection)]

    def _count(self, code: str) -> None:
        state = self._rounds.get(code)
        note = recounted_note(self._settings, code)
        recounted = note.exists()
        if state is not None and not recounted and not self._has_changes():
            return
        note.unlink(missing_ok=True)
        books = read_books(self._database, self._settings, code)
        if books is None:
            return
        changed = count_what_waits(self._database, books)
        if state is None:
            recount_outdated(self._database, books)
        if changed or recounted or state is None:
            release(self._database, books)
            self._rounds[code] = self._state(books)

    def _has_changes(self) -> bool:
        with self._database.read() as connection:
            return leaf_tallies.is_waiting(connection)

    def _state(self, books: RoundBooks) -> _RoundState:
        code = books.round.code
        tally = read_round_tally(self._database, books, self._leaves.setdefault(code, ReadLeaves()))
        revisions = _revisions(tally)
        newest = Issue(tally.cut.revision, edition_of(books))
        told = _told_of(tally, revisions)
        published.write_needed(self._settings, code, newest, revisions, told)
        return _RoundState(books, newest, revisions, told, [COUNTRY, *books.about["selected"]])

    def _answer_requests(self) -> None:
        for note, request in published.waiting_requests(self._settings).items():
            state = self._rounds.get(request.place.round)
            path = self._path(state, request.place) if state is not None else None
            if state is None or path is None:
                note.unlink(missing_ok=True)
            elif request.form:
                self._answer_form(note, request, path, state)
            else:
                self._watched[request.place] = monotonic()
                note.unlink(missing_ok=True)

    def _path(self, state: _RoundState | None, place: Place) -> str | None:
        if state is None:
            return None
        found = (
            row.path for row in state.books.localities.values() if (row.level, row.code) == (place.level, place.code)
        )
        return next(found, None)

    def _answer_form(self, note: Path, request: Request, path: str, state: _RoundState) -> None:
        """A PNG or PDF of a chart that is drawn already; where another edition drew it, the page first: who waits asks
        again, for the chart that takes its place."""
        page = published.Page(published.read_manifest(self._settings, request.place), state.issue(path))
        entry = _entry(page.manifest, request) if page.manifest is not None else None
        if page.is_of_older_edition:
            self._watched[request.place] = monotonic()
        elif entry is not None:
            self._draw_form(note, request, path, state.newest, entry)
            return
        note.unlink(missing_ok=True)

    def _draw_form(self, note: Path, request: Request, path: str, newest: Issue, entry: dict[str, Any]) -> None:
        if note not in self._forms:
            self._forms[note] = self._pool.submit(
                draw_one, self._settings, request.place, path, newest, entry, request.form
            )

    def _draw_watched(self) -> None:
        """What somebody looks at comes first."""
        for place, asked_at in list(self._watched.items()):
            state = self._rounds.get(place.round)
            path = self._path(state, place)
            if state is None or path is None or monotonic() - asked_at > WATCHED_FOR:
                del self._watched[place]
            elif self._is_to_be_drawn(state, place, path):
                self._draw(state, place, path)

    def _draw_ahead(self) -> None:
        for code, state in self._rounds.items():
            for path in state.ahead:
                if len(self._drawing) >= AHEAD:
                    return
                row = state.books.localities[path]
                place = Place(code, row.level, row.code)
                if self._is_to_be_drawn(state, place, path):
                    self._draw(state, place, path)

    def _is_to_be_drawn(self, state: _RoundState, place: Place, path: str) -> bool:
        """What could not be drawn is tried again when another issue is due, not three times a second."""
        return (
            place not in self._drawing
            and self._failed.get(place) != state.issue(path)
            and not published.is_drawn(self._settings, place, path)
        )

    def _draw(self, state: _RoundState, place: Place, path: str) -> None:
        issue = state.issue(path)
        parts = [
            self._pool.submit(draw_place, self._settings, place, path, state.newest, part)
            for part in self._parts(place, state, issue)
        ]
        self._drawing[place] = _Drawing(place, path, issue, parts)

    def _parts(self, place: Place, state: _RoundState, issue: Issue) -> list[Part]:
        """Where all is drawn, each worker takes the next questionnaire: adding up leaves, which is half of the work,
        serves both languages. Where a response changed one questionnaire, its languages are drawn side by side."""
        everything = (*dict.fromkeys(id_ for id_, _version in state.books.codebook.questionnaires), None)
        page = published.Page(published.read_manifest(self._settings, place), issue)
        if page.issue is None or page.is_of_older_edition:
            return [Part((each,), LANGUAGES) for each in everything]
        return [Part(everything, (language,)) for language in LANGUAGES]

    def _collect(self) -> None:
        for place, drawing in list(self._drawing.items()):
            if all(part.done() for part in drawing.parts):
                del self._drawing[place]
                self._finish(drawing)
        for note, form in list(self._forms.items()):
            if form.done():
                del self._forms[note]
                note.unlink(missing_ok=True)
                if form.exception() is not None:
                    _log.error("a chart could not be drawn: %s", form.exception())

    def _finish(self, drawing: _Drawing) -> None:
        """The manifest comes last: what it names is there."""
        failures = [part.exception() for part in drawing.parts if part.exception() is not None]
        if any(isinstance(failure, BrokenProcessPool) for failure in failures):
            raise BrokenProcessPool(str(failures[0]))
        if failures:
            _log.error("the charts of %s could not be drawn: %r", drawing.path, failures[0])
            self._failed[drawing.place] = drawing.issue
            return
        self._failed.pop(drawing.place, None)
        state = self._rounds[drawing.place.round]
        entries = [entry for part in drawing.parts for entry in part.result()]
        manifest = {
            "round": drawing.place.round,
            "locality": drawing.place.code,
            "revision": drawing.issue.revision,
            "edition": drawing.issue.edition,
            "generated_at": now_text(),
            "simulated": state.books.round.simulated,
            "charts": sorted(entries, key=lambda entry: LANGUAGES.index(entry["language"])),
        }
        folder = drawing.place.folder(self._settings)
        before = published.read_manifest(self._settings, drawing.place)
        published.write_atomically(folder / published.MANIFEST, json.dumps(manifest, ensure_ascii=False).encode())
        if folder.is_dir():
            remove_older(folder, before, manifest)


def _entry(manifest: dict[str, Any], request: Request) -> dict[str, Any] | None:
    """What the manifest says of the chart whose PNG or PDF is asked for."""
    if request.form not in published.ON_REQUEST:
        return None
    wanted = (request.chart, request.language)
    return next((each for each in manifest["charts"] if (each["id"], each["language"]) == wanted), None)


def _told_of(tally: RoundTally, paths: Iterable[str]) -> dict[str, str]:
    """Path → what may be told of people there, where that is not all."""
    told, questionnaires = Told(tally), tally.questionnaires()
    found = {path: told.at(path, questionnaires) for path in paths}
    return {path: digest for path, digest in found.items() if digest}


def _revisions(tally: RoundTally) -> dict[str, int]:
    """Path → the revision at which its numbers changed, for every locality that has any."""
    found: dict[str, int] = {}
    for leaf, revision in tally.revisions.items():
        codes = leaf.path.split("/")
        for depth in range(len(codes)):
            path = "/".join(codes[: depth + 1])
            found[path] = max(found.get(path, 0), revision)
    return found
