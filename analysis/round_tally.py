"""A round's leaves under its tree of localities: the input of charts, tables and reports."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from analysis.codebook import Codebook, Framework, QuestionnaireBook
from analysis.disclosure import COORDINATORS, LOWEST_FOR_COORDINATORS, Audience, Shown, decide, is_spread
from analysis.distributions import t_quantile
from analysis.linearised import (
    Domain,
    Unit,
    design_effect,
    difference_variance,
    domain_of,
    mean_variance,
    variance_of_persons,
)
from analysis.round_info import Expected, RoundInfo
from analysis.rounding import rounded
from analysis.strata import join_strata
from analysis.tally import NO_MOMENTS, LeafTally, add

COUNTRY = "VN"
_BELOW_PROVINCE = 3  # codes in the path of what is directly below a province
PUBLISHED = "published"
"""The state of leaves that are sums of whole cohorts of people, which are all that is shown of people."""


class LeafId(NamedTuple):
    """Identifies responses that are tallied together. `path` is the locality of collection; of a published leaf the
    place of its cohorts, whose `cluster` is their sampling unit."""

    path: str
    questionnaire: str
    version: str
    evidence: str
    state: str
    stratum: str = ""
    cluster: str = ""
    weights_version: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """A data cut: the revision and time of numbers. `time` is an instant in UTC as ISO text."""

    revision: int
    time: str
    provisional: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class LocalityRow:
    path: str
    level: str
    code: str
    name: str
    kind: str
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Received of expected responses. Of organisations `received` and `late` count units, at each place of collection
    at most as many as are expected there, so that a second response does not count for another unit; `surplus` are
    the further responses. Of people `received` counts the responses of the leaves, that is the published ones."""

    expected: int
    received: int
    surplus: int
    late: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean score of a locality. `se`, `low`, `high` are None for a complete count and where they cannot be had;
    `differs` says whether it differs from the whole that the page is about (None: not judged)."""

    mean: float
    n: int
    se: float | None = None
    low: float | None = None
    high: float | None = None
    deff: float | None = None
    differs: bool | None = None


@dataclass(frozen=True, slots=True)
class _Sampling:
    """How a score's leaves were sampled: the unit of each leaf that published the score, and the number of units in
    each stratum of the round. `is_joined`: whether strata of a single unit were joined with others."""

    unit_of: Mapping[LeafId, Unit]
    units: Mapping[str, int]
    is_joined: bool


@dataclass(frozen=True, slots=True)
class RoundTally:
    """`localities` by path, in the official order; `leaves` by id: of organisations those that are counted, of people
    those that are published. `revisions` gives the revision at which a leaf's numbers or the sampling units of its
    questionnaire changed, `times` the instant of a revision. The revision of a locality is the newest of its leaves.
    `joined`: questionnaires of which strata were joined already. `officials`: how many officials' responses are
    published from each place of collection, by questionnaire and path: their cohorts do not tell. `opened_at`: the time
    of numbers that nobody has changed yet; another time would tell when others changed."""

    round: RoundInfo
    framework: Framework
    codebook: Codebook
    localities: Mapping[str, LocalityRow]
    leaves: Mapping[LeafId, LeafTally]
    expected: Sequence[Expected]
    cut: Cut
    revisions: Mapping[LeafId, int] = field(default_factory=dict)
    times: Mapping[int, str] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()
    officials: Mapping[tuple[str, str], int] = field(default_factory=dict)
    opened_at: str = ""
    _by_path: dict[tuple[str, str], list[LeafId]] = field(init=False, default_factory=dict)
    _children: dict[str, list[str]] = field(init=False, default_factory=dict)
    _planned: Counter[tuple[str, str]] = field(init=False, default_factory=Counter)  # at a locality itself
    _expected: Counter[tuple[str, str]] = field(init=False, default_factory=Counter)  # and all below it
    _sums: dict[tuple[str, str], LeafTally] = field(init=False, default_factory=dict)
    _domains: dict[tuple[str, str, str], Domain | None] = field(init=False, default_factory=dict)
    _estimates: dict[tuple[str, str, str, str | None], Estimate | None] = field(init=False, default_factory=dict)
    _samplings: dict[tuple[str, str], _Sampling] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.expected:
            self._planned[each.path, each.questionnaire] += each.quantity
            for path in with_ancestors(each.path):
                self._expected[path, each.questionnaire] += each.quantity
        for path in self.localities:
            if "/" in path:
                self._children.setdefault(path.rpartition("/")[0], []).append(path)
        for leaf in sorted(self.leaves):
            for path in with_ancestors(leaf.path):
                self._by_path.setdefault((path, leaf.questionnaire), []).append(leaf)

    @property
    def suppress_below(self) -> int:
        return self.round.suppress_below

    def cut_at(self, path: str, questionnaire: str | None = None, audience: Audience = Audience.CENTRE) -> Cut:
        """The data cut of a locality's numbers (of one questionnaire, or of all that an audience sees): when they
        changed last; the round's own where that is not known."""
        if not self.revisions and not self.opened_at:
            return self.cut
        covered = self.questionnaires(audience) if questionnaire is None else [questionnaire]
        found = [self.revisions.get(leaf, 0) for each in covered for leaf in self.leaves_at(path, each)]
        newest = max(found, default=0)
        unknown = self.cut.time if newest or not self.opened_at else self.opened_at
        return replace(self.cut, revision=newest, time=self.times.get(newest, unknown))

    def book(self, questionnaire: str) -> QuestionnaireBook:
        return self.codebook.newest(questionnaire)

    def questionnaires(self, audience: Audience = Audience.CENTRE) -> list[str]:
        """Those that charts of all questionnaires together are about, in the order of the codebook. Coordinators see no
        numbers of people's responses: they would tell who waits."""
        found = dict.fromkeys(id_ for id_, _ in self.codebook.questionnaires)
        return [id_ for id_ in found if audience not in COORDINATORS or not self.is_about_people(id_)]

    def is_about_people(self, questionnaire: str) -> bool:
        return self.book(questionnaire).respondent != "organisation"

    def audiences(self, path: str, questionnaire: str | None) -> list[Audience]:
        """For whom there are charts of these numbers, of a questionnaire or (None) of all together. What coordinators
        are shown of people is what was released to them: see `is_open_to_coordinators`."""
        covered = self.questionnaires() if questionnaire is None else [questionnaire]
        below = [Audience.COORDINATOR_BELOW] if self._children.get(path) else []
        if not any(map(self.is_about_people, covered)):
            return [Audience.EVERYONE, *below]
        return [Audience.CENTRE] if questionnaire is not None else [Audience.CENTRE, Audience.COORDINATOR, *below]

    def is_open_to_coordinators(self, path: str, questionnaire: str) -> bool:
        """Whether coordinators may see these numbers of people, where they are released: at the province and above
        only, and only where they are of several places."""
        if not self.is_about_people(questionnaire) or self.localities[path].level not in LOWEST_FOR_COORDINATORS:
            return False
        found: Counter[str] = Counter()
        if self.book(questionnaire).respondent == "official":
            for (of, place), n in self.officials.items():
                if of == questionnaire and path in with_ancestors(place):
                    found["/".join(place.split("/")[:_BELOW_PROVINCE])] += n
            places = {place for place in found if len(place.split("/")) == _BELOW_PROVINCE}
        else:
            for leaf in self.leaves_at(path, questionnaire):
                found[leaf.cluster or leaf.path] += self.leaves[leaf].n
            places = {place for place in found if place in self.localities and place not in self._children}
        return is_spread(
            [n for place, n in found.items() if place in places],
            [n for place, n in found.items() if place not in places],
        )

    def children(self, path: str) -> list[LocalityRow]:
        """The localities directly below, in the official order, that the round is about: below the country the
        selected provinces only."""
        selected = set(self.round.selected)
        below = self._children.get(path, [])
        chosen = [each for each in below if each in selected] if path == COUNTRY and selected else below
        return [self.localities[each] for each in chosen]

    def leaves_at(self, path: str, questionnaire: str) -> list[LeafId]:
        """The leaves of a locality and of all below it."""
        return self._by_path.get((path, questionnaire), [])

    def at(self, path: str, questionnaire: str) -> LeafTally:
        """The sum of a locality's leaves and of all below it."""
        key = (path, questionnaire)
        if key not in self._sums:
            self._sums[key] = add(self.leaves[leaf] for leaf in self.leaves_at(path, questionnaire))
        return self._sums[key]

    def shown(self, path: str, questionnaire: str, score: str = "") -> Shown:
        """What may be shown of a locality, for one questionnaire: how many answered, or (`score`) the mean of a score,
        which fewer may have."""
        tally = self.at(path, questionnaire)
        if not score:
            return self.decide(path, questionnaire, tally.n, is_published=tally.n > 0)
        unit_of = self._sampling(questionnaire, score).unit_of
        is_published = any(leaf in unit_of for leaf in self.leaves_at(path, questionnaire))
        return self.decide(path, questionnaire, tally.moments.get(score, NO_MOMENTS).n, is_published=is_published)

    def decide(self, path: str, questionnaire: str, n: int, *, is_published: bool) -> Shown:
        """What may be shown of a number that n people stand behind; see `disclosure.decide`."""
        return decide(
            self.book(questionnaire).respondent, self.localities[path].level, n,
            suppress_below=self.suppress_below, is_published=is_published,
            is_expected=self.expected_at(path, questionnaire) > 0,
        )  # fmt: skip

    def expected_at(self, path: str, questionnaire: str) -> int:
        """How many responses are expected of a locality and of all below it."""
        return self._expected[path, questionnaire]

    def coverage(self, path: str, questionnaire: str) -> Coverage:
        """Of a locality and of all below it."""
        return self._coverage(self.expected_at(path, questionnaire), questionnaire, self.leaves_at(path, questionnaire))

    def own_coverage(self, path: str, questionnaire: str) -> Coverage:
        """Of a locality's own level alone, such as its own committee's report. With the coverages of those directly
        below it adds up to the locality's coverage."""
        own = [leaf for leaf in self.leaves_at(path, questionnaire) if leaf.path == path]
        return self._coverage(self._planned[path, questionnaire], questionnaire, own)

    def _coverage(self, expected: int, questionnaire: str, leaves: Iterable[LeafId]) -> Coverage:
        received_at: Counter[str] = Counter()
        late: Counter[str] = Counter()
        for leaf in leaves:
            received_at[leaf.path] += self.leaves[leaf].n
            late[leaf.path] += self.leaves[leaf].late
        if self.book(questionnaire).respondent != "organisation":
            return Coverage(expected, received_at.total(), 0, late.total())
        units = {place: min(n, self._planned[place, questionnaire]) for place, n in received_at.items()}
        received = sum(units.values())
        return Coverage(
            expected, received, received_at.total() - received, sum(min(late[each], n) for each, n in units.items())
        )

    def estimate(self, path: str, questionnaire: str, score: str, whole: str | None = None) -> Estimate | None:
        """The mean of a score at a locality; None where no response has one.

        People are a sample, the locality a domain of the round's: strata and clusters are those recorded, the cluster
        else the locality of collection; of published leaves the units that published the score, a stratum of one joined
        with its neighbour. The interval is Student's t with the domain's clusters − strata degrees of freedom. A
        locality that is itself the place of collection is taken as given, and its persons are the units. No se where
        the rest lies in one cluster or touches a stratum of one. Committees are counted completely: no interval.
        `whole`: a locality that contains this one, to compare with. docs/decisions/0001.
        """
        key = (path, questionnaire, score, whole)
        if key not in self._estimates:
            self._estimates[key] = self._estimate(*key)
        return self._estimates[key]

    def shown_estimate(self, path: str, questionnaire: str, score: str, whole: str | None = None) -> Estimate | None:
        """The estimate as it is shown: of what is published about people with one decimal, from which no sum of a
        cohort can be computed."""
        found = self.estimate(path, questionnaire, score, whole)
        if found is None or not self.is_by_cohorts(questionnaire):
            return found
        numbers = (found.se, found.low, found.high, found.deff)
        se, low, high, deff = (None if each is None else float(rounded(each, 1)) for each in numbers)
        return replace(found, mean=float(rounded(found.mean, 1)), se=se, low=low, high=high, deff=deff)

    def is_by_cohorts(self, questionnaire: str) -> bool:
        """Whether the numbers of a questionnaire are those that are published about people."""
        return any(map(_is_published, self.leaves_at(COUNTRY, questionnaire)))

    def _estimate(self, path: str, questionnaire: str, score: str, whole: str | None) -> Estimate | None:
        domain = self._domain(path, questionnaire, score)
        if domain is None:
            return None
        own = domain.total
        if self.book(questionnaire).respondent == "organisation":
            return Estimate(own.mean, own.n)
        compared = self._domain(whole, questionnaire, score) if whole is not None and whole != path else None
        units, is_given = self._sampling(questionnaire, score).units, self._is_given(path, questionnaire, score, domain)
        differs = _differs(domain, compared, units, is_given=is_given) if compared is not None else None
        if is_given:
            variance, df = variance_of_persons(own), own.n - 1
        else:
            variance, df = mean_variance(domain, units), domain.df
        if variance is None:
            return Estimate(own.mean, own.n, differs=differs)
        se = math.sqrt(variance)
        reach = t_quantile(0.975, float(df)) * se if df > 0 else None
        low, high = (own.mean - reach, own.mean + reach) if reach is not None else (None, None)
        return Estimate(own.mean, own.n, se, low, high, design_effect(own, variance), differs)

    def _domain(self, path: str, questionnaire: str, score: str) -> Domain | None:
        key = (path, questionnaire, score)
        if key not in self._domains:
            unit_of = self._sampling(questionnaire, score).unit_of
            leaves = [leaf for leaf in self.leaves_at(path, questionnaire) if leaf in unit_of]
            self._domains[key] = domain_of((unit_of[leaf], self.leaves[leaf].moments.get(score)) for leaf in leaves)
        return self._domains[key]

    def has_joined_strata(self, questionnaire: str) -> bool:
        """Whether strata of a single unit were joined with others for some mean score."""
        tasks = self.book(questionnaire).scored
        return questionnaire in self.joined or any(self._sampling(questionnaire, task).is_joined for task in tasks)

    def _sampling(self, questionnaire: str, score: str) -> _Sampling:
        key = (questionnaire, score)
        if key not in self._samplings:
            leaves = self.leaves_at(COUNTRY, questionnaire)
            units = {leaf: _unit(leaf) for leaf in leaves if self._has_published(leaf, score)}
            strata = join_strata((each.stratum, each.cluster) for leaf, each in units.items() if _is_published(leaf))
            joined = {
                leaf: each._replace(stratum=strata[each.stratum]) if _is_published(leaf) else each
                for leaf, each in units.items()
            }
            counts = Counter(each.stratum for each in {*joined.values()})
            self._samplings[key] = _Sampling(joined, counts, is_joined=joined != units)
        return self._samplings[key]

    def _has_published(self, leaf: LeafId, score: str) -> bool:
        """Whether a leaf is a part of the sample of a score. A cohort that does not publish the score by itself is not,
        nor is what a group of cohorts publishes about something else."""
        if not _is_published(leaf):
            return True
        tally = self.leaves[leaf]
        entering = {each.question for each in self.book(leaf.questionnaire).scored.get(score, ())}
        return score in tally.moments or (tally.n > 0 and entering <= tally.questions.keys())

    def _is_given(self, path: str, questionnaire: str, score: str, domain: Domain) -> bool:
        """Whether a locality is one cluster because it is where the responses were collected. A cohort from several
        places is a unit of its own, whatever its place."""
        unit_of = self._sampling(questionnaire, score).unit_of
        return len(domain.present) == 1 and all(
            leaf.path == path and (not _is_published(leaf) or leaf.cluster == path)
            for leaf in self.leaves_at(path, questionnaire)
            if leaf in unit_of
        )


def _differs(part: Domain, whole: Domain, units: Mapping[str, int], *, is_given: bool) -> bool | None:
    """Whether a part's mean differs from its whole's at 5 %; None where that cannot be judged. `is_given`: the part is
    one cluster, of which persons are the units."""
    df = min(part.df, whole.df)
    if is_given:
        df = min(part.total.n - 1, whole.df - 1)
        variance = _difference_of_given(part, whole, units)
    else:
        variance = difference_variance(part, whole, units) if len(part.moments) > 1 else None
    if variance is None or variance <= 0 or df < 1:
        return None
    return abs(part.total.mean - whole.total.mean) > t_quantile(0.975, float(df)) * math.sqrt(variance)


def _difference_of_given(part: Domain, whole: Domain, units: Mapping[str, int]) -> float | None:
    """Of the mean of a cluster taken as given less the whole's, which is (1 − its share) times that less the rest's."""
    rest = domain_of((unit, each) for unit, each in whole.moments.items() if unit not in part.moments)
    if rest is None:
        return None
    own, others = variance_of_persons(part.total), mean_variance(rest, units)
    return None if own is None or others is None else (rest.total.w / whole.total.w) ** 2 * (own + others)


def _unit(leaf: LeafId) -> Unit:
    return Unit(leaf.stratum, leaf.cluster or leaf.path)


def _is_published(leaf: LeafId) -> bool:
    return leaf.state == PUBLISHED


def with_ancestors(path: str) -> Iterable[str]:
    """A path and those above it, the country first."""
    codes = path.split("/")
    return ("/".join(codes[: depth + 1]) for depth in range(len(codes)))
