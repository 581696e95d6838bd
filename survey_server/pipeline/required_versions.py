"""The versions that a round's charts should have: revisions from the stored leaves, build digests from the context."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.round_tally import COUNTRY, with_ancestors
from survey_server.domain import ALL_QUESTIONNAIRES, ChartKey, ChartVersion, LeafKey, RequiredVersions
from survey_server.pipeline.context import RoundContext, is_about_people
from survey_server.pipeline.draw import BundleGroup
from survey_server.storage import Connection, Database, chart_versions, leaf_tallies, strata

MAX_ROWS = 1_000  # written in one transaction, so that uploads do not wait long
Versions = dict[tuple[str, str], ChartVersion]


@dataclass(frozen=True, slots=True)
class Revisions:
    """`at`: the revision at which the numbers of a questionnaire at and below a path changed last; of all
    questionnaires under ALL_QUESTIONNAIRES. `people`: a digest of which leaves about people there are."""

    newest: int
    at: Mapping[tuple[str, str], int]
    people: str

    def newest_version(self, build: str) -> ChartVersion:
        return ChartVersion(self.newest, build)


@dataclass(frozen=True, slots=True)
class RoundState:
    """What the charts of a round are drawn from. `suppressed`: suppression digests by path; `ahead`: the paths that are
    drawn before any request."""

    context: RoundContext
    newest: ChartVersion
    required: Versions
    suppressed: Mapping[str, str]
    ahead: tuple[str, ...]

    @classmethod
    def make(cls, context: RoundContext, build: str, revisions: Revisions, suppressed: Mapping[str, str]) -> RoundState:
        about_people = {id_ for id_ in questionnaires(context) if is_about_people(context, id_)} | {ALL_QUESTIONNAIRES}
        required = {
            (path, id_): ChartVersion(revision, build + (suppressed.get(path, "") if id_ in about_people else ""))
            for (path, id_), revision in revisions.at.items()
        }
        return cls(context, revisions.newest_version(build), required, suppressed, (COUNTRY, *context.info.selected))

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
    """From the leaves that charts are drawn from: the current ones of organisations, the released ones of people."""
    round_id = context.round.id
    about_people = {id_ for id_ in questionnaires(context) if is_about_people(context, id_)}
    with database.read() as connection:
        live = leaf_tallies.revisions(connection, round_id)
        released = leaf_tallies.revisions(connection, round_id, released=True)
        resized = {key: size.revision for key, size in strata.of_round(connection, round_id).items()}
        newest = max(leaf_tallies.revision_times(connection, round_id), default=0)
    known = {key: revision for key, revision in live.items() if key.questionnaire not in about_people}
    people = {
        key: max(revision, resized.get((key.questionnaire, key.stratum), 0))
        for key, revision in released.items()
        if key.questionnaire in about_people
    }
    digest = hashlib.sha256(repr(sorted((*_sorted(key), rev) for key, rev in people.items())).encode()).hexdigest()
    return Revisions(newest, _at_paths(context, {**known, **people}), digest if people else "")


def _sorted(key: LeafKey) -> tuple[object, ...]:
    return key.locality_id, key.questionnaire, key.version, key.evidence, key.state, key.stratum, key.cluster


def _at_paths(context: RoundContext, leaves: Mapping[LeafKey, int]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for key, revision in leaves.items():
        own = context.paths.get(key.locality_id)
        for path in with_ancestors(own) if own is not None else ():
            for id_ in (key.questionnaire, ALL_QUESTIONNAIRES):
                found[path, id_] = max(found.get((path, id_), 0), revision)
    return found


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
