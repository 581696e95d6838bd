"""What the publisher has drawn, as files: their places, the manifests, and asking for more.

A locality's charts lie in `<charts>/<round>/<level>/<code>/<revision>-<edition>/`, its manifest beside that folder.
Web pages read files only; what is not drawn yet is asked for by an empty file in `requests/`, which the publisher looks
for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

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


class Issue(NamedTuple):
    """Which charts these are: the revision at which their numbers changed, and the edition, a digest of all else that
    they are drawn by and from (docs/decisions/0005). One that was drawn before there were editions has none."""

    revision: int
    edition: str

    @property
    def name(self) -> str:
        """Of the folder."""
        return f"{self.revision}-{self.edition}"


@dataclass(frozen=True, slots=True)
class Page:
    """A locality's charts as they are drawn, and which they should be; None before anything is drawn, or counted."""

    manifest: dict[str, Any] | None
    needed: Issue | None

    @property
    def issue(self) -> Issue | None:
        return Issue(self.manifest["revision"], self.manifest.get("edition", "")) if self.manifest is not None else None

    @property
    def is_current(self) -> bool:
        return self.issue is not None and self.needed in (None, self.issue)

    @property
    def is_of_older_edition(self) -> bool:
        """Not of older numbers only: what it shows may break a rule that holds now."""
        return self.issue is not None and self.needed is not None and self.issue.edition != self.needed.edition


def read_page(settings: Settings, place: Place, path: str) -> Page:
    return Page(read_manifest(settings, place), _needed(settings, place, path))


def read_manifest(settings: Settings, place: Place) -> dict[str, Any] | None:
    """None where nothing was drawn yet."""
    return _read_json(place.folder(settings) / MANIFEST)


def write_needed(
    settings: Settings, round_code: str, newest: Issue, revisions: Mapping[str, int], told: Mapping[str, str]
) -> None:
    """Say which issue each locality's charts should be: `revisions` by path; the edition is the round's, with what may
    be told of people there."""
    content = {"revision": newest.revision, "edition": newest.edition, "paths": revisions, "told": told}
    write_atomically(settings.charts_dir / round_code / REVISIONS, json.dumps(content).encode())


def _needed(settings: Settings, place: Place, path: str) -> Issue | None:
    known = _read_json(settings.charts_dir / place.round / REVISIONS)
    if known is None:
        return None
    return Issue(int(known["paths"].get(path, 0)), known.get("edition", "") + known.get("told", {}).get(path, ""))


def is_drawn(settings: Settings, place: Place, path: str) -> bool:
    return read_page(settings, place, path).is_current


def chart_file(settings: Settings, place: Place, manifest: dict[str, Any], name: str) -> Path | None:
    """The file of a chart named in the manifest; None for any other name."""
    return place.folder(settings) / name if name in _files(manifest) else None


def same_chart(manifest: dict[str, Any], name: str) -> str | None:
    """The file that has taken the place of an older issue's, as an open page or a bookmark still names it."""
    own = name.partition("/")[2]
    return next((file for file in _files(manifest) if own and file.partition("/")[2] == own), None)


def _files(manifest: dict[str, Any]) -> list[str]:
    return [chart[form] for chart in manifest["charts"] for form in ("svg", "csv", *ON_REQUEST)]


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
