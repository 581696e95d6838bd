"""Recompute the sort keys of localities: numbers in names are sorted by value (2 before 10)"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The key as it was computed when this migration was written: a migration depends on no code that may change.
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_POSITION = {letter: chr(ord("A") + position) for position, letter in enumerate(_LETTERS)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_locality = sa.table("locality", sa.column("id"), sa.column("name"), sa.column("kind"), sa.column("sort_key"))


def upgrade() -> None:
    connection = op.get_bind()
    kept = connection.execute(sa.select(_locality)).all()
    keys = ((each, _sort_key(each.name.removeprefix(each.kind).strip() or each.name)) for each in kept)
    changed = [{"of_id": each.id, "new_key": key} for each, key in keys if key != each.sort_key]
    if changed:
        change = sa.update(_locality).where(_locality.c.id == sa.bindparam("of_id"))
        connection.execute(change.values(sort_key=sa.bindparam("new_key")), changed)


def downgrade() -> None:
    """The keys sort in either version of the code."""


def _sort_key(name: str) -> str:
    letters: list[str] = []
    tones: list[str] = []
    for character in re.sub(r"[0-9]+", _number_key, unicodedata.normalize("NFC", name).casefold()):
        decomposed = unicodedata.normalize("NFD", character)
        base = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
        if base in _POSITION:
            letters.append(_POSITION[base])
            tones.append(next((_TONES[mark] for mark in decomposed if mark in _TONES), "0"))
        elif base.isascii() and base.isdigit():
            letters.append(base)
        elif letters and letters[-1] != "!":
            letters.append("!")
    return "".join(letters).strip("!") + " " + "".join(tones)


def _number_key(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0") or "0"
    return f"{min(len(digits), 9)}{digits}"
