"""Drawn charts, as the publisher stores them."""

from __future__ import annotations

from collections.abc import Mapping

from survey_server.deflated import deflate
from survey_server.domain import COORDINATOR, EVERYONE, ChartBundle, ChartKey, ChartVersion
from survey_server.services.chart_bundles import write_bundle
from survey_server.services.published_charts import FORMATS, ChartEntry, chart_blobs, entries_json
from survey_server.settings import Settings
from survey_server.storage import chart_pages, chart_versions
from survey_server.storage.chart_pages import StoredPicture
from survey_server.storage.database import Database

CHART = "dots-first_steps"


def require_versions(database: Database, path: str, newest: ChartVersion, required: Mapping[str, ChartVersion]) -> None:
    """`required`: by questionnaire, of all audiences."""
    changed = {(path, id_, audience): version for id_, version in required.items() for audience in ("", COORDINATOR)}
    database.write(lambda connection: chart_versions.put(connection, "r1", newest, changed))


def draw_chart(
    database: Database,
    settings: Settings,
    key: ChartKey,
    version: ChartVersion,
    text: str,
    *,
    simulated: bool = False,
    audience: str = EVERYONE,
    language: str = "vi",
    pictures: bool = True,
) -> ChartEntry:
    """Store one chart, which says `text`, in place of what was drawn of the locality's first steps."""
    blobs, name, content = chart_blobs(settings), f"{CHART}.{language}", f"<svg>{text}</svg>".encode()
    files = {format_: f"{version.name}/{name}.{format_}" for format_ in FORMATS}
    entry = ChartEntry(
        id=CHART, kind="dots", task=None, locality=key.code, questionnaire="first_steps", evidence="visit",
        language=language, title="Điểm", description="", n=1, sha256="", revision=version.revision, **files,
    )  # fmt: skip
    file = write_bundle({f"{name}.svg": content, f"{name}.csv": content}, deflate(content))
    bundle = ChartBundle(
        "first_steps", language, audience, 0, version, "visit", True, entries_json([entry]), blobs.put(file), len(file)
    )
    database.write(lambda c: chart_pages.replace(c, key, "2012-06-05T07:05:00Z", simulated, [bundle]))
    for format_ in ("png", "pdf") if pictures else ():
        picture = StoredPicture(bundle.sha256, f"{name}.{format_}", blobs.put(content), len(content))
        database.write(lambda c, picture=picture: chart_pages.put_picture(c, picture))  # type: ignore[misc]
    return entry
