"""The demo's stored responses as rows to insert, and more of them under new ids."""

from __future__ import annotations

import random
import uuid
from functools import partial

from sqlalchemy import select

from survey_server.domain import COUNTING, NewResponse
from survey_server.storage import responses
from survey_server.storage.column_types import compress
from survey_server.storage.database import Database
from survey_server.storage.response_changes import WITH_BODY
from survey_server.storage.tables import response, response_body

BATCH = 10_000  # responses stored in one transaction
_COLUMNS = [response_body.c.body if name == "body" else response.c[name] for name in NewResponse._fields]


def read_rows(database: Database) -> list[NewResponse]:
    """The responses that count."""
    wanted = select(*_COLUMNS).select_from(WITH_BODY).where(response.c.state.in_(sorted(COUNTING)))
    with database.read() as connection:
        rows = [NewResponse(*each) for each in connection.execute(wanted)]
    return [each._replace(body=compress(str(each.body))) for each in rows]


def renamed(row: NewResponse) -> NewResponse:
    """The same response under another id."""
    return row._replace(id=str(uuid.uuid4()))


def add_rows(database: Database, wanted: int) -> None:
    """Store as many more, drawn from those that are there: in no order of localities."""
    drawn = random.Random(62).choices(read_rows(database), k=wanted)
    for start in range(0, wanted, BATCH):
        copies = [renamed(each) for each in drawn[start : start + BATCH]]
        database.write(partial(responses.add_all, rows=copies))
