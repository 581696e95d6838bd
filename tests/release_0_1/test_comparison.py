"""What charts say of a database of release 0.1: of organisations what they said then, of people what is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.release_0_1 import compare
from tests.release_0_1.compare import Comparison, Figures, Key
from tests.release_0_1.read_figures import figures_of, read_migrated, tallies_of
from tests.release_0_1.test_release_0_1 import sqlite_database

__all__ = ["sqlite_database"]  # the fixture
OLD = compare.read(Path(__file__).parent / "charts.csv")  # written by release 0.1 of survey.sql


@pytest.fixture
def figures(sqlite_database: Database, settings: Settings) -> Figures:
    rt = read_migrated(sqlite_database, settings, "r1")
    return {Key(*row[:5]): row[5] for row in (*figures_of(rt), *tallies_of(rt))}


@pytest.mark.slow
def test_organisations_have_the_figures_of_release_0_1(figures: Figures) -> None:
    about = [key for key in OLD if key.respondent == "organisation" and not key.part("repeat")]
    of_charts = {key.kind for key in about}
    assert of_charts == {"completeness", "dots", "heat_map", "ratings_by_task", "tile_diagram", "tally"}
    assert {key: figures.get(key) for key in about} == {key: OLD[key] for key in about}


@pytest.mark.slow
def test_every_difference_has_a_reason(figures: Figures) -> None:
    reasons = dict(Comparison(OLD, figures).reasons())
    assert compare.UNEXPLAINED not in reasons.values()
    repeats = {key.part("question") for key, reason in reasons.items() if reason == compare.REPEATS}
    assert repeats == {"number", "pages"}
    assert {compare.SAME, compare.NOW_SHOWN, compare.ROUNDED} <= {*reasons.values()}


def test_a_changed_figure_is_found() -> None:
    found = dict(Comparison(OLD, OLD).reasons())
    assert {*found.values()} == {compare.SAME}
    key = next(each for each in OLD if each.respondent == "organisation" and each.column == "count")
    assert dict(Comparison(OLD, {**OLD, key: "99.0000"}).reasons())[key] == compare.UNEXPLAINED


@pytest.mark.slow
def test_people_who_declined_do_not_count_towards_the_ten(sqlite_database: Database, settings: Settings) -> None:
    """Of the fifteen people of a commune who waited before the migration six had declined to be interviewed."""
    later = ["party_change", "why_little", "held_on", "documents", "number", "pages", "documents_total", "figures"]
    decline = text("""UPDATE response SET not_asked = :not_asked WHERE seq IN (
        SELECT seq FROM response WHERE locality_id = 5 AND questionnaire = 'opinions' ORDER BY seq LIMIT 6)""")
    sqlite_database.write(lambda each: each.execute(decline, {"not_asked": json.dumps(later)}))
    rt = read_migrated(sqlite_database, settings, "r1")
    assert [leaf.path for leaf in rt.leaves if leaf.questionnaire == "opinions"] == ["VN/01/001/00001"]
