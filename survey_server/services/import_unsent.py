"""Importing a tablet's export of unsent responses: its rows are received as if they had been uploaded."""

from __future__ import annotations

import json
from typing import Any

from survey_server.domain import Receipt
from survey_server.problems import ProblemError, unsent as problems
from survey_server.services.receiving import ReceivingContext, Sender, receive
from survey_server.services.receiving.parse import read_uploaded_row
from survey_server.storage import Database, devices

MAX_FILE_BYTES = 64 * 1024 * 1024
BATCH_SIZE = 200


def import_unsent(
    context: ReceivingContext, content: bytes, fallback_person: int | None = None, language: str = "vi"
) -> list[Receipt]:
    """Receipts for the rows of the file, in order. The sender is the device that the file names, or the person
    `fallback_person`, whose rows are then quarantined.

    Raises ProblemError: unsent_unreadable, unsent_device_unknown.
    """
    exported = _read(content)
    sender = _sender(context.database, exported, fallback_person)
    rows = [read_uploaded_row(each) for each in exported["responses"]]
    receipts: list[Receipt] = []
    for start in range(0, len(rows), BATCH_SIZE):
        receipts += receive(context, sender, rows[start : start + BATCH_SIZE], language)
    return receipts


def _read(content: bytes) -> dict[str, Any]:
    try:
        exported: dict[str, Any] = json.loads(content[: MAX_FILE_BYTES + 1])
    except (ValueError, RecursionError) as error:
        raise ProblemError(problems.UNREADABLE) from error
    is_export = isinstance(exported, dict) and isinstance(exported.get("responses"), list)
    if not is_export or len(content) > MAX_FILE_BYTES:
        raise ProblemError(problems.UNREADABLE)
    return exported


def _sender(database: Database, exported: dict[str, Any], fallback_person: int | None) -> Sender:
    device_id = exported.get("device_id")
    is_id = isinstance(device_id, str) and device_id.isascii() and device_id.isprintable()
    with database.read() as connection:
        device = devices.find(connection, str(device_id)) if is_id else None
    if device is not None:
        return Sender(device.person_id, device.id, device.revoked_at is not None)
    if fallback_person is None:
        raise ProblemError(problems.DEVICE_UNKNOWN)
    return Sender(fallback_person, None, is_revoked=True)
