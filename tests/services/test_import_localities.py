"""Importing lists of localities: a problem is reported with its line, and nothing is imported in part."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from survey_server.problems import ProblemError
from survey_server.services.import_localities import import_localities
from survey_server.storage.database import Database
from survey_server.storage.tables import locality, scheme

HEAD = "level,code,parent_code,name,kind,lat,lon\n"
GOOD = "province,01,,Hà Nội,Thành phố,21,105\n"


def refused(database: Database, path: Path, name: str = "new", **days: str) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        import_localities(database, path, name, **days)
    with database.read() as connection:
        for table in (scheme, locality):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
    return caught.value


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", 1),
        (HEAD, 1),
        ("a,b\n1,2\n", 1),
        ("level;code;parent_code;name\n", 1),
        (HEAD + GOOD + "commune,02,99,B,C,,\n", 3),
        (HEAD + GOOD + GOOD, 3),
        (HEAD + GOOD + "province,a/b,,B,P,,\n", 3),
        (HEAD + GOOD + "province,02,,,P,,\n", 3),
        (HEAD + GOOD + "province,02,,B\0,P,,\n", 3),
        (HEAD + GOOD + "province,02,,B,P,north,\n", 3),
        (HEAD + GOOD + "province,02,,B,P,nan,\n", 3),
        (HEAD + GOOD + "province,02,,B,P,21,999\n", 3),
        (HEAD + "country,VN,,A,P,,\n", 2),
        (HEAD + "p/x y,01,,A,P,,\n", 2),
        (HEAD + GOOD + "district,001,01,D,,,\ncommune,001,01,C,,,\n", 4),
        (HEAD + 'province,01,,A,"P\nP",,\n', 3),
        (HEAD + GOOD + 'province,02,,"B,P,,\n', 3),
    ],
)
def test_a_problem_is_reported_with_its_line(
    sqlite_database: Database, tmp_path: Path, content: str, line: int
) -> None:
    path = tmp_path / "units.csv"
    path.write_text(content, encoding="utf-8")
    error = refused(sqlite_database, path)
    for language in ("vi", "en"):
        assert error.problem.text(language).startswith(f"{path}:{line}: ")


def test_another_encoding_is_reported_with_its_line(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(
        (HEAD + GOOD.replace("à", "a").replace("ộ", "o").replace("ố", "o")).encode() + b"province,02,,H\xe0\n"
    )
    assert refused(sqlite_database, path).problem.text("en").startswith(f"{path}:3: ")


@pytest.mark.parametrize("name", ["", "a:b", "A B", "../x", "x" * 41])
def test_a_scheme_is_named_so_that_an_area_can_name_it(sqlite_database: Database, tmp_path: Path, name: str) -> None:
    path = tmp_path / "units.csv"
    path.write_text(HEAD + GOOD, encoding="utf-8")
    assert refused(sqlite_database, path, name).problem.code == "scheme_name"


@pytest.mark.parametrize(
    "days",
    [{"valid_from": "yesterday"}, {"valid_from": "20250701"}, {"valid_from": "2025-07-01", "valid_to": "2025-06-30"}],
)
def test_days_are_days(sqlite_database: Database, tmp_path: Path, days: dict[str, str]) -> None:
    path = tmp_path / "units.csv"
    path.write_text(HEAD + GOOD, encoding="utf-8")
    assert refused(sqlite_database, path, **days).problem.code == "scheme_days"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_as_spreadsheets_write_them_are_imported(
    sqlite_database: Database, tmp_path: Path, mark: str, end: str
) -> None:
    path = tmp_path / "units.csv"
    content = mark + HEAD + 'province,01,,"Hà ""Nội""",Thành phố,,\ncommune,00001,01,"Phúc Xá, cũ",Phường,,\n'
    path.write_bytes(content.replace("\n", end).encode())
    assert import_localities(sqlite_database, path, "new") == 2
    with sqlite_database.read() as connection:
        names = list(connection.execute(select(locality.c.name).order_by(locality.c.path)).scalars())
    assert names == ["Việt Nam", 'Hà "Nội"', "Phúc Xá, cũ"]
    with pytest.raises(ProblemError, match="already"):
        import_localities(sqlite_database, path, "new")
