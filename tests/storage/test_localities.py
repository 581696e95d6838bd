from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text, update

from survey_server.problems import ProblemError
from survey_server.services.import_localities import import_localities, import_shipped_localities
from survey_server.storage import localities
from survey_server.storage.database import Database
from survey_server.storage.migrate import MIGRATIONS
from survey_server.storage.tables import locality, locality_succession
from tests.support.postgres import EmptiedDatabase

DEEP = """level,code,parent_code,name,kind,lat,lon
province,01,,Thành phố Hà Nội,Thành phố,21.03,105.83
district,001,01,Quận Ba Đình,Quận,,
commune,00001,001,Phường Phúc Xá,Phường,,
commune,00900,01,Xã Thẳng Tỉnh,Xã,,
hamlet,h1,00001,Tổ dân phố 1,Tổ,,
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "units.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_may_have_any_number_of_levels_and_skip_one(database: Database, tmp_path: Path) -> None:
    assert import_localities(database, written(tmp_path, DEEP), "deep") == 5
    with database.read() as connection:
        hamlet = localities.find(connection, "deep", "hamlet", "h1")
        direct = localities.find(connection, "deep", "commune", "00900")
        assert hamlet is not None
        assert direct is not None
        assert [each.code for each in localities.lineage(connection, hamlet)] == ["VN", "01", "001", "00001", "h1"]
        assert direct.path == "VN/01/00900"


@pytest.mark.parametrize(
    "broken",
    [
        "level,code,name\nprovince,01,Hà Nội\n",
        DEEP + "commune,00001,001,Phường Phúc Xá,Phường,,\n",
        DEEP + "commune,00002,999,Phường Mồ Côi,Phường,,\n",
        DEEP + "commune,00/02,001,Phường Lạ,Phường,,\n",
        DEEP + "commune,00002,001,Phường Xa,Phường,north,\n",
    ],
)
def test_a_broken_list_leaves_nothing_behind(database: Database, tmp_path: Path, broken: str) -> None:
    with pytest.raises(ProblemError):
        import_localities(database, written(tmp_path, broken), "broken")
    with database.read() as connection:
        assert localities.schemes(connection) == []


def test_a_scheme_is_imported_once(database: Database, tmp_path: Path) -> None:
    import_localities(database, written(tmp_path, DEEP), "deep")
    with pytest.raises(ProblemError):
        import_localities(database, written(tmp_path, DEEP), "deep")


@pytest.mark.slow
def test_the_shipped_lists_are_complete_and_name_successors(database: Database) -> None:
    import_shipped_localities(database)
    import_shipped_localities(database)
    with database.read() as connection:
        country = localities.find(connection, "gso-2019-10", "country", "VN")
        assert country is not None
        assert len(localities.children(connection, country.id)) == 63
        new_country = localities.find(connection, "gso-2025-07", "country", "VN")
        assert new_country is not None
        assert len(localities.children(connection, new_country.id)) == 34
        old = localities.find(connection, "gso-2019-10", "province", "77")  # Bà Rịa - Vũng Tàu
        assert old is not None
        succession = select(locality_succession.c.new_id, locality_succession.c.is_default)
        ((new_id, is_default),) = connection.execute(succession.where(locality_succession.c.old_id == old.id)).all()
        successor = localities.by_id(connection, new_id)
        assert successor is not None
        assert (successor.scheme, successor.name, is_default) == ("gso-2025-07", "Thành phố Hồ Chí Minh", True)
        found = localities.search(connection, "gso-2019-10", "ba dinh")
        assert "Quận Ba Đình" in [each.name for each in found]
        assert localities.search(connection, "gso-2019-10", "%") == []
        assert {each.code for each in localities.search(connection, "gso-2019-10", "phuc", "VN/01/001")} >= {"00001"}


def test_localities_of_the_round_are_found_among_many_others(database: Database, tmp_path: Path) -> None:
    head = "level,code,parent_code,name,kind,lat,lon\nprovince,01,,Tỉnh Xa,Tỉnh,,\nprovince,02,,Tỉnh Gần,Tỉnh,,\n"
    communes = [f"commune,{n:05},{'02' if n > 60 else '01'},Xã Tân Thành,Xã,,\n" for n in range(1, 67)]
    import_localities(database, written(tmp_path, head + "".join(communes)), "many")
    with database.read() as connection:
        found = localities.search(connection, "many", "tan thanh", among=["VN/02"])
        assert [each.path for each in found] == [f"VN/02/{n:05}" for n in range(61, 67)]
        assert localities.search(connection, "many", "tan thanh", "VN/01", ["VN/02"]) == []


def test_names_with_numbers_are_found_in_the_order_of_the_numbers(database: Database, tmp_path: Path) -> None:
    head = "level,code,parent_code,name,kind,lat,lon\nprovince,01,,Tỉnh Xa,Tỉnh,,\n"
    communes = [f"commune,{n},01,Ấp {name},Ấp,,\n" for n, name in enumerate(("30 Bắc", "4 Đông Hà"), 1)]
    import_localities(database, written(tmp_path, head + "".join(communes)), "numbered")
    with database.read() as connection:
        keys = connection.execute(select(locality.c.name).where(locality.c.level == "commune").order_by("sort_key"))
        assert list(keys.scalars()) == ["Ấp 4 Đông Hà", "Ấp 30 Bắc"]


def test_sort_keys_of_an_older_database_are_recomputed(database: Database, tmp_path: Path) -> None:
    import_localities(database, written(tmp_path, DEEP.replace("Tỉnh,Xã", "Tỉnh 10,Xã")), "deep")
    with database.read() as connection:
        made = connection.execute(select(locality.c.id, locality.c.sort_key).order_by(locality.c.id)).all()

    def migrate_old(connection: Connection) -> None:
        connection.execute(update(locality).values(sort_key="old"))
        script = ScriptDirectory(str(MIGRATIONS)).get_revision("0004")
        with Operations.context(MigrationContext.configure(connection)):
            script.module.upgrade()

    database.write(migrate_old)
    with database.read() as connection:
        assert connection.execute(select(locality.c.id, locality.c.sort_key).order_by(locality.c.id)).all() == made


@pytest.mark.slow
def test_paths_and_sort_keys_are_compared_by_bytes_in_postgresql(migrated_postgres: EmptiedDatabase) -> None:
    """Whatever the locale of the database: the tests' own has C, which would hide it."""
    wanted = text(
        "SELECT column_name, collation_name FROM information_schema.columns "
        "WHERE table_name = 'locality' AND column_name IN ('path', 'sort_key')"
    )
    with closing(Database(migrated_postgres.url)) as database, database.read() as connection:
        assert sorted(map(tuple, connection.execute(wanted))) == [("path", "C"), ("sort_key", "C")]
