"""Leaves of the tally that changed: a row for each write that touched one, taken and deleted by the publisher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from sqlalchemy import Connection, insert

from survey_server.domain.responses import LeafKey
from survey_server.storage import prepared
from survey_server.storage.tables import changed_leaf

_INSERT = insert(changed_leaf)
_FIELDS = tuple(field.name for field in fields(LeafKey))


def touch(connection: Connection, *keys: LeafKey) -> None:
    touch_all(connection, keys)


def touch_all(connection: Connection, keys: Iterable[LeafKey]) -> None:
    """Once for each leaf, however many responses of this write lie in it."""
    rows = [{name: getattr(key, name) for name in _FIELDS} for key in dict.fromkeys(keys)]
    prepared.insert_all(connection, _INSERT, rows)
