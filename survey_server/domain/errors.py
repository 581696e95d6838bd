"""Errors of the database, for the layers that must not know which library speaks to it."""

from __future__ import annotations


class DatabaseError(Exception):
    """The database refused or is damaged. The message is the driver's, without the statement and its values."""


class DatabaseUnavailableError(DatabaseError):
    """The database cannot answer now (disk full, no connection, locked). Nothing of a write was kept; try later."""
