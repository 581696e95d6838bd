"""Survey rounds: what is asked in them, of which provinces, and who is assigned what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
)

from survey_server.domain import (
    Area,
    Assignment,
    CountedAssignment,
    NewAssignment,
    NewRound,
    NewVisit,
    Round,
    Visit,
)
from survey_server.problems import ProblemError
from survey_server.problems.rounds import TWO_FRAMEWORKS
from survey_server.storage.localities import in_area
from survey_server.storage.tables import (
    assignment,
    locality,
    questionnaire,
    round_locality,
    round_questionnaire,
    survey_round,
    visit,
    visit_member,
)


def add(connection: Connection, new: NewRound) -> int:
    """Insert a round and return its id."""
    row = {**asdict(new), "design": json.dumps(new.design, ensure_ascii=False, separators=(",", ":"))}
    return int(connection.execute(insert(survey_round).values(row).returning(survey_round.c.id)).scalar_one())


def by_code(connection: Connection, code: str) -> Round | None:
    row = connection.execute(select(survey_round).where(survey_round.c.code == code)).mappings().one_or_none()
    return _round(row) if row is not None else None


def by_id(connection: Connection, round_id: int) -> Round | None:
    row = connection.execute(select(survey_round).where(survey_round.c.id == round_id)).mappings().one_or_none()
    return _round(row) if row is not None else None


def all_rounds(connection: Connection) -> list[Round]:
    wanted = select(survey_round).order_by(survey_round.c.starts_on.desc(), survey_round.c.code)
    return [_round(row) for row in connection.execute(wanted).mappings()]


def has_real(connection: Connection) -> bool:
    """Whether there is a round whose responses are not simulated."""
    return connection.execute(select(survey_round.c.id).where(~survey_round.c.simulated).limit(1)).first() is not None


def codes(connection: Connection) -> list[str]:
    """Of all rounds; a database of any release has them."""
    return list(connection.execute(select(survey_round.c.code).order_by(survey_round.c.code)).scalars())


def add_questionnaires(connection: Connection, round_id: int, versions: Sequence[tuple[str, str]]) -> None:
    """Add versions after those that the round has. Raises ProblemError two_frameworks: scores of two frameworks cannot
    stand in one chart."""
    known = select(func.count()).where(round_questionnaire.c.round_id == round_id)
    first = connection.execute(known).scalar_one()
    rows = [
        {"round_id": round_id, "questionnaire": id_, "version": version, "position": position}
        for position, (id_, version) in enumerate(versions, first)
    ]
    connection.execute(insert(round_questionnaire), rows)
    used = (
        select(questionnaire.c.framework_id)
        .join(
            round_questionnaire,
            and_(
                round_questionnaire.c.questionnaire == questionnaire.c.id,
                round_questionnaire.c.version == questionnaire.c.version,
            ),
        )
        .where(round_questionnaire.c.round_id == round_id)
        .distinct()
    )
    frameworks = sorted(connection.execute(used).scalars())
    if len(frameworks) > 1:
        raise ProblemError(TWO_FRAMEWORKS, frameworks=", ".join(frameworks))


def questionnaires_of(connection: Connection, round_id: int) -> list[tuple[str, str]]:
    """Every version that the round offers or assigns, in the round's order; a questionnaire's newest comes last."""
    offered = round_questionnaire.c
    wanted = (
        select(offered.questionnaire, offered.version)
        .join(
            questionnaire, (questionnaire.c.id == offered.questionnaire) & (questionnaire.c.version == offered.version)
        )
        .where(offered.round_id == round_id)
        .order_by(offered.position, questionnaire.c.published_at)
    )
    listed = [(id_, version) for id_, version in connection.execute(wanted)]
    assigned = (
        select(assignment.c.questionnaire, assignment.c.version)
        .where(assignment.c.round_id == round_id)
        .distinct()
        .order_by(assignment.c.questionnaire, assignment.c.version)
    )
    others = [(id_, version) for id_, version in connection.execute(assigned) if (id_, version) not in listed]
    order = list(dict.fromkeys(id_ for id_, _ in (*listed, *others)))
    return sorted((*others, *listed), key=lambda each: order.index(each[0]))


def add_localities(connection: Connection, round_id: int, locality_ids: Iterable[int]) -> None:
    connection.execute(insert(round_locality), [{"round_id": round_id, "locality_id": each} for each in locality_ids])


def selected_paths(connection: Connection, round_id: int) -> list[str]:
    """The paths of the selected provinces and cities, in the official order."""
    wanted = (
        select(locality.c.path)
        .join(round_locality, round_locality.c.locality_id == locality.c.id)
        .where(round_locality.c.round_id == round_id)
        .order_by(locality.c.path)
    )
    return list(connection.execute(wanted).scalars())


def add_visits(connection: Connection, visits: Sequence[NewVisit]) -> None:
    rows = [asdict(each) for each in visits]
    teams = [{"visit_id": row["id"], "person_id": each} for row in rows for each in row.pop("member_ids")]
    if rows:
        connection.execute(insert(visit), rows)
    if teams:
        connection.execute(insert(visit_member), teams)


def add_assignments(connection: Connection, assignments: Sequence[NewAssignment]) -> None:
    if assignments:
        connection.execute(insert(assignment), [asdict(each) for each in assignments])


def visits_with(person_id: int) -> Select[Any]:
    """The ids of the visits that a person leads or takes part in, as a subquery."""
    return select(visit.c.id).where(_is_with(person_id))


def _is_with(person_id: int) -> ColumnElement[bool]:
    member = select(visit_member.c.visit_id).where(visit_member.c.person_id == person_id)
    return or_(visit.c.leader_id == person_id, visit.c.id.in_(member))


def team_visits(connection: Connection, person_id: int) -> frozenset[str]:
    """The ids of the visits that a person leads or takes part in."""
    return frozenset(connection.execute(visits_with(person_id)).scalars().all())


def led_visits(connection: Connection, person_id: int) -> frozenset[str]:
    """The ids of the visits that a person leads."""
    return frozenset(connection.execute(select(visit.c.id).where(visit.c.leader_id == person_id)).scalars())


def visits_of(connection: Connection, person_id: int) -> list[Visit]:
    """The visits that a person leads or takes part in."""
    wanted = _visits().where(_is_with(person_id)).order_by(visit.c.starts_on, visit.c.id)
    return [Visit(**row) for row in connection.execute(wanted).mappings()]


def page_of_visits(
    connection: Connection,
    limit: int,
    after: str | None = None,
    before: str | None = None,
    *,
    areas: tuple[Area, ...] | None = None,
    with_person: int | None = None,
) -> list[Visit]:
    """At most `limit` visits to these areas, or with this person, in the official order of their localities: the first,
    those behind the visit `after`, or those just before the visit `before`."""
    columns = (locality.c.path, visit.c.starts_on, visit.c.id)
    wanted = _visits()
    if areas is not None:
        wanted = wanted.where(or_(false(), *map(in_area, areas)))
    if with_person is not None:
        wanted = wanted.where(_is_with(with_person))
    named = select(*columns).join(locality, locality.c.id == visit.c.locality_id).where(visit.c.id == (before or after))
    if (key := connection.execute(named).one_or_none()) is not None:
        of_key = tuple_(*(literal(each) for each in key))
        wanted = wanted.where(tuple_(*columns) < of_key if before is not None else tuple_(*columns) > of_key)
    order = columns if before is None else [column.desc() for column in columns]
    found = [Visit(**row) for row in connection.execute(wanted.order_by(*order).limit(limit)).mappings()]
    return found if before is None else found[::-1]


def assignments_of_visits(connection: Connection, visit_ids: Sequence[str]) -> dict[str, list[CountedAssignment]]:
    found: dict[str, list[CountedAssignment]] = {}
    for each in _found_counted(connection, assignment.c.visit_id.in_(list(visit_ids))):
        found.setdefault(each.visit_id or "", []).append(each)
    return found


def members(connection: Connection, visit_ids: Sequence[str]) -> dict[str, list[int]]:
    wanted = select(visit_member).where(visit_member.c.visit_id.in_(list(visit_ids))).order_by(visit_member.c.person_id)
    found: dict[str, list[int]] = {each: [] for each in visit_ids}
    for row in connection.execute(wanted).mappings():
        found[row["visit_id"]].append(row["person_id"])
    return found


def assignments_of(connection: Connection, person_id: int) -> list[Assignment]:
    """What is assigned to a person by name."""
    return _found(connection, assignment.c.person_id == person_id)


def unassigned_at(connection: Connection, locality_id: int) -> list[Assignment]:
    """What is to be answered about a locality by nobody by name: among it what its committee answers
    (`domain.is_of_committee`)."""
    return _found(connection, assignment.c.locality_id == locality_id, assignment.c.person_id.is_(None))


def assignment_by_id(connection: Connection, id_: str) -> Assignment | None:
    return next(iter(_found(connection, assignment.c.id == id_)), None)


def counted(connection: Connection, assignments: Iterable[Assignment]) -> list[CountedAssignment]:
    """The same in the same order, with what was done."""
    ids = [each.id for each in assignments]
    found = {each.id: each for each in _found_counted(connection, assignment.c.id.in_(ids))}
    return [found[id_] for id_ in ids if id_ in found]


def expected(connection: Connection, round_id: int) -> list[CountedAssignment]:
    return _found_counted(connection, assignment.c.round_id == round_id)


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> list[Assignment]:
    return [Assignment(**row) for row in connection.execute(_assignments().where(*conditions)).mappings()]


def _found_counted(connection: Connection, *conditions: ColumnElement[bool]) -> list[CountedAssignment]:
    wanted = _assignments().add_columns(assignment.c.done).where(*conditions)
    return [CountedAssignment(**row) for row in connection.execute(wanted).mappings()]


def _visits() -> Select[Any]:
    return (
        select(
            visit.c.id, survey_round.c.code.label("round"), visit.c.locality_id, locality.c.scheme, locality.c.level,
            locality.c.code, locality.c.path, locality.c.name.label("locality_name"), visit.c.leader_id,
            visit.c.starts_on, visit.c.ends_on,
        )
        .join(survey_round, survey_round.c.id == visit.c.round_id)
        .join(locality, locality.c.id == visit.c.locality_id)
    )  # fmt: skip


def _assignments() -> Select[Any]:
    return (
        select(
            assignment.c.id, assignment.c.round_id, survey_round.c.code.label("round"), assignment.c.questionnaire,
            assignment.c.version, assignment.c.locality_id, locality.c.scheme, locality.c.level, locality.c.code,
            locality.c.path, locality.c.name.label("locality_name"), assignment.c.visit_id, assignment.c.person_id,
            assignment.c.quantity, assignment.c.due_on,
        )
        .join(survey_round, survey_round.c.id == assignment.c.round_id)
        .join(locality, locality.c.id == assignment.c.locality_id)
        .order_by(assignment.c.due_on, locality.c.path, assignment.c.questionnaire, assignment.c.id)
    )  # fmt: skip


def _round(row: RowMapping) -> Round:
    return Round(**{**row, "design": json.loads(row["design"])})
