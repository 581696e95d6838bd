"""The versions that a round's charts should have: revisions from the stored leaves, build digests from the context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.round_tally import COUNTRY, with_ancestors
from analysis.tally import LeafTally
from survey_server.domain import ALL_QUESTIONNAIRES, ChartKey, ChartVersion, RequiredVersions
from survey_server.pipeline.cohorts.leaves import read_published_people
from survey_server.pipeline.context import RoundContext
from survey_server.pipeline.draw import BundleGroup
from survey_server.pipeline.round_tally import organisation_versions
from survey_server.storage import Connection, Database, chart_versions, organisation_leaves

MAX_ROWS = 1_000  # written in one transaction, so that uploads do not wait long
Versions = dict[tuple[str, str], ChartVersion]


@dataclass(frozen=True, slots=True)
class Revisions:
    """`at`: the revision at which the numbers of a questionnaire at and below a path changed last; of all
    questionnaires under ALL_QUESTIONNAIRES."""

    newest: int
    at: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class RoundState:
    """What the charts of a round are drawn from. `ahead`: the paths that are drawn before any request."""

    context: RoundContext
    newest: ChartVersion
    required: Versions
    ahead: tuple[str, ...]

    @classmethod
    def make(cls, context: RoundContext, build: str, revisions: Revisions) -> RoundState:
        required = {key: ChartVersion(revision, build) for key, revision in revisions.at.items()}
        return cls(context, ChartVersion(revisions.newest, build), required, (COUNTRY, *context.info.selected))

    def required_at(self, path: str) -> RequiredVersions:
        ids = (*questionnaires(self.context), ALL_QUESTIONNAIRES)
        found = {id_: self.required[path, id_] for id_ in ids if (path, id_) in self.required}
        return RequiredVersions(self.newest, found)

    def path_of(self, key: ChartKey) -> str | None:
        """The path of a locality of the round; None for an unknown one."""
        rows = self.context.localities.values()
        return next((row.path for row in rows if (row.level, row.code) == (key.level, key.code)), None)

    def groups_at(self, path: str) -> Iterator[BundleGroup]:
        """What a locality's page consists of, in its order."""
        required = self.required_at(path)
        for position, id_ in enumerate((*questionnaires(self.context), ALL_QUESTIONNAIRES)):
            yield BundleGroup(id_, position, required.of(id_).build)


def questionnaires(context: RoundContext) -> list[str]:
    """In the order of the codebook."""
    return list(dict.fromkeys(id_ for id_, _version in context.codebook.questionnaires))


def read_revisions(database: Database, context: RoundContext) -> Revisions:
    """From what charts are drawn from: the leaves of organisations, and what is published of people."""
    round_id = context.round.id
    with database.read() as connection:
        organisations = organisation_leaves.revisions(connection, round_id, organisation_versions(context))
        people = read_published_people(connection, round_id, lambda _text: LeafTally()).revisions
        newest = max(organisation_leaves.revision_times(connection, round_id), default=0)
    found: dict[tuple[str, str], int] = {}
    for path, questionnaire, revision in (
        *((context.paths.get(key.locality_id), key.questionnaire, each) for key, each in organisations.items()),
        *((leaf.path, leaf.questionnaire, each) for leaf, each in people.items()),
    ):
        for above in with_ancestors(path) if path is not None else ():
            for id_ in (questionnaire, ALL_QUESTIONNAIRES):
                found[above, id_] = max(found.get((above, id_), 0), revision)
    return Revisions(newest, found)


def write_required(database: Database, state: RoundState, before: Mapping[tuple[str, str], ChartVersion]) -> None:
    """Store the versions that differ from `before`, which is what is stored, in several short transactions."""
    code = state.context.round.code
    gone = {key: ChartVersion(0, state.newest.build) for key in before if key not in state.required}
    wanted = {**gone, **state.required}
    changed = [(key, version) for key, version in wanted.items() if before.get(key) != version]
    for start in range(0, max(len(changed), 1), MAX_ROWS):
        some = dict(changed[start : start + MAX_ROWS])

        def store(connection: Connection, some: Versions = some) -> None:
            chart_versions.put(connection, code, state.newest, some)

        database.write(store)
