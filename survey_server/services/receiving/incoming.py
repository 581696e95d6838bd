"""The records that pass between the steps of receiving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from survey_server.clock import instant_text
from survey_server.domain import NewResponse, Receipt, ReceiptProblem, Status
from survey_server.problems import Problem, ProblemType
from survey_server.questionnaire.answers import AnswerProblem
from survey_server.services.receiving.parse import UploadedRow


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, and from which device if from one. `quarantine`: why all rows of this sender are quarantined."""

    person_id: int
    device_id: str | None = None
    quarantine: ProblemType | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """What the rows of one request have in common. `language`: of the problems in the receipts; `received_text`: the
    instant as the database stores it."""

    sender: Sender
    language: str
    received_at: datetime
    received_text: str

    @classmethod
    def now(cls, sender: Sender, language: str) -> Upload:
        received_at = datetime.now(UTC)
        return cls(sender, language, received_at, instant_text(received_at))

    def receipt(self, index: int, uploaded: UploadedRow, status: Status, problems: Sequence[AnswerProblem]) -> Receipt:
        in_words = tuple(ReceiptProblem(each.path, each.code, each.text(self.language)) for each in problems)
        return Receipt(index, uploaded.id, uploaded.sha256, status, self.received_at, in_words)


@dataclass(frozen=True, slots=True)
class IncomingResponse:
    """A response that will be stored unless its bytes are stored already. `row.state` is SUBMITTED or QUARANTINED;
    comparing it with what is stored may change that."""

    upload: Upload
    index: int
    uploaded: UploadedRow
    row: NewResponse
    problems: tuple[AnswerProblem, ...]

    def receipt(self, status: Status, problems: Sequence[AnswerProblem]) -> Receipt:
        return self.upload.receipt(self.index, self.uploaded, status, problems)


def response_problem(problem: Problem) -> AnswerProblem:
    """A problem of the response as a whole."""
    return AnswerProblem(None, problem, {})
