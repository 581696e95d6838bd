"""Completeness by locality: how many of the expected responses were received."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.charts.cells import Row, is_missing
from analysis.charts.chart import ChartKind, fixed
from analysis.charts.layout import MARGIN, WIDTH, add_key, add_label, start_drawing
from analysis.charts.readable import NONE, ReadableTable, TableWriter
from analysis.charts.subject import Subject
from analysis.charts.texts import format_percent
from analysis.disclosure import NOTHING_HIDDEN, is_never_published
from analysis.render import fonts, style
from analysis.render.drawing import PanelMarks
from analysis.render.spec import Axis, ChartSpec, category_axis
from analysis.round_tally import Coverage, LocalityRow, RoundTally

COLUMNS = ("locality", "name", "questionnaire", "expected", "received", "surplus", "late", "own", "hidden")
CSV_COLUMNS = (
    "locality", "name", "questionnaire", "questionnaire_name", "expected", "received", "surplus", "late",
)  # fmt: skip
LABELS = 210.0
ROW = 26.0
BAR = 14.0
GROUP = 30.0
KEY = 30.0
RIGHT = 196.0
LEFT_EDGE, RIGHT_EDGE = MARGIN + LABELS, WIDTH - MARGIN - RIGHT
Rows = list[dict[Any, Any]]


def build_table(subject: Subject) -> pd.DataFrame:
    return completeness_table(subject.rt, subject.path)


def completeness_table(rt: RoundTally, path: str) -> pd.DataFrame:
    """The columns are COLUMNS. First the locality's own rows (`own`: of its own level alone, such as its committee's
    report), then the localities below; the rows of a questionnaire add up to the locality's row in the table above.

    Of organisations units are counted, with their surplus responses (`round_tally.Coverage`); of people responses.
    Numbers of people below the limit are suppressed; the few people who answered late are never shown.
    """
    questionnaires = rt.questionnaires()
    found = [_own_row(rt, rt.localities[path], questionnaire) for questionnaire in questionnaires]
    found += [_child_row(rt, place, questionnaire) for place in rt.children(path) for questionnaire in questionnaires]
    return pd.DataFrame([row for row in found if row is not None], columns=list(COLUMNS))


def _own_row(rt: RoundTally, place: LocalityRow, questionnaire: str) -> dict[str, Any] | None:
    hidden = rt.is_own_hidden(place.path, questionnaire)
    return _coverage_row(rt, place, questionnaire, rt.own_coverage(place.path, questionnaire), hidden=hidden, own=True)


def _child_row(rt: RoundTally, place: LocalityRow, questionnaire: str) -> dict[str, Any] | None:
    hidden = rt.shown(questionnaire).get(place.path, NOTHING_HIDDEN).hidden
    return _coverage_row(rt, place, questionnaire, rt.coverage(place.path, questionnaire), hidden=hidden, own=False)


def _coverage_row(
    rt: RoundTally, place: LocalityRow, questionnaire: str, found: Coverage, *, hidden: bool, own: bool
) -> dict[str, Any] | None:
    """None where nothing is expected and nothing was received."""
    if found.expected == found.received == found.surplus == 0:
        return None
    is_organisation = rt.book(questionnaire).respondent == "organisation"
    return {
        "locality": place.path,
        "name": place.name,
        "questionnaire": questionnaire,
        "expected": found.expected,
        "received": None if hidden else found.received,
        "surplus": found.surplus if is_organisation else None,
        "late": found.late if is_organisation else None,
        "own": own,
        "hidden": hidden,
    }


def title(subject: Subject) -> str:
    return subject.say("completeness_title")


def build_spec(table: pd.DataFrame, subject: Subject) -> ChartSpec:
    """A panel a questionnaire, a bar a locality, the locality's own level first."""
    groups: dict[str, Rows] = {}
    for row in table.to_dict("records"):
        groups.setdefault(row["questionnaire"], []).append(row)
    body = KEY + sum(GROUP + ROW * len(rows) for rows in groups.values())
    key = ((style.ACCENT, "received"), (style.LATE, "late"), (style.HIDDEN, "expected"))
    drawing, y = start_drawing(
        subject, title(subject), subject.say("completeness_subtitle"), _foot(groups, subject), body,
        ((colour, subject.say(text)) for colour, text in key),
    )  # fmt: skip
    add_key(drawing, LEFT_EDGE, y, 50)
    y += KEY
    for questionnaire, rows in groups.items():
        heading = subject.text(subject.rt.book(questionnaire).title)
        line = fonts.wrap_at_most(1, heading, style.BODY, WIDTH - 2 * MARGIN, bold=True)[0]
        drawing.text(MARGIN, y + GROUP / 2, line, bold=True)
        y += GROUP
        names = [subject.locality_name(row) for row in rows]
        panel = drawing.panel(heading, Axis(0, 100, LEFT_EDGE, RIGHT_EDGE), category_axis(names, y, ROW))
        for number, (name, row) in enumerate(zip(names, rows, strict=True)):
            middle = panel.y.to_pixel(number)
            add_label(drawing, LEFT_EDGE - 10, middle, name, LABELS - 12)
            _add_bar(panel, row, middle, subject)
        y += ROW * len(rows)
    return drawing.spec()


def _foot(groups: dict[str, Rows], subject: Subject) -> list[str]:
    hidden = [row for rows in groups.values() for row in rows if row["hidden"]]
    never = [_is_never_published(row, subject) for row in hidden]
    foot = [subject.base()]
    if not all(never):
        foot.append(subject.say("hidden_note", limit=subject.rt.suppress_below))
    if any(never):
        foot.append(subject.say("never_note"))
    return foot


def _is_never_published(row: dict[Any, Any], subject: Subject) -> bool:
    """True for officials below the province, however many answered."""
    level = subject.rt.localities[row["locality"]].level
    return is_never_published(subject.rt.book(row["questionnaire"]).respondent, level)


def _add_bar(panel: PanelMarks, row: dict[Any, Any], y: float, subject: Subject) -> None:
    """The bar in per cents of what is expected, or of what was received where that is more; its numbers at the
    right."""
    x, width, top = LEFT_EDGE, RIGHT_EDGE - LEFT_EDGE, y - BAR / 2
    expected = int(row["expected"])
    if row["hidden"]:
        panel.hatched(x, top, width, BAR)
        sign = subject.say("not_published") if _is_never_published(row, subject) else subject.suppressed_sign
        text = f"{sign} / {subject.number(expected)}"
        panel.text(RIGHT_EDGE + 10, y, text, style.SMALL, colour=style.SOFT)
        return
    received, late = int(row["received"]), _integer(row["late"])
    scale = width / max(expected, received, 1)
    panel.rectangle(x, top, scale * expected, BAR, style.HIDDEN, stroke=style.LINE)
    panel.rectangle(x, top, scale * (received - late), BAR, style.ACCENT)
    panel.rectangle(x + scale * (received - late), top, scale * late, BAR, style.LATE)
    share = f" ({format_percent(received / expected, subject.language)})" if expected else ""
    text = f"{subject.number(received)}/{subject.number(expected)}{share}"
    panel.text(RIGHT_EDGE + 10, y, text + subject.surplus(_integer(row["surplus"])), style.SMALL)


def _integer(value: Any) -> int:
    return 0 if is_missing(value) else int(value)


def text_version(writer: TableWriter) -> ReadableTable:
    """A row a locality and questionnaire."""
    subject = writer.subject
    keys = ("locality", "questionnaire", "expected", "received", "rate", "surplus", "late")
    rows = [
        [
            subject.locality_name(row), writer.cells.questionnaire(row), writer.figure(row["expected"]),
            writer.number(row, "received"), _rate_cell(writer, row), writer.figure(row["surplus"]),
            writer.number(row, "late"),
        ]
        for row in writer.rows
    ]  # fmt: skip
    return ReadableTable([subject.say(f"{key}_head") for key in keys], [2, 3, 4, 5, 6], rows)


def _rate_cell(writer: TableWriter, row: Row) -> str:
    if is_missing(row["received"]):
        return writer.cells.sign(row, "received")
    return format_percent(row["received"] / row["expected"], writer.subject.language) if row["expected"] else NONE


KIND = ChartKind(
    "completeness", lambda subject: (subject,), build_table, title, build_spec, text_version, fixed(*COLUMNS),
    fixed(*CSV_COLUMNS),
)  # fmt: skip
plot_completeness = KIND.plot
"""`table` as from `completeness_table`."""
