"""Importing a tablet's export of unsent responses: its rows are received as if they had been uploaded.

The file names its device; what proves it is an HMAC-SHA-256 keyed by the SHA-256 of the device's upload token.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from typing import Any

from survey_server.domain import Receipt, may_send
from survey_server.problems import ProblemError, unsent as problems
from survey_server.problems.receiving import FROM_REVOKED_DEVICE, UNSIGNED_FILE
from survey_server.services.receiving import ReceivingContext, Sender, receive
from survey_server.services.receiving.parse import read_uploaded_row
from survey_server.storage import Database, devices, people

MAX_FILE_BYTES = 64 * 1024 * 1024
BATCH_SIZE = 200


def import_unsent(
    context: ReceivingContext, content: bytes, fallback_person: int | None = None, language: str = "vi"
) -> list[Receipt]:
    """Receipts for the rows of the file, in order. The sender is the device that the file names, or the person
    `fallback_person`. Rows that no known device signed are quarantined, as are those of a device that may not send.

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
    """The device that the file names, with the person whom it had when it signed the file."""
    device_id = exported.get("device_id")
    is_id = isinstance(device_id, str) and device_id.isascii() and device_id.isprintable()
    with database.read() as connection:
        device = devices.find(connection, str(device_id)) if is_id else None
        if device is None:
            if fallback_person is None:
                raise ProblemError(problems.DEVICE_UNKNOWN)
            return Sender(fallback_person, None, UNSIGNED_FILE)
        signer = _signer(devices.upload_tokens(connection, device.id), exported)
        person_id = signer if signer is not None else device.person_id
        person = people.by_id(connection, person_id)
    if person is None or not may_send(device, person):
        return Sender(person_id, device.id, FROM_REVOKED_DEVICE)
    return Sender(person_id, device.id, None if signer is not None else UNSIGNED_FILE)


def _signer(tokens: Sequence[tuple[str, int]], exported: dict[str, Any]) -> int | None:
    """The person for whom a device held the upload token that the file is signed with; None where it is not signed with
    any of `tokens`, the hashes of those that it has and had. What is signed are the digests of the rows, one a line."""
    given = exported.get("hmac")
    if not isinstance(given, str) or not given.isascii():
        return None
    rows = (each.get("sha256") if isinstance(each, dict) else None for each in exported["responses"])
    signed = "\n".join(str(each) for each in rows).encode("utf-8", "surrogatepass")
    for token_hash, person_id in tokens:
        if hmac.compare_digest(hmac.digest(bytes.fromhex(token_hash), signed, "sha256").hex(), given.lower()):
            return person_id
    return None
