"""Taking in a list of localities: a CSV with level, code, parent_code, name, kind, lat, lon."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from survey_server.fieldwork.localities import COUNTRY_CODE, COUNTRY_LEVEL, search_key
from survey_server.fieldwork.vietnamese_order import sort_key
from survey_server.problems import ProblemError
from survey_server.problems import localities as said
from survey_server.settings import PACKAGE_DIR
from survey_server.storage import audit, localities
from survey_server.storage.database import Database

SHIPPED = PACKAGE_DIR / "localities_data"
COLUMNS = ("level", "code", "parent_code", "name", "kind", "lat", "lon")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_SHIPPED_SCHEMES = (("gso-2019-10", "2019-10-06", "2025-06-30"), ("gso-2025-07", "2025-07-01", None))


def import_localities(
    database: Database, path: Path, scheme: str, valid_from: str = "0001-01-01", valid_to: str | None = None
) -> int:
    """Add a scheme with all its units, the country above them; returns how many units the file had.

    Raises ProblemError: scheme_taken, localities_unreadable, localities_row.
    """
    rows = _read(path)

    def add(connection: Connection) -> int:
        if localities.has_scheme(connection, scheme):
            raise ProblemError(said.SCHEME_TAKEN, scheme=scheme)
        localities.add_scheme(connection, scheme, valid_from, valid_to)
        localities.add_all(connection, _units(rows, scheme, localities.next_id(connection), path))
        audit.record(connection, "import_localities", f"scheme:{scheme}", detail={"units": len(rows)})
        return len(rows)

    return database.write(add)


def import_shipped_localities(database: Database) -> None:
    """Both lists of the General Statistics Office and what became of each unit; what is there already stays."""
    with database.read() as connection:
        known = set(localities.schemes(connection))
    missing = [each for each in _SHIPPED_SCHEMES if each[0] not in known]
    for scheme, valid_from, valid_to in missing:
        import_localities(database, SHIPPED / f"{scheme}.csv", scheme, valid_from, valid_to)
    with database.read() as connection:
        is_whole = localities.has_successions(connection)  # an earlier start may have been cut off before them
    if not is_whole:
        database.write(lambda connection: _add_successions(connection, SHIPPED / "succession-2019-10-to-2025-07.csv"))


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            lacking = [column for column in COLUMNS[:4] if column not in (reader.fieldnames or ())]
            if lacking:
                raise ProblemError(said.LOCALITIES_UNREADABLE, path=str(path), why=f"columns: {', '.join(lacking)}")
            return [{column: (row.get(column) or "").strip() for column in COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProblemError(said.LOCALITIES_UNREADABLE, path=str(path), why=str(error)) from error


def _units(rows: Iterable[dict[str, str]], scheme: str, first_id: int, path: Path) -> list[dict[str, Any]]:
    """The rows of the table. A parent stands before its children, at the level above or, where a list skips a level,
    at any level above."""
    country = _unit(
        first_id, scheme, COUNTRY_LEVEL, COUNTRY_CODE, None, COUNTRY_CODE, "Việt Nam", "Quốc gia", None, None
    )
    units = [country]
    known: dict[tuple[str, str], dict[str, Any]] = {}
    levels: list[str] = []
    for line, row in enumerate(rows, 2):
        level, code = row["level"], row["code"]
        if level not in levels:
            levels.append(level)
        parent = _parent(row, levels, known) if row["parent_code"] else country
        if not level or not _CODE.fullmatch(code) or not row["name"] or parent is None or (level, code) in known:
            raise ProblemError(said.LOCALITIES_ROW, path=str(path), line=line, level=level, code=code)
        unit = _unit(
            first_id + len(units), scheme, level, code, parent["id"], f"{parent['path']}/{code}",
            unicodedata.normalize("NFC", row["name"]), unicodedata.normalize("NFC", row["kind"]),
            _degrees(row["lat"], path, line), _degrees(row["lon"], path, line),
        )  # fmt: skip
        known[level, code] = unit
        units.append(unit)
    return units


def _parent(
    row: dict[str, str], levels: list[str], known: dict[tuple[str, str], dict[str, Any]]
) -> dict[str, Any] | None:
    above = levels[: levels.index(row["level"])]
    return next(
        (known[level, row["parent_code"]] for level in reversed(above) if (level, row["parent_code"]) in known), None
    )


def _unit(
    id_: int, scheme: str, level: str, code: str, parent_id: int | None, path: str, name: str, kind: str,
    lat: float | None, lon: float | None,
) -> dict[str, Any]:  # fmt: skip
    bare = name.removeprefix(kind).strip() or name
    return {
        "id": id_,
        "scheme": scheme,
        "level": level,
        "code": code,
        "parent_id": parent_id,
        "path": path,
        "name": name,
        "search_key": search_key(name),
        "sort_key": sort_key(bare),
        "kind": kind,
        "lat": lat,
        "lon": lon,
    }


def _degrees(written: str, path: Path, line: int) -> float | None:
    if not written:
        return None
    try:
        return float(written)
    except ValueError as error:
        raise ProblemError(said.LOCALITIES_ROW, path=str(path), line=line, level="", code=written[:32]) from error


def _add_successions(connection: Connection, path: Path) -> None:
    old = localities.ids_by_code(connection, "gso-2019-10")
    new = localities.ids_by_code(connection, "gso-2025-07")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "old_id": old[row["level"], row["old_code"]],
                "new_id": new.get((row["level"], row["new_code"])),
                "kind": row["kind"],
                "is_default": row["is_default"] == "1",
            }
            for row in csv.DictReader(file)
            if (row["level"], row["old_code"]) in old
        ]
    localities.add_successions(connection, rows)
