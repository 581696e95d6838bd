"""The upload protocol against a model: a state machine does whatever a tablet and a bad network may do."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from survey_server.domain.responses import COUNTING
from survey_server.services.receiving import UploadedRow
from survey_server.storage.database import Database
from survey_server.storage.response_changes import is_counted
from survey_server.storage.tables import audit, response, response_body, response_change, review_event
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import receive
from tests.support.sizes import choose_size
from tests.support.writing import held_writer

EXAMPLES = choose_size(15, 400)
CHOICES = st.sampled_from(["clear", "some", "none"])


@pytest.fixture
def field(database: Database) -> Iterator[Field]:
    with tempfile.TemporaryDirectory() as folder:
        yield prepare_field(database, Path(folder))


class Sending(RuleBasedStateMachine):
    """The model: the bytes received under each id, in order, what superseded what, and what waits for a decision."""

    database: Database
    field: Field
    frozen = Bundle("frozen")

    def __init__(self) -> None:
        super().__init__()
        self.received: dict[str, list[str]] = {}
        self.revised_by: dict[str, str] = {}
        self.undecided: set[str] = set()
        self.database.write(self._empty)

    def _empty(self, connection: Any) -> None:
        for table in (review_event, response_change, response_body, response, audit):
            connection.execute(delete(table))

    def _send(self, sent: list[tuple[UploadedRow, str | None]]) -> list[str]:
        receipts = receive(self.database, surveyor_of(self.field), [each for each, _ in sent])
        assert [receipt.sha256 for receipt in receipts] == [each.sha256 for each, _ in sent]
        return [receipt.status.value for receipt in receipts]

    def _expected(self, sent: UploadedRow, supersedes: str | None) -> str:
        assert sent.id is not None
        assert sent.sha256 is not None
        known = self.received.setdefault(sent.id, [])
        if sent.sha256 in known:
            return "duplicate"
        known.append(sent.sha256)
        if len(known) > 1:
            return "conflict"
        if supersedes is None:
            return "stored"
        # A response that waits for a decision cannot be corrected; a corrected one has its correction already.
        if supersedes in self.undecided or self.revised_by.setdefault(supersedes, sent.id) != sent.id:
            self.undecided.add(sent.id)
            return "conflict"
        return "stored"

    @rule(target=frozen, choice=CHOICES)
    def finish(self, choice: str) -> tuple[dict[str, Any], str | None]:
        return body(self.field, answers={"party_change": choice}), None

    @rule(target=frozen, earlier=frozen)
    def edit_after_sending(self, earlier: tuple[dict[str, Any], str | None]) -> tuple[dict[str, Any], str | None]:
        """A correction of its own, as the tablet makes it."""
        return body(self.field, supersedes=earlier[0]["id"]), earlier[0]["id"]

    @rule(target=frozen, earlier=frozen, choice=CHOICES)
    def write_other_bytes(
        self, earlier: tuple[dict[str, Any], str | None], choice: str
    ) -> tuple[dict[str, Any], str | None]:
        """A tablet restored from an old copy: the same id, other answers."""
        return earlier[0] | {"answers": {"party_change": choice}, "clock_offset_ms": 7}, earlier[1]

    @rule(several=st.lists(frozen, min_size=1, max_size=4))
    def upload(self, several: list[tuple[dict[str, Any], str | None]]) -> None:
        """Any of them, in any order, any number of times."""
        sent = [(row(written), supersedes) for written, supersedes in several]
        assert self._send(sent) == [self._expected(*each) for each in sent]

    @rule(several=st.lists(st.lists(frozen, min_size=1, max_size=2), min_size=2, max_size=4))
    def upload_at_the_same_time(self, several: list[list[tuple[dict[str, Any], str | None]]]) -> None:
        """Uploads that the writer stores together are stored as if one had come after another."""
        uploads = [[(row(written), supersedes) for written, supersedes in upload] for upload in several]
        with ThreadPoolExecutor(len(uploads)) as threads, held_writer(self.database) as in_line:
            answers = [in_line(threads, self._send, upload) for upload in uploads]
        assert [each.result() for each in answers] == [[self._expected(*one) for one in upload] for upload in uploads]

    @rule(one=frozen)
    def upload_with_the_answer_cut(self, one: tuple[dict[str, Any], str | None]) -> None:
        """The answer is lost after the commit; the tablet sends again later."""
        sent = (row(one[0]), one[1])
        self._send([sent])
        self._expected(*sent)
        assert self._send([sent]) == ["duplicate"]

    @invariant()
    def everything_received_is_there_once_and_each_id_counts_once(self) -> None:
        with self.database.read() as connection:
            stored = connection.execute(select(response.c.id, response.c.sha256, response.c.state)).all()
            noted = connection.execute(select(response_change.c.response_seq, response_change.c.sign)).all()
            seqs = connection.execute(select(response.c.seq).where(is_counted())).scalars().all()
            entries = len(connection.execute(select(audit.c.id).where(audit.c.action == "receive_response")).all())
        expected = sorted((id_, digest) for id_, known in self.received.items() for digest in known)
        assert sorted((each.id, each.sha256) for each in stored) == expected
        assert entries == len(stored)
        counting = [each.id for each in stored if each.state in COUNTING]
        assert len(counting) == len(set(counting))
        net = Counter[int]()
        for seq, sign in noted:
            net[seq] += sign
        assert +net == Counter(seqs)
        assert not -net


@pytest.mark.slow
@pytest.mark.long
def test_the_server_agrees_with_the_model_whatever_happens(database: Database, field: Field) -> None:
    machine = type("SendingHere", (Sending,), {"database": database, "field": field})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
