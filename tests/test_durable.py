"""The order of flushes and renames: what a power cut leaves is whole or absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_server import durable
from survey_server.settings import Settings, mark_prepared, read_settings
from survey_server.storage.cohort_journal import CohortJournal


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is flushed and renamed below `tmp_path`, in its order."""
    seen: list[str] = []
    replace = Path.replace

    def record_flush(descriptor: int) -> None:
        seen.append("flush " + shorten(Path(f"/proc/self/fd/{descriptor}").resolve()))

    def record_replace(part: Path, target: Path) -> Path:
        seen.append(f"rename {shorten(part)} {shorten(target)}")
        return replace(part, target)

    def shorten(path: Path) -> str:
        name = path.relative_to(tmp_path).as_posix()
        return name.partition(".")[0] + ".part" if name.endswith(".part") else name

    monkeypatch.setattr(durable.os, "fsync", record_flush)
    monkeypatch.setattr(Path, "replace", record_replace)
    return seen


def test_a_file_is_flushed_then_named_then_its_folder_is_flushed(tmp_path: Path, events: list[str]) -> None:
    durable.write_file(tmp_path / "a" / "b" / "file", b"content")
    assert events == ["flush .", "flush a", "flush a/b/file.part", "rename a/b/file.part a/b/file", "flush a/b"]
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"content"


def test_a_file_that_cannot_be_flushed_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    durable.write_file(tmp_path / "file", b"before")

    def refuse(_: int) -> None:
        raise OSError(5, "refused")

    monkeypatch.setattr(durable.os, "fsync", refuse)
    with pytest.raises(OSError, match="refused"):
        durable.write_file(tmp_path / "file", b"after")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"before"}


def test_the_mark_of_a_prepared_directory_is_durable(settings: Settings, events: list[str]) -> None:
    mark_prepared(settings)
    assert events == ["flush data/prepared.part", "rename data/prepared.part data/prepared", "flush data"]


def test_a_new_secret_key_is_durable(
    settings: Settings, events: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SURVEY_DATA_DIR", str(tmp_path / "other"))
    read_settings()
    assert events == ["flush other/secret-key.part", "flush other"]


def test_a_new_journal_of_cohorts_is_durable(settings: Settings, events: list[str]) -> None:
    CohortJournal(settings.data_dir).append([{"cohort": "c1"}])
    assert events == ["flush data/cohorts.journal", "flush data"]
