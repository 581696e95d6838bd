"""How many responses to each assignment count: kept in its row, so that progress is read without the responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, or_, select, update

from survey_server.domain import COUNTING, ExpectedWork, Locality, NewResponse, State
from survey_server.storage import prepared
from survey_server.storage.tables import assignment, locality, response

_ADD = (
    update(assignment).where(assignment.c.id == bindparam("of_id")).values(done=assignment.c.done + bindparam("added"))
)


def add_responses(connection: Connection, rows: Iterable[NewResponse]) -> None:
    """Count new responses."""
    counted = Counter(
        row.assignment_id for row in rows if row.assignment_id and not row.training and row.state in COUNTING
    )
    prepared.execute_all(connection, _ADD, [{"of_id": id_, "added": number} for id_, number in counted.items()])


def change_state(connection: Connection, seq: int, state: State) -> None:
    """Count a response that changes to this state; to be called before its row is changed."""
    wanted = select(response.c.assignment_id, response.c.state, response.c.training).where(response.c.seq == seq)
    for id_, before, is_training in connection.execute(wanted):
        added = (state in COUNTING) - (before in COUNTING)
        if id_ and added and not is_training:
            prepared.execute_all(connection, _ADD, [{"of_id": id_, "added": added}])


def work_at(connection: Connection, round_id: int, at: Locality) -> list[ExpectedWork]:
    """What is expected of the locality itself, such as of its committee."""
    wanted = _work(select(locality.c.path)).where(assignment.c.locality_id == locality.c.id, locality.c.id == at.id)
    return list(_read(connection, wanted.group_by(locality.c.path), round_id))


def work_below(connection: Connection, round_id: int, above: Locality) -> list[ExpectedWork]:
    """What is expected of each locality directly below one, with all that lies in it."""
    child = locality.alias("child")
    is_inside = and_(
        locality.c.scheme == child.c.scheme,
        locality.c.path >= child.c.path,
        locality.c.path < child.c.path + "0",  # the character after '/'
        or_(locality.c.path == child.c.path, locality.c.path >= child.c.path + "/"),
    )
    wanted = _work(select(child.c.path)).where(
        child.c.parent_id == above.id, is_inside, assignment.c.locality_id == locality.c.id
    )
    return list(_read(connection, wanted.group_by(child.c.path), round_id))


def miscounted(connection: Connection) -> list[str]:
    """The ids of assignments whose number differs from a count of their responses."""
    count = (
        select(func.count())
        .where(
            response.c.assignment_id == assignment.c.id,
            response.c.state.in_(sorted(COUNTING)),
            response.c.training.is_(False),
        )
        .scalar_subquery()
    )
    return list(connection.execute(select(assignment.c.id).where(assignment.c.done != count)).scalars())


def _work(of: Select[tuple[str]]) -> Select[Any]:
    counted = case((assignment.c.done > assignment.c.quantity, assignment.c.quantity), else_=assignment.c.done)
    return of.add_columns(
        assignment.c.questionnaire,
        assignment.c.version,
        assignment.c.due_on,
        func.sum(assignment.c.quantity),
        func.sum(counted),
    )


def _read(connection: Connection, wanted: Select[Any], round_id: int) -> Iterator[ExpectedWork]:
    grouped = wanted.where(assignment.c.round_id == round_id).group_by(
        assignment.c.questionnaire, assignment.c.version, assignment.c.due_on
    )
    return (ExpectedWork(*row) for row in connection.execute(grouped))
