"""A publisher under test: looked at until something holds, and what it has drawn."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from survey_server.domain import CENTRE, ChartKey
from survey_server.pipeline.publisher import Publisher
from survey_server.services import published_charts as published
from survey_server.services.chart_bundles import read_member
from survey_server.services.published_charts import ChartEntry, ChartPage, chart_blobs
from survey_server.settings import Settings
from survey_server.storage.database import Database

COUNTRY = ChartKey("r1", "country", "VN")
COMMUNE = ChartKey("r1", "commune", "00001")
PATHS = {
    COUNTRY: "VN",
    ChartKey("r1", "province", "01"): "VN/01",
    ChartKey("r1", "province", "79"): "VN/79",
    COMMUNE: "VN/01/001/00001",
}
MAX_LENGTH = 120.0  # a machine that does other things as well


def run_until_true(publisher: Publisher, condition: Callable[[], bool]) -> None:
    def looked() -> bool:
        publisher.run_once()
        return condition()

    wait_for(looked)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MAX_LENGTH
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def page(database: Database, key: ChartKey) -> ChartPage:
    return published.read_page(database, key, PATHS[key], CENTRE)


def charts(database: Database, key: ChartKey) -> list[ChartEntry]:
    return [entry for _, entry in page(database, key).entries()]


def is_drawn(database: Database, key: ChartKey) -> bool:
    return page(database, key).is_current and bool(charts(database, key))


def all_ahead_is_drawn(database: Database) -> bool:
    ahead = (page(database, key) for key in PATHS if key != COMMUNE)
    return all(each.required is not None and each.is_current for each in ahead)


def file_of(settings: Settings, database: Database, key: ChartKey, name: str) -> bytes:
    """A chart's SVG or CSV."""
    found = published.find_file(page(database, key), name)
    assert found is not None
    return read_member(chart_blobs(settings), found[0].sha256, name.rpartition("/")[2])


def verb() -> list[str]:
    return [sys.executable, "-m", "survey_server.cli", "publisher"]


def environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    return kept | {"SURVEY_DATA_DIR": str(settings.data_dir)}
