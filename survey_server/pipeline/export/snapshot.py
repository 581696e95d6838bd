"""The responses of an export as they were at one moment, read without holding the database.

A long read keeps SQLite's log from being written back: at a few hundred uploads a second it would grow by hundreds of
megabytes. So one short read notes which responses count, and their review state; their rows are then read in batches,
each in a read of its own. That is the same as one long read, for what the first one noted is all that may still change
of a response that counts: rows are only added, and bodies never change.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from survey_server.domain import CollectedResponse, ResponseFilter, State
from survey_server.storage import Connection, Database, responses

BATCH_SIZE = 500  # responses
_STATES = tuple(State)


@dataclass(slots=True)
class Snapshot:
    """`seqs`: numbers of the responses in the database, ascending; `states`: of each, an index into the review states;
    `versions`: every version of a questionnaire among them."""

    seqs: array[int] = field(default_factory=lambda: array("q"))
    states: bytearray = field(default_factory=bytearray)
    versions: set[tuple[str, str]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.seqs)


def take_snapshot(connection: Connection, round_id: int, wanted: ResponseFilter) -> Snapshot:
    """`wanted`: with the states that count."""
    numbers = {state.value: number for number, state in enumerate(_STATES)}
    snapshot = Snapshot()
    for seq, state, questionnaire, version in responses.states_of_round(connection, round_id, wanted):
        snapshot.seqs.append(seq)
        snapshot.states.append(numbers[state])
        snapshot.versions.add((questionnaire, version))
    return snapshot


def read_batches(database: Database, snapshot: Snapshot) -> Iterator[list[CollectedResponse]]:
    """In the order in which they were received."""
    for start in range(0, len(snapshot), BATCH_SIZE):
        seqs = snapshot.seqs[start : start + BATCH_SIZE]
        states = dict(zip(seqs, snapshot.states[start : start + BATCH_SIZE], strict=True))
        with database.read() as connection:
            found = responses.collected(connection, seqs)
        yield [row._replace(state=_STATES[states[seq]].value) for seq, row in found]
