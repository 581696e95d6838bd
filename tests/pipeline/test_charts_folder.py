"""The folder of charts: which localities have a page, and where people's figures are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from survey_server.pipeline.charts_folder import FolderAudience, publish_folder
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import body
from tests.support.interviews import FAR, HERE, Interviews, prepare_interviews

LEVELS = ("country", "province", "district")


@pytest.fixture(autouse=True)
def _draw_no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests are about which charts there are; pictures take most of the time."""
    monkeypatch.setattr("analysis.charts.chart.Chart.png", lambda _chart: b"")
    monkeypatch.setattr("survey_server.pipeline.charts_folder.os.cpu_count", lambda: 1)


@pytest.fixture
def interviews(sqlite_database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    """A committee and residents answered in one commune, residents alone in another."""
    found = prepare_interviews(sqlite_database, settings, tmp_path, quantity=10)
    place = {"scheme": "test", "level": "commune", "code": HERE}
    found.upload([body(found.field, locality=place)])
    for commune in (HERE, FAR):
        found.send(commune, 10)
    found.publish()
    return found


def write_and_read(
    interviews: Interviews, out: Path, audience: FolderAudience | None, *, has_communes: bool
) -> dict[tuple[str, str], set[str | None]]:
    """The questionnaires with charts, by the level and the code of each locality with a page."""
    publish_folder(
        interviews.database, interviews.settings, "r1", out, audience=audience, has_communes=has_communes
    )  # fmt: skip
    found = {}
    for path in out.rglob("manifest.json"):
        charts = json.loads(path.read_text(encoding="utf-8"))["charts"]
        found[path.parent.parent.name, path.parent.name] = {chart["questionnaire"] for chart in charts}
    return found


@pytest.mark.slow
def test_communes_have_pages_on_request_and_people_on_them_only_for_the_centre(
    interviews: Interviews, tmp_path: Path
) -> None:
    usual = write_and_read(interviews, tmp_path / "usual", None, has_communes=False)
    assert {level for level, _ in usual} == {*LEVELS}
    assert "residents" in usual["district", "001"]
    district = (tmp_path / "usual" / "district" / "001" / "index.vi.html").read_text(encoding="utf-8")
    assert "commune/" not in district

    with_communes = write_and_read(interviews, tmp_path / "communes", None, has_communes=True)
    communes = {code: shown for (level, code), shown in with_communes.items() if level == "commune"}
    assert communes == {HERE: {"first_steps", None}}
    district = (tmp_path / "communes" / "district" / "001" / "index.vi.html").read_text(encoding="utf-8")
    assert f"commune/{HERE}" in district

    centre = write_and_read(interviews, tmp_path / "centre", "centre", has_communes=True)
    communes = {code: shown for (level, code), shown in centre.items() if level == "commune"}
    assert "residents" in communes[HERE] & communes[FAR]
    assert not any(level == "commune" for level, _ in write_and_read(
        interviews, tmp_path / "centre", "centre", has_communes=False
    ))  # fmt: skip


@pytest.mark.slow
def test_a_folder_that_is_written_again_keeps_nothing_of_other_readers(interviews: Interviews, tmp_path: Path) -> None:
    again, fresh = tmp_path / "again", tmp_path / "fresh"
    write_and_read(interviews, again, "centre", has_communes=False)
    write_and_read(interviews, again, "coordinators", has_communes=False)
    write_and_read(interviews, fresh, "coordinators", has_communes=False)
    assert files_in(again) == files_in(fresh)


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
