"""The charts that the publisher has drawn, as files: folders, manifests, and requests for more.

A locality's charts lie in `<charts>/<round>/<level>/<code>/<revision>-<build>/`, its manifest beside that folder.
Web pages only read files. What is not drawn yet is requested by an empty file in `requests/`, which the publisher
polls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from survey_server.settings import Settings

MANIFEST = "manifest.json"
REVISIONS = "revisions.json"
REQUESTS = "requests"
ON_REQUEST = ("png", "pdf")
FORMATS = ("svg", "csv", *ON_REQUEST)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")
_SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class ChartKey:
    """Addresses the charts of a locality in a round, as their URL does."""

    round: str
    level: str
    code: str

    def folder(self, settings: Settings) -> Path:
        return settings.charts_dir / self.round / self.level / self.code


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """Something to be drawn: all charts of a locality, or (with `chart`) one chart as PNG or PDF."""

    key: ChartKey
    chart: str = ""
    language: str = ""
    format: str = ""


class ChartVersion(NamedTuple):
    """The version of a chart: the revision at which its numbers changed, and the build digest, which covers everything
    else that it is drawn by and from (docs/decisions/0005). Charts drawn before there were build digests have "".
    """

    revision: int
    build: str

    @property
    def name(self) -> str:
        """The name of its folder."""
        return f"{self.revision}-{self.build}"


@dataclass(frozen=True, slots=True)
class ChartEntry:
    """A chart in the manifest. `svg`, `png`, `pdf` and `csv` are file names relative to the locality's folder; `n` is
    None where it may not be shown; `sha256` is that of the SVG."""

    id: str
    kind: str
    task: str | None
    locality: str
    questionnaire: str | None
    evidence: str | None
    language: str
    title: str
    description: str
    svg: str
    png: str
    pdf: str
    csv: str
    n: int | None
    sha256: str

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> ChartEntry:
        """Ignores unknown members. Raises KeyError where one is missing."""
        return cls(**{each.name: given[each.name] for each in fields(cls)})

    def file(self, format_: str) -> str:
        """The file name for one of FORMATS."""
        return str(getattr(self, format_))


@dataclass(frozen=True, slots=True)
class ChartManifest:
    """The drawn charts of one locality; `generated_at` is an instant in UTC as ISO text."""

    round: str
    locality: str
    version: ChartVersion
    generated_at: str
    simulated: bool
    charts: tuple[ChartEntry, ...]

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> ChartManifest:
        return cls(
            given["round"], given["locality"], ChartVersion(given["revision"], given.get("build", "")),
            given["generated_at"], given["simulated"], tuple(map(ChartEntry.from_json, given["charts"])),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            "round": self.round,
            "locality": self.locality,
            "revision": self.version.revision,
            "build": self.version.build,
            "generated_at": self.generated_at,
            "simulated": self.simulated,
            "charts": [asdict(each) for each in self.charts],
        }

    def find(self, chart: str, language: str) -> ChartEntry | None:
        return next((each for each in self.charts if (each.id, each.language) == (chart, language)), None)

    def files(self) -> Iterator[str]:
        return (chart.file(format_) for chart in self.charts for format_ in FORMATS)


@dataclass(frozen=True, slots=True)
class ChartPage:
    """A locality's charts as they are drawn, and the version required; None before anything is drawn, or tallied."""

    manifest: ChartManifest | None
    required: ChartVersion | None

    @property
    def version(self) -> ChartVersion | None:
        return self.manifest.version if self.manifest is not None else None

    @property
    def is_current(self) -> bool:
        return self.version is not None and self.required in (None, self.version)

    @property
    def has_outdated_build(self) -> bool:
        """True where more than the numbers is outdated: what the page shows may break a rule that holds now."""
        return self.version is not None and self.required is not None and self.version.build != self.required.build


def read_page(settings: Settings, key: ChartKey, path: str) -> ChartPage:
    known = _read_json(settings.charts_dir / key.round / REVISIONS)
    if known is None:
        return ChartPage(read_manifest(settings, key), None)
    build = known.get("build", "") + known.get("suppressed", {}).get(path, "")
    return ChartPage(read_manifest(settings, key), ChartVersion(int(known["paths"].get(path, 0)), build))


def read_manifest(settings: Settings, key: ChartKey) -> ChartManifest | None:
    """None where nothing was drawn yet."""
    found = _read_json(key.folder(settings) / MANIFEST)
    return ChartManifest.from_json(found) if found is not None else None


def write_manifest(settings: Settings, key: ChartKey, manifest: ChartManifest) -> None:
    write_atomically(key.folder(settings) / MANIFEST, json.dumps(manifest.to_json(), ensure_ascii=False).encode())


def write_required_versions(
    settings: Settings,
    round_code: str,
    newest: ChartVersion,
    revisions: Mapping[str, int],
    suppressed: Mapping[str, str],
) -> None:
    """Store the version that each locality's charts should have: `revisions` by path; the build digest is the round's,
    followed by the locality's suppression digest (`suppressed`, by path)."""
    content = {"revision": newest.revision, "build": newest.build, "paths": revisions, "suppressed": suppressed}
    write_atomically(settings.charts_dir / round_code / REVISIONS, json.dumps(content).encode())


def chart_file(settings: Settings, key: ChartKey, manifest: ChartManifest, name: str) -> Path | None:
    """The file of a chart named in the manifest; None for any other name."""
    return key.folder(settings) / name if name in manifest.files() else None


def find_successor(manifest: ChartManifest, name: str) -> str | None:
    """The file that replaced one of an older version, whose name an open page or a bookmark still holds."""
    own = name.partition("/")[2]
    return next((file for file in manifest.files() if own and file.partition("/")[2] == own), None)


def request_drawing(settings: Settings, request: ChartRequest) -> None:
    """Leave a request for the publisher; repeating it has no effect."""
    key = request.key
    parts = [key.round, key.level, key.code, request.chart, request.language, request.format]
    if not all(_NAME.fullmatch(part) for part in parts[:3]):
        return
    folder = settings.charts_dir / REQUESTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _SEPARATOR.join(parts)).touch()


def pending_requests(settings: Settings) -> dict[Path, ChartRequest]:
    """The requests by their files, the oldest first."""
    files = sorted((settings.charts_dir / REQUESTS).glob("*"), key=lambda each: each.stat().st_mtime_ns)
    parts = {path: path.name.split(_SEPARATOR) for path in files}
    return {path: ChartRequest(ChartKey(*each[:3]), *each[3:]) for path, each in parts.items() if len(each) == 6}


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see the old content or the new, never a part."""
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
