"""The invariants of publishing in cohorts, at the size of a survey."""

from __future__ import annotations

import dataclasses
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.published_items import restrict_to
from analysis.tally import LeafTally, add
from survey_server.domain import NewResponse, PublishedPart, WithheldItem
from survey_server.pipeline.cohorts.checking import check_cohorts
from survey_server.pipeline.cohorts.items import items_of
from survey_server.pipeline.cohorts.leaves import read_published_people
from survey_server.pipeline.cohorts.publishing import publish_waiting
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.contributions import Contributions
from survey_server.pipeline.counting import count_waiting
from survey_server.settings import Settings
from survey_server.storage import (
    Connection,
    cohorts,
    published_parts,
    responses,
    waiting_responses,
)
from survey_server.storage.cohort_journal import CohortJournal
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import locality, response, survey_round
from tests.support.receiving import stored_rows
from tests.support.sizes import choose_size

BATCH = 1_000  # responses stored at a time
Demo = tuple[Database, Settings, RoundContext]


def settings_of(folder: Path, settings: Settings) -> Settings:
    return dataclasses.replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'survey.sqlite3'}")


def opened(folder: Path, settings: Settings) -> Iterator[Demo]:
    own = settings_of(folder, settings)
    with closing(open_database(own)) as database:
        count_waiting(database)
        publish_waiting(database, own)
        context = read_round_context(database, own, "demo")
        assert context is not None
        yield database, own, context


@pytest.fixture
def small(small_demo: Path, settings: Settings, tmp_path: Path) -> Iterator[Demo]:
    yield from opened(Path(shutil.copytree(small_demo, tmp_path / "small")), settings)


@pytest.fixture
def whole(demo: Path, settings: Settings) -> Iterator[Demo]:
    yield from opened(demo, settings)


@pytest.mark.slow
def test_the_invariants_hold_in_a_small_demo(small: Demo) -> None:
    assert_invariants(*small)


@pytest.mark.slow
def test_the_invariants_hold_in_the_demo(whole: Demo) -> None:
    people = assert_invariants(*whole)
    assert people["resident_opinion"] > 1_800
    assert people["cadre_interview"] > 200


@pytest.mark.slow
@pytest.mark.long
def test_the_invariants_hold_in_a_large_round(small_demo: Path, settings: Settings, tmp_path: Path) -> None:
    """The demo's interviews repeated in all communes of its provinces, as many as a round of the whole country has."""
    folder = Path(shutil.copytree(small_demo, tmp_path / "large"))
    with closing(open_database(settings_of(folder, settings))) as database:
        database.write(partial(repeat_interviews, number=choose_size(3_000, 50_000)))
    for large in opened(folder, settings):
        people = assert_invariants(*large)
        assert people["resident_opinion"] > choose_size(2_500, 45_000)


def repeat_interviews(connection: Connection, number: int) -> None:
    """Store further responses of residents, in all communes of the round's scheme in turn."""
    residents = stored_rows(connection, response.c.questionnaire == "resident_opinion")
    known = [NewResponse(*(row[name] for name in NewResponse._fields)) for row in residents]
    own = locality.c.level == "commune", locality.c.scheme == select(survey_round.c.scheme).scalar_subquery()
    communes = list(connection.execute(select(locality.c.id).where(*own)).scalars())
    for start in range(0, number, BATCH):
        some = range(start, min(start + BATCH, number))
        rows = [
            known[each % len(known)]._replace(id=str(uuid.uuid4()), locality_id=communes[each % len(communes)])
            for each in some
        ]
        responses.add_all(connection, rows)


def assert_invariants(database: Database, settings: Settings, context: RoundContext) -> Counter[str]:
    """Returns how many people are published, by questionnaire."""
    size, round_id = context.round.cohort_size, context.round.id
    people = Counter[str]()
    with database.read() as connection:
        series = waiting_responses.series_of(connection, round_id)
        parts = {each.owner: each for each in published_parts.of_round(connection, round_id)}
        seen: set[str] = set()
        for cohort in cohorts.of_round(connection, round_id):
            members = {each.response_id for each in cohorts.members_of(connection, cohort.id)}
            assert size <= len(members) == cohort.size == parts[cohort.id].n
            assert seen.isdisjoint(members)
            seen |= members
            people[series[cohort.series_id].questionnaire] += cohort.size
            assert_reproduced(connection, context, parts[cohort.id])
        assert_sums(connection, round_id, parts)
        for id_ in series:
            assert_no_item_twice(connection, id_, {each.id for each in cohorts.of_round(connection, round_id)})
    assert check_cohorts(database, CohortJournal(settings.data_dir)) == []
    assert seen
    return people


def assert_reproduced(connection: Connection, context: RoundContext, part: PublishedPart) -> None:
    """A part is the sum of its members' contributions, without what is withheld."""
    series = waiting_responses.series_of(connection, context.round.id)[part.series_id]
    seqs = [each.response_seq or 0 for each in cohorts.members_of(connection, part.owner)]
    rows = responses.tallied(connection, seqs)
    tally, unreadable = Contributions(context.versions).tally(rows)
    assert unreadable == []
    items = items_of(context.codebook.questionnaires[series.questionnaire, series.version])
    shown = LeafTally.from_json(part.tally)
    withheld = {item for item in items if restrict_to(tally, {item}) != restrict_to(shown, {item})}
    assert restrict_to(tally, items.keys() - withheld) == shown
    asked = tally.n - max(each.not_asked for each in tally.questions.values())
    assert not withheld or asked < context.round.cohort_size


def assert_sums(connection: Connection, round_id: int, parts: dict[str, PublishedPart]) -> None:
    """All figures are computed from leaves, and the leaves are sums of parts."""
    leaves = read_published_people(connection, round_id).leaves
    for path in {each.path for each in leaves}:
        own = [tally for leaf, tally in leaves.items() if leaf.path == path]
        of_parts = [LeafTally.from_json(each.tally) for each in parts.values() if each.path == path]
        assert add(own).to_json() == add(of_parts).to_json()


def assert_no_item_twice(connection: Connection, series_id: int, known: set[str]) -> None:
    """A cohort is in one group for an item at most."""
    grouped = Counter[tuple[str, str]]()
    for group in cohorts.groups_of(connection, series_id):
        assert known >= {*group.cohorts}
        grouped.update((cohort, group.item) for cohort in group.cohorts)
    waiting: list[WithheldItem] = [each.item for each in cohorts.waiting_items(connection, series_id)]
    grouped.update((each.cohort, each.item) for each in waiting)
    assert set(grouped.values()) <= {1}
