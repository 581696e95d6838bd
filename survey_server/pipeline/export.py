"""Exports: a round's responses with codes and labels, codebook and localities (csv as a folder, zip as the dataset that
`analysis.load_dataset` reads); and a round's charts as a folder.

Written row by row, so that a large round needs no large memory. Restricted to what a person may see: single responses
of residents and officials never leave for a coordinator.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

from analysis.round_info import RoundInfo
from analysis.spreadsheet_cells import neutral
from survey_server.clock import now_text
from survey_server.domain import COUNTING, Action, CollectedResponse, Person, ResponseFilter, visible_responses
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.counting import count_outside_publisher
from survey_server.pipeline.round_tally import read_round_tally, release_leaves
from survey_server.problems import ProblemError
from survey_server.problems.people import PERSON_UNKNOWN
from survey_server.problems.rounds import MAY_NOT_EXPORT, ROUND_UNKNOWN
from survey_server.questionnaire.model import NOT_ASKED, Choice, FlatRow, Question, Questionnaire
from survey_server.services.pseudonyms import Pseudonyms
from survey_server.services.questionnaire_versions import CompiledVersion
from survey_server.services.stored_answers import answers_of
from survey_server.settings import Settings
from survey_server.storage import Database, audit, leaf_tallies, people, responses

Open = Callable[[str], AbstractContextManager[TextIO]]
RESPONSES = (
    "id", "questionnaire", "version", "evidence", "respondent", "locality", "state", "weight", "weights_version",
    "stratum", "cluster", "started_at", "completed_at", "received_at", "mode", "simulated", "late", "n_problems",
    "assignment", "visit", "supersedes", "clock_offset_ms", "training", "interviewer", "device",
)  # fmt: skip
_COLUMNS_AS_STORED = [name for name in RESPONSES if name in CollectedResponse._fields]
ANSWERS = ("response", "question", "row", "value", "missing", "flag")
LABELLED = (
    "response",
    "questionnaire",
    "question",
    "question_label",
    "row",
    "row_label",
    "value",
    "value_label",
    "missing",
    "flag",
)
LOCALITIES = ("path", "level", "code", "name", "kind", "lat", "lon")


def export_round(
    database: Database, settings: Settings, round_code: str, format_: str, out: Path, person: str | None = None
) -> Path:
    """Write the export into the folder `out`; returns the zip, or the folder of the CSV files.

    `person`: an account to whose area and rights it is restricted. Raises ProblemError: round_unknown,
    person_unknown, may_not_export.
    """
    context = _counted_context(database, settings, round_code)
    who = _person(database, person) if person is not None else None
    out.mkdir(parents=True, exist_ok=True)
    if format_ == "zip":
        target = out / f"{round_code}.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(database, context, who, lambda name: _in_archive(archive, name))
    else:
        target = out
        _write(database, context, who, lambda name: _in_folder(out, name))
    detail = {"format": format_, "person": person}
    database.write(lambda connection: audit.record(connection, "export", f"round:{round_code}", detail=detail))
    return target


def publish_folder(database: Database, settings: Settings, round_code: str, out: Path) -> Path:
    """Write a round's charts, from the tally in the database; returns the index page of the folder. Raises
    ProblemError round_unknown."""
    from analysis.folder import write_folder  # imports pandas, which the other exports do not need

    context = _counted_context(database, settings, round_code)
    release_leaves(database, context)
    return write_folder(read_round_tally(database, context), out, workers=os.cpu_count() or 1)


def _counted_context(database: Database, settings: Settings, round_code: str) -> RoundContext:
    """Counts pending changes, so that what is written and its revision agree."""
    context = read_round_context(database, settings, round_code)
    if context is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    count_outside_publisher(database, settings, context)
    return context


def _person(database: Database, account: str) -> Person:
    with database.read() as connection:
        found = people.by_account(connection, account)
    if found is None:
        raise ProblemError(PERSON_UNKNOWN, account=account)
    if not found.may(Action.EXPORT):
        raise ProblemError(MAY_NOT_EXPORT, account=account)
    return found


def _write(database: Database, context: RoundContext, who: Person | None, open_: Open) -> None:
    for name, content in (
        ("round.json", _round_info(context, who).to_json()),
        ("framework.json", context.framework_json),
        ("codebook.json", context.codebook_json),
    ):
        _write_json(open_, name, content)
    _write_table(open_, "localities.csv", LOCALITIES, map(asdict, context.localities.values()))
    digest = hashlib.sha256()

    def digested() -> Iterator[dict[str, Any]]:
        for envelope, answers in _counting_responses(database, context, who):
            digest.update(json.dumps([envelope, answers], ensure_ascii=False, sort_keys=True).encode())
            yield envelope

    _write_table(open_, "responses.csv", RESPONSES, digested())
    _write_json(open_, "cut.json", _cut(database, context, digest.hexdigest()))
    lines = (
        {"response": envelope["id"], **line}
        for envelope, answers in _counting_responses(database, context, who)
        for line in answers
    )
    _write_table(open_, "answers.csv", ANSWERS, lines)
    labelled = (
        _labelled(ready.questionnaire, envelope, line)
        for envelope, answers in _counting_responses(database, context, who)
        if (ready := context.versions.find(envelope["questionnaire"], envelope["version"])) is not None
        for line in answers
    )
    _write_table(open_, "labelled.csv", LABELLED, labelled)


def _write_json(open_: Open, name: str, content: Any) -> None:
    with open_(name) as file:
        json.dump(content, file, ensure_ascii=False, indent=1)


def _write_table(open_: Open, name: str, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> None:
    """Texts that a spreadsheet would take for a formula are neutralised."""
    with open_(name) as file:
        writer = csv.DictWriter(file, columns, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({column: neutral(value) for column, value in row.items()} for row in rows)


def _round_info(context: RoundContext, who: Person | None) -> RoundInfo:
    """The plan is restricted to the person's area."""
    if who is None or who.area is None:
        return context.info
    own = (each for each in context.info.expected if who.area.covers(context.round.scheme, each.path))
    return replace(context.info, expected=tuple(own))


def _cut(database: Database, context: RoundContext, digest: str) -> dict[str, Any]:
    """cut.json. `digest`: of every exported response with its answers."""
    with database.read() as connection:
        times = leaf_tallies.revision_times(connection, context.round.id)
    revision = max(times, default=0)
    return {"revision": revision, "time": times.get(revision, now_text()), "provisional": True, "hash": digest}


def _counting_responses(
    database: Database, context: RoundContext, who: Person | None
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Responses that count in results, as (envelope, lines of answers.csv), in the order of their ids."""
    visible = visible_responses(who) if who is not None else ResponseFilter()
    wanted = replace(visible, states=COUNTING)
    with database.read() as connection:
        for row in responses.of_round(connection, context.round.id, wanted):
            path = context.paths.get(row.locality_id or 0)
            ready = context.versions.find(row.questionnaire, row.version)
            if path is not None and ready is not None:
                answers, not_asked = answers_of(context.versions, row), json.loads(row.not_asked)
                yield _envelope(row, path, context.pseudonyms), list(_answers(ready, answers, not_asked))


def _envelope(row: CollectedResponse, path: str, pseudonyms: Pseudonyms) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS_AS_STORED} | {
        "locality": path,
        "n_problems": len(json.loads(row.problems)),
        "assignment": row.assignment_id,
        "visit": row.visit_id,
        "interviewer": pseudonyms.interviewer(row.person_id),
        "device": pseudonyms.device(row.device_id),
    }


def _answers(
    ready: CompiledVersion, answers: Mapping[str, Any], not_asked: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Lines of answers.csv, as the type of each question writes them."""
    for question in _exported_questions(ready.questionnaire):
        if question.name in not_asked:
            yield FlatRow(question.name, "", "", NOT_ASKED)._asdict()
        elif (answer := answers.get(question.name)) not in (None, ""):
            flat = question.type.flatten(question, answer, ready.questionnaire.choices)
            yield from (row._asdict() for row in flat)


def _exported_questions(questionnaire: Questionnaire) -> Iterator[Question]:
    inside = {inner.name for each in questionnaire.walk() if each.role == "repeat" for inner in each.questions}
    return (e for e in questionnaire.walk() if e.type.data is not None and e.name not in inside)


def _labelled(questionnaire: Questionnaire, envelope: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    question = next((each for each in questionnaire.walk() if each.name == line["question"]), None)
    kind = question.type.data if question is not None else None
    row_label, choices = "", _labels(_coded_answers(questionnaire, question)) if question is not None else {}
    if kind == "choices":
        row_label = choices.get(line["row"].rpartition("/")[2], "")
    elif question is not None and kind == "table":
        axes = zip(question.own.axes().values(), line["row"].split("/"), strict=False)
        row_label = " / ".join(_labels(axis).get(part, "") for axis, part in axes)
    code = line["value"] if kind == "choice" and not line["flag"] else line["missing"]
    return {
        "response": envelope["id"],
        "questionnaire": envelope["questionnaire"],
        "question": line["question"],
        "question_label": question.label.get("vi", "") if question is not None else "",
        "row": line["row"],
        "row_label": row_label,
        "value": line["value"],
        "value_label": choices.get(code or line["missing"], ""),
        "missing": line["missing"],
        "flag": line["flag"],
    }


def _coded_answers(questionnaire: Questionnaire, question: Question) -> Iterator[Choice]:
    listed = questionnaire.choices.get(question.choices or "")
    yield from (*listed.options, *listed.missing) if listed is not None else ()
    yield from question.missing


def _labels(choices: Iterable[Choice]) -> dict[str, str]:
    return {each.code: each.label.get("vi", "") for each in choices}


@contextmanager
def _in_archive(archive: zipfile.ZipFile, name: str) -> Iterator[TextIO]:
    with archive.open(name, "w") as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def _in_folder(folder: Path, name: str) -> Iterator[TextIO]:
    """CSV files begin with a byte order mark, for spreadsheets."""
    encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
    with (folder / name).open("w", encoding=encoding, newline="") as file:
        yield file
