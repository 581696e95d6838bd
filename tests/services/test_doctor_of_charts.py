"""`doctor` compares drawn charts with what the database says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_server.domain import ChartKey, ChartVersion
from survey_server.services.doctor import diagnose
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.charts import draw_chart

COMMUNE = ChartKey("r1", "commune", "00001")


@pytest.fixture
def files(database: Database, settings: Settings) -> list[Path]:
    draw_chart(database, settings, COMMUNE, ChartVersion(4, "0123456789ab"), "as it is")
    return list((settings.charts_dir / "files").glob("??/*"))


def found(database: Database, settings: Settings) -> list[str]:
    problems = diagnose(database, settings)
    texts = ((each.level, each.message.text("vi")) for each in problems)
    return [f"{level}: {text}" for level, text in texts if "tệp biểu đồ" in text.lower()]


def test_charts_whose_files_are_there_are_no_problem(database: Database, settings: Settings, files: list[Path]) -> None:
    assert len(files) == 2  # the bundle; PNG and PDF have the same content
    assert found(database, settings) == []


def test_a_damaged_file_is_an_error(database: Database, settings: Settings, files: list[Path]) -> None:
    files[0].write_bytes(b"x" * files[0].stat().st_size)
    assert found(database, settings) == [
        f"error: Tệp biểu đồ {files[0].name} bị hỏng: xóa tệp này thì biểu đồ được vẽ lại."
    ]


def test_missing_files_are_a_note(database: Database, settings: Settings, files: list[Path]) -> None:
    for each in files:
        each.unlink()
    assert found(database, settings) == ["note: Thiếu 2 tệp biểu đồ; chúng được vẽ lại khi có người xem."]
