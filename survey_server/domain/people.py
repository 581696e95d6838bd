"""Who may do what where: roles with an area, and the one table that every view and every query asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    SURVEYOR = "surveyor"
    LEADER = "leader"
    COORDINATOR = "coordinator"
    CENTRAL = "central"
    ANALYST = "analyst"
    ADMIN = "admin"
    NONE = "none"


class Action(StrEnum):
    """Something a person may do; routes and services name one of these."""

    FILL = "fill"  # fill in a questionnaire assigned to oneself (or, for a self-review, to the own committee)
    UPLOAD = "upload"  # send responses from a tablet
    READ_RESPONSE = "read_response"  # open a single response; narrowed further by `may_open`
    REVIEW = "review"  # return or approve what a visit collected
    RECEIVE = "receive"  # receive or return the self-review of the level below
    MONITOR = "monitor"  # see progress by locality
    SEE_CHARTS = "see_charts"
    EXPORT = "export"
    MANAGE_VISITS = "manage_visits"
    SEE_QUESTIONNAIRES = "see_questionnaires"
    MANAGE_PEOPLE = "manage_people"
    SETTLE_QUARANTINE = "settle_quarantine"  # decide what becomes of conflicts and quarantined rows
    IMPORT_UNSENT = "import_unsent"


PERMISSIONS: dict[Role, frozenset[Action]] = {
    Role.SURVEYOR: frozenset({Action.FILL, Action.UPLOAD, Action.READ_RESPONSE}),
    Role.LEADER: frozenset(
        {Action.FILL, Action.UPLOAD, Action.READ_RESPONSE, Action.REVIEW, Action.MONITOR, Action.MANAGE_VISITS}
    ),
    Role.COORDINATOR: frozenset(
        {Action.FILL, Action.READ_RESPONSE, Action.RECEIVE, Action.MONITOR, Action.SEE_CHARTS, Action.EXPORT}
    ),
    Role.CENTRAL: frozenset(
        {
            Action.READ_RESPONSE, Action.MONITOR, Action.SEE_CHARTS, Action.EXPORT, Action.MANAGE_VISITS,
            Action.SEE_QUESTIONNAIRES, Action.SETTLE_QUARANTINE,
        }
    ),
    Role.ANALYST: frozenset(
        {Action.READ_RESPONSE, Action.MONITOR, Action.SEE_CHARTS, Action.EXPORT, Action.SEE_QUESTIONNAIRES}
    ),
    Role.ADMIN: frozenset(
        {
            Action.MANAGE_PEOPLE, Action.SEE_QUESTIONNAIRES, Action.SETTLE_QUARANTINE, Action.IMPORT_UNSENT,
            Action.MONITOR,
        }
    ),
    Role.NONE: frozenset(),
}  # fmt: skip

CENTRE = frozenset({Role.CENTRAL, Role.ANALYST})


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `area` is the path of a locality (see `localities`) in the scheme `scheme`; None means the whole
    country for the centre and nothing for everyone else."""

    id: int
    account: str
    name: str
    role: Role
    area: str | None
    active: bool = True
    scheme: str | None = None
    demo: bool = False

    def may(self, action: Action) -> bool:
        return self.active and action in PERMISSIONS[self.role]

    def works_for(self, scheme: str | None, path: str) -> bool:
        """Whether a locality lies in the own area. Codes are used again in later schemes: the same path in another
        scheme is another place."""
        return self.area is not None and scheme == self.scheme and covers(self.area, path)


def covers(area: str, path: str) -> bool:
    """Whether the locality at `path` is the area itself or lies below it."""
    return path == area or path.startswith(area + "/")


def may_open(person: Person, *, respondent: str, evidence: str, scheme: str | None, path: str, in_team: bool) -> bool:
    """Whether a person may open one single response (the table of the two kinds of evidence).

    `in_team`: the response was collected by the person or by the team that the person belongs to or leads.
    `scheme`, `path`: of the locality that the response is about.
    """
    if not person.may(Action.READ_RESPONSE):
        return False
    if person.role in CENTRE:
        return person.area is None or person.works_for(scheme, path)
    if person.role in (Role.SURVEYOR, Role.LEADER):
        return evidence == "visit" and in_team
    if respondent != "organisation" or evidence != "self_review":
        return False
    return person.works_for(scheme, path)
