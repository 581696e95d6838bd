"""Cohorts: the groups of responses in which what people answered is published. docs/analysis.md has the rules.

A series is what may form one cohort: the responses of a round to comparable versions of a questionnaire, with one kind
of evidence. Its version is the name of all of them ("1+2"); where a version joins them later, waiting responses move
to a new series, and cohorts stay in theirs. The place of a response is the lowest locality at which it may be
published: where it was collected, of an official the province.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

MIN_COHORT_SIZE = 10  # of a round that is not simulated


class CohortSeries(NamedTuple):
    id: int
    round_id: int
    questionnaire: str
    version: str
    evidence: str
    respondent: str


class WaitingResponse(NamedTuple):
    """A response that counts and is in no cohort. `path`: of its place. `is_declined`: its person did not agree to be
    interviewed, so it has no answers and does not count towards the size of a cohort."""

    seq: int
    path: str
    weight: float = 1.0
    is_declined: bool = False


class NewWaitingResponse(NamedTuple):
    """A waiting response to store; a row of the table, in the order of its columns."""

    response_seq: int
    series_id: int
    place_id: int
    is_approved: bool
    is_declined: bool
    is_pooled: bool
    weight: float


class Revision(NamedTuple):
    """A stored response and the id that it corrects."""

    seq: int
    id: str
    supersedes: str | None


class CohortMember(NamedTuple):
    """`response_seq`: None where the response is not in the database, as after the restore of an older backup."""

    response_id: str
    sha256: str
    response_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """A cohort. `path`: of the lowest locality that contains its members; `is_of_place`: whether that is where all of
    them were collected; `strata`: of its members. `revision`: None while a member is missing (see CohortMember)."""

    id: str
    series_id: int
    path: str
    is_of_place: bool
    size: int
    strata: frozenset[str]
    revision: int | None
    is_struck: bool = False


class WithheldItem(NamedTuple):
    """A question, indicator, task or count of people of a cohort that fewer were asked than form a cohort. `asked`: how
    many, by question that enters it."""

    cohort: str
    path: str
    item: str
    asked: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A withheld item with its tally, as JSON text; `strata`: of its cohort."""

    item: WithheldItem
    strata: frozenset[str]
    tally: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionGroup:
    """Cohorts that are published together for one item, by their sorted ids. `path`: of the lowest locality that
    contains them. `revision`: None while one of them is not published."""

    id: str
    series_id: int
    item: str
    path: str
    cohorts: tuple[str, ...]
    revision: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPart:
    """What is published about one cohort, or about one question group: then `n` is 0 and `tally` holds one item.

    `owner`: the id of either. `stratum` and `unit` (the primary sampling unit) are those of estimates; `tally` is the
    JSON text of a LeafTally; `digest`: SHA-256 over all of it. `revision`: the one at which it was published or struck.
    """

    owner: str
    series_id: int
    path: str
    stratum: str
    unit: str
    n: int
    tally: str
    digest: str
    revision: int
    is_struck: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLeaf:
    """The sum of the published parts of a sampling unit at a place, without those that were struck. `revision`:
    the one at which the sum changed last; `unit_revision`: at which it changed last what the unit publishes numbers of:
    anything, a question, a score."""

    series_id: int
    path: str
    stratum: str
    unit: str
    n: int
    tally: str
    revision: int
    unit_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCut:
    """What was published of people in a round when the centre released it to coordinators. `person_id`: who released
    it; `digest`: SHA-256 over the published parts; `at`: an instant in UTC as ISO text."""

    id: str
    round_id: int
    at: str
    person_id: int
    note: str
    digest: str
