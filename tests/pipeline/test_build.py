"""The program digest: equal for equal programs, different for any other."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

import analysis
import survey_server
from survey_server.pipeline import build
from survey_server.pipeline.build import build_digest, program_digest
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.settings import Settings
from survey_server.storage.database import Database
from survey_server.storage.tables import survey_round
from tests.support.field import Field, assign_at, prepare_field

PACKAGES = {"analysis": analysis, "survey_server": survey_server}


@pytest.fixture
def field(sqlite_database: Database, tmp_path: Path) -> Field:
    return prepare_field(sqlite_database, tmp_path)


def context(database: Database, settings: Settings) -> RoundContext:
    found = read_round_context(database, settings, "r1")
    assert found is not None
    return found


def program_of(code: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The digest of the packages in this folder."""
    for name, package in PACKAGES.items():
        monkeypatch.setattr(package, "__path__", [str(code / name)])
    program_digest.cache_clear()
    found = program_digest()
    program_digest.cache_clear()
    monkeypatch.undo()
    return found


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is installed; a test that changes it undoes that."""
    folder = tmp_path_factory.mktemp("code")
    for name, package in PACKAGES.items():
        ignored = shutil.ignore_patterns("__pycache__", "*.csv", "static")
        shutil.copytree(package.__path__[0], folder / name, ignore=ignored)
    return folder


@pytest.mark.slow
def test_the_digest_is_the_same_in_every_process_and_folder(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "from survey_server.pipeline.build import program_digest; print(program_digest())"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == program_digest() == program_of(code, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "is_another"),
    [
        ("analysis/render/style.py", True), ("analysis/charts/texts.py", True), ("analysis/disclosure.py", True),
        ("analysis/scores.py", True), ("survey_server/pipeline/context.py", True),
        ("survey_server/questionnaire/codebook.py", True), ("survey_server/storage/leaf_tallies.py", True),
        ("analysis/en.po", True), ("survey_server/i18n/en.po", False),
        ("survey_server/web/charts.py", False), ("survey_server/cli/serving.py", False),
    ],
)  # fmt: skip
def test_a_change_of_a_file_that_can_affect_a_chart_changes_the_digest(
    code: Path, monkeypatch: pytest.MonkeyPatch, file: str, is_another: bool
) -> None:
    changed = code / file
    source = changed.read_text(encoding="utf-8")
    changed.write_text(source + "# another\n", encoding="utf-8")
    try:
        assert (program_of(code, monkeypatch) != program_digest()) is is_another
    finally:
        changed.write_text(source, encoding="utf-8")


def test_another_matplotlib_changes_the_digest(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "version", lambda library: "0" if library == "matplotlib" else "1")
    assert program_of(code, monkeypatch) != program_digest()


def test_the_build_digest_changes_with_the_round_s_context(
    sqlite_database: Database, settings: Settings, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build_digest(context(sqlite_database, settings))
    assert build_digest(context(sqlite_database, settings)) == first
    sqlite_database.write(lambda connection: connection.execute(update(survey_round).values(cohort_size=20)))
    larger = build_digest(context(sqlite_database, settings))
    assert larger != first
    assign_at(sqlite_database, field, "first_steps", "00004")
    assigned = build_digest(context(sqlite_database, settings))
    assert assigned not in (first, larger)
    monkeypatch.setattr(build, "program_digest", lambda: "another")
    assert build_digest(context(sqlite_database, settings)) not in (first, larger, assigned)
