"""A released cut outlives the restore of an older backup: the journal of cohorts has it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import delete

from survey_server.domain import ResultCut
from survey_server.pipeline.cohorts import cuts
from survey_server.pipeline.cohorts.decisions import confirm_cohorts, strike_cohort
from survey_server.pipeline.cohorts.leaves import read_published_people
from survey_server.services.back_up import back_up
from survey_server.services.releases import find_release
from survey_server.storage import result_cuts, rounds
from survey_server.storage.cohort_journal import CUT, CohortJournal
from survey_server.storage.tables import result_cut, result_cut_part
from tests.pipeline.cohorts.test_journal import CENTRE, interviews, messages, restored
from tests.support.interviews import FAR, HERE, LAST_DAY, NEAR, PLACES, Interviews

__all__ = ["interviews"]


def journal_of(interviews: Interviews) -> CohortJournal:
    return CohortJournal(interviews.settings.data_dir)


def release(interviews: Interviews) -> ResultCut:
    return cuts.release_cut(interviews.database, journal_of(interviews), CENTRE, "r1", "Sơ kết")


def stored_cuts(interviews: Interviews) -> list[ResultCut]:
    with interviews.database.read() as connection:
        return result_cuts.of_round(connection, interviews.field.round_id)


def shown(interviews: Interviews) -> dict[str, int]:
    """What coordinators are shown while the round is open: how many people, by place."""
    with interviews.database.read() as connection:
        round_ = rounds.by_code(connection, "r1")
        assert round_ is not None
        found = find_release(connection, round_, LAST_DAY)
        if found is None:
            return {}
        leaves = read_published_people(connection, round_.id, cut=found.cut).leaves
    return {leaf.path: tally.n for leaf, tally in leaves.items() if tally.n}


@pytest.mark.slow
def test_a_cut_released_after_the_backup_is_stored_again(interviews: Interviews, tmp_path: Path) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    back_up(interviews.database, interviews.settings, tmp_path / "backup.tar")
    cut = release(interviews)
    with restored(interviews, tmp_path / "backup.tar", journal_of(interviews).path, tmp_path / "new") as other:
        assert stored_cuts(other) == []
        other.publish()
        assert stored_cuts(other) == [cut]
        assert shown(other) == {PLACES[HERE]: 12}
        other.restart()
        other.publish()
        assert stored_cuts(other) == [cut]
        assert messages(other) == messages(other, "note") == []


@pytest.mark.slow
def test_a_cut_waits_for_cohorts_that_the_backup_lacks(interviews: Interviews, tmp_path: Path) -> None:
    """Coordinators are shown the earlier cut until tablets have sent again what the later one holds."""
    interviews.send(HERE, 12)
    interviews.publish()
    release(interviews)
    back_up(interviews.database, interviews.settings, tmp_path / "backup.tar")
    lost = [interviews.written(NEAR) for _ in range(14)]
    interviews.upload(lost)
    interviews.publish()
    cut = release(interviews)
    with restored(interviews, tmp_path / "backup.tar", journal_of(interviews).path, tmp_path / "new") as other:
        other.publish()
        assert shown(other) == {PLACES[HERE]: 12}
        assert len(messages(other, "note")) == 2  # the cohort and the cut
        other.upload(lost)
        other.send(FAR, 12)
        other.publish()
        assert stored_cuts(other)[-1] == cut
        assert shown(other) == {PLACES[HERE]: 12, PLACES[NEAR]: 14}
        assert messages(other) == messages(other, "note") == []


@pytest.mark.slow
def test_a_cut_without_a_cohort_struck_after_the_backup_is_stored_again(interviews: Interviews, tmp_path: Path) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    back_up(interviews.database, interviews.settings, tmp_path / "backup.tar")
    interviews.upload([interviews.written(NEAR) for _ in range(14)])
    interviews.publish()
    cut = release(interviews)
    owner = next(each.owner for each in interviews.parts() if each.path == PLACES[NEAR])
    strike_cohort(interviews.database, journal_of(interviews), CENTRE, owner, "Phiếu không có thật")
    with restored(interviews, tmp_path / "backup.tar", journal_of(interviews).path, tmp_path / "new") as other:
        other.publish()
        assert [each.id for each in stored_cuts(other)] == [cut.id]
        assert shown(other) == {PLACES[HERE]: 12}
        assert messages(other) == []


def test_a_cut_is_in_the_journal_before_it_is_released(interviews: Interviews, monkeypatch: pytest.MonkeyPatch) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    with monkeypatch.context() as patch, suppress(OSError):
        patch.setattr(result_cuts, "add", _fill_disk)
        release(interviews)
    assert stored_cuts(interviews) == []
    interviews.publish()
    (cut,) = stored_cuts(interviews)
    assert cut.id == next(entry[CUT] for entry in journal_of(interviews).entries() if CUT in entry)


def test_confirming_writes_cuts_that_the_journal_lacks(interviews: Interviews) -> None:
    interviews.send(HERE, 12)
    interviews.publish()
    cut = release(interviews)
    journal_of(interviews).path.unlink()
    assert len(messages(interviews, "note")) == 1
    confirm_cohorts(interviews.database, journal_of(interviews), CENTRE, "r1", "Tệp bị mất")
    assert messages(interviews, "note") == []
    for table in (result_cut_part, result_cut):
        interviews.database.write(lambda connection, table=table: connection.execute(delete(table)))
    interviews.publish()
    assert stored_cuts(interviews) == [cut]


def _fill_disk(*_: object) -> None:
    raise OSError("the disk is full")
