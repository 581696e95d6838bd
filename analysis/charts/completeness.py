"""Completeness by locality: how many of the expected responses were received."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.charts.chart import ChartKind
from analysis.charts.layout import MARGIN, WIDTH, add_key, add_label, start_drawing
from analysis.charts.subject import Subject
from analysis.charts.tables import NONE, ReadableTable, Row, TableWriter, is_missing, rows_by
from analysis.charts.texts import format_percent
from analysis.disclosure import Audience
from analysis.render import fonts, style
from analysis.render.spec import Axis, ChartSpec, Panel, category_axis
from analysis.round_tally import LocalityRow, RoundTally

COLUMNS = ("locality", "name", "questionnaire", "expected", "received", "surplus", "late", "own", "hidden", "withheld")
LABELS = 210.0
ROW = 26.0
BAR = 14.0
GROUP = 30.0
KEY = 30.0
RIGHT = 196.0
LEFT_EDGE, RIGHT_EDGE = MARGIN + LABELS, WIDTH - MARGIN - RIGHT


def completeness_table(rt: RoundTally, path: str, audience: Audience = Audience.CENTRE) -> pd.DataFrame:
    """The columns are COLUMNS. First the locality's own rows (`own`: of its own level alone, such as its committee's
    report), then the localities below; the rows of a questionnaire add up to the locality's row in the table above.

    Of organisations units are counted, with their surplus responses (`round_tally.Coverage`); of people the responses
    that are published, so that nothing is told of those that wait. How many people answered late is never shown.
    Coordinators of a locality below see one row, of the whole locality.
    """
    if audience is Audience.COORDINATOR_BELOW:
        places = [(rt.localities[path], False)]
    else:
        places = [(rt.localities[path], True), *((row, False) for row in rt.children(path))]
    rows = (_row(rt, place, each, own=own) for place, own in places for each in rt.questionnaires(audience))
    return pd.DataFrame([row for row in rows if row is not None], columns=list(COLUMNS))


def _row(rt: RoundTally, place: LocalityRow, questionnaire: str, *, own: bool) -> dict[str, Any] | None:
    """None where nothing is expected and nothing was received."""
    found = (rt.own_coverage if own else rt.coverage)(place.path, questionnaire)
    if found.expected == found.received == found.surplus == 0:
        return None
    shown = rt.decide(place.path, questionnaire, found.received, is_published=found.received > 0)
    is_organisation = rt.book(questionnaire).respondent == "organisation"
    return {
        "locality": place.path,
        "name": place.name,
        "questionnaire": questionnaire,
        "expected": found.expected,
        "received": None if shown.hidden else found.received,
        "surplus": found.surplus if is_organisation else None,
        "late": found.late if is_organisation else None,
        "own": own,
        "hidden": shown.hidden,
        "withheld": shown.withheld,
    }


def build_spec(table: pd.DataFrame, subject: Subject) -> ChartSpec:
    """A panel a questionnaire, a bar a locality, the locality's own level first."""
    groups = rows_by(table, "questionnaire")
    body = KEY + sum(GROUP + ROW * len(rows) for rows in groups.values())
    key = ((style.ACCENT, "received"), (style.LATE, "late"), (style.HIDDEN, "expected"))
    drawing, y = start_drawing(
        subject, subject.say("completeness_title"), subject.say(_subtitle(subject)), _foot(table, subject), body,
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
    return drawing


def _subtitle(subject: Subject) -> str:
    counts_people = any(map(subject.rt.is_about_people, subject.rt.questionnaires(subject.audience)))
    return "completeness_subtitle" if counts_people else "completeness_of_organisations"


def _foot(table: pd.DataFrame, subject: Subject) -> list[str]:
    return [subject.base(), *subject.notes_of(table)]


def _add_bar(panel: Panel, row: Row, y: float, subject: Subject) -> None:
    """The bar in per cents of what is expected, or of what was received where that is more; its numbers at the
    right."""
    x, width, top = LEFT_EDGE, RIGHT_EDGE - LEFT_EDGE, y - BAR / 2
    expected = int(row["expected"])
    if row["hidden"]:
        panel.hatched(x, top, width, BAR)
        text = f"{subject.sign(row)} / {subject.number(expected)}"
        panel.text(RIGHT_EDGE + 10, y, text, style.SMALL, colour=style.SOFT)
        return
    received, late = int(row["received"]), _integer(row["late"])
    scale = width / max(expected, received, 1)
    panel.rectangle(x, top, scale * expected, BAR, style.HIDDEN, stroke=style.LINE)
    panel.rectangle(x, top, scale * (received - late), BAR, style.ACCENT)
    panel.rectangle(x + scale * (received - late), top, scale * late, BAR, style.LATE)
    text = subject.number(received)
    if expected or not is_missing(row["surplus"]):  # cohorts from several places have no plan of their own
        text += f"/{subject.number(expected)}"
    if expected:
        text += f" ({format_percent(received / expected, subject.language)})"
    panel.text(RIGHT_EDGE + 10, y, text + subject.surplus(_integer(row["surplus"])), style.SMALL)


def _integer(value: Any) -> int:
    return 0 if is_missing(value) else int(value)


def text_version(writer: TableWriter) -> ReadableTable:
    """A row a locality and questionnaire."""
    subject = writer.subject
    keys = ("locality", "questionnaire", "expected", "received", "rate", "surplus", "late")
    rows = [
        [
            subject.locality_name(row), writer.questionnaire(row), writer.figure(row["expected"]),
            writer.number(row, "received"), _rate_cell(writer, row), writer.figure(row["surplus"]),
            writer.number(row, "late"),
        ]
        for row in writer.rows
    ]  # fmt: skip
    return ReadableTable([subject.say(f"{key}_head") for key in keys], [2, 3, 4, 5, 6], rows)


def _rate_cell(writer: TableWriter, row: Row) -> str:
    if is_missing(row["received"]):
        return writer.sign(row, "received")
    return format_percent(row["received"] / row["expected"], writer.subject.language) if row["expected"] else NONE


KIND = ChartKind(
    "completeness", lambda subject: (subject,),
    lambda subject: completeness_table(subject.rt, subject.path, subject.audience),
    build_spec, text_version,
)  # fmt: skip
plot_completeness = KIND.plot
"""`table` as from `completeness_table`."""
