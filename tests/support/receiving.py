"""Sending responses without HTTP, and reading what was stored."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from survey_server.domain.responses import Receipt
from survey_server.services import receiving
from survey_server.services.devices import Enrolled
from survey_server.services.receiving import ReceivingContext, Sender, UploadedRow
from survey_server.storage.database import Database
from survey_server.storage.tables import response, response_body
from tests.support.field import EXAMPLE, Field, assign_also, body, surveyor_of


@lru_cache(4)
def context_of(database: Database) -> ReceivingContext:
    """The same for each call with a database, as a running server has one."""
    return ReceivingContext.of(database)


def receive(database: Database, sender: Sender, rows: Sequence[UploadedRow], language: str = "vi") -> list[Receipt]:
    return receiving.receive(context_of(database), sender, rows, language)


def send(database: Database, field: Field, *rows: UploadedRow, **sender: Any) -> list[str]:
    return [receipt.status.value for receipt in receive(database, surveyor_of(field, **sender), rows)]


def stored_rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[RowMapping]:
    """The columns of responses and their `body`, the first received first."""
    wanted = select(response, response_body.c.body).join(response_body).where(*conditions).order_by(response.c.seq)
    return list(connection.execute(wanted).mappings())


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(response.c.state).order_by(response.c.seq)).scalars())


def count(database: Database, table: Any, *conditions: Any) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


def problems_of(database: Database, field: Field, sent: UploadedRow, **sender: Any) -> list[str]:
    (receipt,) = receive(database, surveyor_of(field, **sender), [sent])
    return [problem.code for problem in receipt.problems]


def sign_unsent(tablet: Enrolled, rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """A file of unsent responses as a tablet saves it: signed, but for a tablet without an upload token."""
    content = {"format": "survey-unsent", "version": 1, "device_id": tablet.device_id, "responses": list(rows)}
    if not tablet.upload_token:
        return content
    key = hashlib.sha256(tablet.upload_token.encode()).digest()
    signed = "\n".join(str(each["sha256"]) for each in rows)
    return content | {"hmac": hmac.digest(key, signed.encode(), "sha256").hex()}


def of_second_steps(database: Database, field: Field, folder: Path, **changed: Any) -> dict[str, Any]:
    """A response to another questionnaire of the same person at the same commune."""
    copied = folder / "new" / "second_steps.yaml"
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", copied.parent / "frameworks")
    source = EXAMPLE.read_text(encoding="utf-8").replace("id: first_steps", "id: second_steps")
    copied.write_text(source, encoding="utf-8")
    assigned = assign_also(database, field, copied)
    return body(field, questionnaire="second_steps", assignment=assigned, **changed)
