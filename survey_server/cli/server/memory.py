"""Memory of a server with many threads, under glibc.

By default each thread keeps a store of freed pieces, and thresholds grow with the largest piece ever freed: after an
hour of uploads the server's memory is a third of holes (docs/decisions/0004). glibc reads its tunables only
when a process starts.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "GLIBC_TUNABLES"
SPARING = ":".join(
    f"glibc.malloc.{name}={value}"
    for name, value in {
        "arena_max": 2,
        "tcache_count": 0,
        "mmap_threshold": 40_000,
        "trim_threshold": 65_536,
    }.items()
)


def start_sparingly() -> None:
    """Start this very process anew with sparing tunables, unless it has some. Nothing where there is no glibc, and in
    a process that is more than this command, as a test's is."""
    if sys.platform == "linux" and VARIABLE not in os.environ and _is_this_command():
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, VARIABLE: SPARING})


def _is_this_command() -> bool:
    return "survey_server.cli" in sys.orig_argv or Path(sys.argv[0]).name == "survey-server"


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage within: a start makes a hundred thousand objects, and all of them stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def lavish(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child that draws: it has few threads, and large pieces that it uses again."""
    return {name: value for name, value in environment.items() if (name, value) != (VARIABLE, SPARING)}
