"""Tidy tables for charts and their CSV: a row a mark, what may not be shown already blanked."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from analysis.codebook import Choices, QuestionnaireBook
from analysis.disclosure import Shown
from analysis.round_tally import LocalityRow, RoundTally
from analysis.tally import LeafTally

NOTHING_HIDDEN = Shown()
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for the beginning of a formula


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


RATING_COLUMNS = [
    "task", "category", "order", "count", "share", "n", "missing", "responses", "hidden", "flagged",
]  # fmt: skip


def rating_table(rt: RoundTally, path: str, questionnaire: str, listed: Choices) -> pd.DataFrame:
    """How answers spread over one rating, by task. Columns: task, category, order, count, share (of the answers that
    rate), n (those answers), missing (don't know, refused, …), responses, hidden, flagged.

    Of people a distribution is shown where each choice was taken by nobody or by enough, and whole per cents of it; how
    many answers it has only where that does not tell of a few who gave none.
    """
    book = rt.book(questionnaire)
    rows: list[dict[str, Any]] = []
    for task, scored in book.scored.items():
        asked = [each.question for each in scored if book.questions[each.question].choices == listed.name]
        if asked:
            rows += _rating_rows(rt, path, questionnaire, listed, task, asked)
    return pd.DataFrame(rows, columns=RATING_COLUMNS).astype({"count": "object", "n": "object", "missing": "object"})


def _rating_rows(
    rt: RoundTally, path: str, questionnaire: str, listed: Choices, task: str, asked: list[str]
) -> list[dict[str, Any]]:
    cell = f"ratings/{listed.name}/{task}"
    choices = partial(_choices, asked=asked, codes=list(listed.options))
    missing = partial(_missing, asked=asked)
    spread = rt.shown_parts(questionnaire, cell, choices).get(path, NOTHING_HIDDEN)
    silent = rt.shown_parts(questionnaire, f"{cell}/missing", missing).get(path, NOTHING_HIDDEN)
    whole = rt.shown(questionnaire).get(path, NOTHING_HIDDEN)
    tally = rt.at(path, questionnaire)
    counts = choices(tally)
    n = sum(counts)
    told = not spread.hidden and not silent.hidden
    places = 4 if rt.book(questionnaire).respondent == "organisation" else 2
    return [
        {
            "task": task,
            "category": code,
            "order": order,
            "count": count if told else None,
            "share": round(count / n, places) if n and not spread.hidden else None,
            "n": n if told else None,
            "missing": missing(tally)[0] if told else None,
            "responses": tally.n if not whole.hidden else None,
            "hidden": spread.hidden,
            "flagged": whole.flagged,
        }
        for order, (code, count) in enumerate(zip(listed.options, counts, strict=True))
    ]


def _choices(tally: LeafTally, asked: list[str], codes: list[str]) -> tuple[int, ...]:
    found = [tally.questions[name].choices for name in asked if name in tally.questions]
    return tuple(sum(each.get(code, 0) for each in found) for code in codes)


def _missing(tally: LeafTally, asked: list[str]) -> tuple[int, ...]:
    return (sum(sum(tally.questions[name].missing.values()) for name in asked if name in tally.questions),)


SCORE_COLUMNS = [
    "locality", "name", "task", "estimate", "se", "low", "high", "n", "deff", "differs", "hidden", "flagged",
]  # fmt: skip


def surveyed_below(rt: RoundTally, path: str, questionnaire: str) -> list[LocalityRow]:
    """The localities directly below from which something came or is expected, in the official order."""
    return [
        place
        for place in rt.children(path)
        if rt.leaves_at(place.path, questionnaire) or rt.expected_at(place.path, questionnaire)
    ]


def score_table(rt: RoundTally, path: str, questionnaire: str, by: str = "child") -> pd.DataFrame:
    """Mean scores by task of the localities below (`by="child"`) or of the locality itself (`by="self"`)."""
    places = surveyed_below(rt, path, questionnaire) if by == "child" else [rt.localities[path]]
    tasks = list(rt.book(questionnaire).scored)
    whole = path if by == "child" else None
    rows = [_score_row(rt, place, questionnaire, task, whole) for place in places for task in tasks]
    return pd.DataFrame(rows, columns=SCORE_COLUMNS)


def _score_row(rt: RoundTally, place: LocalityRow, questionnaire: str, task: str, whole: str | None) -> dict[str, Any]:
    shown = rt.shown(questionnaire, task).get(place.path, NOTHING_HIDDEN)
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


COMPLETENESS_COLUMNS = ["locality", "name", "questionnaire", "expected", "received", "late", "hidden"]


def completeness_table(rt: RoundTally, path: str) -> pd.DataFrame:
    """Columns: locality, name, questionnaire, expected, received, late; for the localities below, or for the locality
    itself where there are none. Numbers of people below the limit are hidden as everywhere; how many people answered
    late, which would be few, is not told at all."""
    places = rt.children(path) or [rt.localities[path]]
    found = (_completeness(rt, place, questionnaire) for place in places for questionnaire in rt.questionnaires())
    return pd.DataFrame([row for row in found if row is not None], columns=COMPLETENESS_COLUMNS)


def _completeness(rt: RoundTally, place: LocalityRow, questionnaire: str) -> dict[str, Any] | None:
    expected = rt.expected_at(place.path, questionnaire)
    tally = rt.at(place.path, questionnaire)
    if expected == 0 and tally.n == 0:
        return None
    hidden = rt.shown(questionnaire).get(place.path, NOTHING_HIDDEN).hidden
    counted = rt.book(questionnaire).respondent == "organisation"
    return {
        "locality": place.path,
        "name": place.name,
        "questionnaire": questionnaire,
        "expected": expected,
        "received": None if hidden else tally.n,
        "late": tally.late if counted else None,
        "hidden": hidden,
    }
