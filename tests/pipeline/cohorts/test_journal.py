"""The journal of cohorts outlives the restore of an older backup: no person is published twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from survey_server.domain import NewPerson, Role
from survey_server.pipeline.cohorts import publishing
from survey_server.pipeline.cohorts.checking import check_cohorts
from survey_server.pipeline.cohorts.decisions import confirm_cohorts, strike_cohort
from survey_server.pipeline.cohorts.journal_check import check_journal
from survey_server.problems import ProblemError
from survey_server.services.back_up import back_up, restore
from survey_server.settings import Settings
from survey_server.storage import cohorts, people
from survey_server.storage.cohort_journal import JOURNAL_FILE, CohortJournal
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import cohort_member, published_leaf, published_part
from tests.support.interviews import FAR, HERE, NEAR, PLACES, Interviews, prepare_interviews

CENTRE = "lan"


@pytest.fixture
def interviews(database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    url = database.engine.url.render_as_string(hide_password=False)
    found = prepare_interviews(database, dataclasses.replace(settings, database_url=url), tmp_path)
    centre = NewPerson(CENTRE, "Lan", Role.CENTRAL, None, None, False, "2012-06-01T00:00:00.000Z")
    database.write(lambda connection: people.add(connection, centre))
    return found


@contextmanager
def restored(interviews: Interviews, backup: Path, journal: Path | None, folder: Path) -> Iterator[Interviews]:
    """The survey as it is after restoring a backup elsewhere."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'survey.sqlite3'}"
    settings = dataclasses.replace(interviews.settings, data_dir=folder, database_url=url)
    restore(settings, backup, journal)
    with closing(open_database(settings)) as database:
        found = dataclasses.replace(interviews, database=database, settings=settings)
        found.restart()
        yield found


def members(interviews: Interviews) -> dict[str, set[str]]:
    """Cohort → the ids of its members."""
    with interviews.database.read() as connection:
        return {
            each.id: {member.response_id for member in cohorts.members_of(connection, each.id)}
            for each in cohorts.of_round(connection, interviews.field.round_id)
        }


def messages(interviews: Interviews, level: str = "error") -> list[str]:
    found = check_cohorts(interviews.database, CohortJournal(interviews.settings.data_dir))
    return [each.message.text("en") for each in found if each.level == level]


def test_a_cohort_is_in_the_journal_before_it_is_public(
    interviews: Interviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    interviews.send(HERE, 12)
    monkeypatch.setattr(publishing, "_store", _cut_power)
    with pytest.raises(RuntimeError, match="power"):
        interviews.publish()
    assert interviews.parts() == []
    (entry,) = CohortJournal(interviews.settings.data_dir).entries()
    monkeypatch.undo()
    interviews.send(HERE, 1)
    interviews.publish()  # the same publisher, or the next one, forms the very same cohort
    assert interviews.sizes() == {PLACES[HERE]: 12}
    assert members(interviews) == {entry["cohort"]: {id_ for id_, _ in entry["members"]}}


@pytest.mark.slow
def test_cohorts_formed_after_the_backup_are_published_again_as_they_were(
    interviews: Interviews, tmp_path: Path
) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    interviews.send(NEAR, 14)
    back_up(interviews.database, interviews.settings, tmp_path / "backup.tar")
    interviews.publish()
    before = {each.owner: each.digest for each in interviews.parts()}
    journal = interviews.settings.data_dir / JOURNAL_FILE
    with restored(interviews, tmp_path / "backup.tar", journal, tmp_path / "new") as other:
        assert len(other.parts()) == 1
        other.send(NEAR, 3)
        other.publish()
        assert {each.owner: each.digest for each in other.parts()} == before
        assert members(other) == members(interviews)
        assert messages(other) == []


@pytest.mark.slow
def test_members_that_the_backup_lacks_are_waited_for(interviews: Interviews, tmp_path: Path) -> None:
    """Tablets send again what the server has lost; who is there enters no other cohort meanwhile."""
    first = interviews.send(HERE, 7)
    back_up(interviews.database, interviews.settings, tmp_path / "backup.tar")
    lost = [interviews.written(HERE) for _ in range(5)]
    interviews.upload(lost)
    interviews.publish()
    (before,) = interviews.parts()
    journal = interviews.settings.data_dir / JOURNAL_FILE
    with restored(interviews, tmp_path / "backup.tar", journal, tmp_path / "new") as other:
        other.send(NEAR, 6)
        other.send(HERE, 1, supersedes=first[0])
        other.publish()
        assert other.parts() == []
        assert len(messages(other, "note")) == 1
        other.upload(lost)
        other.publish()
        assert [each.digest for each in other.parts()] == [before.digest]


@pytest.mark.slow
def test_groups_of_questions_are_formed_again_as_they_were(
    interviews: Interviews, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_server.pipeline.cohorts.waiting.is_declined", lambda *_: False)
    for commune in (HERE, NEAR):
        interviews.send(commune, 6)
        interviews.send(commune, 5, answers={"agreed": "no"})
    back_up(interviews.database, interviews.settings, tmp_path / "backup.tar")
    interviews.publish()
    before = {each.owner: each.digest for each in interviews.parts()}
    assert len(before) > 2  # the cohorts, and groups
    journal = interviews.settings.data_dir / JOURNAL_FILE
    with restored(interviews, tmp_path / "backup.tar", journal, tmp_path / "new") as other:
        other.send(FAR, 6)
        other.send(FAR, 5, answers={"agreed": "no"})
        other.publish()
        after = {each.owner: each.digest for each in other.parts()}
        assert after.items() >= before.items()
        assert len(after) == len(before) + 1  # the cohort of the other province; six were asked, and wait for others


@pytest.mark.slow
def test_without_the_journal_nothing_is_formed_until_the_centre_confirms(
    interviews: Interviews, tmp_path: Path
) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    back_up(interviews.database, interviews.settings, tmp_path / "backup.tar")
    with restored(interviews, tmp_path / "backup.tar", None, tmp_path / "new") as other:
        other.send(NEAR, 12)
        assert other.publish() is None
        assert other.sizes() == {PLACES[HERE]: 12}
        assert len(messages(other)) == 1  # the journal lacks a cohort that the database has
        confirm_cohorts(other.database, CohortJournal(other.settings.data_dir), CENTRE, "r1", "Không mất nhóm nào")
        other.publish()
        assert other.sizes() == {PLACES[HERE]: 12, PLACES[NEAR]: 12}
        assert messages(other) == []


def test_a_lost_journal_is_noticed(interviews: Interviews) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    (interviews.settings.data_dir / JOURNAL_FILE).unlink()
    interviews.send(NEAR, 12)
    assert interviews.publish() is None
    assert interviews.sizes() == {PLACES[HERE]: 12}


def test_a_line_that_was_not_written_to_its_end_is_left_out(settings: Settings) -> None:
    journal = CohortJournal(settings.data_dir)
    journal.append([{"cohort": "a"}])
    with journal.path.open("ab") as file:
        file.write(b'{"cohort": "b", "memb')
    journal.append([{"cohort": "c"}, {"cohort": "d"}])
    assert [each["cohort"] for each in journal.entries()] == ["a", "c", "d"]
    assert journal.path.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_struck_cohort_is_published_no_more_and_none_of_it_again(interviews: Interviews) -> None:
    ids = interviews.send(HERE, 12)
    interviews.publish()
    (part,) = interviews.parts()
    journal = CohortJournal(interviews.settings.data_dir)
    revision = strike_cohort(interviews.database, journal, CENTRE, part.owner, "Phiếu không có thật")
    assert revision is not None
    assert revision > part.revision
    assert interviews.sizes() == {}
    (leaf,) = interviews.leaves()
    assert (leaf.n, leaf.revision) == (0, revision)
    interviews.send(HERE, 1, supersedes=ids[0])
    interviews.send(HERE, 9)
    assert interviews.publish() is None
    with pytest.raises(ProblemError, match="no cohort"):
        strike_cohort(interviews.database, journal, CENTRE, part.owner, "Hai lần")
    assert messages(interviews) == []


@pytest.mark.slow
def test_striking_a_cohort_strikes_its_groups_and_they_are_not_formed_again(
    interviews: Interviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_server.pipeline.cohorts.waiting.is_declined", lambda *_: False)
    for commune in (HERE, NEAR):
        interviews.send(commune, 6)
        interviews.send(commune, 5, answers={"agreed": "no"})
    interviews.publish()
    own = next(each.owner for each in interviews.parts() if each.path == PLACES[HERE])
    journal = CohortJournal(interviews.settings.data_dir)
    strike_cohort(interviews.database, journal, CENTRE, own, "Phiếu không có thật")
    assert {each.path for each in interviews.parts() if not each.is_struck} == {PLACES[NEAR]}
    interviews.send(FAR, 6)
    interviews.send(FAR, 5, answers={"agreed": "no"})
    interviews.publish()
    assert {each.path for each in interviews.parts() if not each.is_struck} == {PLACES[NEAR], PLACES[FAR]}


@pytest.mark.slow
def test_a_strike_after_the_backup_is_in_the_journal(interviews: Interviews, tmp_path: Path) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    back_up(interviews.database, interviews.settings, tmp_path / "backup.tar")
    journal = CohortJournal(interviews.settings.data_dir)
    strike_cohort(interviews.database, journal, CENTRE, interviews.parts()[0].owner, "Phiếu không có thật")
    with restored(interviews, tmp_path / "backup.tar", journal.path, tmp_path / "new") as other:
        assert other.sizes() == {PLACES[HERE]: 12}
        check_journal(other.database, CohortJournal(other.settings.data_dir))
        assert other.sizes() == {}


@pytest.mark.parametrize(("account", "reason"), [("surveyor", "Lý do"), ("nobody here", "Lý do"), (CENTRE, " ")])
def test_only_the_centre_decides_and_with_a_reason(interviews: Interviews, account: str, reason: str) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    journal = CohortJournal(interviews.settings.data_dir)
    with pytest.raises(ProblemError):
        strike_cohort(interviews.database, journal, account, interviews.parts()[0].owner, reason)
    with pytest.raises(ProblemError):
        confirm_cohorts(interviews.database, journal, account, "r1", reason)
    assert interviews.sizes() == {PLACES[HERE]: 12}


def alter_a_tally(connection: Connection) -> None:
    connection.execute(update(published_part).values(tally=published_part.c.tally + " "))


def alter_a_sum(connection: Connection) -> None:
    connection.execute(update(published_leaf).values(n=9, tally="{}"))


def take_a_member(connection: Connection) -> None:
    one = cohort_member.select().limit(1)
    connection.execute(
        cohort_member.delete().where(
            cohort_member.c.response_id == connection.execute(one).one().response_id
        )
    )  # fmt: skip


@pytest.mark.parametrize("alter", [alter_a_tally, alter_a_sum, take_a_member])
def test_the_doctor_finds_what_was_altered(interviews: Interviews, alter: Callable[[Connection], None]) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    assert messages(interviews) == []
    interviews.database.write(alter)
    assert len(messages(interviews)) == 1


def _cut_power(*_: object) -> None:
    raise RuntimeError("the power went")
