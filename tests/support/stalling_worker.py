"""Preloaded by a Dask worker: notes each part that it tallies; the first worker that begins its second part stalls.

`SURVEY_TEST_NOTES` is a folder; `stalled` in it holds the process id of the worker that stalls.
"""

from __future__ import annotations

import functools
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis import bulk_round


def dask_setup(_worker: Any) -> None:
    """Called once a worker; the module itself is imported more often."""
    notes, begun = Path(os.environ["SURVEY_TEST_NOTES"]), []
    tally = bulk_round.tally_part

    @functools.wraps(tally)
    def tally_part(table: Any, part: Any, framework: Any) -> Any:
        begun.append(part)
        if len(begun) == 2:
            with suppress(FileExistsError), (notes / "stalled").open("x", encoding="ascii") as file:
                file.write(str(os.getpid()))
                file.close()
                threading.Event().wait()
        found = tally(table, part, framework)
        with (notes / "tallied").open("a", encoding="utf-8") as file:
            file.write(f"{Path(part.path).name}\n")
        return found

    bulk_round.tally_part = tally_part
