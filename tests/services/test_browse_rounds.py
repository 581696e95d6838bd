"""Searching localities: those that share a name can be told apart, and a search says when there are more."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_server.services.browse_rounds import RoundView, search_localities
from survey_server.services.import_localities import import_localities
from survey_server.storage.database import Database
from survey_server.storage.localities import MAX_FOUND

HEAD = "level,code,parent_code,name,kind,lat,lon\nprovince,01,,Tỉnh Xa,Tỉnh,,\n"
DISTRICTS = "district,001,01,Huyện Thượng,Huyện,,\ndistrict,002,01,Huyện Hạ,Huyện,,\n"
ROUND = RoundView(1, "r1", {}, "many", False, ("VN/01",), {}, "2012-06-30", False)


def test_localities_of_one_name_are_found_with_their_ancestors(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, DISTRICTS, "commune,00001,001,Xã Tân Lập,Xã,,\n", "commune,00002,002,Xã Tân Lập,Xã,,\n")
    found = search_localities(database, ROUND, "tan lap", None)
    found_units = [(each.code, [unit.name for unit in above]) for each, above in found.localities]
    assert found_units == [("00001", ["Huyện Thượng", "Tỉnh Xa"]), ("00002", ["Huyện Hạ", "Tỉnh Xa"])]
    assert not found.has_more
    assert [above for _, above in search_localities(database, ROUND, "tinh xa", None).localities] == [[]]
    assert search_localities(database, ROUND, "nowhere", None).localities == []


@pytest.mark.parametrize(("there", "more"), [(MAX_FOUND, False), (MAX_FOUND + 1, True)])
def test_a_search_says_when_it_does_not_show_everything(
    database: Database, tmp_path: Path, there: int, more: bool
) -> None:
    communes = [f"commune,{number:05},001,Xã Tân Lập,Xã,,\n" for number in range(1, there + 1)]
    _import(database, tmp_path, DISTRICTS, *communes)
    found = search_localities(database, ROUND, "tan lap", None)
    assert (len(found.localities), found.has_more) == (MAX_FOUND, more)


def _import(database: Database, folder: Path, *rows: str) -> None:
    path = folder / "localities.csv"
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    import_localities(database, path, "many", "2010-01-01")
