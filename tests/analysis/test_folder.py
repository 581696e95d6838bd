"""The folder that needs no server: it reports its progress, and shows what the page shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.folder import write_folder
from tests.analysis.samples import small_round


@pytest.mark.slow
def test_it_reports_its_progress(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_folder(small_round(1, communes=1), tmp_path)
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert (lines[0], lines[-1].split()[0]) == ("1/8 Việt Nam", "8/8")
    assert said.out == ""


@pytest.mark.slow
def test_a_page_has_tables_in_its_language_and_no_code(tmp_path: Path) -> None:
    write_folder(small_round(1, communes=1), tmp_path, progress=lambda _line: None)
    page = (tmp_path / "country" / "VN" / "index.vi.html").read_text(encoding="utf-8")
    assert '<th scope="col">Số câu trả lời</th>' in page
    assert "task1" not in page
    manifest = json.loads((tmp_path / "country" / "VN" / "manifest.json").read_text(encoding="utf-8"))
    for chart in manifest["charts"]:
        head = (tmp_path / "country" / "VN" / chart["csv"]).read_text(encoding="utf-8-sig").splitlines()[0]
        assert ("Mô phỏng" in head) == (chart["language"] == "vi")
