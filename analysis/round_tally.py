"""A round's leaves under its tree of localities: the one thing that charts, tables and reports are made from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from analysis.codebook import Codebook, Framework, QuestionnaireBook
from analysis.disclosure import Shown, decide
from analysis.distributions import t_quantile
from analysis.tally import LeafTally, Moments, add

COUNTRY = "VN"


class LeafId(NamedTuple):
    """What is counted together; `path` is the locality of collection."""

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
    """The moment that numbers belong to. `time` is an instant in UTC as ISO text."""

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
class Expected:
    path: str
    questionnaire: str
    quantity: int
    due_on: str


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
    numbers changed, `times` the instant of a revision: a locality's numbers are as old as the newest of its leaves."""

    round: Mapping[str, Any]
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
    _sums: dict[tuple[str, str], LeafTally] = field(default_factory=dict)
    _shown: dict[str, dict[str, Shown]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in self.localities:
            if "/" in path:
                self._children.setdefault(path.rpartition("/")[0], []).append(path)
        for leaf in sorted(self.leaves):
            for path in _and_above(leaf.path):
                self._by_path.setdefault((path, leaf.questionnaire), []).append(leaf)

    @property
    def suppress_below(self) -> int:
        return int(self.round["suppress_below"])

    def cut_at(self, path: str, questionnaire: str | None = None) -> Cut:
        """The moment at which a locality's numbers (of one questionnaire, or of all) changed last; the round's own
        where that is not known."""
        if not self.revisions:
            return self.cut
        asked = self.questionnaires() if questionnaire is None else [questionnaire]
        found = [self.revisions.get(leaf, 0) for each in asked for leaf in self.leaves_at(path, each)]
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
        selected = set(self.round.get("selected", ()))
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

    def shown(self, questionnaire: str) -> dict[str, Shown]:
        """What may be shown of each locality, for one questionnaire."""
        if questionnaire not in self._shown:
            counts = {
                path: sum(self.leaves[leaf].n for leaf in self.leaves_at(path, questionnaire))
                for path in self.localities
            }
            levels = {path: row.level for path, row in self.localities.items()}
            respondent = self.book(questionnaire).respondent
            self._shown[questionnaire] = decide(counts, levels, respondent, self.suppress_below)
        return self._shown[questionnaire]

    def expected_at(self, path: str, questionnaire: str) -> int:
        return sum(
            each.quantity
            for each in self.expected
            if each.questionnaire == questionnaire and (each.path == path or each.path.startswith(path + "/"))
        )

    def estimate(self, path: str, questionnaire: str, score: str, whole: str | None = None) -> Estimate | None:
        """The mean of a score at a locality; None where nobody has one.

        People are a sample: clusters are the localities of collection, the interval is Student's t with clusters − 1
        degrees of freedom (persons − 1 within one cluster). Committees are counted completely: no interval.
        `whole`: a locality that contains this one, to compare with; the covariance of a part with its whole counts.
        """
        clusters = self._clusters(path, questionnaire, score)
        if not clusters:
            return None
        own = _total(clusters.values())
        if self.book(questionnaire).respondent == "organisation":
            return Estimate(own.mean, own.n)
        variance, df = _variance(clusters, own)
        differs = None
        if whole is not None and whole != path:
            differs = self._differs(clusters, own, self._clusters(whole, questionnaire, score))
        if variance is None or df < 1:
            return Estimate(own.mean, own.n, differs=differs)
        se = math.sqrt(variance)
        reach = t_quantile(0.975, float(df)) * se
        return Estimate(
            own.mean, own.n, se, max(own.mean - reach, 0.0), min(own.mean + reach, 100.0), _deff(own, variance), differs
        )

    def _clusters(self, path: str, questionnaire: str, score: str) -> dict[tuple[str, str], Moments]:
        """Moments by cluster of collection."""
        found: dict[tuple[str, str], list[Moments]] = {}
        for leaf in self.leaves_at(path, questionnaire):
            moments = self.leaves[leaf].moments.get(score)
            if moments is not None and moments.n:
                found.setdefault((leaf.stratum, leaf.cluster or leaf.path), []).append(moments)
        return {cluster: _total(parts) for cluster, parts in found.items()}

    def _differs(
        self, part: dict[tuple[str, str], Moments], own: Moments, whole: dict[tuple[str, str], Moments]
    ) -> bool | None:
        """Whether a part's mean differs from its whole's at 5 %, by the linearised difference over clusters."""
        if len(whole) < 3:
            return None
        total = _total(whole.values())
        if not whole.keys() - part.keys():
            return None
        z = [
            ((part[c].wy - own.mean * part[c].w) / own.w if c in part else 0.0)
            - (m.wy - total.mean * m.w) / total.w
            for c, m in whole.items()
        ]  # fmt: skip
        k = len(z)
        centre = math.fsum(z) / k
        variance = k / (k - 1) * math.fsum((each - centre) ** 2 for each in z)
        if variance <= 0:
            return None
        return abs(own.mean - total.mean) > t_quantile(0.975, k - 1.0) * math.sqrt(variance)


def _and_above(path: str) -> Iterable[str]:
    codes = path.split("/")
    return ("/".join(codes[: depth + 1]) for depth in range(len(codes)))


def _total(parts: Iterable[Moments]) -> Moments:
    columns = list(zip(*parts, strict=True))
    return Moments(sum(columns[0]), *(math.fsum(column) for column in columns[1:]))


def _variance(clusters: Mapping[tuple[str, str], Moments], own: Moments) -> tuple[float | None, int]:
    """Taylor linearisation of a ratio mean; Särndal, Swensson, Wretman (1992), 5.5–5.6. And its degrees of freedom."""
    k = len(clusters)
    if k == 1:
        if own.n < 2:
            return None, 0
        spread = math.fsum([own.wwyy, -2 * own.mean * own.wwy, own.mean**2 * own.ww])
        return max(spread, 0.0) * own.n / (own.n - 1) / own.w**2, own.n - 1
    z = [(m.wy - own.mean * m.w) / own.w for m in clusters.values()]
    centre = math.fsum(z) / k
    return k / (k - 1) * math.fsum((each - centre) ** 2 for each in z), k - 1


def _deff(own: Moments, variance: float) -> float | None:
    """Against a simple random sample of as many persons."""
    if own.n < 2:
        return None
    spread = max(own.wyy / own.w - own.mean**2, 0.0) * own.n / (own.n - 1)
    return variance / (spread / own.n) if spread > 0 else None
