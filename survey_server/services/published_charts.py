"""What the publisher has drawn, as files: their places, the manifests, and asking for more.

A locality's charts lie in `<charts>/<round>/<level>/<code>/<revision>/`, its manifest beside that folder. Web pages
read files only; what is not drawn yet is asked for by an empty file in `requests/`, which the publisher looks for.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey_server.settings import Settings

MANIFEST = "manifest.json"
REVISIONS = "revisions.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")
_SEPARATOR = "~"
ON_REQUEST = ("png", "pdf")


@dataclass(frozen=True, slots=True)
class Place:
    """A locality's charts in a round."""

    round: str
    level: str
    code: str

    def folder(self, settings: Settings) -> Path:
        return settings.charts_dir / self.round / self.level / self.code


@dataclass(frozen=True, slots=True)
class Request:
    """Something to be drawn: all charts of a place, or one chart in another form."""

    place: Place
    chart: str = ""
    language: str = ""
    form: str = ""


def read_manifest(settings: Settings, place: Place) -> dict[str, Any] | None:
    """None where nothing was drawn yet."""
    return _read_json(place.folder(settings) / MANIFEST)


def needed_revision(settings: Settings, place: Place, path: str) -> int | None:
    """The revision that a locality's charts should have; None before the first count."""
    known = _read_json(settings.charts_dir / place.round / REVISIONS)
    return int(known["paths"].get(path, 0)) if known is not None else None


def is_drawn(settings: Settings, place: Place, path: str) -> bool:
    manifest = read_manifest(settings, place)
    needed = needed_revision(settings, place, path)
    return manifest is not None and (needed is None or manifest["revision"] == needed)


def chart_file(settings: Settings, place: Place, manifest: dict[str, Any], name: str) -> Path | None:
    """The file of a chart named in the manifest; None for any other name."""
    known = {chart[form] for chart in manifest["charts"] for form in ("svg", "csv", "png", "pdf")}
    return place.folder(settings) / name if name in known else None


def ask_for(settings: Settings, request: Request) -> None:
    """Leave a note for the publisher; asking twice is asking once."""
    place = request.place
    parts = [place.round, place.level, place.code, request.chart, request.language, request.form]
    if not all(_NAME.fullmatch(part) for part in parts[:3]):
        return
    folder = requests_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _SEPARATOR.join(parts)).touch()


def waiting_requests(settings: Settings) -> dict[Path, Request]:
    """The notes, the oldest first."""
    folder = requests_folder(settings)
    if not folder.is_dir():
        return {}
    found: dict[Path, Request] = {}
    for path in sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime_ns):
        parts = path.name.split(_SEPARATOR)
        if len(parts) == 6:
            found[path] = Request(Place(*parts[:3]), *parts[3:])
    return found


def requests_folder(settings: Settings) -> Path:
    return settings.charts_dir / "requests"


def write_atomically(path: Path, content: bytes) -> None:
    """Readers see the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return found
