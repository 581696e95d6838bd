"""Published questionnaires and their frameworks. A published version never changes."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, insert, select, tuple_

from survey_server.storage.tables import framework, questionnaire


@dataclass(frozen=True, slots=True)
class Published:
    """One version as it was published; `source` and `framework_source` are the YAML texts, `compiled` the tablet's
    JSON, `sha256` of the YAML's bytes and `compiled_sha256` of the JSON's."""

    id: str
    version: str
    sha256: str
    source: str
    compiled: str
    compiled_sha256: str
    framework_id: str
    framework_source: str
    published_at: str


def _columns() -> Select[Any]:
    return (
        select(
            questionnaire.c.id, questionnaire.c.version, questionnaire.c.sha256, questionnaire.c.source,
            questionnaire.c.compiled, questionnaire.c.compiled_sha256, questionnaire.c.framework_id,
            framework.c.source.label("framework_source"), questionnaire.c.published_at,
        ).join(
            framework,
            (framework.c.id == questionnaire.c.framework_id) & (framework.c.sha256 == questionnaire.c.framework_sha256),
        )
    )  # fmt: skip


def find(connection: Connection, id_: str, version: str) -> Published | None:
    wanted = _columns().where(questionnaire.c.id == id_, questionnaire.c.version == version)
    row = connection.execute(wanted).mappings().one_or_none()
    return Published(**row) if row is not None else None


def evidence_of(connection: Connection, versions: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The kind of evidence that each of these versions (id, version) gathers."""
    columns = (questionnaire.c.id, questionnaire.c.version)
    wanted = select(*columns, questionnaire.c.compiled).where(tuple_(*columns).in_(list(versions)))
    return {(row.id, row.version): json.loads(row.compiled)["evidence"] for row in connection.execute(wanted)}


def all_published(connection: Connection) -> list[Published]:
    wanted = _columns().order_by(questionnaire.c.id, questionnaire.c.published_at)
    return [Published(**row) for row in connection.execute(wanted).mappings()]


def add_framework(connection: Connection, id_: str, sha256: str, source: str, compiled: str) -> None:
    """Keep a framework once; the same bytes again change nothing."""
    known = select(framework.c.id).where(framework.c.id == id_, framework.c.sha256 == sha256)
    if connection.execute(known).first() is None:
        connection.execute(insert(framework).values(id=id_, sha256=sha256, source=source, compiled=compiled))


def add(connection: Connection, new: Published, framework_sha256: str) -> None:
    connection.execute(
        insert(questionnaire).values(
            id=new.id,
            version=new.version,
            sha256=new.sha256,
            source=new.source,
            compiled=new.compiled,
            compiled_sha256=new.compiled_sha256,
            framework_id=new.framework_id,
            framework_sha256=framework_sha256,
            published_at=new.published_at,
        )
    )
