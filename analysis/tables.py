"""Tidy tables for charts and their CSV: a row a mark, what may not be shown already blanked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.codebook import Choices, QuestionnaireBook
from analysis.disclosure import Shown
from analysis.round_tally import LocalityRow, RoundTally

NOTHING_HIDDEN = Shown()
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


def neutral(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made a text; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def table_csv(table: pd.DataFrame) -> bytes:
    """A chart's table as CSV in UTF-8 with a byte order mark, as spreadsheets want it."""
    written: str = table.map(neutral).to_csv(index=False, lineterminator="\r\n", float_format="%.4f")
    return "\ufeff".encode() + written.encode()


def rating_lists(book: QuestionnaireBook) -> list[Choices]:
    """The ordered, scored lists that the questionnaire's scored questions use, the most used first."""
    counts: dict[str, int] = {}
    for scored in book.scored.values():
        for each in scored:
            name = book.questions[each.question].choices or ""
            if book.choices[name].scale == "ordinal" and len(book.choices[name].options) >= 3:
                counts[name] = counts.get(name, 0) + 1
    return [book.choices[name] for name in sorted(counts, key=lambda name: -counts[name])]


def rating_table(rt: RoundTally, path: str, questionnaire: str, listed: Choices) -> pd.DataFrame:
    """How answers spread over one rating, by task. Columns: task, category, order, count, share (of the answers that
    rate), n (those answers), missing (don't know, refused, …), responses, hidden, flagged."""
    book = rt.book(questionnaire)
    columns = ["task", "category", "order", "count", "share", "n", "missing", "responses", "hidden", "flagged"]
    shown = rt.shown(questionnaire).get(path, NOTHING_HIDDEN)
    tally = rt.at(path, questionnaire)
    rows: list[dict[str, Any]] = []
    for task, scored in book.scored.items():
        asked = [each.question for each in scored if book.questions[each.question].choices == listed.name]
        found = [tally.questions[name] for name in asked if name in tally.questions]
        if not asked:
            continue
        counts = {code: sum(each.choices.get(code, 0) for each in found) for code in listed.options}
        n = sum(counts.values())
        missing = sum(sum(each.missing.values()) for each in found)
        for order, (code, count) in enumerate(counts.items()):
            known = n > 0 and not shown.hidden
            rows.append(
                {
                    "task": task,
                    "category": code,
                    "order": order,
                    "count": count if not shown.hidden else None,
                    "share": count / n if known else None,
                    "n": n if not shown.hidden else None,
                    "missing": missing if not shown.hidden else None,
                    "responses": tally.n if not shown.hidden else None,
                    "hidden": shown.hidden,
                    "flagged": shown.flagged,
                }
            )
    return pd.DataFrame(rows, columns=columns)


SCORE_COLUMNS = [
    "locality", "name", "task", "estimate", "se", "low", "high", "n", "deff", "differs", "hidden", "flagged",
]  # fmt: skip


def score_table(rt: RoundTally, path: str, questionnaire: str, by: str = "child") -> pd.DataFrame:
    """Mean scores by task of the localities below (`by="child"`) or of the locality itself (`by="self"`)."""
    places = rt.children(path) if by == "child" else [rt.localities[path]]
    tasks = list(rt.book(questionnaire).scored)
    whole = path if by == "child" else None
    rows = [_score_row(rt, place, questionnaire, task, whole) for place in places for task in tasks]
    return pd.DataFrame(rows, columns=SCORE_COLUMNS)


def _score_row(rt: RoundTally, place: LocalityRow, questionnaire: str, task: str, whole: str | None) -> dict[str, Any]:
    shown = rt.shown(questionnaire).get(place.path, NOTHING_HIDDEN)
    row: dict[str, Any] = dict.fromkeys(SCORE_COLUMNS)
    row |= {"locality": place.path, "name": place.name, "task": task, "hidden": shown.hidden, "flagged": shown.flagged}
    if shown.hidden:
        return row
    estimate = rt.estimate(place.path, questionnaire, task, whole)
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


def completeness_table(rt: RoundTally, path: str) -> pd.DataFrame:
    """Columns: locality, name, questionnaire, expected, received, late; for the localities below, or for the locality
    itself where there are none. Numbers of people below the limit are hidden as everywhere."""
    places = rt.children(path) or [rt.localities[path]]
    rows = []
    for place in places:
        for questionnaire in rt.questionnaires():
            expected = rt.expected_at(place.path, questionnaire)
            tally = rt.at(place.path, questionnaire)
            if expected == 0 and tally.n == 0:
                continue
            hidden = rt.shown(questionnaire).get(place.path, NOTHING_HIDDEN).hidden
            rows.append(
                {
                    "locality": place.path,
                    "name": place.name,
                    "questionnaire": questionnaire,
                    "expected": expected,
                    "received": None if hidden else tally.n,
                    "late": None if hidden else tally.late,
                    "hidden": hidden,
                }
            )
    return pd.DataFrame(rows, columns=["locality", "name", "questionnaire", "expected", "received", "late", "hidden"])
