"""Exports of a round: its responses with codes and labels, the codebook, the plan and the localities.

Written in one pass over a snapshot, row by row, so that a large round needs no large memory. Restricted to what a
person may see: single responses of residents and officials never leave for a coordinator.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from survey_server.clock import now_text
from survey_server.domain import COUNTING, Action, Person, ResponseFilter, visible_responses
from survey_server.durable import make_folder, place
from survey_server.pipeline.cohorts.description import describe_parts
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.export.envelope import compile_envelope
from survey_server.pipeline.export.formats import FORMATS, ExportFormat
from survey_server.pipeline.export.route_answers import RouteAnswers, VersionKey
from survey_server.pipeline.export.snapshot import Snapshot, read_batches, take_snapshot
from survey_server.pipeline.export.tables import Chosen, ResponseTables, Versions, write_localities
from survey_server.problems import ProblemError
from survey_server.problems.people import PERSON_UNKNOWN
from survey_server.problems.rounds import MAY_NOT_EXPORT, ROUND_UNKNOWN
from survey_server.services.questionnaire_versions import CompiledVersion
from survey_server.services.stored_answers import UnreadableBodyError
from survey_server.settings import Settings
from survey_server.storage import Connection, Database, audit, organisation_leaves, people
from survey_server.storage.working_folders import EXPORT, working_folder

ZIP_LEVEL = 3  # half the time of the usual level, for a file a tenth larger
Progress = Callable[[int, int], None]
"""Called with the number of responses written so far, and of all."""
Report = Callable[[list[str]], None]
"""Called at the end with the ids of responses that cannot be read, where there are some."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """The moment of the export. `revision`, `time`: of the charts that are published then; `parts`: cohorts.json."""

    snapshot: Snapshot
    revision: int
    time: str
    parts: list[dict[str, Any]]


def export_round(
    database: Database,
    settings: Settings,
    round_code: str,
    format_: str,
    out: Path,
    person: str | None = None,
    *,
    chosen: Chosen = "all",
    progress: Progress = lambda _done, _all: None,
    report_unreadable: Report = lambda _ids: None,
) -> Path:
    """Write the export into the folder `out`; returns the zip, or the folder of the files.

    `format_`: one of FORMATS. `person`: an account to whose area and rights it is restricted. `chosen`: which tables.
    A response with a damaged body is in no table; cut.json lists it.
    Raises ProblemError: round_unknown, person_unknown, may_not_export, format_not_installed.
    """
    context = read_round_context(database, settings, round_code)
    if context is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    who = _person(database, person) if person is not None else None
    context = _restricted(context, who)
    make_folder(out)
    with working_folder(out, EXPORT) as folder:
        unreadable = _write(database, context, who, FORMATS[format_], folder, chosen, progress)
        if FORMATS[format_].is_packed:
            target = _packed(folder, out / f"{round_code}.zip")
        else:
            target = out
            for path in folder.iterdir():
                place(path, out / path.name)
    detail = {"format": format_, "person": person}
    database.write(lambda connection: audit.record(connection, "export", f"round:{round_code}", detail=detail))
    if unreadable:
        report_unreadable(unreadable)
    return target


def _person(database: Database, account: str) -> Person:
    with database.read() as connection:
        found = people.by_account(connection, account)
    if found is None:
        raise ProblemError(PERSON_UNKNOWN, account=account)
    if not found.may(Action.EXPORT):
        raise ProblemError(MAY_NOT_EXPORT, account=account)
    return found


def _restricted(context: RoundContext, who: Person | None) -> RoundContext:
    """The plan of the person's area; questionnaires for residents and officials only for who sees people."""
    if who is None:
        return context
    entries = [
        each
        for each in context.codebook_json["questionnaires"]
        if who.sees_people or each["respondent"] == "organisation"
    ]
    names = {each["id"] for each in entries}
    scheme = context.round.scheme
    expected = tuple(
        each for each in context.info.expected if each.questionnaire in names and who.works_at(scheme, each.path)
    )
    return replace(
        context,
        info=replace(context.info, expected=expected),
        codebook_json=context.codebook_json | {"questionnaires": entries},
    )


def _write(
    database: Database,
    context: RoundContext,
    who: Person | None,
    format_: ExportFormat,
    folder: Path,
    chosen: Chosen,
    progress: Progress,
) -> list[str]:
    """Write the files; returns the ids of the responses that cannot be read."""
    for name, content in (
        ("round.json", context.info.to_json()),
        ("framework.json", context.framework_json),
        ("codebook.json", context.codebook_json),
    ):
        _write_json(folder / name, content)
    write_localities(folder, context, format_)
    with database.read() as connection:
        cut = _cut(connection, context, who)
    compiled = _compiled(context, cut.snapshot)
    tables = ResponseTables(folder, context, _by_questionnaire(compiled), format_, chosen)
    try:
        digest, unreadable = _fill(database, context, cut.snapshot, compiled, tables, format_, progress)
    finally:
        tables.close()
    content = {
        "revision": cut.revision, "time": cut.time, "provisional": True, "hash": digest, "unreadable": unreadable,
    }  # fmt: skip
    _write_json(folder / "cut.json", content)
    _write_json(folder / "cohorts.json", {"parts": cut.parts})
    return unreadable


def _cut(connection: Connection, context: RoundContext, who: Person | None) -> _Cut:
    """Of an export for a person whose view is restricted, revision and time would say when others sent something, and
    so would a cohort that is published at a place beyond the person's areas."""
    visible, counted = ResponseFilter(), ResponseFilter(states=COUNTING)
    if who is None:
        snapshot = take_snapshot(connection, context.round.id, counted)
    else:
        visible, works_at = visible_responses(who), partial(who.works_at, context.round.scheme)
        snapshot = take_snapshot(connection, context.round.id, replace(visible, states=COUNTING), works_at)
    if visible != ResponseFilter(undecided_of=visible.undecided_of):
        return _Cut(snapshot, 0, now_text(), [])
    times = organisation_leaves.revision_times(connection, context.round.id)
    revision = max(times, default=0)
    parts = [*describe_parts(connection, context.round.id)]
    return _Cut(snapshot, revision, times.get(revision, now_text()), parts)


def _compiled(context: RoundContext, snapshot: Snapshot) -> dict[VersionKey, CompiledVersion]:
    """The versions in the codebook and those of responses, the older first."""
    listed = {(each["id"], each["version"]) for each in context.codebook_json["questionnaires"]}
    found = {key: ready for key in listed | snapshot.versions if (ready := context.versions.find(*key)) is not None}
    return dict(sorted(found.items(), key=lambda item: (item[1].published.published_at, item[0])))


def _by_questionnaire(compiled: dict[VersionKey, CompiledVersion]) -> Versions:
    found: dict[str, dict[str, Any]] = {}
    for (id_, version), ready in compiled.items():
        found.setdefault(id_, {})[version] = ready.questionnaire
    return found


def _fill(
    database: Database,
    context: RoundContext,
    snapshot: Snapshot,
    compiled: dict[VersionKey, CompiledVersion],
    tables: ResponseTables,
    format_: ExportFormat,
    progress: Progress,
) -> tuple[str, list[str]]:
    """Write the rows of all responses; returns a digest of all that was read, and the ids of those whose body is
    damaged: they are in no table, since an empty row would count as unanswered."""
    make_envelope = compile_envelope(format_.cells, context)
    stored = RouteAnswers(context.versions, {key: ready.questionnaire for key, ready in compiled.items()})
    digest, done = hashlib.sha256(), 0
    unreadable: list[str] = []
    progress(0, len(snapshot))
    for batch in read_batches(database, snapshot):
        for row, cohort in batch:
            version, path = (row.questionnaire, row.version), context.paths.get(row.locality_id or 0)
            if path is not None and version in compiled:
                digest.update("\x1f".join(map(str, row)).encode())
                try:
                    answers = stored.read(row)
                except UnreadableBodyError:
                    unreadable.append(row.id)
                    continue
                tables.add(version, make_envelope(row, path, cohort), path, answers)
        done += len(batch)
        progress(done, len(snapshot))
    return digest.hexdigest(), unreadable


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _packed(folder: Path, target: Path) -> Path:
    """A zip of the files; the target is replaced once it is whole."""
    unfinished = folder / target.name
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=ZIP_LEVEL) as archive:
        for path in sorted(folder.iterdir()):
            if path != unfinished:
                archive.write(path, path.name)
    place(unfinished, target)
    return target
