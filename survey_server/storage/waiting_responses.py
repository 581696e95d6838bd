"""Responses of people that wait for a cohort, and the places where they changed since they were checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from survey_server.domain import (
    COUNTING,
    CohortSeries,
    NewWaitingResponse,
    Revision,
    WaitingResponse,
)
from survey_server.storage import prepared
from survey_server.storage.tables import (
    assignment,
    closed_round,
    cohort_change,
    cohort_member,
    cohort_series,
    locality,
    response,
    unchecked_place,
    waiting_response,
)

BATCH = 500  # values in one statement
_INSERT = insert(waiting_response)
_REVISIONS = select(response.c.seq, response.c.id, response.c.supersedes)
_MEMBERS = select(cohort_member.c.response_id)


def series_of(connection: Connection, round_id: int) -> dict[int, CohortSeries]:
    """By id."""
    wanted = select(cohort_series).where(cohort_series.c.round_id == round_id).order_by(cohort_series.c.id)
    return {row["id"]: CohortSeries(**row) for row in connection.execute(wanted).mappings()}


def find_or_add_series(
    connection: Connection, round_id: int, questionnaire: str, version: str, evidence: str, respondent: str
) -> int:
    """The id of a series."""
    values = {"round_id": round_id, "questionnaire": questionnaire, "version": version, "evidence": evidence}
    known = select(cohort_series.c.id).where(*(cohort_series.c[name] == value for name, value in values.items()))
    id_ = connection.execute(known).scalar_one_or_none()
    if id_ is None:
        new = insert(cohort_series).values(**values, respondent=respondent).returning(cohort_series.c.id)
        id_ = connection.execute(new).scalar_one()
    return int(id_)


def has_changes(connection: Connection, round_id: int) -> bool:
    """Whether there are changes that were not looked at, or unchecked places."""
    changed = (
        select(cohort_change.c.id)
        .join(response, response.c.seq == cohort_change.c.response_seq)
        .where(response.c.round_id == round_id)
    )
    unchecked = (
        select(unchecked_place.c.place_id)
        .join(cohort_series, cohort_series.c.id == unchecked_place.c.series_id)
        .where(cohort_series.c.round_id == round_id)
    )
    return any(connection.execute(wanted.limit(1)).first() is not None for wanted in (changed, unchecked))


def changed_responses(connection: Connection, round_id: int, limit: int) -> dict[int, int]:
    """The oldest changes that were not looked at yet: id of the change → number of the response."""
    wanted = (
        select(cohort_change.c.id, cohort_change.c.response_seq)
        .join(response, response.c.seq == cohort_change.c.response_seq)
        .where(response.c.round_id == round_id)
        .order_by(cohort_change.c.id)
        .limit(limit)
    )
    return dict(connection.execute(wanted).all())


def remove_changes(connection: Connection, ids: Iterable[int]) -> None:
    """Delete exactly these changes."""
    for some in _batches(list(ids)):
        connection.execute(delete(cohort_change).where(cohort_change.c.id.in_(some)))


def put(connection: Connection, changed: Iterable[int], waiting: Sequence[NewWaitingResponse]) -> None:
    """Replace the waiting ones among the changed responses, and note their places, old and new, as unchecked."""
    seqs = list(changed)
    places = {(each.series_id, each.place_id) for each in waiting}
    for some in _batches(seqs):
        found = waiting_response.c.response_seq.in_(some)
        before = select(waiting_response.c.series_id, waiting_response.c.place_id).where(found)
        places.update((row.series_id, row.place_id) for row in connection.execute(before))
        connection.execute(delete(waiting_response).where(found))
    prepared.insert_all(connection, _INSERT, NewWaitingResponse._fields, waiting)
    _note(connection, places)


def is_waiting(connection: Connection, series_id: int) -> bool:
    """Whether anything of a series waits."""
    wanted = select(waiting_response.c.response_seq).where(waiting_response.c.series_id == series_id).limit(1)
    return connection.execute(wanted).first() is not None


def move(connection: Connection, series_id: int, to: int) -> None:
    """Move the waiting responses of a series to another one, whose places are noted as unchecked."""
    own = waiting_response.c.series_id == series_id
    places = set(connection.execute(select(waiting_response.c.place_id).where(own).distinct()).scalars())
    connection.execute(update(waiting_response).where(own).values(series_id=to, is_pooled=False))
    connection.execute(delete(unchecked_place).where(unchecked_place.c.series_id == series_id))
    _note(connection, {(to, place) for place in places})


def remove(connection: Connection, seqs: Iterable[int]) -> None:
    for some in _batches(list(seqs)):
        connection.execute(delete(waiting_response).where(waiting_response.c.response_seq.in_(some)))


def set_pooled(connection: Connection, seqs: Iterable[int]) -> None:
    for some in _batches(list(seqs)):
        found = waiting_response.c.response_seq.in_(some)
        connection.execute(update(waiting_response).where(found).values(is_pooled=True))


def note_all_places(connection: Connection, round_id: int) -> None:
    """Note every place of a closed round at which responses wait as unchecked, once."""
    waits = (
        select(waiting_response.c.series_id, waiting_response.c.place_id)
        .join(cohort_series, cohort_series.c.id == waiting_response.c.series_id)
        .where(cohort_series.c.round_id == round_id)
        .distinct()
    )
    _note(connection, {(series, place) for series, place in connection.execute(waits)})
    connection.execute(insert(closed_round).values(round_id=round_id))


def _note(connection: Connection, places: set[tuple[int, int]]) -> None:
    """Note places as unchecked; `places`: (series, place)."""
    noted: set[tuple[int, int]] = set()
    for series_id in {series for series, _ in places}:
        known = select(unchecked_place.c.place_id).where(unchecked_place.c.series_id == series_id)
        noted.update((series_id, place) for place in connection.execute(known).scalars())
    rows = [{"series_id": series, "place_id": place} for series, place in sorted(places - noted)]
    if rows:
        connection.execute(insert(unchecked_place), rows)


def is_closing_noted(connection: Connection, round_id: int) -> bool:
    return connection.execute(select(closed_round).where(closed_round.c.round_id == round_id)).first() is not None


def unchecked_places(connection: Connection, round_id: int, limit: int) -> list[tuple[int, int]]:
    """(series, place) of some unchecked places of a round, in their order."""
    wanted = (
        select(unchecked_place.c.series_id, unchecked_place.c.place_id)
        .join(cohort_series, cohort_series.c.id == unchecked_place.c.series_id)
        .where(cohort_series.c.round_id == round_id)
        .order_by(unchecked_place.c.series_id, unchecked_place.c.place_id)
        .limit(limit)
    )
    return [(series, place) for series, place in connection.execute(wanted)]


def count_unchecked(connection: Connection, series_id: int) -> int:
    wanted = select(func.count()).select_from(unchecked_place).where(unchecked_place.c.series_id == series_id)
    return int(connection.execute(wanted).scalar_one())


def remove_notes(connection: Connection, series_id: int, place_ids: Iterable[int]) -> None:
    """Note that places of a series are checked."""
    for some in _batches(list(place_ids)):
        found = (unchecked_place.c.series_id == series_id) & unchecked_place.c.place_id.in_(some)
        connection.execute(delete(unchecked_place).where(found))


def waiting_at(
    connection: Connection, series_id: int, place_ids: Collection[int], *, approved_only: bool
) -> list[WaitingResponse]:
    """The responses that wait at these places."""
    found: list[WaitingResponse] = []
    for some in _batches(sorted(place_ids)):
        wanted = _waiting().where(waiting_response.c.series_id == series_id, waiting_response.c.place_id.in_(some))
        if approved_only:
            wanted = wanted.where(waiting_response.c.is_approved)
        found += [WaitingResponse(*row) for row in connection.execute(wanted)]
    return found


def pool_of(connection: Connection, series_id: int) -> list[WaitingResponse]:
    """What is left over at the finished places of a series."""
    wanted = _waiting().where(waiting_response.c.series_id == series_id, waiting_response.c.is_pooled)
    return [WaitingResponse(*row) for row in connection.execute(wanted)]


def finished_places(connection: Connection, series: CohortSeries, place_ids: Collection[int]) -> set[int]:
    """Those of the places where the collection is finished: each assignment of the questionnaire there (of officials:
    there and below) has as many responses that count as it asks for, and there is one."""
    place, assigned = locality.alias("place"), locality.alias("assigned")
    is_there = assigned.c.id == place.c.id
    if series.respondent == "official":
        is_there = (assigned.c.scheme == place.c.scheme) & or_(is_there, assigned.c.path.startswith(place.c.path + "/"))
    reached: dict[int, bool] = {}
    for some in _batches(sorted(place_ids)):
        wanted = (
            select(place.c.id, assignment.c.quantity <= assignment.c.done)
            .join(assigned, is_there)
            .join(assignment, assignment.c.locality_id == assigned.c.id)
            .where(
                place.c.id.in_(some),
                assignment.c.round_id == series.round_id,
                assignment.c.questionnaire == series.questionnaire,
            )
        )
        for id_, is_reached in connection.execute(wanted):
            reached[id_] = reached.get(id_, True) and bool(is_reached)
    return {id_ for id_, is_reached in reached.items() if is_reached}


def revisions_of(connection: Connection, seqs: Iterable[int]) -> list[Revision]:
    """These responses, and all that are connected with them by corrections or share an id with one that is."""
    found: dict[int, Revision] = {}
    for some in _batches(list(seqs)):
        rows = connection.execute(_REVISIONS.where(response.c.seq.in_(some)))
        found |= {row.seq: Revision(*row) for row in rows}
    looked_up: set[str] = set()
    while ids := {id_ for each in found.values() for id_ in (each.id, each.supersedes) if id_} - looked_up:
        looked_up |= ids
        for column in (response.c.id, response.c.supersedes):
            found |= {row[0]: Revision(*row) for row in prepared.select_in(connection, _REVISIONS, column, ids)}
    return [*found.values()]


def published_ids(connection: Connection, revisions: Iterable[Revision]) -> set[str]:
    """The ids among these that are in a cohort, or of a member that is missing."""
    ids = {id_ for each in revisions for id_ in (each.id, each.supersedes) if id_}
    return {row[0] for row in prepared.select_in(connection, _MEMBERS, cohort_member.c.response_id, ids)}


class CountingResponse(NamedTuple):
    """What of a response decides whether and where it waits. `not_asked`: a JSON array."""

    seq: int
    round_id: int
    locality_id: int
    questionnaire: str
    version: str
    evidence: str
    respondent: str
    state: str
    weight: float
    not_asked: str


def counting_of(connection: Connection, seqs: Iterable[int]) -> list[CountingResponse]:
    """Those of the responses that are of people, count, and are in no cohort."""
    found: list[CountingResponse] = []
    for some in _batches(list(seqs)):
        wanted = (
            select(*(response.c[name] for name in CountingResponse._fields))
            .outerjoin(cohort_member, cohort_member.c.response_seq == response.c.seq)
            .where(
                response.c.seq.in_(some),
                response.c.respondent != "organisation",
                response.c.state.in_([state.value for state in COUNTING]),
                response.c.training.is_(False),
                response.c.round_id.is_not(None),
                response.c.locality_id.is_not(None),
                cohort_member.c.response_id.is_(None),
            )
        )
        found += [CountingResponse(*row) for row in connection.execute(wanted)]
    return found


def _waiting() -> Select[Any]:
    return (
        select(
            waiting_response.c.response_seq, locality.c.path, waiting_response.c.weight, waiting_response.c.is_declined
        )
        .join(locality, locality.c.id == waiting_response.c.place_id)
        .order_by(waiting_response.c.response_seq)
    )


def _batches(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))
