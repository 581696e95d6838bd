"""Pages of the long lists of responses, the newest first.

A page costs the same however many responses there are: it is read from the end of a few ranges of indexes, each in the
order of the list, and continues at the number of a response instead of skipping rows. What a filter allows is cut into
such ranges: a review state, a questionnaire in a review state, a person, a visit, a locality. Whether a row of a range
has the other properties is decided on the row, where most have them or the range is small: a person's or a team's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from heapq import nlargest, nsmallest

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, union_all

from survey_server.domain import UNDECIDED, Response, ResponseFilter, State
from survey_server.storage.localities import in_area
from survey_server.storage.responses import find_by_seqs, has_state
from survey_server.storage.rounds import team_visits
from survey_server.storage.tables import locality, response

MAX_LOCALITIES = 2_000  # of an area whose localities are looked up one by one; larger ones hold many of all responses
MAX_RANGES = 60  # in one statement; SQLite takes 500
_FIRST, _LAST = 0, 2**63 - 1

Conditions = tuple[ColumnElement[bool], ...]


def read_page(
    connection: Connection, wanted: ResponseFilter, limit: int, after: int | None = None, before: int | None = None
) -> list[Response]:
    """At most `limit` responses, the newest first: the newest, those that follow the number `after` in the list, or
    those just before the number `before` in it."""
    page = _Page(connection, limit, after, before)
    has_small_ranges = wanted.sent_by is not None or wanted.team_of is not None
    is_by_areas = wanted.areas is not None and not has_small_ranges
    seqs = page.of_areas(wanted) if is_by_areas else page.of_ranges(_ranges(connection, wanted))
    return find_by_seqs(connection, seqs)


class _Page:
    """The numbers of the responses of one page."""

    def __init__(self, connection: Connection, limit: int, after: int | None, before: int | None) -> None:
        self._connection, self._limit = connection, limit
        self._is_backwards = before is not None
        seq = response.c.seq
        self._bounds: Conditions = (seq > _clipped(before) if before is not None else seq < _clipped(after),)
        self._order = seq.asc() if self._is_backwards else seq.desc()

    def of_ranges(self, ranges: Sequence[Conditions]) -> list[int]:
        found: list[int] = []
        for start in range(0, len(ranges), MAX_RANGES):
            parts = [
                select(
                    select(response.c.seq)
                    .where(*conditions, *self._bounds)
                    .order_by(self._order)
                    .limit(self._limit)
                    .subquery()
                    .c.seq
                )
                for conditions in ranges[start : start + MAX_RANGES]
            ]
            found += self._connection.execute(union_all(*parts) if len(parts) > 1 else parts[0]).scalars()
        return sorted(self._nearest(set(found)), reverse=True)

    def of_areas(self, wanted: ResponseFilter) -> list[int]:
        areas = or_(false(), *map(in_area, wanted.areas or ()))
        count = select(locality.c.id).where(areas).limit(MAX_LOCALITIES + 1)
        if len(self._connection.execute(count).all()) > MAX_LOCALITIES:
            return self.of_ranges(_ranges(self._connection, wanted))
        if wanted.undecided_of is None:
            return self._of_localities(wanted, areas)
        # So that the index of localities decides alone: it does not hold the sender.
        decided, undecided = _by_decision(wanted)
        found = self._of_localities(decided, areas)
        if undecided.states:
            found += self.of_ranges(_ranges(self._connection, undecided))
        return sorted(self._nearest(set(found)), reverse=True)

    def _of_localities(self, wanted: ResponseFilter, areas: ColumnElement[bool]) -> list[int]:
        """The nearest responses lie in the localities whose own nearest response is among the nearest."""
        others = tuple(_row_conditions(self._connection, wanted))
        nearest = (
            select(response.c.seq)
            .where(response.c.locality_id == locality.c.id, *others, *self._bounds)
            .order_by(self._order)
            .limit(1)
            .correlate(locality)
            .scalar_subquery()
        )
        rows = self._connection.execute(select(nearest, locality.c.id).where(areas))
        ids = {seq: id_ for seq, id_ in rows if seq is not None}
        return self.of_ranges([(response.c.locality_id == ids[seq], *others) for seq in self._nearest(ids)])

    def _nearest(self, seqs: Sequence[int] | set[int] | dict[int, int]) -> list[int]:
        return nsmallest(self._limit, seqs) if self._is_backwards else nlargest(self._limit, seqs)


def _ranges(connection: Connection, wanted: ResponseFilter) -> list[Conditions]:
    """The ranges of a filter, without areas or of a sender or a team; two may share a response."""
    inside = () if wanted.areas is None else (_is_inside(wanted),)
    if wanted.sent_by is not None:
        return [(response.c.person_id == wanted.sent_by, *_row_conditions(connection, wanted), *inside)]
    if wanted.team_of is not None:
        others = (*_row_conditions(connection, replace(wanted, team_of=None)), *inside)
        team = [response.c.visit_id == visit for visit in sorted(team_visits(connection, wanted.team_of))]
        return [(each, *others) for each in (response.c.person_id == wanted.team_of, *team)]
    if wanted.undecided_of is not None:
        decided, undecided = _by_decision(wanted)
        return _ranges(connection, decided) + (_ranges(connection, undecided) if undecided.states else [])
    others = (*_row_conditions(connection, replace(wanted, states=None, questionnaire=None)), *inside)
    if wanted.areas is None and wanted.states is None and wanted.questionnaire is None:
        return [others]
    return [(*own, *others) for own in _states(wanted)]


def _by_decision(wanted: ResponseFilter) -> tuple[ResponseFilter, ResponseFilter]:
    """A filter with `undecided_of` as two that have none: of the responses that were decided about, and of those that
    this person sent and that await a decision."""
    states = wanted.states if wanted.states is not None else frozenset(State)
    decided = replace(wanted, states=states - UNDECIDED, undecided_of=None)
    return decided, replace(decided, states=states & UNDECIDED, sent_by=wanted.undecided_of)


def _states(wanted: ResponseFilter) -> list[Conditions]:
    """A range for each review state, of the questionnaire where the filter has one."""
    questionnaire = () if wanted.questionnaire is None else (response.c.questionnaire == wanted.questionnaire,)
    states = wanted.states if wanted.states is not None else frozenset(State)
    return [(*questionnaire, response.c.state == state) for state in sorted(states)]


def _is_inside(wanted: ResponseFilter) -> ColumnElement[bool]:
    """Decided on each row of a range, by the localities of the areas."""
    areas = or_(false(), *map(in_area, wanted.areas or ()))
    return response.c.locality_id.in_(select(locality.c.id).where(areas))


def _row_conditions(connection: Connection, wanted: ResponseFilter) -> Iterator[ColumnElement[bool]]:
    """What is decided on each row of a range: the filter but for its areas."""
    if wanted.evidence is not None:
        yield response.c.evidence == wanted.evidence
    if wanted.respondent is not None:
        yield response.c.respondent == wanted.respondent
    if wanted.questionnaire is not None:
        yield response.c.questionnaire.concat("") == wanted.questionnaire  # for which no index is searched
    if wanted.states is not None:
        yield _row_has_state(wanted.states)
    if wanted.team_of is not None:
        visits = sorted(team_visits(connection, wanted.team_of))
        yield or_(response.c.person_id == wanted.team_of, response.c.visit_id.in_(visits))
    if wanted.undecided_of is not None:
        yield or_(~has_state(UNDECIDED), response.c.person_id == wanted.undecided_of)


def _row_has_state(states: Collection[State]) -> ColumnElement[bool]:
    """The same as `has_state`, in a form for which no index is searched: SQLite would read all responses in a state to
    find those of one locality or person."""
    return func.coalesce(response.c.state, "").in_(sorted(states))


def _clipped(seq: int | None) -> int:
    """A number that databases take; the last one where None is given."""
    return _LAST if seq is None else min(max(seq, _FIRST), _LAST)
