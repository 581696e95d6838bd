"""Importing a list of localities: a CSV with level, code, parent_code, name, kind, lat, lon."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from survey_server.domain import COUNTRY_CODE, COUNTRY_LEVEL, Locality, Succession
from survey_server.i18n import Message
from survey_server.problems import ProblemError, localities as problems
from survey_server.settings import PACKAGE_DIR
from survey_server.storage import Connection, Database, audit, localities

SHIPPED = PACKAGE_DIR / "localities_data"
COLUMNS = ("level", "code", "parent_code", "name", "kind", "lat", "lon")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_LEVEL = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SCHEME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_SHIPPED_SCHEMES = (("gso-2019-10", "2019-10-06", "2025-06-30"), ("gso-2025-07", "2025-07-01", None))


def import_localities(
    database: Database, path: Path, scheme: str, valid_from: str = "0001-01-01", valid_to: str | None = None
) -> int:
    """Add a scheme with the country and all units of the file below it; returns how many units the file has.

    Raises ProblemError: scheme_name, scheme_days, scheme_taken, localities_unreadable, localities_row.
    """
    if not _SCHEME.fullmatch(scheme):
        raise ProblemError(problems.SCHEME_NAME, scheme=scheme)
    if not _is_day(valid_from) or not (valid_to is None or (_is_day(valid_to) and valid_from <= valid_to)):
        raise ProblemError(problems.SCHEME_DAYS, valid_from=valid_from, valid_to=valid_to or "")
    rows = _read(path)

    def add(connection: Connection) -> int:
        if scheme in localities.schemes(connection):
            raise ProblemError(problems.SCHEME_TAKEN, scheme=scheme)
        localities.add_scheme(connection, scheme, valid_from, valid_to)
        localities.add_all(connection, _units(rows, scheme, localities.next_id(connection), path))
        audit.record(connection, "import_localities", f"scheme:{scheme}", detail={"units": len(rows)})
        return len(rows)

    return database.write(add)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def import_shipped_localities(database: Database) -> None:
    """Import both lists of the General Statistics Office and the successions between them, where they are missing."""
    with database.read() as connection:
        known = localities.schemes(connection)
        has_successions = localities.has_successions(connection)  # missing where an earlier import was interrupted
    for scheme, valid_from, valid_to in _SHIPPED_SCHEMES:
        if scheme not in known:
            import_localities(database, SHIPPED / f"{scheme}.csv", scheme, valid_from, valid_to)
    if not has_successions:
        database.write(lambda connection: _add_successions(connection, SHIPPED / "succession-2019-10-to-2025-07.csv"))


def _read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The lines of the file, each with the number of the line where it ends."""
    text = _text(path)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [column for column in COLUMNS[:4] if column not in (reader.fieldnames or ())]
        if missing:
            raise _unreadable(path, 1, Message("thiếu cột {named}", named=", ".join(missing)))
        rows = [(reader.line_num, {column: (row.get(column) or "").strip() for column in COLUMNS}) for row in reader]
    except csv.Error as error:
        raise _unreadable(path, reader.reader.line_num, Message("sai cú pháp CSV (dấu nháy, dấu phẩy)")) from error
    if not rows:
        raise _unreadable(path, 1, Message("không có dòng nào"))
    return rows


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, line, Message("không phải mã UTF-8")) from error


def _unreadable(path: Path, line: int, why: Message) -> ProblemError:
    return ProblemError(problems.LOCALITIES_UNREADABLE, path=str(path), line=line, why=why)


def _units(rows: Sequence[tuple[int, dict[str, str]]], scheme: str, first_id: int, path: Path) -> list[Locality]:
    """The country, then the units of the rows. A parent stands before its children, at the level above or, where a list
    skips a level, at any level above. Raises ProblemError localities_row, localities_degrees."""
    country = Locality(first_id, scheme, COUNTRY_LEVEL, COUNTRY_CODE, None, COUNTRY_CODE, "Việt Nam", "Quốc gia")
    units = [country]
    by_code: dict[tuple[str, str], Locality] = {}
    paths = {COUNTRY_CODE}
    levels: list[str] = []
    for line, cells in rows:
        level, code = cells["level"], cells["code"]
        if level not in levels:
            levels.append(level)
        parent = _parent(cells, levels, by_code) if cells["parent_code"] else country
        own_path = f"{parent.path}/{code}" if parent is not None else ""
        if parent is None or own_path in paths or (level, code) in by_code or not _is_usable(cells):
            raise ProblemError(problems.LOCALITIES_ROW, path=str(path), line=line, level=level, code=code)
        unit = Locality(
            first_id + len(units), scheme, level, code, parent.id, own_path,
            unicodedata.normalize("NFC", cells["name"]), unicodedata.normalize("NFC", cells["kind"]),
            _degrees(cells["lat"], 90, path, line), _degrees(cells["lon"], 180, path, line),
        )  # fmt: skip
        by_code[level, code] = unit
        paths.add(own_path)
        units.append(unit)
    return units


def _is_usable(cells: dict[str, str]) -> bool:
    is_level = _LEVEL.fullmatch(cells["level"]) is not None and cells["level"] != COUNTRY_LEVEL
    is_named = bool(cells["name"]) and cells["name"].isprintable() and cells["kind"].isprintable()
    return is_level and is_named and _CODE.fullmatch(cells["code"]) is not None


def _parent(cells: dict[str, str], levels: list[str], by_code: dict[tuple[str, str], Locality]) -> Locality | None:
    above = levels[: levels.index(cells["level"])]
    found = (by_code.get((level, cells["parent_code"])) for level in reversed(above))
    return next((each for each in found if each is not None), None)


def _degrees(text: str, limit: int, path: Path, line: int) -> float | None:
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not -limit <= degrees <= limit:
        raise ProblemError(problems.LOCALITIES_DEGREES, path=str(path), line=line, written=text[:32], most=limit)
    return degrees


def _add_successions(connection: Connection, path: Path) -> None:
    old = localities.ids_by_code(connection, "gso-2019-10")
    new = localities.ids_by_code(connection, "gso-2025-07")
    with path.open(encoding="utf-8", newline="") as file:
        successions = [
            Succession(
                old[row["level"], row["old_code"]],
                new.get((row["level"], row["new_code"])),
                row["kind"],
                row["is_default"] == "1",
            )
            for row in csv.DictReader(file)
            if (row["level"], row["old_code"]) in old
        ]
    localities.add_successions(connection, successions)
