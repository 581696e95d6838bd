"""What counts and what draws, as digests: what another program left is counted and drawn anew.

Numbers alone do not make a chart. An upgrade may change a colour, a word, a score or a rule of disclosure; a setting
the limit under which people are hidden; an assignment what is expected. None of them is seen in the numbers of a leaf.
docs/decisions/0005.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import analysis
import survey_server
from survey_server.pipeline.books import RoundBooks

ABOVE = frozenset(
    {"api", "app.py", "cli", "web"}
)  # the layers that the pipeline may not know: no chart depends on them
_LIBRARIES = ("matplotlib", "numpy", "pandas", "pillow", "fontpkg-be-vietnam-pro")
_LENGTH = 12  # hexadecimal digits: it names folders


@cache
def program() -> str:
    """The code that can reach a number or a chart, and what it stands on. Read once, at a process's start: an upgrade
    may put other files in place of those that run."""
    digest = hashlib.sha256(repr((sys.version_info[:2], [_installed(name) for name in _LIBRARIES])).encode())
    for path, name in _sources():
        digest.update(f"\0{name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:_LENGTH]


def edition_of(books: RoundBooks) -> str:
    """The program, and all that a round's charts are drawn from besides their numbers: questionnaires, framework,
    localities, what is expected, the limit of disclosure."""
    places = [
        (row.path, row.level, row.code, row.name, row.kind, row.lat, row.lon) for row in books.localities.values()
    ]
    described = [program(), books.about, books.framework_json, books.codebook_json, places]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:_LENGTH]


def _sources() -> Iterator[tuple[Path, str]]:
    """Files with their names, the same wherever they are installed."""
    for package in (analysis, survey_server):
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            inside = path.relative_to(folder)
            if package is analysis or inside.parts[0] not in ABOVE:
                yield path, f"{package.__name__}/{inside.as_posix()}"


def _installed(library: str) -> str:
    """Its version; the font may be lacking."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
