"""The numbers under a chart are read from beside the picture, where the publisher wrote them in words."""

from __future__ import annotations

from pathlib import Path

from analysis.report import charts_of
from survey_server.web.chart_tables import ReadableTable, read_table
from tests.analysis.samples import small_round


def test_what_the_publisher_writes_is_what_the_page_shows(tmp_path: Path) -> None:
    for chart in charts_of(small_round(), "VN", "vi"):
        written = chart.readable_table()
        (tmp_path / "chart.json").write_bytes(written.to_json())
        assert read_table(tmp_path / "chart.csv") == ReadableTable(
            written.heads, written.figures, written.rows, written.note
        )


def test_an_earlier_program_s_chart_has_no_table(tmp_path: Path) -> None:
    assert read_table(tmp_path / "chart.csv") is None
