"""People: accounts, and the table of roles that says what each may do, see and needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from survey_server.domain.localities import Area


class Role(StrEnum):
    SURVEYOR = "surveyor"
    LEADER = "leader"
    COORDINATOR = "coordinator"
    CENTRAL = "central"
    ANALYST = "analyst"
    ADMIN = "admin"
    NONE = "none"


class Action(StrEnum):
    """Something that a person may do; each page and service names the one that it needs."""

    FILL = "fill"  # answer an assigned questionnaire, or the own committee's self-review
    UPLOAD = "upload"  # send responses from a tablet
    READ_RESPONSE = "read_response"  # open single responses: those of `visible_responses`
    REVIEW = "review"  # return or approve what a visit collected
    RECEIVE = "receive"  # receive or return the self-review of the level below
    MONITOR = "monitor"  # see progress by locality
    SEE_CHARTS = "see_charts"
    EXPORT = "export"
    MANAGE_VISITS = "manage_visits"
    SEE_QUESTIONNAIRES = "see_questionnaires"
    MANAGE_PEOPLE = "manage_people"
    SETTLE_QUARANTINE = "settle_quarantine"  # decide about conflicts and quarantined responses
    IMPORT_UNSENT = "import_unsent"
    MANAGE_COHORTS = "manage_cohorts"  # strike a published cohort, confirm those of a restored round


class Scope(StrEnum):
    """Which single responses, visits and work belong to a role."""

    NOTHING = "nothing"
    COUNTRY = "country"  # all in the own areas
    TEAM = "team"  # what oneself or a visit that one leads or takes part in collected
    COMMITTEE = "committee"  # self-reviews of the committees in the own area, which is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDef:
    """What a role may do and see. No field has a default: a new role decides on each.

    `home`: endpoint of the page after signing in. `label`: Vietnamese. `is_national`: whether it works on the whole
    country where it has no area; other roles then work on none. `sees_people`: whether it sees counts of
    residents' and officials' responses, which for a small area point at persons. `needs_second_factor`: whether it
    signs in with a code as well, where the settings ask for it.
    """

    label: str
    home: str
    permissions: frozenset[Action]
    scope: Scope
    is_national: bool
    needs_area: bool
    sees_people: bool
    needs_second_factor: bool


ROLES: dict[Role, RoleDef] = {
    Role.SURVEYOR: RoleDef(
        label="Cán bộ khảo sát",
        home="fill.work",
        permissions=frozenset({Action.FILL, Action.UPLOAD, Action.READ_RESPONSE}),
        scope=Scope.TEAM,
        is_national=False,
        needs_area=False,
        sees_people=False,
        needs_second_factor=False,
    ),
    Role.LEADER: RoleDef(
        label="Trưởng đoàn",
        home="responses.list_responses",
        permissions=frozenset(
            {Action.FILL, Action.UPLOAD, Action.READ_RESPONSE, Action.REVIEW, Action.MONITOR, Action.MANAGE_VISITS}
        ),
        scope=Scope.TEAM,
        is_national=False,
        needs_area=False,
        sees_people=True,
        needs_second_factor=False,
    ),
    Role.COORDINATOR: RoleDef(
        label="Cán bộ Mặt trận",
        home="monitor.overview",
        permissions=frozenset(
            {Action.FILL, Action.READ_RESPONSE, Action.RECEIVE, Action.MONITOR, Action.SEE_CHARTS, Action.EXPORT}
        ),
        scope=Scope.COMMITTEE,
        is_national=False,
        needs_area=True,
        sees_people=False,
        needs_second_factor=False,
    ),
    Role.CENTRAL: RoleDef(
        label="Cán bộ Trung ương",
        home="charts.index",
        permissions=frozenset(
            {
                Action.READ_RESPONSE, Action.MONITOR, Action.SEE_CHARTS, Action.EXPORT, Action.MANAGE_VISITS,
                Action.SEE_QUESTIONNAIRES, Action.SETTLE_QUARANTINE, Action.MANAGE_COHORTS,
            }
        ),
        scope=Scope.COUNTRY,
        is_national=True,
        needs_area=False,
        sees_people=True,
        needs_second_factor=True,
    ),
    Role.ANALYST: RoleDef(
        label="Chuyên viên phân tích",
        home="charts.index",
        permissions=frozenset(
            {Action.READ_RESPONSE, Action.MONITOR, Action.SEE_CHARTS, Action.EXPORT, Action.SEE_QUESTIONNAIRES}
        ),
        scope=Scope.COUNTRY,
        is_national=True,
        needs_area=False,
        sees_people=True,
        needs_second_factor=False,
    ),
    Role.ADMIN: RoleDef(
        label="Quản trị",
        home="people.list_people",
        permissions=frozenset(
            {
                Action.MANAGE_PEOPLE, Action.SEE_QUESTIONNAIRES, Action.SETTLE_QUARANTINE, Action.IMPORT_UNSENT,
                Action.MONITOR,
            }
        ),
        scope=Scope.NOTHING,
        is_national=True,
        needs_area=False,
        sees_people=True,
        needs_second_factor=True,
    ),
    Role.NONE: RoleDef(
        label="Chưa giao việc",
        home="sign_in.no_rights",
        permissions=frozenset(),
        scope=Scope.NOTHING,
        is_national=False,
        needs_area=False,
        sees_people=False,
        needs_second_factor=False,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `areas` are the limits of everything that it does with localities, responses and other accounts."""

    id: int
    account: str
    name: str
    role: Role
    area: Area | None
    active: bool = True
    demo: bool = False
    must_change_password: bool = False
    has_second_factor: bool = False

    def may(self, action: Action) -> bool:
        return self.active and action in ROLES[self.role].permissions

    @property
    def areas(self) -> tuple[Area, ...] | None:
        """The areas that the person works on: the own one; None, the whole country, for a role of the centre without
        one; no area for all others."""
        if self.area is not None:
            return (self.area,)
        return None if ROLES[self.role].is_national else ()

    def works_at(self, scheme: str | None, path: str | None) -> bool:
        """Whether a locality lies in the person's areas. An unknown one (None) is for those who work everywhere."""
        return self.areas is None or any(area.covers(scheme, path) for area in self.areas)

    def may_manage(self, area: Area | None) -> bool:
        """Whether the person manages accounts of this area; None: accounts without one."""
        if not self.may(Action.MANAGE_PEOPLE):
            return False
        return self.works_at(area.scheme, area.path) if area is not None else self.areas is None

    @property
    def scope(self) -> Scope:
        return ROLES[self.role].scope

    @property
    def sees_people(self) -> bool:
        return ROLES[self.role].sees_people


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account to add. Without a password's hash nobody can sign in with it."""

    account: str
    name: str
    role: Role
    area_id: int | None
    password_hash: str | None
    demo: bool
    created_at: str
    must_change_password: bool = False
