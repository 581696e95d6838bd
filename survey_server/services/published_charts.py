"""The charts that the publisher has drawn: which a reader may see, whether they are current, and requests for more.

Rows say what is drawn and what should be; the drawn files are blobs (services/chart_bundles.py). Web pages only read
both. What is not drawn yet is requested by a row, which the publisher takes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import Any

from survey_server.domain import (
    ALL_QUESTIONNAIRES,
    CENTRE,
    COORDINATOR,
    COORDINATOR_BELOW,
    EVERYONE,
    ChartBundle,
    ChartKey,
    ChartRequest,
    ChartVersion,
    DatabaseUnavailableError,
    DrawnPage,
    Locality,
    Person,
    RequiredVersions,
    covers,
)
from survey_server.settings import Settings
from survey_server.storage import Database, chart_pages, chart_requests, chart_versions
from survey_server.storage.blobs import BlobStore, FolderBlobStore
from survey_server.storage.chart_pages import StoredPicture

ON_REQUEST = ("png", "pdf")
FORMATS = ("svg", "csv", *ON_REQUEST)
COORDINATORS = (COORDINATOR, COORDINATOR_BELOW)
FILES = "files"  # the folder of the drawn files
REQUEST_TIMEOUT = 1.0  # seconds that a page waits until its request for drawing is stored


@dataclass(frozen=True, slots=True)
class ChartEntry:
    """A chart in the manifest. `svg`, `png`, `pdf` and `csv` are file names relative to the locality's address; `n` is
    None where it may not be shown; `sha256` is that of the SVG; `revision` that of its numbers."""

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
    revision: int

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> ChartEntry:
        """Ignores unknown members. Raises KeyError where one is missing."""
        return cls(**{each.name: given[each.name] for each in fields(cls)})

    def file(self, format_: str) -> str:
        """The file name for one of FORMATS."""
        return str(getattr(self, format_))


@dataclass(frozen=True, slots=True)
class ChartPage:
    """A locality's charts that one audience may see as they are drawn, and the versions required. `drawn`: None before
    anything is drawn; `required`: None before anything is tallied; `lacks_released`: whether what was released to
    coordinators is not drawn yet."""

    drawn: DrawnPage | None
    required: RequiredVersions | None
    bundles: tuple[ChartBundle, ...]
    lacks_released: bool = False

    @property
    def version(self) -> str:
        """Differs between any two drawings; "" before the first."""
        if self.drawn is None:
            return ""
        described = ((*each.group, each.audience, each.version.name, each.sha256) for each in self.bundles)
        return f"{self.revision}-{hashlib.sha256(repr([*described]).encode()).hexdigest()[:12]}"

    @property
    def revision(self) -> int:
        """The newest revision among the charts."""
        return max((each.version.revision for each in self.bundles), default=0)

    @property
    def generated_at(self) -> str | None:
        """When the newest of these charts was drawn: what others see does not move it. None where there are none."""
        return max((each.generated_at for each in self.bundles), default=None)

    @property
    def is_current(self) -> bool:
        required = self.required
        if self.drawn is None or required is None:
            return self.drawn is not None
        return not self.lacks_released and all(
            each.version.satisfies(required.of_bundle(each)) for each in self.bundles
        )

    @property
    def has_outdated_build(self) -> bool:
        """True where more than the numbers is outdated: what the page shows may break a rule that holds now."""
        required = self.required
        if self.drawn is None or required is None:
            return False
        return any(each.version.build != required.of_bundle(each).build for each in self.bundles)

    def entries(self) -> Iterator[tuple[ChartBundle, ChartEntry]]:
        for bundle in self.bundles:
            for entry in bundle_entries(bundle):
                yield bundle, entry


def chart_blobs(settings: Settings) -> BlobStore:
    """The drawn files."""
    return FolderBlobStore(settings.charts_dir / FILES)


def audience_of(person: Person, locality: Locality) -> str | None:
    """As what somebody reads the charts of a locality; None for those who may not. Who sees no counts of people reads
    what is drawn for coordinators, also of the localities above the own area."""
    is_own = person.works_at(locality.scheme, locality.path)
    if person.sees_people:
        return CENTRE if is_own else None
    if is_own:
        return COORDINATOR
    areas = (area.path for area in person.areas or () if area.scheme == locality.scheme)
    return COORDINATOR_BELOW if any(covers(locality.path, path) for path in areas) else None


def read_page(
    database: Database,
    key: ChartKey,
    path: str,
    audience: str = CENTRE,
    *,
    is_released: bool = False,
    with_charts: bool = True,
) -> ChartPage:
    """`is_released`: whether coordinators are shown anything that people answered. `with_charts=False` leaves the
    charts of bundles out, which the page itself does not need."""
    with database.read() as connection:
        drawn = chart_pages.find(connection, key, with_charts=with_charts)
        required = chart_versions.find(connection, key.round, path)
    bundles = drawn.bundles if drawn is not None else ()
    visible = tuple(each for each in bundles if _is_visible(each, audience, required, is_released=is_released))
    lacks_released = is_released and audience in COORDINATORS and _lacks_released(visible, required)
    return ChartPage(drawn, required, visible, lacks_released)


def read_all_audiences(database: Database, key: ChartKey, path: str) -> ChartPage:
    """The charts of all audiences, as no reader sees them: for drawing pictures."""
    with database.read() as connection:
        drawn = chart_pages.find(connection, key)
        required = chart_versions.find(connection, key.round, path)
    return ChartPage(drawn, required, drawn.bundles if drawn is not None else ())


def _is_visible(bundle: ChartBundle, audience: str, required: RequiredVersions | None, *, is_released: bool) -> bool:
    """Of people, coordinators see what was drawn of this very release, by the program that runs now."""
    if bundle.audience == EVERYONE:
        return audience != COORDINATOR_BELOW
    if not _is_released_bundle(bundle):
        return bundle.audience == audience
    is_valid = required is not None and bundle.version.build == required.of_bundle(bundle).build
    return audience in COORDINATORS and is_released and is_valid


def _is_released_bundle(bundle: ChartBundle) -> bool:
    """Bundles of a questionnaire that are drawn for coordinators apart are about people."""
    return bundle.audience == COORDINATOR and bundle.questionnaire != ALL_QUESTIONNAIRES


def _lacks_released(visible: Iterable[ChartBundle], required: RequiredVersions | None) -> bool:
    if required is None:
        return False
    nothing = ChartVersion(0, required.newest.build)
    wanted = {
        questionnaire
        for (questionnaire, audience), version in required.by_group.items()
        if audience == COORDINATOR and questionnaire != ALL_QUESTIONNAIRES and version != nothing
    }
    return not wanted <= {each.questionnaire for each in visible if _is_released_bundle(each)}


def bundle_entries(bundle: ChartBundle) -> list[ChartEntry]:
    return [ChartEntry.from_json(each) for each in json.loads(bundle.charts)]


def entries_json(entries: list[ChartEntry]) -> str:
    """The `charts` of a bundle."""
    return json.dumps([asdict(each) for each in entries], ensure_ascii=False)


def manifest_json(key: ChartKey, page: ChartPage) -> dict[str, Any]:
    """What manifest.json of a locality says."""
    return {
        "round": key.round,
        "locality": key.code,
        "revision": page.revision,
        "generated_at": page.generated_at,
        "simulated": page.drawn is not None and page.drawn.simulated,
        "charts": [asdict(entry) for _, entry in page.entries()],
    }


def find_file(page: ChartPage, name: str) -> tuple[ChartBundle, ChartEntry] | None:
    """The chart that has a file of this name, with its bundle."""
    return next((each for each in page.entries() if name in map(each[1].file, FORMATS)), None)


def find_successor(page: ChartPage, name: str) -> str | None:
    """The file that replaced one of an older version, whose name an open page or a bookmark still holds."""
    own = name.partition("/")[2]
    files = (entry.file(format_) for _, entry in page.entries() for format_ in FORMATS)
    return next((file for file in files if own and file.partition("/")[2] == own), None)


def find_picture(database: Database, bundle: ChartBundle, name: str) -> StoredPicture | None:
    """A chart of a bundle as PNG or PDF; None where it was not drawn yet."""
    with database.read() as connection:
        return chart_pages.find_picture(connection, bundle.sha256, name)


def request_drawing(database: Database, request: ChartRequest) -> None:
    """Leave a request for the publisher; repeating it has no effect. Where the database takes no writes now, nothing is
    requested: the page asks again."""
    with database.read() as connection:
        is_pending = chart_requests.is_pending(connection, request)
    if not is_pending:
        with suppress(DatabaseUnavailableError):
            database.write(lambda connection: chart_requests.add(connection, request), timeout=REQUEST_TIMEOUT)
