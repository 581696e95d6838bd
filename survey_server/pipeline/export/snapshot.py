"""The responses of an export as they were at one moment, read without holding the database.

A long read keeps SQLite's log from being written back: at a few hundred uploads a second it would grow by hundreds of
megabytes. So one short read notes which responses count, their review states and cohorts; their rows are then read in
batches, each in a read of its own. That is the same as one long read, for what the first one noted is all that may
still change of a response that counts: rows are only added, and bodies never change.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from survey_server.domain import CollectedResponse, ResponseFilter, State
from survey_server.storage import Connection, Database, cohorts, responses

BATCH_SIZE = 500  # responses
_STATES = tuple(State)
Cohort = tuple[str, str]
"""Its id and the path of the place at which it is published."""


@dataclass(slots=True)
class Snapshot:
    """`seqs`: numbers of the responses in the database, ascending; `states` and `cohorts`: of each, an index into the
    review states and, where it is published, into `published`, else -1; `versions`: every version of a questionnaire
    among them."""

    seqs: array[int] = field(default_factory=lambda: array("q"))
    states: bytearray = field(default_factory=bytearray)
    cohorts: array[int] = field(default_factory=lambda: array("i"))
    published: list[Cohort] = field(default_factory=list)
    versions: set[tuple[str, str]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.seqs)


def take_snapshot(
    connection: Connection,
    round_id: int,
    wanted: ResponseFilter,
    shows_cohorts_at: Callable[[str], bool] = lambda _path: True,
) -> Snapshot:
    """`wanted`: with the states that count. `shows_cohorts_at`: whether cohorts of the place at a path are noted."""
    states = {state.value: number for number, state in enumerate(_STATES)}
    cohort_of = {
        seq: each for seq, each in cohorts.cohort_of(connection, round_id).items() if shows_cohorts_at(each[1])
    }
    numbers = {cohort: number for number, cohort in enumerate(sorted(set(cohort_of.values())))}
    snapshot = Snapshot(published=list(numbers))
    for seq, state, questionnaire, version in responses.states_of_round(connection, round_id, wanted):
        snapshot.seqs.append(seq)
        snapshot.states.append(states[state])
        snapshot.cohorts.append(numbers[cohort_of[seq]] if seq in cohort_of else -1)
        snapshot.versions.add((questionnaire, version))
    return snapshot


def read_batches(database: Database, snapshot: Snapshot) -> Iterator[list[tuple[CollectedResponse, Cohort | None]]]:
    """The responses in the order in which they were received, each with its cohort where it is published."""
    for start in range(0, len(snapshot), BATCH_SIZE):
        seqs = snapshot.seqs[start : start + BATCH_SIZE]
        positions = {seq: start + offset for offset, seq in enumerate(seqs)}
        with database.read() as connection:
            found = responses.collected(connection, seqs)
        yield [(_as_then(snapshot, positions[seq], row), _cohort(snapshot, positions[seq])) for seq, row in found]


def _as_then(snapshot: Snapshot, position: int, row: CollectedResponse) -> CollectedResponse:
    """The response with its state at the moment of the snapshot."""
    state = _STATES[snapshot.states[position]]
    return row if row.state == state else row._replace(state=state.value)


def _cohort(snapshot: Snapshot, position: int) -> Cohort | None:
    number = snapshot.cohorts[position]
    return None if number < 0 else snapshot.published[number]
