"""The drawn charts of localities: how they are addressed, versioned and grouped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

ALL_QUESTIONNAIRES = ""
"""Stands for a questionnaire where charts are about all of them together."""
EVERYONE, CENTRE, COORDINATOR, COORDINATOR_BELOW = "everyone", "centre", "coordinator", "coordinator_below"
"""The audiences of a bundle of charts: all who have the locality in their area, the roles of the centre, coordinators,
coordinators of a locality below, who see the locality's own figures without its other parts."""


@dataclass(frozen=True, slots=True)
class ChartKey:
    """Addresses the charts of a locality in a round, as their URL does."""

    round: str
    level: str
    code: str


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """Something to be drawn: all charts of a locality, or (with `chart`) one chart as PNG or PDF."""

    key: ChartKey
    chart: str = ""
    language: str = ""
    format: str = ""


class ChartVersion(NamedTuple):
    """The version of a chart: the revision at which its numbers changed, and the build digest, which covers everything
    else that it is drawn by and from (docs/decisions/0005).
    """

    revision: int
    build: str

    @property
    def name(self) -> str:
        """The first part of the names of its files."""
        return f"{self.revision}-{self.build}"

    def satisfies(self, required: ChartVersion) -> bool:
        """A drawing may have read newer numbers than those that were required when it began."""
        return self.build == required.build and self.revision >= required.revision


@dataclass(frozen=True, slots=True)
class ChartBundle:
    """A locality's charts of one questionnaire (or of ALL_QUESTIONNAIRES) in one language, which are drawn together and
    lie in one file. `charts`: their entries in the manifest, as JSON; `sha256`, `size`: of the file, "" and 0 where
    there are no charts; `is_answered`: whether responses came, or how many may not be shown."""

    questionnaire: str
    language: str
    audience: str
    position: int
    version: ChartVersion
    evidence: str
    is_answered: bool
    charts: str
    sha256: str
    size: int
    generated_at: str = ""  # an instant in UTC as ISO text; of a stored bundle

    @property
    def group(self) -> tuple[str, str]:
        """Bundles of one group are replaced together."""
        return self.questionnaire, self.language


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """The charts of a locality as they were drawn last; `generated_at` is an instant in UTC as ISO text."""

    generated_at: str
    simulated: bool
    bundles: tuple[ChartBundle, ...]


@dataclass(frozen=True, slots=True)
class RequiredVersions:
    """The versions that a locality's charts should have, by questionnaire and audience; `newest`: of the round. The
    audience is COORDINATOR where coordinators are shown other numbers than the centre, else ""."""

    newest: ChartVersion
    by_group: dict[tuple[str, str], ChartVersion]

    def of(self, questionnaire: str, audience: str = "") -> ChartVersion:
        is_apart = audience == COORDINATOR or (audience == COORDINATOR_BELOW and questionnaire == ALL_QUESTIONNAIRES)
        found = self.by_group.get((questionnaire, COORDINATOR if is_apart else ""))
        return found or ChartVersion(0, self.newest.build)

    def of_bundle(self, bundle: ChartBundle) -> ChartVersion:
        return self.of(bundle.questionnaire, bundle.audience)
