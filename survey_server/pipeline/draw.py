"""Draws the charts of one locality into bundles; runs in the publisher's worker processes."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.tally import LeafTally
from survey_server.deflated import deflate
from survey_server.domain import ALL_QUESTIONNAIRES, ChartBundle, ChartKey, ChartVersion
from survey_server.pipeline.context import COUNTRY, RoundContext, is_about_people, read_round_context
from survey_server.pipeline.page_part import Figure, page_part
from survey_server.pipeline.round_tally import LeafCache, read_released_tally, read_round_tally
from survey_server.services.chart_bundles import read_member, specification_name, write_bundle
from survey_server.services.published_charts import FORMATS, ChartEntry, chart_blobs, entries_json
from survey_server.services.releases import Release
from survey_server.settings import Settings
from survey_server.storage.chart_pages import StoredPicture
from survey_server.storage.database import Database, open_database

if TYPE_CHECKING:
    from analysis.charts.chart import Chart
    from analysis.disclosure import Audience
    from analysis.round_tally import RoundTally

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BundleGroup:
    """The charts of a questionnaire, or of ALL_QUESTIONNAIRES: their place on the page, and the build digest."""

    questionnaire: str
    position: int
    build: str


@dataclass(frozen=True, slots=True)
class DrawingTask:
    """Some of a locality's charts, in these languages. `newest` is the version of the round: its newest revision, and
    its build digest. `release`: what coordinators are shown of people, `released_build`: the build digest of that."""

    key: ChartKey
    path: str
    newest: ChartVersion
    groups: tuple[BundleGroup, ...]
    languages: tuple[str, ...]
    release: Release | None = None
    released_build: str = ""


@dataclass(frozen=True, slots=True)
class PictureTask:
    """A chart of a bundle as PNG or PDF. `chart`: its file name without the ending."""

    bundle: str
    chart: str
    format: str


Task = DrawingTask | PictureTask
Result = list[ChartBundle] | StoredPicture


_Part = tuple[str, str, str]  # of a round's tally: questionnaire, path, name of a release or ""


@dataclass(slots=True)
class _Tally:
    """The part of a round's tally that a worker read last for some charts; read again at another revision."""

    revision: int
    cache: LeafCache
    tally: RoundTally


@dataclass(slots=True)
class _Round:
    """What a worker holds of a round. The context is read again for another build."""

    build: str
    context: RoundContext
    tallies: dict[_Part, _Tally] = field(default_factory=dict)


class ChartDrawer:
    """Draws charts of the rounds in one database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._blobs = chart_blobs(settings)
        self._database: Database | None = None
        self._rounds: dict[str, _Round] = {}

    def prepare(self) -> None:
        """Import what drawing needs and read the fonts, so that the first chart takes no longer than the others."""
        from analysis import report  # noqa: F401  imports pandas
        from analysis.render import fonts

        for bold in (False, True):
            fonts.width("ấ", 1.0, bold)

    def run(self, task: Task) -> Result:
        if isinstance(task, DrawingTask):
            return self.draw(task)
        return self.draw_picture(task)

    def draw(self, task: DrawingTask) -> list[ChartBundle]:
        """Draw bundles; their files are durable when this returns. A chart that cannot be drawn is left out."""
        from analysis.disclosure import Audience

        bundles: list[ChartBundle] = []
        for group in task.groups:
            tally = self._tally(task.key.round, task.newest, group.questionnaire, task.path)
            audiences = tally.audiences(task.path, group.questionnaire or None)
            drawn = [(tally, audience, group.build) for audience in audiences]
            released = self._released(task, tally, group.questionnaire)
            if released is not None and released.is_open_to_coordinators(task.path, group.questionnaire):
                drawn.append((released, Audience.COORDINATOR, task.released_build))
            bundles += [
                self._draw_bundle(numbers, task, group, language, audience, build)
                for numbers, audience, build in drawn
                for language in task.languages
            ]
        return bundles

    def _draw_bundle(
        self, tally: RoundTally, task: DrawingTask, group: BundleGroup, language: str, audience: Audience, build: str
    ) -> ChartBundle:
        """The bundle names the revision at which its own numbers changed."""
        from analysis.report import subjects_about  # imports pandas

        questionnaire = group.questionnaire or None
        version = ChartVersion(tally.cut_at(task.path, questionnaire, audience).revision, build)
        members: dict[str, bytes] = {}
        figures: list[Figure] = []
        for kind, subject in subjects_about(tally, task.path, questionnaire, language, audience):
            try:
                chart = kind.chart(subject)
                if chart is not None:
                    figure, files = _draw_chart(chart, task.key, version)
                    figures.append(figure)
                    members |= files
            except (OSError, MemoryError):
                raise
            except Exception:
                _log.exception("the chart %s of %s cannot be drawn", kind.name, task.path)
        entries = [each.entry for each in figures]
        content = write_bundle(members, deflate(page_part(task.key, figures))) if figures else b""
        return ChartBundle(
            group.questionnaire, language, audience.value, group.position, version,
            evidence=tally.book(questionnaire).evidence if questionnaire is not None else "",
            is_answered=any(each.n != 0 for each in entries),
            charts=entries_json(entries),
            sha256=self._blobs.put(content) if content else "",
            size=len(content),
        )  # fmt: skip

    def draw_picture(self, task: PictureTask) -> StoredPicture:
        """Draw one chart from the specification in its bundle, that is from the very numbers of the bundle. Raises
        UnreadableBundleError."""
        from analysis.render.figure import draw_figure
        from analysis.render.spec_json import spec_from_json

        spec = spec_from_json(read_member(self._blobs, task.bundle, specification_name(task.chart)))
        figure = draw_figure(spec, with_axes=False)
        content = figure.png() if task.format == "png" else figure.pdf()
        return StoredPicture(task.bundle, f"{task.chart}.{task.format}", self._blobs.put(content), len(content))

    def _tally(self, round_code: str, newest: ChartVersion, questionnaire: str, path: str) -> RoundTally:
        """The leaves that charts of a questionnaire at a path are drawn from: of an organisation's those at and below
        it, of people's all of the round, on which standard errors depend; of all questionnaires the counts."""
        known = self._round(round_code, newest.build)
        is_limited = bool(questionnaire) and not is_about_people(known.context, questionnaire)
        key = questionnaire, path if is_limited else "", ""
        before = known.tallies.pop(key, None)
        if before is None or before.revision != newest.revision:
            self._forget_others(known, key)
            parse = LeafTally.from_json if questionnaire else LeafTally.counts_from_json
            cache = before.cache if before is not None else LeafCache(parse)
            area = path if is_limited else COUNTRY
            tally = read_round_tally(self._open(), known.context, cache, area, questionnaire or None)
            before = _Tally(newest.revision, cache, tally)
        known.tallies[key] = before
        return before.tally

    def _released(self, task: DrawingTask, live: RoundTally, questionnaire: str) -> RoundTally | None:
        """What of a questionnaire about people coordinators are shown; None of others, and where nothing is released.
        `live`: all that is published of it."""
        known = self._round(task.key.round, task.newest.build)
        if task.release is None or not questionnaire or not is_about_people(known.context, questionnaire):
            return None
        if task.release.cut is None:
            return live
        key = questionnaire, "", task.release.name
        if key not in known.tallies:
            for other in [each for each in known.tallies if each[0] == questionnaire and each[2]]:
                del known.tallies[other]
            cache = LeafCache()
            tally = read_released_tally(self._open(), known.context, task.release, cache, questionnaire)
            known.tallies[key] = _Tally(task.newest.revision, cache, tally)
        return known.tallies[key].tally

    def _forget_others(self, known: _Round, key: _Part) -> None:
        """Make room before a tally is read. The counts of all questionnaires are small, and stay beside it: both are
        drawn again and again while responses of one questionnaire arrive. So does what is released of the same one."""
        for other in [each for each in known.tallies if each != key and each[0] not in (ALL_QUESTIONNAIRES, key[0])]:
            del known.tallies[other]

    def _round(self, code: str, build: str) -> _Round:
        """Raises LookupError for an unknown round."""
        known = self._rounds.get(code)
        if known is None or known.build != build:
            versions = known.context.versions if known is not None else None
            context = read_round_context(self._open(), self._settings, code, versions)
            if context is None:
                raise LookupError(code)
            self._rounds.clear()  # one round at a time in memory
            known = self._rounds[code] = _Round(build, context)
        return known

    def _open(self) -> Database:
        if self._database is None:
            self._database = open_database(self._settings)
        return self._database


def _draw_chart(chart: Chart, key: ChartKey, version: ChartVersion) -> tuple[Figure, dict[str, bytes]]:
    """The chart on the page, and its files by name."""
    from analysis.render.spec_json import spec_to_json
    from analysis.report import manifest_entry

    name = f"{chart.id}.{chart.language}"
    svg = chart.svg()
    described = manifest_entry(chart, key.code, f"{version.name}/{name}", FORMATS, svg.encode())
    entry = ChartEntry.from_json({**described, "revision": version.revision})
    files = {
        f"{name}.svg": svg.encode(),
        f"{name}.csv": chart.csv(),
        specification_name(name): spec_to_json(chart.spec),
    }
    return Figure(entry, svg, chart.readable_table()), files
