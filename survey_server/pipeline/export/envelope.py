"""The columns of a response besides its answers: who was asked what, where, when, and how it counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analysis.round_tally import LocalityRow
from survey_server.domain import COUNTRY_CODE, CollectedResponse, ancestor_paths
from survey_server.pipeline.context import RoundContext
from survey_server.pipeline.export.columns import CellFormat, Column, ColumnKind
from survey_server.pipeline.export.snapshot import Cohort

ENVELOPE = (
    Column("id", ColumnKind.TEXT),
    Column("questionnaire", ColumnKind.CODE),
    Column("version", ColumnKind.CODE),
    Column("evidence", ColumnKind.CODE),
    Column("respondent", ColumnKind.CODE),
    Column("locality", ColumnKind.CODE),
    Column("state", ColumnKind.CODE),
    Column("weight", ColumnKind.NUMBER),
    Column("weights_version", ColumnKind.INTEGER),
    Column("stratum", ColumnKind.CODE),
    Column("cluster", ColumnKind.CODE),
    Column("started_at", ColumnKind.INSTANT),
    Column("completed_at", ColumnKind.INSTANT),
    Column("received_at", ColumnKind.INSTANT),
    Column("mode", ColumnKind.CODE),
    Column("simulated", ColumnKind.FLAG),
    Column("late", ColumnKind.FLAG),
    Column("n_problems", ColumnKind.INTEGER),
    Column("assignment", ColumnKind.TEXT),
    Column("visit", ColumnKind.CODE),
    Column("supersedes", ColumnKind.TEXT),
    Column("clock_offset_ms", ColumnKind.INTEGER),
    Column("training", ColumnKind.FLAG),
    Column("interviewer", ColumnKind.CODE),
    Column("device", ColumnKind.CODE),
    Column("cohort", ColumnKind.CODE),
    Column("cohort_place", ColumnKind.CODE),
)
"""Of responses.csv. `cohort` and `cohort_place` are empty for what is not published."""

PLACES = (
    Column("locality_name", ColumnKind.CODE),
    Column("district_name", ColumnKind.CODE),
    Column("province_name", ColumnKind.CODE),
)
"""Labels beside the path, in the wide tables."""

_WORDS = {False: "False", True: "True"}


def compile_envelope(
    cells: CellFormat, context: RoundContext
) -> Callable[[CollectedResponse, str, Cohort | None], list[Any]]:
    """The function that makes the cells of ENVELOPE of a response, the path of its locality and its cohort."""
    text, code, number = cells.text, cells.code, cells.number
    flags: Mapping[bool, Any] = cells.flags if cells.gap is None else _WORDS
    instant = cells.of_kind(ColumnKind.INSTANT)
    pseudonyms, gap = context.pseudonyms, cells.gap
    id_, offset = cells.of_kind(ColumnKind.CODE), cells.of_kind(ColumnKind.INTEGER)

    def named(value: str) -> Any:
        return text(value) if value else ""

    def make(row: CollectedResponse, path: str, cohort: Cohort | None) -> list[Any]:
        id_of_cohort, place = cohort if cohort is not None else (None, None)
        return [
            code(row.id), code(row.questionnaire), code(row.version), row.evidence, row.respondent, code(path),
            row.state, number(row.weight), number(row.weights_version), named(row.stratum), named(row.cluster),
            instant(row.started_at), instant(row.completed_at), instant(row.received_at), code(row.mode),
            flags[bool(row.simulated)], flags[bool(row.late)], number(_count(row.problems)),
            id_(row.assignment_id), id_(row.visit_id), id_(row.supersedes), offset(row.clock_offset_ms),
            flags[bool(row.training)], pseudonyms.interviewer(row.person_id) or gap,
            pseudonyms.device(row.device_id) or gap, id_(id_of_cohort), id_(place),
        ]  # fmt: skip

    return make


def _count(problems: str) -> int:
    return 0 if problems == "[]" else len(json.loads(problems))


def compile_places(cells: CellFormat, localities: Mapping[str, LocalityRow]) -> Callable[[str], Sequence[Any]]:
    """The function that makes the cells of PLACES of a locality's path; a level that it lacks stays empty."""
    known: dict[str, Sequence[Any]] = {}

    def make(path: str) -> Sequence[Any]:
        above = [localities[each] for each in ancestor_paths(path) if each in localities and each != COUNTRY_CODE]
        by_level = {each.level: each.name for each in above}
        names = (localities[path].name, by_level.get("district"), by_level.get("province"))
        return [cells.gap if name is None else cells.text(name) for name in names]

    def find(path: str) -> Sequence[Any]:
        if path not in known:
            known[path] = make(path)
        return known[path]

    return find
