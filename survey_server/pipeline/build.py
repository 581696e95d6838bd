"""Digests of the program and of a round's context: leaves and charts made with another digest are made again.

Charts depend on more than the numbers of leaves: an upgrade may change a colour, a word, a score or a rule of
disclosure, a setting the least number of people shown, an assignment what is expected. docs/decisions/0005.
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
from survey_server.pipeline.context import RoundContext

LAYERS_ABOVE = frozenset(
    {"api", "app.py", "cli", "runtime.py", "web"}
)  # the layers that the pipeline may not know: no chart depends on them
_LIBRARIES = ("matplotlib", "numpy", "pandas", "pillow", "fontpkg-be-vietnam-pro")
_LENGTH = 12  # hexadecimal digits: it names folders


@cache
def program_digest() -> str:
    """Digest of the code that can affect a number or a chart, and of the libraries under it. Cached for the process: an
    upgrade may replace the files of a running program."""
    digest = hashlib.sha256(repr((sys.version_info[:2], [_installed(name) for name in _LIBRARIES])).encode())
    for path, name in _sources():
        digest.update(f"\0{name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:_LENGTH]


def build_digest(context: RoundContext) -> str:
    """Digest of the program and of everything but numbers that a round's charts are drawn from: questionnaires,
    framework, localities, what is expected, the least number of people shown."""
    places = [
        (row.path, row.level, row.code, row.name, row.kind, row.lat, row.lon) for row in context.localities.values()
    ]
    described = [program_digest(), context.info.to_json(), context.framework_json, context.codebook_json, places]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:_LENGTH]


def _sources() -> Iterator[tuple[Path, str]]:
    """Source files with names that do not depend on where they are installed."""
    for package in (analysis, survey_server):
        folder = Path(package.__path__[0])
        for path in sorted([*folder.rglob("*.py"), *folder.glob("*.po")]):  # the charts' catalogues lie in analysis/
            inside = path.relative_to(folder)
            if package is analysis or inside.parts[0] not in LAYERS_ABOVE:
                yield path, f"{package.__name__}/{inside.as_posix()}"


def _installed(library: str) -> str:
    """Its version; "" where it is not installed, as the font may be."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
