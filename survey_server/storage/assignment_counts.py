"""How many responses to each assignment count: kept in its row, so that progress is read without the responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, literal_column, select, update

from survey_server.domain import COUNTING, COUNTRY_CODE, ExpectedWork, Locality, NewResponse, State, path_range
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
    return _work(connection, locality.c.path, round_id, locality.c.id == at.id)


def work_below(connection: Connection, round_id: int, above: Locality) -> list[ExpectedWork]:
    """What is expected of each locality directly below one, with all that lies in it."""
    first, last = path_range(above.path)
    position = func.instr if connection.dialect.name == "sqlite" else func.strpos
    rest = func.substr(locality.c.path, len(first) + 1)
    child = func.substr(locality.c.path, 1, len(first) + position(rest.concat("/"), "/") - 1)
    inside = and_(locality.c.scheme == above.scheme, locality.c.path >= first, locality.c.path < last)
    if above.path == COUNTRY_CODE:
        return _work_of_all(connection, child, round_id, inside)
    return _work(connection, child, round_id, inside)


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


def _work_of_all(
    connection: Connection, path: ColumnElement[str], round_id: int, where: ColumnElement[bool]
) -> list[ExpectedWork]:
    """As `_work`, where most assignments of the round are wanted: they are added up by locality in the order of their
    index, and the localities are looked up afterwards."""
    keys = (assignment.c.questionnaire, assignment.c.version, assignment.c.due_on)
    by_locality = (
        select(
            assignment.c.locality_id, *keys, func.sum(assignment.c.quantity).label("quantity"),
            func.sum(_counted()).label("counted"),
        )
        .where(assignment.c.round_id == round_id)
        .group_by(assignment.c.locality_id, *keys)
        .cte("by_locality")
        .prefix_with("MATERIALIZED")
    )  # fmt: skip
    columns = (by_locality.c.questionnaire, by_locality.c.version, by_locality.c.due_on)
    wanted = (
        select(path.label("place"), *columns, func.sum(by_locality.c.quantity), func.sum(by_locality.c.counted))
        .join(locality, locality.c.id == by_locality.c.locality_id)
        .where(where)
        .group_by(literal_column("place"), *columns)
    )
    return [ExpectedWork(*row) for row in connection.execute(wanted)]


def _counted() -> ColumnElement[int]:
    """Of the responses to an assignment those up to the number that is expected."""
    return case((assignment.c.done > assignment.c.quantity, assignment.c.quantity), else_=assignment.c.done)


def _work(
    connection: Connection, path: ColumnElement[str], round_id: int, where: ColumnElement[bool]
) -> list[ExpectedWork]:
    keys = (path.label("place"), assignment.c.questionnaire, assignment.c.version, assignment.c.due_on)
    wanted = (
        select(*keys, func.sum(assignment.c.quantity), func.sum(_counted()))
        .join(locality, locality.c.id == assignment.c.locality_id)
        .where(assignment.c.round_id == round_id, where)
        .group_by(literal_column("place"), *keys[1:])
    )
    return [ExpectedWork(*row) for row in connection.execute(wanted)]
