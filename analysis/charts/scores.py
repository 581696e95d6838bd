"""Mean scores by task, of a locality or of those below it: the table that several kinds of chart show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from analysis.charts.subject import Subject
from analysis.charts.tables import NONE, ReadableTable, Row, TableWriter, is_missing, rows_by, star
from analysis.disclosure import LOWEST_FOR_OFFICIALS, Audience
from analysis.render import style
from analysis.round_tally import LocalityRow, RoundTally

COLUMNS = (
    "locality", "name", "task", "estimate", "se", "low", "high", "n", "deff", "differs",
    "hidden", "withheld", "flagged",
)  # fmt: skip


def score_table(rt: RoundTally, path: str, questionnaire: str, by: str = "child") -> pd.DataFrame:
    """Mean scores by task of the localities below (`by="child"`) or of the locality itself (`by="self"`); the columns
    are COLUMNS."""
    places = surveyed_below(rt, path, questionnaire) if by == "child" else [rt.localities[path]]
    rows = score_rows(rt, places, questionnaire, path if by == "child" else None)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def score_rows(
    rt: RoundTally, places: Iterable[LocalityRow], questionnaire: str, whole: str | None = None
) -> Iterator[dict[str, Any]]:
    """A row a locality and task, with COLUMNS; `whole`: the path of a locality to compare with."""
    tasks = rt.book(questionnaire).scored
    return (_row(rt, place, questionnaire, task, whole) for place in places for task in tasks)


def _row(rt: RoundTally, place: LocalityRow, questionnaire: str, task: str, whole: str | None) -> dict[str, Any]:
    shown = rt.shown(place.path, questionnaire, task)
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {"locality": place.path, "name": place.name, "task": task}
    row |= {"hidden": shown.hidden, "withheld": shown.withheld, "flagged": shown.flagged}
    if shown.hidden:
        return row
    estimate = rt.shown_estimate(place.path, questionnaire, task, whole)
    if estimate is None:
        return row | {"n": 0}
    return row | {
        "estimate": estimate.mean,
        "se": estimate.se,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "deff": estimate.deff,
        "differs": estimate.differs,
    }


def surveyed_below(rt: RoundTally, path: str, questionnaire: str) -> list[LocalityRow]:
    """The localities directly below from which responses came or are expected, in the official order."""
    return [
        place
        for place in rt.children(path)
        if rt.leaves_at(place.path, questionnaire) or rt.expected_at(place.path, questionnaire)
    ]


def compares_children(subject: Subject) -> bool:
    """Whether localities below were surveyed, of a level at which the questionnaire's respondents may be shown, and to
    this audience: coordinators see people's answers of the locality alone, and so those of a locality below see all."""
    is_alone = subject.is_about_people and subject.audience is Audience.COORDINATOR
    if is_alone or subject.audience is Audience.COORDINATOR_BELOW:
        return False
    levels = {row.level for row in surveyed_below(subject.rt, subject.path, subject.questionnaire or "")}
    return bool(levels) and (subject.book.respondent != "official" or levels <= LOWEST_FOR_OFFICIALS)


def table_of_children(subject: Subject) -> pd.DataFrame:
    return score_table(subject.rt, subject.path, subject.questionnaire or "")


def foot(subject: Subject, table: pd.DataFrame) -> list[str]:
    """The base, and the explanation of signs that the chart contains."""
    notes = subject.notes_of(table)
    if not table["se"].isna().all() and subject.rt.has_joined_strata(subject.questionnaire or ""):
        notes.append(subject.say("joined_note"))
    return [subject.base(is_weighted=subject.is_weighted()), *notes]


def class_key(subject: Subject) -> Iterable[tuple[str, str]]:
    """The colours of the five classes of scores with their bounds."""
    texts = (subject.say("below"), "40–49", "50–59", "60–69", subject.say("above"))
    return ((colour, text) for text, (_, colour) in zip(texts, style.CLASSES, strict=True))


def printed_score(subject: Subject, row: Row) -> str:
    return subject.number(row["estimate"]) + star(row)


def text_version(writer: TableWriter) -> ReadableTable:
    """A row a locality, a column a task."""
    subject, groups = writer.subject, rows_by(writer.table, "locality")
    heads = [subject.say("locality_head"), *map(subject.numbered_task, writer.table["task"].unique()), "n"]
    rows = [
        [group[0]["name"], *(writer.number(row, "estimate", 1) for row in group), _range_of_n(writer, group)]
        for group in groups.values()
    ]
    return ReadableTable(heads, list(range(1, len(heads))), rows)


def _range_of_n(writer: TableWriter, group: list[Row]) -> str:
    """The number of responses; of several tasks the smallest and the largest."""
    if all(row["hidden"] for row in group):
        return writer.subject.sign(group[0])
    known = sorted(int(row["n"]) for row in group if not is_missing(row["n"]))
    return "–".join(dict.fromkeys(writer.figure(n) for n in (*known[:1], *known[-1:]))) or NONE
