"""Who manages which accounts: administrators those of their own areas."""

from __future__ import annotations

from survey_server.domain import Person
from survey_server.problems import ProblemError, people as problems
from survey_server.storage import Connection, people


def require_managed(connection: Connection, person_id: int, by: Person | None) -> Person:
    """The account, where `by` manages it; None: the operator at the command line, who manages all.

    Raises ProblemError: account_outside_area, also where there is no such account.
    """
    found = people.by_id(connection, person_id)
    if found is None or (by is not None and not by.may_manage(found.area)):
        raise ProblemError(problems.ACCOUNT_OUTSIDE_AREA)
    return found


def actor_id(by: Person | None) -> int | None:
    """For the audit log, which has no person for the operator at the command line."""
    return by.id if by is not None else None
