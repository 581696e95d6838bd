"""What a running server works on: one record, shared by the web pages and the device API."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.settings import Settings
from survey_server.storage.database import Database


@dataclass(frozen=True, slots=True)
class Survey:
    settings: Settings
    database: Database
