"""What a person reaches: each service that acts on an object, by an actor in the object's area, in another one, and
without any. Default: nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey_server.domain import charts
from survey_server.domain.localities import Area, Locality
from survey_server.domain.people import ROLES, NewPerson, Person, Role
from survey_server.domain.responses import State
from survey_server.domain.review import ReviewAction
from survey_server.domain.rounds import NewAssignment, NewVisit
from survey_server.problems import ProblemError
from survey_server.services import devices, people, review_response, settle_quarantine, sign_in
from survey_server.services.assigned_work import AssignedWorkCache
from survey_server.services.list_visits import visits_for
from survey_server.services.list_work import work_of
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.services.published_charts import audience_of
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.track_progress import list_progress
from survey_server.storage import localities, people as stored_people, responses, rounds
from survey_server.storage.database import Connection, Database
from tests.support.field import Field, variant_of_example
from tests.support.receiving import context_of
from tests.support.records import make_new_response

HERE, ELSEWHERE, OTHER_SCHEME = Area("test", "VN/01"), Area("test", "VN/79"), Area("another", "VN/01")
VISIT = str(uuid.uuid5(uuid.NAMESPACE_OID, "the visit"))
NOW = "2012-06-05T00:00:00.000Z"


@dataclass(frozen=True)
class Survey:
    """Objects in the province VN/01: accounts, a tablet, a visit, a quarantined, a collected and a reported response
    (their numbers in the database)."""

    database: Database
    field: Field
    managed: int
    device: str
    undecided: int
    collected: int
    reported: int


@pytest.fixture
def survey(database: Database, field: Field) -> Survey:
    added = people.add_person(database, "managed", "Managed", Role.SURVEYOR, "test:commune:00001")
    device = devices.enrol(database, devices.make_code(database, "managed"), "Máy").device_id

    def add(connection: Connection) -> list[int]:
        province = localities.find(connection, "test", "province", "01")
        assert province is not None
        days = {"starts_on": "2012-06-04", "ends_on": "2012-06-08"}
        visit = NewVisit(id=VISIT, round_id=field.round_id, locality_id=province.id, leader_id=field.other, **days)
        rounds.add_visits(connection, [visit])
        about = {"round_id": field.round_id, "locality_id": field.commune, "person_id": field.surveyor}
        kinds = [
            {"evidence": "visit", "state": State.QUARANTINED.value},
            {"evidence": "visit", "visit_id": VISIT},
            {"evidence": "self_review"},
        ]
        rows = [
            make_new_response(id=str(uuid.uuid4()), sha256=f"{number:064x}", body=b"", **about, **kind)
            for number, kind in enumerate(kinds)
        ]
        responses.add_all(connection, rows)
        return [responses.heads_under(connection, [row.id])[row.id][0].seq for row in rows]

    return Survey(database, field, added, device, *database.write(add))


def actor(survey: Survey, role: Role, area: Area | None) -> Person:
    """Somebody who took part in nothing."""
    new = NewPerson("actor", "Actor", role, None, None, False, NOW)
    id_ = survey.database.write(lambda connection: stored_people.add(connection, new))
    return Person(id_, "actor", "Actor", role, area)


def allows(act: Callable[[], object]) -> bool:
    """Whether the service does it and finds something; refusing is one of these problems, or nothing found."""
    try:
        return act() not in (None, [], False)
    except ProblemError as error:
        if error.problem.code not in ("account_outside_area", "review_not_allowed"):
            raise
        return False


def done(result: object) -> bool:
    """Of a service that returns nothing and raises where it refuses."""
    return result is None


def progress(survey: Survey, by: Person, path: str) -> object:
    versions = QuestionnaireVersions(survey.database)
    return list_progress(survey.database, versions, by, "r1", path, datetime(2012, 6, 5, tzinfo=UTC))


def add_account(survey: Survey, by: Person, role: Role, area: str | None) -> object:
    return people.add_person(survey.database, "new", "New", role, area, by=by)


ADMIN, SETTLERS, READERS = {Role.ADMIN}, {Role.ADMIN, Role.CENTRAL}, {Role.CENTRAL, Role.ANALYST}
CENTRE = {Role.CENTRAL, Role.ANALYST, Role.ADMIN}
Act = Callable[[Survey, Person], object]
# What is done to an object in VN/01, and the roles that may do it with an area around the object; those of the centre
# may also do it without an area.
ACTS: dict[str, tuple[Act, set[Role]]] = {
    "find account": (lambda s, by: people.find_person(s.database, by, s.managed), ADMIN),
    "add account": (lambda s, by: add_account(s, by, Role.ANALYST, "test:commune:00001"), ADMIN),
    "close account": (lambda s, by: done(people.set_active(s.database, s.managed, False, by)), ADMIN),
    "open account": (lambda s, by: done(people.set_active(s.database, s.managed, True, by)), ADMIN),
    "end sessions": (lambda s, by: done(sign_in.end_sessions(s.database, s.managed, by)), ADMIN),
    "make code": (lambda s, by: devices.make_code(s.database, "managed", by=by), ADMIN),
    "revoke tablet": (lambda s, by: done(devices.revoke_device(s.database, s.device, by)), ADMIN),
    "see undecided": (lambda s, by: settle_quarantine.list_undecided(s.database, by).rows, SETTLERS),
    "put aside": (lambda s, by: done(settle_quarantine.put_aside(context_of(s.database), by, s.undecided)), SETTLERS),
    "open collected": (lambda s, by: opened(s, by, "visit"), READERS),
    "open report": (lambda s, by: opened(s, by, "self_review"), READERS | {Role.COORDINATOR}),
    "approve report": (lambda s, by: done(approve(s, by, s.reported)), {Role.COORDINATOR}),
    "approve collected": (lambda s, by: done(approve(s, by, s.collected)), set()),  # the leader of its visit alone
    "see visits": (lambda s, by: visits_for(s.database, by).rows, READERS),
}


def opened(survey: Survey, by: Person, evidence: str) -> object:
    listed = review_response.list_responses(survey.database, by).rows
    return [each for each in listed if each.evidence == evidence]


def approve(survey: Survey, by: Person, seq: int) -> None:
    review_response.review(survey.database, by, seq, ReviewAction.APPROVE, "")


@pytest.mark.parametrize("name", ACTS)
def test_a_service_refuses_who_has_another_area_or_none(survey: Survey, name: str) -> None:
    act, roles = ACTS[name]
    unplaced = actor(survey, Role.NONE, None)
    for role in Role:
        for area in (ELSEWHERE, OTHER_SCHEME, None, HERE):
            if (area is HERE and role in roles) or (area is None and role in roles & CENTRE):
                continue
            by = Person(unplaced.id, "actor", "Actor", role, area)
            assert not allows(lambda by=by: act(survey, by)), (role, area)


@pytest.mark.parametrize("area", [HERE, None])
@pytest.mark.parametrize(("name", "role"), [(name, role) for name in ACTS for role in sorted(ACTS[name][1])])
def test_a_service_serves_whose_area_it_is(survey: Survey, name: str, role: Role, area: Area | None) -> None:
    by = actor(survey, role, area)
    assert allows(lambda: ACTS[name][0](survey, by)) == (area is HERE or role in CENTRE)


def test_accounts_are_listed_of_the_own_area(survey: Survey) -> None:
    by = actor(survey, Role.ADMIN, None)
    for area, is_listed in ((HERE, True), (ELSEWHERE, False), (OTHER_SCHEME, False), (None, True)):
        listed = {each.account for each in people.find_people(survey.database, replace(by, area=area), "").rows}
        assert ("managed" in listed, "surveyor" in listed) == (is_listed, area is None), area


@pytest.mark.parametrize("role", list(Role))
def test_progress_is_shown_of_the_own_area(survey: Survey, role: Role) -> None:
    by = actor(survey, role, None)
    for area in (HERE, ELSEWHERE, OTHER_SCHEME, None):
        person = replace(by, area=area)
        is_shown = role in CENTRE if area is None else area is HERE
        assert bool(progress(survey, person, "VN/01")) == is_shown, area


@pytest.mark.parametrize("area", [None, "test:province:79", "test:province:01"])
@pytest.mark.parametrize("role", [Role.ANALYST, Role.CENTRAL, Role.ADMIN, Role.LEADER, Role.NONE])
def test_an_administrator_of_a_district_adds_nobody_beyond_it(survey: Survey, role: Role, area: str | None) -> None:
    by = actor(survey, Role.ADMIN, Area("test", "VN/01/001"))
    assert not allows(lambda: add_account(survey, by, role, area))
    with survey.database.read() as connection:
        assert stored_people.by_account(connection, "new") is None


def test_an_administrator_of_a_district_does_not_touch_the_centre(survey: Survey) -> None:
    central = people.add_person(survey.database, "central", "Central", Role.CENTRAL)
    by = actor(survey, Role.ADMIN, Area("test", "VN/01/001"))
    assert not allows(lambda: people.find_person(survey.database, by, central))
    assert not allows(lambda: done(people.set_active(survey.database, central, False, by)))
    with survey.database.read() as connection:
        found = stored_people.by_id(connection, central)
    assert found is not None
    assert found.active


@pytest.mark.parametrize(
    ("evidence", "visit", "is_committees"),
    [("self_review", None, True), ("self_review", VISIT, False), ("visit", None, False), ("visit", VISIT, False)],
)
def test_a_committee_answers_its_self_review_and_nothing_else_at_its_place(
    survey: Survey, tmp_path: Path, evidence: str, visit: str | None, is_committees: bool
) -> None:
    database, field = survey.database, survey.field
    publish_questionnaire(database, variant_of_example(tmp_path, "other_form", evidence=evidence))
    people.add_person(database, "committee", "Committee", Role.COORDINATOR, "test:commune:00001")
    new = NewAssignment(
        id=str(uuid.uuid4()), round_id=field.round_id, questionnaire="other_form", version="1",
        locality_id=field.commune, visit_id=visit, due_on="2012-06-30",
    )  # fmt: skip
    database.write(lambda connection: rounds.add_assignments(connection, [new]))
    with database.read() as connection:
        committee = stored_people.by_account(connection, "committee")
    assert committee is not None
    expected = [new.id] if is_committees else []
    assert [each.id for each in work_of(database, committee).assignments] == expected
    assert list(AssignedWorkCache(database).of(committee.id).by_id) == expected


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_no_counts_of_people_reads_the_charts_of_coordinators(
    role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Locality(1, "test", "province", "01", None, "VN/01", "Hà Nội", "Thành phố")
    for sees_people in (True, False):
        monkeypatch.setitem(ROLES, role, replace(ROLES[role], sees_people=sees_people))
        own, other = (audience_of(Person(1, "a", "A", role, area), province) for area in (HERE, ELSEWHERE))
        assert (own, other) == (charts.CENTRE if sees_people else charts.COORDINATOR, None)
