"""All SQL of the program, one module a noun. Functions take a Connection; transactions belong to services."""

from survey_server.storage.database import Connection, Database

__all__ = ["Connection", "Database"]
