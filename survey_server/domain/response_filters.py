"""Which responses: conditions as records, which storage evaluates as SQL and `matches` on one response."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from survey_server.domain.localities import Area
from survey_server.domain.people import Action, Person, Scope
from survey_server.domain.responses import Response, State
from survey_server.domain.review import UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFilter:
    """Conditions that all hold; None sets none.

    `areas`: the response's locality lies in one of them. `team_of`: a person who collected the response, or leads or
    takes part in its visit. `undecided_of`: of the undecided responses, only those that this person sent.
    `questionnaire`: its id. `sent_by`: who sent the response.
    """

    areas: tuple[Area, ...] | None = None
    evidence: str | None = None
    respondent: str | None = None
    states: frozenset[State] | None = None
    team_of: int | None = None
    undecided_of: int | None = None
    questionnaire: str | None = None
    sent_by: int | None = None

    def within(self, place: Area) -> ResponseFilter:
        """The same, and the response's locality lies in this place too."""
        if self.areas is None:
            return replace(self, areas=(place,))
        inside = [place for area in self.areas if area.covers(place.scheme, place.path)]
        around = [area for area in self.areas if place.covers(area.scheme, area.path)]
        return replace(self, areas=tuple(dict.fromkeys([*inside, *around])))

    def matches(self, response: Response, team_visits: Collection[str] = ()) -> bool:
        """`team_visits`: ids of the visits that `team_of` leads or takes part in."""
        return (
            (self.areas is None or any(area.covers(response.scheme, response.path) for area in self.areas))
            and self.evidence in (None, response.evidence)
            and self.respondent in (None, response.respondent)
            and self.questionnaire in (None, response.questionnaire)
            and self.sent_by in (None, response.person_id)
            and (self.states is None or response.state in self.states)
            and (
                self.team_of is None
                or response.person_id == self.team_of
                or (response.visit_id is not None and response.visit_id in team_visits)
            )
            and (
                self.undecided_of is None or response.state not in UNDECIDED or response.person_id == self.undecided_of
            )
        )


NO_RESPONSES = ResponseFilter(areas=())


def visible_responses(person: Person) -> ResponseFilter:
    """The responses that a person may open. This is the only rule about it.

    The centre opens all in its area. A team opens what its visits collected, never a self-review. A committee opens
    the self-reviews of organisations in its area, never what a visit collected about residents and officials. What
    awaits a decision is for those who decide, and for its sender.
    """
    if not person.may(Action.READ_RESPONSE):
        return NO_RESPONSES
    undecided_of = None if person.may(Action.SETTLE_QUARANTINE) else person.id
    match person.scope:
        case Scope.COUNTRY:
            return ResponseFilter(areas=person.areas, undecided_of=undecided_of)
        case Scope.TEAM:
            return ResponseFilter(evidence="visit", team_of=person.id, undecided_of=undecided_of)
        case Scope.COMMITTEE:
            return ResponseFilter(
                areas=person.areas,
                evidence="self_review",
                respondent="organisation",
                undecided_of=undecided_of,
            )
        case Scope.NOTHING:
            return NO_RESPONSES


def undecided_responses(person: Person) -> ResponseFilter:
    """The responses about which a person decides: quarantined ones and conflicts in the own areas. Those whose locality
    is unknown lie in none: they are for people who work everywhere."""
    if not person.may(Action.SETTLE_QUARANTINE):
        return NO_RESPONSES
    return ResponseFilter(areas=person.areas, states=UNDECIDED)
