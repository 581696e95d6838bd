"""Temporary folders: those of killed runs are found and removed, those in use are not."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from survey_server.storage.working_folders import BACKUP, RESTORE, find_abandoned, remove_abandoned, working_folder

HOLDS_ONE = """
import sys, time
from pathlib import Path
from survey_server.storage.working_folders import working_folder
with working_folder(Path(sys.argv[1]), "backup") as folder:
    (folder / "copy").write_text("everybody's answers")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_a_folder_is_removed_at_its_end_and_after_a_failure(tmp_path: Path) -> None:
    with working_folder(tmp_path, BACKUP) as folder:
        (folder / "copy").write_text("x")
        assert folder.stat().st_mode & 0o077 == 0
    try:
        with working_folder(tmp_path, BACKUP):
            raise OSError
    except OSError:
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_only_the_folder_of_a_killed_process_is_removed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDS_ONE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    try:
        assert find_abandoned(tmp_path, BACKUP, RESTORE) == []
        with working_folder(tmp_path, BACKUP):
            assert (folder / "copy").exists()
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert find_abandoned(tmp_path, RESTORE) == []
    assert find_abandoned(tmp_path, BACKUP) == [folder]
    remove_abandoned(tmp_path, BACKUP)
    assert list(tmp_path.iterdir()) == []
