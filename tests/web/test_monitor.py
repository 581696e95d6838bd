"""/monitor: the own committee's row, an area that is left empty, and the day on which something is overdue."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey_server.domain.people import Role
from survey_server.domain.rounds import NewRound
from survey_server.services.import_localities import import_localities
from survey_server.services.people import add_person
from survey_server.storage import localities, rounds
from survey_server.storage.database import Connection, Database
from survey_server.web import monitor
from tests.support.field import LOCALITIES, assign_to_committee, prepare_field

PASSWORD = "mot mat khau dai"


@pytest.fixture
def province(client: FlaskClient, sqlite_database: Database, tmp_path: Path) -> FlaskClient:
    """The coordinator of a province whose committee and district are asked for a report of their own."""
    field = prepare_field(sqlite_database, tmp_path)
    assign_to_committee(sqlite_database, field, "first_steps", "province", "01")
    assign_to_committee(sqlite_database, field, "first_steps", "district", "001")
    add_person(sqlite_database, "hanoi", "Hà Nội", Role.COORDINATOR, "test:province:01", PASSWORD)
    token = client.get("/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"account": "hanoi", "password": PASSWORD, "csrf_token": token})
    return client


def page(client: FlaskClient, query: str = "") -> str:
    sent = client.get(f"/monitor{query}")
    assert sent.status_code == 200
    return sent.get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "own", "below"),
    [
        ("", "Cấp tỉnh: Thành phố Hà Nội", "Quận Ba Đình"),
        ("?area=VN/01/001", "Cấp huyện: Quận Ba Đình", "Phường Phúc Xá"),
        ("?lang=en", "Provincial level: Thành phố Hà Nội", "Quận Ba Đình"),
        ("?area=VN/01/001&lang=en", "District level: Quận Ba Đình", "Phường Phúc Xá"),
    ],
)
def test_the_own_committee_is_named_by_its_level_before_those_below(
    province: FlaskClient, query: str, own: str, below: str
) -> None:
    heads = [each.split("</th>")[0] for each in page(province, query).split('<th role="rowheader"')[1:]]
    assert [head.partition(">")[2] for head in heads[:1]] == [own], "named, and no link to the page that it stands on"
    assert all("<a " in head for head in heads[1:])
    assert below in heads[1]


def test_a_commune_is_named_by_its_level_too(province: FlaskClient) -> None:
    assert "Cấp xã: Phường Phúc Xá" in page(province, "?area=VN/01/001/00001")


def test_an_empty_area_is_none(province: FlaskClient) -> None:
    assert "<h1>Tiến độ: Thành phố Hà Nội</h1>" in page(province, "?area=")
    assert province.get("/monitor?area=VN").status_code == 403


def add_round_of_another_directory(database: Database, folder: Path) -> None:
    path = folder / "later.csv"
    path.write_text(LOCALITIES, encoding="utf-8")
    import_localities(database, path, "later", "2013-01-01")

    def add(connection: Connection) -> None:
        days = {"starts_on": "2013-06-01", "ends_on": "2013-06-30", "due_on": "2013-06-30"}
        new = NewRound(code="r2", name_vi="Đợt hai", name_en="Round two", scheme="later", **days)
        province = localities.find(connection, "later", "province", "01")
        assert province is not None
        rounds.add_localities(connection, rounds.add(connection, new), [province.id])

    database.write(add)


def test_who_has_no_part_in_the_newest_round_lands_on_the_newest_of_the_own_area(
    province: FlaskClient, sqlite_database: Database, tmp_path: Path
) -> None:
    add_round_of_another_directory(sqlite_database, tmp_path)
    assert "Đợt một" in page(province)
    assert province.get("/monitor?round=r2").status_code == 403
    assert province.get("/charts").headers["Location"] == "/charts/r1/province/01"
    assert '<option value="VN/01" selected>' in province.get("/responses?place=VN/01").get_data(as_text=True)


def test_a_coordinator_beside_every_round_is_told_that_there_is_none(
    client: FlaskClient, sqlite_database: Database, tmp_path: Path
) -> None:
    prepare_field(sqlite_database, tmp_path)
    path = tmp_path / "later.csv"
    path.write_text(LOCALITIES, encoding="utf-8")
    import_localities(sqlite_database, path, "later", "2013-01-01")
    add_person(sqlite_database, "later", "Về sau", Role.COORDINATOR, "later:province:01", PASSWORD)
    token = client.get("/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"account": "later", "password": PASSWORD, "csrf_token": token})
    assert "Chưa có đợt khảo sát nào." in page(client)
    assert client.get("/monitor?round=r1").status_code == 403
    assert client.get("/responses").status_code == 200


@pytest.mark.parametrize(("now", "late"), [("2012-06-30T23:59:59+07:00", False), ("2012-07-01T00:00:00+07:00", True)])
def test_a_day_ends_when_it_ends_in_vietnam(
    province: FlaskClient, monkeypatch: pytest.MonkeyPatch, now: str, late: bool
) -> None:
    """All is due on 30 June."""
    monkeypatch.setattr(monitor, "now_in_vietnam", lambda: now)
    assert ("tag warning" in page(province)) is late
