"""Every figure of a round's charts, as CSV: what `compare.py` compares between release 0.1 and today's program.

    SURVEY_DATA_DIR=<data> <that program's python> tests/release_0_1/read_figures.py ROUND > figures.csv

Runs in a checkout of release 0.1 and in today's program, on a database that this program has prepared. It counts what
waits, and publishes what people answered, before it reads.
Every number of the charts' tables of the country, provinces and districts is written, and what they are computed from.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from typing import Any

LEVELS = ("country", "province", "district")
KEYS = ("locality", "questionnaire", "task", "category", "own")  # which row of a table
NOT_FIGURES = frozenset({*KEYS, "name", "order", "hidden", "withheld", "flagged"})
HEADS = ("respondent", "locality", "chart", "row", "column", "value")
UNIT = 2**64  # of today's sums


def read_round(code: str) -> Any:
    """The round's tally as charts read it."""
    from survey_server.settings import read_settings
    from survey_server.storage.database import open_database

    settings = read_settings()
    database = open_database(settings)
    try:
        from survey_server.handover.books import read_books  # release 0.1
    except ImportError:
        return read_migrated(database, settings, code)
    from survey_server.handover.counting import count_beside_publisher
    from survey_server.handover.round_tally import read_round_tally, release

    books = read_books(database, settings, code)
    count_beside_publisher(database, settings, books)
    release(database, books)
    return read_round_tally(database, books)


def read_migrated(database: Any, settings: Any, code: str) -> Any:
    from survey_server.pipeline.cohorts.publishing import publish_waiting
    from survey_server.pipeline.context import read_round_context
    from survey_server.pipeline.counting import count_waiting
    from survey_server.pipeline.round_tally import read_round_tally

    count_waiting(database)
    publish_waiting(database, settings)
    context = read_round_context(database, settings, code)
    assert context is not None, code
    return read_round_tally(database, context)


def figures_of(rt: Any) -> Iterator[tuple[str, ...]]:
    """Rows with HEADS. A figure that is not given is "-", or why its row is hidden: "hidden", and in today's program
    "unpublished", "unreliable" or "not_published"."""
    from analysis.report import charts_of

    for path, place in rt.localities.items():
        if place.level not in LEVELS:
            continue
        for chart in charts_of(rt, path, "vi"):
            for row in chart.table.to_dict("records"):
                about = row.get("questionnaire", chart.questionnaire)
                name = " ".join(f"{key}={row[key]}" for key in KEYS if key in row)
                for column in row.keys() - NOT_FIGURES:
                    yield rt.book(about).respondent, path, chart.id, name, column, as_printed(row, column)


def tallies_of(rt: Any) -> Iterator[tuple[str, ...]]:
    """Rows with HEADS of what charts are made of; of people only how many responses and scores there are. What is zero
    is left out."""
    for path in rt.localities:
        for questionnaire in rt.questionnaires():
            tally, book = rt.at(path, questionnaire), rt.book(questionnaire)
            found = {("", "responses"): tally.n}
            found |= {
                (f"task={task}", "scored"): tally.moments[task].n for task in book.scored if task in tally.moments
            }
            if book.respondent == "organisation":
                found |= {("", "late"): tally.late, **questions_of(tally, book)}
            for (row, column), value in found.items():
                if value:
                    yield book.respondent, path, f"tally-{questionnaire}", row, column, f"{value:.4f}"


def questions_of(tally: Any, book: Any) -> dict[tuple[str, str], float]:
    """By (row, column); the row of a question in a repeat names the repeat."""
    found: dict[tuple[str, str], float] = {}
    for name, each in tally.questions.items():
        total = each.number[1]
        repeat = book.questions[name].repeat if name in book.questions else None  # cells of tables have no entry
        row = f"question={name}" + (f" repeat={repeat}" if repeat else "")
        found |= {(row, f"choice {code}"): n for code, n in each.choices.items()}
        found |= {(row, f"missing {code}"): n for code, n in each.missing.items()}
        found |= {(row, column): getattr(each, column) for column in ("not_asked", "unanswered", "estimated")}
        found |= {(row, "numbers"): each.number[0], (row, "sum"): total / UNIT if isinstance(total, int) else total}
    return found


def as_printed(row: dict[str, Any], column: str) -> str:
    """A number to the four decimals of a chart's CSV file, of a share to those of its per cents."""
    value = row[column]
    if value is None or value != value:
        return str(row.get("withheld") or "hidden") if row["hidden"] else "-"
    if isinstance(value, bool):
        return str(value)
    return f"{float(value):.{6 if column == 'share' else 4}f}"


def main(code: str) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADS)
    rt = read_round(code)
    writer.writerows(sorted([*figures_of(rt), *tallies_of(rt)]))


if __name__ == "__main__":
    main(sys.argv[1])
