"""Tidy tables for charts and their CSV: a row a mark, what may not be shown already blanked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.codebook import Choices
from analysis.disclosure import NOTHING_HIDDEN
from analysis.ratings import SILENT, SPREAD, choices_of, rated_by, rating_cells, reasons, silent_of, told_reasons
from analysis.round_tally import Coverage, LocalityRow, RoundTally
from analysis.rounding import rounded

RATING_COLUMNS = ["task", "category", "order", "count", "share", "n", "missing"]


def rating_table(rt: RoundTally, path: str, questionnaire: str, listed: Choices) -> pd.DataFrame:
    """How answers spread over one rating, by task. Columns: task, category, order, count, share (of the answers that
    rate), n (those answers), missing (asked, but no rating), a column for each of `reasons`, responses, hidden,
    flagged.

    Of people a distribution is shown where each choice was taken by nobody or by enough, and whole per cents of it; how
    many answers it has only where that does not tell of a few who gave none or were not asked; each reason by itself
    only where none of them has few.
    """
    book = rt.book(questionnaire)
    rows: list[dict[str, Any]] = []
    for task, asked in rated_by(book, listed).items():
        rows += _rating_rows(rt, path, questionnaire, listed, task, asked)
    columns = [*RATING_COLUMNS, *reasons(listed), "responses", "hidden", "flagged"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("count", "n", "missing"), "object"))


def _rating_rows(
    rt: RoundTally, path: str, questionnaire: str, listed: Choices, task: str, asked: list[str]
) -> list[dict[str, Any]]:
    cells = rating_cells(rt, questionnaire, listed, task, asked)
    shown_spread, shown_silent = (cells[cell].get(path, NOTHING_HIDDEN) for cell in (SPREAD, SILENT))
    whole = rt.shown(questionnaire).get(path, NOTHING_HIDDEN)
    tally = rt.at(path, questionnaire)
    counts = choices_of(tally, asked, list(listed.options))
    n = sum(counts)
    by_reason = told_reasons(cells, path, tally, listed, asked)
    told = not shown_spread.hidden and not shown_silent.hidden
    in_people = rt.book(questionnaire).respondent != "organisation"
    return [
        {
            "task": task,
            "category": code,
            "order": order,
            "count": count if told else None,
            "share": _share(count, n, whole_per_cents=in_people) if n and not shown_spread.hidden else None,
            "n": n if told else None,
            "missing": silent_of(tally, asked)[0] if told else None,
            **(by_reason if told else {}),
            "responses": tally.n if not whole.hidden else None,
            "hidden": shown_spread.hidden,
            "flagged": whole.flagged,
        }
        for order, (code, count) in enumerate(zip(listed.options, counts, strict=True))
    ]


def _share(count: int, n: int, *, whole_per_cents: bool) -> float:
    return float(rounded(100 * count / n)) / 100 if whole_per_cents else count / n


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


COMPLETENESS_COLUMNS = ["locality", "name", "questionnaire", "expected", "received", "surplus", "late", "own", "hidden"]


def completeness_table(rt: RoundTally, path: str) -> pd.DataFrame:
    """Columns: locality, name, questionnaire, expected, received, surplus, late, own, hidden; first what is the
    locality's own (`own`: of its own level alone, such as its committee's report), then the localities below. The rows
    of a questionnaire add up to the locality's row in the table above. Of organisations units are counted, and their
    surplus responses beside them (`round_tally.Coverage`); of people responses. Numbers of people below the limit are
    hidden as everywhere; how many people answered late, which would be few, is not told at all."""
    asked = rt.questionnaires()
    found = [_own_completeness(rt, rt.localities[path], questionnaire) for questionnaire in asked]
    found += [_completeness(rt, place, questionnaire) for place in rt.children(path) for questionnaire in asked]
    return pd.DataFrame([row for row in found if row is not None], columns=COMPLETENESS_COLUMNS)


def _own_completeness(rt: RoundTally, place: LocalityRow, questionnaire: str) -> dict[str, Any] | None:
    hidden = rt.is_own_hidden(place.path, questionnaire)
    return _coverage_row(rt, place, questionnaire, rt.own_coverage(place.path, questionnaire), hidden=hidden, own=True)


def _completeness(rt: RoundTally, place: LocalityRow, questionnaire: str) -> dict[str, Any] | None:
    hidden = rt.shown(questionnaire).get(place.path, NOTHING_HIDDEN).hidden
    return _coverage_row(rt, place, questionnaire, rt.coverage(place.path, questionnaire), hidden=hidden, own=False)


def _coverage_row(
    rt: RoundTally, place: LocalityRow, questionnaire: str, found: Coverage, *, hidden: bool, own: bool
) -> dict[str, Any] | None:
    """None where nothing is expected and nothing came."""
    if found.expected == found.received == found.surplus == 0:
        return None
    counted = rt.book(questionnaire).respondent == "organisation"
    return {
        "locality": place.path,
        "name": place.name,
        "questionnaire": questionnaire,
        "expected": found.expected,
        "received": None if hidden else found.received,
        "surplus": found.surplus if counted else None,
        "late": found.late if counted else None,
        "own": own,
        "hidden": hidden,
    }
