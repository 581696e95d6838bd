"""What `doctor` checks of cohorts: that they are what was published, and that the journal has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from analysis.tally import LeafTally, add
from survey_server.domain import CohortSeries, PublishedLeaf, PublishedPart, Round
from survey_server.pipeline.cohorts.cut_journal import digest_of_cut, find_missing_cuts, unwritten_cuts
from survey_server.pipeline.cohorts.parts import digest_of
from survey_server.services.doctor import DoctorProblem, error, note
from survey_server.storage import (
    Connection,
    Database,
    cohorts,
    published_parts,
    result_cuts,
    rounds,
    waiting_responses,
)
from survey_server.storage.cohort_journal import COHORT, CUT, GROUP, CohortJournal

_Unit = tuple[int, str, str, str]


def check_cohorts(database: Database, journal: CohortJournal) -> list[DoctorProblem]:
    """A problem for each cohort or part that was altered or is too small, for each sum that is not that of its parts,
    and for what the journal lacks."""
    with database.read() as connection:
        problems = [
            problem
            for round_ in rounds.all_rounds(connection)
            for check in (_altered_parts, _altered_cuts, _small_cohorts)
            for problem in check(connection, round_)
        ]
        problems += _differing_cuts(connection, journal)
        known = cohorts.ids_by_round(connection)
    written = {entry.get(COHORT) or entry.get(GROUP) for entry in journal.entries()}
    lacking = {code for code, ids in known.items() if ids - written}
    return [
        *problems,
        *(error("Tệp cohorts.journal thiếu nhóm công bố của đợt {round}.", round=code) for code in sorted(lacking)),
        *(
            note("Đợt {round} chờ Trung ương xác nhận nhóm công bố.", round=code)
            for code in sorted(journal.unconfirmed() - lacking)
        ),
    ]


def _altered_parts(connection: Connection, round_: Round) -> Iterator[DoctorProblem]:
    series = waiting_responses.series_of(connection, round_.id)
    sums: dict[_Unit, LeafTally] = defaultdict(LeafTally)
    for part in published_parts.read_round(connection, round_.id):
        if _digest(series[part.series_id], part) != part.digest:
            yield error("Số liệu công bố {part} đã bị sửa: không khớp mã SHA-256.", part=part.owner)
        if not part.is_struck:
            sums[_unit(part)] = add([sums[_unit(part)], LeafTally.from_json(part.tally)])
    for leaf in published_parts.leaves_of_round(connection, round_.id):
        if sums.pop(_unit(leaf), LeafTally()).to_json() != leaf.tally:
            yield error("Số liệu công bố của {place} không phải là tổng các nhóm công bố ở đó.", place=leaf.path)
    for _, path, _, _ in sums:
        yield error("Số liệu công bố của {place} không phải là tổng các nhóm công bố ở đó.", place=path)


def _altered_cuts(connection: Connection, round_: Round) -> Iterator[DoctorProblem]:
    for cut in result_cuts.of_round(connection, round_.id):
        if digest_of_cut(result_cuts.parts_of(connection, cut.id)) != cut.digest:
            yield error("Bản chốt {cut} đã bị sửa: không khớp mã SHA-256.", cut=cut.id)


def _differing_cuts(connection: Connection, journal: CohortJournal) -> list[DoctorProblem]:
    unwritten = [
        entry for round_ in rounds.all_rounds(connection) for entry in unwritten_cuts(connection, journal, round_)
    ]
    return [
        *(note("Tệp cohorts.journal thiếu bản chốt {cut}.", cut=entry[CUT]) for entry in unwritten),
        *(
            note("Bản chốt {cut} chờ các nhóm công bố mà bản sao lưu không có.", cut=entry[CUT])
            for entry in find_missing_cuts(connection, journal)
        ),
    ]


def _small_cohorts(connection: Connection, round_: Round) -> Iterator[DoctorProblem]:
    members = cohorts.count_members(connection, round_.id)
    for cohort in cohorts.of_round(connection, round_.id):
        if cohort.size < round_.cohort_size or members.get(cohort.id, 0) != cohort.size:
            yield error(
                "Nhóm công bố {cohort} có {members} phiếu, phải có {size} và ít nhất {least}.",
                cohort=cohort.id, members=members.get(cohort.id, 0), size=cohort.size, least=round_.cohort_size,
            )  # fmt: skip
        elif cohort.revision is None and not cohort.is_struck:
            yield note("Nhóm công bố {cohort} chờ các phiếu mà bản sao lưu không có.", cohort=cohort.id)


def _digest(series: CohortSeries, part: PublishedPart) -> str:
    return digest_of(part.owner, series, part.path, part.stratum, part.unit, part.tally)


def _unit(part: PublishedPart | PublishedLeaf) -> _Unit:
    return part.series_id, part.path, part.stratum, part.unit
