"""A round's leaves under its tree of localities: the input of charts, tables and reports."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import add as plus
from typing import NamedTuple

from analysis.codebook import Codebook, Framework, QuestionnaireBook
from analysis.disclosure import Shown, decide_parts, is_never_published, is_own_hidden
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
from analysis.tally import NO_MOMENTS, LeafTally, add

COUNTRY = "VN"


class LeafId(NamedTuple):
    """Identifies responses that are tallied together; `path` is the locality of collection."""

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
    the further responses. Of people all count responses."""

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
class RoundTally:
    """`localities` by path, in the official order; `leaves` by id. `revisions` gives the revision at which a leaf's
    numbers or its stratum's size changed, `times` the instant of a revision. The revision of a locality is the newest
    of its leaves."""

    round: RoundInfo
    framework: Framework
    codebook: Codebook
    localities: Mapping[str, LocalityRow]
    leaves: Mapping[LeafId, LeafTally]
    expected: Sequence[Expected]
    cut: Cut
    revisions: Mapping[LeafId, int] = field(default_factory=dict)
    times: Mapping[int, str] = field(default_factory=dict)
    _by_path: dict[tuple[str, str], list[LeafId]] = field(default_factory=dict)
    _children: dict[str, list[str]] = field(default_factory=dict)
    _planned: Counter[tuple[str, str]] = field(default_factory=Counter)  # at a locality itself
    _expected: Counter[tuple[str, str]] = field(default_factory=Counter)  # and all below it
    _sums: dict[tuple[str, str], LeafTally] = field(default_factory=dict)
    _shown: dict[tuple[str, str], dict[str, Shown]] = field(default_factory=dict)
    _without_responses: dict[str, dict[str, Shown]] = field(default_factory=dict)
    _domains: dict[tuple[str, str, str], Domain | None] = field(default_factory=dict)
    _estimates: dict[tuple[str, str, str, str | None], Estimate | None] = field(default_factory=dict)
    _strata: dict[str, Counter[str]] = field(default_factory=dict)

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

    def cut_at(self, path: str, questionnaire: str | None = None) -> Cut:
        """The data cut of a locality's numbers (of one questionnaire, or of all): when they changed last; the round's
        own where that is not known."""
        if not self.revisions:
            return self.cut
        covered = self.questionnaires() if questionnaire is None else [questionnaire]
        found = [self.revisions.get(leaf, 0) for each in covered for leaf in self.leaves_at(path, each)]
        newest = max(found, default=0)
        return replace(self.cut, revision=newest, time=self.times.get(newest, self.cut.time))

    def book(self, questionnaire: str) -> QuestionnaireBook:
        return self.codebook.newest(questionnaire)

    def questionnaires(self) -> list[str]:
        """In the order of the codebook."""
        return list(dict.fromkeys(id_ for id_, _ in self.codebook.questionnaires))

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

    def shown(self, questionnaire: str, score: str = "") -> dict[str, Shown]:
        """What may be shown of each locality, for one questionnaire: how many answered, or (`score`) the mean of a
        score, which fewer may have."""
        return self.shown_parts(
            questionnaire, score, lambda tally: (tally.moments.get(score, NO_MOMENTS).n if score else tally.n,)
        )

    def shown_parts(
        self, questionnaire: str, cell: str, parts_of: Callable[[LeafTally], tuple[int, ...]]
    ) -> dict[str, Shown]:
        """What may be shown of counts that are shown together, named `cell`; `parts_of` reads them from a leaf. Where
        the number of responses is hidden, every cell is."""
        key = (questionnaire, cell)
        if key not in self._shown:
            before = [path for path, each in self.shown(questionnaire).items() if each.hidden] if cell else []
            respondent = self.book(questionnaire).respondent
            parts = self._parts(questionnaire, parts_of)
            levels = {path: self.localities[path].level for path in parts}
            decided = decide_parts(parts, levels, respondent, self.suppress_below, before)
            if respondent not in self._without_responses:  # most localities: of officials nothing below the province
                self._without_responses[respondent] = {
                    path: Shown(is_never_published(respondent, row.level)) for path, row in self.localities.items()
                }
            self._shown[key] = {**self._without_responses[respondent], **decided}
        return self._shown[key]

    def _parts(
        self, questionnaire: str, parts_of: Callable[[LeafTally], tuple[int, ...]]
    ) -> dict[str, tuple[int, ...]]:
        """Counts in and below each locality from which anything came."""
        found: dict[str, list[int]] = {}
        for leaf in self.leaves_at(COUNTRY, questionnaire):
            counts = parts_of(self.leaves[leaf])
            for path in with_ancestors(leaf.path):
                if path in found:
                    found[path] = [*map(plus, found[path], counts)]
                elif path in self.localities:
                    found[path] = [*counts]
        return {path: tuple(counts) for path, counts in found.items()}

    def expected_at(self, path: str, questionnaire: str) -> int:
        """How many responses are expected of a locality and of all below it."""
        return self._expected[path, questionnaire]

    def is_own_hidden(self, path: str, questionnaire: str) -> bool:
        """Whether `own_coverage` may not be shown; all localities below count, of the round or not."""
        return is_own_hidden(path, self._children.get(path, ()), self.shown(questionnaire))

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
        else the locality of collection; the interval is Student's t with the domain's clusters − strata degrees of
        freedom. A locality that is itself the place of collection is taken as given, and its persons are the units.
        No se where the rest lies in one cluster or touches a stratum of one. Committees are counted completely: no
        interval. `whole`: a locality that contains this one, to compare with. docs/decisions/0001.
        """
        key = (path, questionnaire, score, whole)
        if key not in self._estimates:
            self._estimates[key] = self._estimate(*key)
        return self._estimates[key]

    def _estimate(self, path: str, questionnaire: str, score: str, whole: str | None) -> Estimate | None:
        domain = self._domain(path, questionnaire, score)
        if domain is None:
            return None
        own = domain.total
        if self.book(questionnaire).respondent == "organisation":
            return Estimate(own.mean, own.n)
        compared = self._domain(whole, questionnaire, score) if whole is not None and whole != path else None
        differs = self._differs(path, questionnaire, domain, compared) if compared is not None else None
        if self._is_given(path, questionnaire, domain):
            variance, df = variance_of_persons(own), own.n - 1
        else:
            variance, df = mean_variance(domain, self._units(questionnaire)), domain.df
        if variance is None:
            return Estimate(own.mean, own.n, differs=differs)
        se = math.sqrt(variance)
        reach = t_quantile(0.975, float(df)) * se if df > 0 else None
        low, high = (own.mean - reach, own.mean + reach) if reach is not None else (None, None)
        return Estimate(own.mean, own.n, se, low, high, design_effect(own, variance), differs)

    def _domain(self, path: str, questionnaire: str, score: str) -> Domain | None:
        key = (path, questionnaire, score)
        if key not in self._domains:
            leaves = self.leaves_at(path, questionnaire)
            self._domains[key] = domain_of((_unit(leaf), self.leaves[leaf].moments.get(score)) for leaf in leaves)
        return self._domains[key]

    def _units(self, questionnaire: str) -> Mapping[str, int]:
        """How many units each stratum of the round has, for one questionnaire."""
        if questionnaire not in self._strata:
            units = {_unit(leaf) for leaf in self.leaves if leaf.questionnaire == questionnaire}
            self._strata[questionnaire] = Counter(unit.stratum for unit in units)
        return self._strata[questionnaire]

    def _is_given(self, path: str, questionnaire: str, domain: Domain) -> bool:
        """Whether a locality is one cluster because it is where the responses were collected."""
        return len(domain.present) == 1 and all(leaf.path == path for leaf in self.leaves_at(path, questionnaire))

    def _differs(self, path: str, questionnaire: str, part: Domain, whole: Domain) -> bool | None:
        """Whether a part's mean differs from its whole's at 5 %; None where that cannot be judged."""
        units = self._units(questionnaire)
        df = min(part.df, whole.df)
        if self._is_given(path, questionnaire, part):
            df = min(part.total.n - 1, whole.df - 1)
            variance = _difference_of_given(part, whole, units)
        else:
            variance = difference_variance(part, whole, units) if len(part.moments) > 1 else None
        if variance is None or variance <= 0 or df < 1:
            return None
        return abs(part.total.mean - whole.total.mean) > t_quantile(0.975, float(df)) * math.sqrt(variance)


def units_by_stratum(leaves: Iterable[LeafId]) -> Counter[tuple[str, str]]:
    """How many units each stratum of the round has, for each questionnaire."""
    units = {(leaf.questionnaire, _unit(leaf)) for leaf in leaves}
    return Counter((questionnaire, unit.stratum) for questionnaire, unit in units)


def _difference_of_given(part: Domain, whole: Domain, units: Mapping[str, int]) -> float | None:
    """Of the mean of a cluster taken as given less the whole's, which is (1 − its share) times that less the rest's."""
    rest = domain_of((unit, each) for unit, each in whole.moments.items() if unit not in part.moments)
    if rest is None:
        return None
    own, others = variance_of_persons(part.total), mean_variance(rest, units)
    return None if own is None or others is None else (rest.total.w / whole.total.w) ** 2 * (own + others)


def _unit(leaf: LeafId) -> Unit:
    return Unit(leaf.stratum, leaf.cluster or leaf.path)


def with_ancestors(path: str) -> Iterable[str]:
    """A path and those above it, the country first."""
    codes = path.split("/")
    return ("/".join(codes[: depth + 1]) for depth in range(len(codes)))
