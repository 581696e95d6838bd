"""What the centre decides about cohorts: striking one, and confirming those of a round whose journal is incomplete."""

from __future__ import annotations

from survey_server.clock import now_text
from survey_server.domain import Action, Person
from survey_server.pipeline.cohorts.cut_journal import unwritten_cuts
from survey_server.pipeline.cohorts.journal_check import stored_entries
from survey_server.pipeline.cohorts.striking import strike_stored
from survey_server.problems import ProblemError, cohorts as problems
from survey_server.problems.people import PERSON_UNKNOWN
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.storage import Connection, Database, audit, cohorts, people, rounds
from survey_server.storage.cohort_journal import CONFIRMED, STRIKE, CohortJournal


def strike_cohort(database: Database, journal: CohortJournal, account: str, cohort_id: str, reason: str) -> int | None:
    """Strike a published cohort for good; returns the new revision.

    Raises ProblemError: person_unknown, may_not_manage_cohorts, cohort_reason, cohort_unknown.
    """
    person = find_decider(database, account, reason)
    with database.read() as connection:
        cohort = cohorts.find(connection, cohort_id)
    if cohort is None or cohort.is_struck:
        raise ProblemError(problems.COHORT_UNKNOWN, cohort=cohort_id)
    at = now_text()
    journal.append([{STRIKE: cohort_id, "reason": reason, "at": at}])

    def strike(connection: Connection) -> int | None:
        revision = strike_stored(connection, cohort_id, reason, at)
        audit.record(
            connection, "strike_cohort", f"cohort:{cohort_id}", person_id=person.id, detail={"reason": reason}
        )  # fmt: skip
        return revision

    return database.write(strike)


def confirm_cohorts(database: Database, journal: CohortJournal, account: str, round_code: str, reason: str) -> None:
    """Let cohorts be formed again in a round whose journal is incomplete: what the database has of it is all that was
    published, or the centre accepts that cohorts may overlap with unknown ones.

    Raises ProblemError: person_unknown, may_not_manage_cohorts, cohort_reason, round_unknown.
    """
    person = find_decider(database, account, reason)
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
        if found is None:
            raise ProblemError(ROUND_UNKNOWN, round=round_code)
        lacking = [*stored_entries(connection, journal, found), *unwritten_cuts(connection, journal, found)]
    database.write(
        lambda connection: audit.record(
            connection, "confirm_cohorts", f"round:{round_code}", person_id=person.id, detail={"reason": reason}
        )
    )
    journal.append([*lacking, {CONFIRMED: [round_code], "by": account, "reason": reason, "at": now_text()}])


def find_decider(database: Database, account: str, reason: str) -> Person:
    """The person of the centre with this account. Raises ProblemError: person_unknown, may_not_manage_cohorts,
    cohort_reason."""
    with database.read() as connection:
        person = people.by_account(connection, account)
    if person is None:
        raise ProblemError(PERSON_UNKNOWN, account=account)
    if not person.may(Action.MANAGE_COHORTS) or person.areas is not None:
        raise ProblemError(problems.MAY_NOT_MANAGE_COHORTS, account=account)
    if not reason.strip():
        raise ProblemError(problems.COHORT_REASON)
    return person
