"""The demo at a small scale: people, patterns, flaws; the same each time, and complete after a second run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from survey_server.domain.people import Role
from survey_server.services.demo.plan import DUE_ON, PROVINCES, Plan, leanings, make_plan
from survey_server.services.demo.prepare import prepare_demo
from survey_server.services.import_localities import import_shipped_localities
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings, read_settings, shipped_questionnaires
from survey_server.storage import localities, people, rounds
from survey_server.storage.database import Database, open_database
from survey_server.storage.migrate import migrate
from tests.support.receiving import stored_rows

pytestmark = pytest.mark.slow
SCALE = 0.2
ACCOUNTS = ["surveyor", "leader", "commune", "district", "province", "central", "analyst", "admin", "nobody"]


class CutOffError(Exception):
    """Stands for a power cut."""


def fresh_settings(folder: Path) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATA_DIR", str(folder))
        patch.delenv("SURVEY_DATABASE_URL", raising=False)
        return read_settings()


def with_questionnaires(settings: Settings) -> Database:
    database = open_database(settings)
    migrate(database)
    import_shipped_localities(database)
    for path in sorted(shipped_questionnaires().glob("*.yaml")):
        publish_questionnaire(database, path)
    return database


@pytest.fixture(scope="module")
def small_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return fresh_settings(tmp_path_factory.mktemp("small-demo"))


@pytest.fixture(scope="module")
def small_demo(small_settings: Settings) -> Iterator[Database]:
    database = with_questionnaires(small_settings)
    prepare_demo(database, lambda _: None, SCALE)
    yield database
    database.close()


def stored(database: Database) -> list[Any]:
    with database.read() as connection:
        return sorted(stored_rows(connection), key=lambda row: row["id"])


def answers(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["body"])["answers"]
    return found


def test_every_account_signs_in_with_its_demo_password(small_demo: Database) -> None:
    for account in ACCOUNTS:
        assert sign_in(small_demo, account, f"demo-{account}", "127.0.0.1"), account


def test_nobody_else_can_sign_in(small_demo: Database) -> None:
    with small_demo.read() as connection:
        everyone = people.search(connection, "", None, 10_000)
        able = [person.account for person in everyone if people.password_hash(connection, person.id) is not None]
    assert sorted(able) == sorted(ACCOUNTS)
    assert all(person.demo for person in everyone)
    assert {person.role for person in everyone} == set(Role)


def test_the_three_coordinators_lie_within_each_other_and_have_a_review_of_their_own(small_demo: Database) -> None:
    with small_demo.read() as connection:
        found = {name: people.by_account(connection, name) for name in ("commune", "district", "province")}
        areas = {name: person.area for name, person in found.items() if person is not None and person.area is not None}
        assert areas["commune"].path.startswith(areas["district"].path + "/")
        assert areas["district"].path.startswith(areas["province"].path + "/")
        for level, area in areas.items():
            home = localities.by_path(connection, area.scheme, area.path)
            assert home is not None
            reviews = rounds.counted(connection, rounds.unassigned_at(connection, home.id))
            assert [each.questionnaire for each in reviews] == [f"self_review_{level}"]
            if level == "commune":  # what its coordinator is to do in the demo
                assert [each.done for each in reviews] == [0]


def test_the_surveyor_has_an_open_commune_visit(small_demo: Database) -> None:
    with small_demo.read() as connection:
        surveyor = people.by_account(connection, "surveyor")
        assert surveyor is not None
        assigned = rounds.counted(connection, rounds.assignments_of(connection, surveyor.id))
        visits = {each.id for each in rounds.visits_of(connection, surveyor.id)}
    assert [each for each in assigned if each.questionnaire == "commune_visit" and each.done == 0]
    assert {each.visit_id for each in assigned} <= visits


def test_every_response_is_marked_as_simulated_and_none_is_quarantined(small_demo: Database) -> None:
    rows = stored(small_demo)
    assert len(rows) > 150
    assert {row["simulated"] for row in rows} == {True}
    assert {row["state"] for row in rows} == {"submitted"}
    assert {row["questionnaire"] for row in rows} == {
        "commune_visit", "visit_district", "visit_province", "cadre_interview", "resident_opinion",
        "self_review_commune", "self_review_district", "self_review_province",
    }  # fmt: skip


def test_a_few_are_late_and_a_few_are_flawed(small_demo: Database) -> None:
    rows = stored(small_demo)
    late = [row for row in rows if row["completed_at"][:10] > DUE_ON]
    flawed = [row for row in rows if row["problems"] != "[]"]
    assert 0 < len(late) < len(rows) / 8
    assert 0 < len(flawed) < len(rows) / 12


def test_communes_above_and_below_the_limit_of_ten_residents(small_demo: Database) -> None:
    residents = Counter(row["locality_id"] for row in stored(small_demo) if row["questionnaire"] == "resident_opinion")
    assert min(residents.values()) < 10


def test_some_do_not_know_and_some_figures_are_estimates(small_demo: Database) -> None:
    texts = [row["body"] for row in stored(small_demo)]
    assert any('"dont_know"' in text for text in texts)
    assert any('"estimated":true' in text for text in texts)
    assert any('"not_tracked"' in text or '"none_arose"' in text for text in texts)


def test_campaigns_go_better_than_cadre_matters(small_demo: Database) -> None:
    order = {"good": 4, "fair": 3, "average": 2, "weak": 1, "poor": 0}

    def mean(question: str) -> float:
        given = (answers(row).get(question) for row in stored(small_demo) if row["questionnaire"] == "resident_opinion")
        return fmean(order[each] for each in given if each in order)

    assert mean("campaign_quality") > mean("cadre_capacity") + 0.3


def test_a_second_run_adds_nothing(small_demo: Database, small_settings: Settings) -> None:
    before = [(row["id"], row["sha256"], row["state"]) for row in stored(small_demo)]
    prepare_demo(small_demo, lambda _: None, SCALE)
    assert [(row["id"], row["sha256"], row["state"]) for row in stored(small_demo)] == before


def test_an_interrupted_run_is_completed_by_the_next_with_the_same_bytes(small_demo: Database, tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    database = with_questionnaires(settings)
    lines: list[str] = []

    def cut_off(line: str) -> None:
        lines.append(line)
        if len(lines) == 5:
            raise CutOffError

    with pytest.raises(CutOffError):
        prepare_demo(database, cut_off, SCALE)
    whole = [(row["id"], row["sha256"]) for row in stored(small_demo)]
    assert 0 < len(stored(database)) < len(whole)
    prepare_demo(database, lambda _: None, SCALE)
    assert [(row["id"], row["sha256"]) for row in stored(database)] == whole
    database.close()


def planned(database: Database, scale: float) -> Plan:
    names = [path.stem for path in shipped_questionnaires().glob("*.yaml")]
    with database.read() as connection:
        units = [
            unit for code in PROVINCES for unit in localities.within(connection, "gso-2019-10", f"VN/{code}")
        ]  # fmt: skip
    return make_plan(units, dict.fromkeys(names, "2012.10"), scale)


def test_the_whole_plan_has_twelve_provinces_and_about_three_thousand_responses(small_demo: Database) -> None:
    plan = planned(small_demo, 1.0)
    assert [province.code for province in plan.provinces] == list(PROVINCES)
    assert len(PROVINCES) == 12
    assert 2_600 <= sum(each.answered for each in plan.assignments) <= 3_400
    residents = [each.answered for each in plan.assignments if each.questionnaire == "resident_opinion"]
    assert sum(number > 10 for number in residents) >= 40
    assert sum(number < 10 for number in residents) >= 10
    reviewed = {each.locality.code for each in plan.assignments if each.questionnaire == "self_review_district"}
    assert len(reviewed) >= 120


def test_the_plan_is_the_same_each_time(small_demo: Database) -> None:
    assert planned(small_demo, 1.0) == planned(small_demo, 1.0)


def test_provinces_lean_differently() -> None:
    best, worst = leanings("commune_visit", "VN/48/490/20194"), leanings("commune_visit", "VN/02/024/00688")
    assert fmean(best.values()) > fmean(worst.values())
