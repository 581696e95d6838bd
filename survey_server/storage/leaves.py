"""Changed leaves of the tally: a row for each write that changed one; the publisher takes and deletes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter

from sqlalchemy import Connection, insert

from survey_server.domain import LeafKey
from survey_server.storage import prepared
from survey_server.storage.tables import changed_leaf

_INSERT = insert(changed_leaf)
_COLUMNS = tuple(field.name for field in fields(LeafKey))
_values = attrgetter(*_COLUMNS)


def touch_all(connection: Connection, keys: Iterable[LeafKey]) -> None:
    """Note a change of each of these leaves, once for each."""
    prepared.insert_all(connection, _INSERT, _COLUMNS, [_values(key) for key in dict.fromkeys(keys)])
