"""A filter selects the same responses as SQL and in Python, on SQLite and on PostgreSQL."""

from __future__ import annotations

import uuid
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from survey_server.domain.localities import Area
from survey_server.domain.people import Person, Role
from survey_server.domain.response_filters import ResponseFilter, undecided_responses, visible_responses
from survey_server.domain.responses import Response, State
from survey_server.domain.rounds import NewVisit
from survey_server.storage import localities, response_pages, responses, rounds
from survey_server.storage.database import Connection, Database
from tests.support.field import Field, prepare_field
from tests.support.records import make_new_response
from tests.support.sizes import choose_examples

VISIT, LED = (str(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in ("visit", "led"))
PLACES = (("province", "01"), ("commune", "00001"), ("commune", "26734"), None)
AREAS = (Area("test", "VN/01"), Area("test", "VN/79"), Area("test", "VN/0"), Area("another", "VN/01"))


def add_every_kind(database: Database, field: Field) -> None:
    """A response of each evidence, respondent, locality, sender, visit and state, and two visits."""

    def add(connection: Connection) -> None:
        found = {place: localities.find(connection, "test", *place) for place in PLACES if place is not None}
        ids = [None if place is None or (each := found[place]) is None else each.id for place in PLACES]
        days = {"starts_on": "2012-06-04", "ends_on": "2012-06-08"}
        about = {"round_id": field.round_id, "locality_id": ids[0] or 0}
        member = NewVisit(id=VISIT, leader_id=None, member_ids=(field.other,), **about, **days)
        leader = NewVisit(id=LED, leader_id=field.other, **about, **days)
        rounds.add_visits(connection, [member, leader])
        kinds = product(
            ("visit", "self_review"), ("organisation", "resident"), ids, (field.surveyor, field.other, None),
            (None, VISIT, LED, "unknown"), State,
        )  # fmt: skip
        rows = [
            make_new_response(
                id=str(uuid.uuid4()), sha256=f"{number:064x}", round_id=field.round_id, evidence=evidence,
                respondent=respondent, locality_id=locality, person_id=sender, visit_id=visit, state=state.value,
                questionnaire=("first_steps", "second_steps")[number % 2],
            )
            for number, (evidence, respondent, locality, sender, visit, state) in enumerate(kinds)
        ]  # fmt: skip
        responses.add_all(connection, rows)

    database.write(add)


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    field = prepare_field(database, tmp_path)
    add_every_kind(database, field)
    return field


def everything(connection: Connection) -> list[Response]:
    return response_pages.read_page(connection, ResponseFilter(), limit=100_000)


def assert_both_select_the_same(connection: Connection, wanted: ResponseFilter, stored: list[Response]) -> int:
    team = rounds.team_visits(connection, wanted.team_of) if wanted.team_of is not None else frozenset()
    matching = {each.seq for each in stored if wanted.matches(each, team)}
    assert [each.seq for each in response_pages.read_page(connection, wanted, limit=100_000)] == sorted(matching)[::-1]
    assert_pages_are_parts(connection, wanted, sorted(matching)[::-1])
    exported = responses.states_of_round(connection, 1, wanted)
    assert [seq for seq, *_ in exported] == sorted(matching)
    return len(matching)


def assert_pages_are_parts(connection: Connection, wanted: ResponseFilter, seqs: list[int]) -> None:
    """A page behind and a page before a response in the middle."""
    middle = len(seqs) // 2
    for limit in (1, 7) if seqs else ():
        after = response_pages.read_page(connection, wanted, limit, after=seqs[middle])
        assert [each.seq for each in after] == seqs[middle + 1 : middle + 1 + limit]
        before = response_pages.read_page(connection, wanted, limit, before=seqs[middle])
        assert [each.seq for each in before] == seqs[max(middle - limit, 0) : middle]


def test_what_a_person_may_open_or_decide_about_is_the_same(database: Database, field: Field) -> None:
    people = [Person(field.other, "a", "A", role, area) for role in Role for area in (None, *AREAS)]
    with database.read() as connection:
        stored = everything(connection)
        selected = {
            rule(person): assert_both_select_the_same(connection, rule(person), stored)
            for person in people
            for rule in (visible_responses, undecided_responses)
        }
    assert 0 in selected.values()
    assert len(set(selected.values())) > 5  # the rules tell the responses apart


def test_any_filter_selects_the_same(sqlite_database: Database, tmp_path: Path) -> None:
    field = prepare_field(sqlite_database, tmp_path)
    add_every_kind(sqlite_database, field)
    filters = st.builds(
        ResponseFilter,
        areas=st.none() | st.lists(st.sampled_from(AREAS), max_size=3).map(tuple),
        evidence=st.none() | st.sampled_from(["visit", "self_review"]),
        respondent=st.none() | st.sampled_from(["organisation", "resident"]),
        states=st.none() | st.frozensets(st.sampled_from(State)),
        team_of=st.none() | st.sampled_from([field.surveyor, field.other]),
        undecided_of=st.none() | st.sampled_from([field.surveyor, field.other]),
        questionnaire=st.none() | st.sampled_from(["first_steps", "second_steps", "third_steps"]),
        sent_by=st.none() | st.sampled_from([field.surveyor, field.other]),
    )
    with sqlite_database.read() as connection:
        stored = everything(connection)

        @settings(max_examples=choose_examples(100), deadline=None, suppress_health_check=list(HealthCheck))
        @given(filters)
        def check(wanted: ResponseFilter) -> None:
            assert_both_select_the_same(connection, wanted, stored)

        check()
