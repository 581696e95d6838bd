"""The versions that a round's charts should have: revisions from the stored leaves, build digests from the context."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from analysis.disclosure import Audience
from analysis.round_tally import COUNTRY, RoundTally, with_ancestors
from analysis.tally import LeafTally
from survey_server.domain import ALL_QUESTIONNAIRES, COORDINATOR, ChartKey, ChartVersion, RequiredVersions
from survey_server.pipeline.cohorts.leaves import read_published_people
from survey_server.pipeline.context import RoundContext
from survey_server.pipeline.draw import BundleGroup
from survey_server.pipeline.round_tally import organisation_versions, outline_release
from survey_server.services.releases import Release
from survey_server.storage import Connection, Database, chart_versions, organisation_leaves
from survey_server.storage.chart_versions import RequiredKey

MAX_ROWS = 1_000  # written in one transaction, so that uploads do not wait long
Versions = dict[RequiredKey, ChartVersion]


@dataclass(frozen=True, slots=True)
class Revisions:
    """`at`: the revision at which the numbers of a questionnaire at and below a path changed last; of all
    questionnaires under ALL_QUESTIONNAIRES. `release`: what coordinators are shown of people, `outline` says how many
    people; of a cut the revisions are 0, since its build digest tells it from others."""

    newest: int
    at: Mapping[RequiredKey, int]
    release: Release | None
    outline: RoundTally


@dataclass(frozen=True, slots=True)
class RoundState:
    """What the charts of a round are drawn from. `ahead`: the paths that are drawn before any request."""

    context: RoundContext
    newest: ChartVersion
    required: Versions
    ahead: tuple[str, ...]
    release: Release | None
    outline: RoundTally

    @classmethod
    def make(cls, context: RoundContext, build: str, revisions: Revisions) -> RoundState:
        builds = dict.fromkeys(revisions.at, build)
        if revisions.release is not None:
            own = released_build(build, revisions.release)
            builds |= {key: own for key in builds if key[2] == COORDINATOR and key[1] != ALL_QUESTIONNAIRES}
        required = {key: ChartVersion(revision, builds[key]) for key, revision in revisions.at.items()}
        newest, ahead = ChartVersion(revisions.newest, build), (COUNTRY, *context.info.selected)
        return cls(context, newest, required, ahead, revisions.release, revisions.outline)

    @property
    def released_build(self) -> str:
        """The build digest of charts of what was released; "" where nothing was."""
        return released_build(self.newest.build, self.release) if self.release is not None else ""

    def required_at(self, path: str) -> RequiredVersions:
        groups = product((*questionnaires(self.context), ALL_QUESTIONNAIRES), ("", COORDINATOR))
        return RequiredVersions(
            self.newest, {group: self.required[path, *group] for group in groups if (path, *group) in self.required}
        )

    def audiences_at(self, path: str, questionnaire: str) -> set[str]:
        """For whom there are charts of a questionnaire."""
        found = {*self.outline.audiences(path, questionnaire or None)}
        if (path, questionnaire, COORDINATOR) in self.required and questionnaire:
            found.add(Audience.COORDINATOR)
        return {each.value for each in found}

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


def released_build(build: str, release: Release) -> str:
    """The build digest of charts of what was released: another release is drawn again."""
    return hashlib.sha256(f"{build} {release.name}".encode()).hexdigest()[: len(build)]


def read_revisions(database: Database, context: RoundContext, release: Release | None) -> Revisions:
    """From what charts are drawn from: the leaves of organisations, and what is published of people, or released."""
    round_id = context.round.id
    with database.read() as connection:
        outline = outline_release(connection, context, release)
        organisations = organisation_leaves.revisions(connection, round_id, organisation_versions(context))
        people = read_published_people(connection, round_id, lambda _text: LeafTally()).revisions
        newest = max(organisation_leaves.revision_times(connection, round_id), default=0)
    found: dict[RequiredKey, int] = {}

    def note(path: str, groups: Iterable[tuple[str, str]], revision: int) -> None:
        for group in groups:
            found[path, *group] = max(found.get((path, *group), 0), revision)

    for key, revision in organisations.items():
        path = context.paths.get(key.locality_id)
        for above in with_ancestors(path) if path is not None else ():
            note(
                above, ((key.questionnaire, ""), (ALL_QUESTIONNAIRES, ""), (ALL_QUESTIONNAIRES, COORDINATOR)), revision
            )
    for leaf, revision in people.items():
        for above in with_ancestors(leaf.path):
            note(above, ((leaf.questionnaire, ""), (ALL_QUESTIONNAIRES, "")), revision)
    is_live = release is not None and release.cut is None
    for above, questionnaire in {(above, leaf.questionnaire) for leaf in people for above in with_ancestors(leaf.path)}:
        if outline.is_open_to_coordinators(above, questionnaire):
            found[above, questionnaire, COORDINATOR] = found[above, questionnaire, ""] if is_live else 0
    return Revisions(newest, found, release, outline)


def write_required(database: Database, state: RoundState, before: Mapping[RequiredKey, ChartVersion]) -> None:
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
