"""The one door for responses: tablets, the web form, imports and the demo all come through here.

What was sent is never thrown away: invalid answers are kept with their problems, what a person must decide about is
kept apart, and only what cannot be identified is rejected. Reading and checking happen in the caller's thread
(`candidates`), comparing and keeping in the writer's (`keep_candidates`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from survey_server.domain.responses import Receipt, Status
from survey_server.services.receiving.parse import RejectedError, UploadedRow
from survey_server.services.receiving.resolve import Candidate, Sender, Upload, candidate_of, finding
from survey_server.services.receiving.store import keep
from survey_server.storage.database import Database

__all__ = ["Sender", "UploadedRow", "receive"]


def receive(database: Database, sender: Sender, rows: Sequence[UploadedRow], language: str = "vi") -> list[Receipt]:
    """Keep responses; returns a receipt a row, in order, after everything is durable. One bad row fails no other.

    `language`: of the problems that the receipts tell. Raises DatabaseUnavailableError where nothing can be kept now.
    """
    upload = Upload(sender, language, datetime.now(UTC))
    receipts: dict[int, Receipt] = {}
    candidates: list[Candidate] = []
    for index, row in enumerate(rows):
        try:
            candidates.append(candidate_of(database, upload, index, row))
        except RejectedError as rejected:
            receipts[index] = upload.receipt(index, row, Status.REJECTED, (finding(rejected.problem),))
    if candidates:
        for receipt in database.write_joined(keep, candidates):
            receipts[receipt.index] = receipt
    return [receipts[index] for index in range(len(rows))]
