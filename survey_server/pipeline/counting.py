"""The running tally: adds changes of responses to the stored leaves, a slice at a time.

Only the publisher counts. Each step is one short reading of the database, work outside any transaction, and one short
writing, which also deletes the changes that were counted: what is interrupted is repeated whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from analysis.answer_columns import Sums
from analysis.counter import N, ResponseCounter, add_sums
from analysis.tally import LeafTally
from survey_server.clock import now_text
from survey_server.domain import LeafKey, TalliedResponse
from survey_server.pipeline.build import program_digest
from survey_server.pipeline.contributions import Contributions
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import Connection, Database, leaf_tallies, response_changes, responses
from survey_server.storage.leaf_tallies import CountedLeaf
from survey_server.storage.response_changes import ResponseChange

MAX_CHANGES = 2_000  # counted in one slice
MAX_PLANNED_CHANGES = 50_000  # divided into slices by leaf: the fewer leaves a slice has, the less is written
MAX_RECOUNTED_LEAVES = 100  # in one slice
MAX_RECOUNTED_RESPONSES = 5_000  # after which a slice takes no further leaf
MAX_KNOWN_LEAVES = 2_000  # whose sums stay in memory between two slices


class CountedElsewhereError(RuntimeError):
    """Another process has counted the same changes; nothing was stored."""


@dataclass(frozen=True, slots=True)
class CountedSlice:
    """The ids of the rounds whose leaves were written. `is_recount`: because another program had counted them, which
    may be true of further leaves."""

    rounds: frozenset[int]
    is_recount: bool = False


class RunningTally:
    """Of one database. Between two slices it remembers the sums of the leaves that changed last; a leaf that was
    stored since with another revision is read again."""

    def __init__(self, database: Database, versions: QuestionnaireVersions | None = None) -> None:
        program_digest()  # cached now: an upgrade may replace the files while this process runs
        self._database = database
        self._contributions = Contributions(versions or QuestionnaireVersions(database))
        self._sums: dict[LeafKey, tuple[int, Sums]] = {}  # with the leaf's revision
        self._planned: list[list[int]] = []  # the ids of changes that the next slices will count, the last first

    def count_slice(self) -> CountedSlice | None:
        """Recount some of the leaves that another program counted; where there are none, count changes: the oldest and
        others of the same leaves. None where nothing waits. Raises DatabaseError, CountedElsewhereError; it can then be
        called again."""
        with self._database.read() as connection:
            outdated = leaf_tallies.counted_by_others(connection, program_digest(), MAX_RECOUNTED_LEAVES)
            if outdated:
                self._planned.clear()
                recount = _Recount.read(connection, self._contributions, outdated)
            else:
                changes = self._next_changes(connection)
                stored = leaf_tallies.find(connection, {each.key for each in changes})
        if outdated:
            return recount.store(self._database, self._contributions)
        if not changes:
            self._sums.clear()  # nothing changes now: leave the memory to others
            return None
        return self._add(changes, stored)

    def _next_changes(self, connection: Connection) -> list[ResponseChange]:
        """Of the next slice, which is no longer planned then; where storing it fails, it will be planned again."""
        while self._planned or self._plan(connection):
            ids = self._planned.pop()
            changes = response_changes.find(connection, ids)
            if len(changes) == len(ids):
                return changes
            self._planned.clear()  # another process has counted some of them
        return []

    def _plan(self, connection: Connection) -> bool:
        """Whether any change waits."""
        by_leaf = response_changes.oldest_ids(connection, MAX_PLANNED_CHANGES)
        ids = [id_ for own in by_leaf.values() for id_ in own]
        self._planned = [ids[start : start + MAX_CHANGES] for start in range(0, len(ids), MAX_CHANGES)][::-1]
        return bool(ids)

    def _add(self, changes: list[ResponseChange], stored: Mapping[LeafKey, CountedLeaf]) -> CountedSlice:
        sums: dict[LeafKey, Sums] = {}
        leaves: list[CountedLeaf] = []
        damaged: list[CountedLeaf] = []
        for key, added in self._sums_by_leaf(changes).items():
            counter, leaf = self._contributions.counter(key.questionnaire, key.version), stored.get(key)
            if counter is None:
                if leaf is None:  # so that it can be recounted once the version can be read
                    leaves.append(CountedLeaf(key, 0, LeafTally().to_json(), 0))
                continue
            after = self._take_sums(counter, leaf) if leaf is not None else {}
            if after:
                add_sums(after, added)
            elif after is not None:
                after = added
            if after is not None and after.get(N, 0) >= 0:
                sums[key] = after
                leaves.append(CountedLeaf(key, after.get(N, 0), counter.to_tally(after).to_json(), 0))
            elif leaf is not None:
                damaged.append(leaf)
        if damaged:
            self._database.write(lambda connection: leaf_tallies.put(connection, [_outdated(each) for each in damaged]))
            return CountedSlice(frozenset(), is_recount=True)  # the next slice does it
        revisions = self._store(changes, leaves)
        if len(self._sums) + len(sums) > MAX_KNOWN_LEAVES:
            self._sums.clear()
        self._sums.update({key: (revisions[key], each) for key, each in sums.items()})
        return CountedSlice(frozenset(key.round_id for key in revisions))

    def _store(self, changes: list[ResponseChange], leaves: list[CountedLeaf]) -> dict[LeafKey, int]:
        """Returns the new revision of each leaf."""
        ids, program = [each.id for each in changes], program_digest()

        def store(connection: Connection) -> dict[LeafKey, int]:
            if response_changes.remove(connection, ids) != len(ids):
                raise CountedElsewhereError
            revisions = _new_revisions(connection, self._contributions, [each.key for each in leaves], max(ids))
            counted = [replace(each, revision=revisions[each.key], counted_by=program) for each in leaves]
            leaf_tallies.put(connection, counted)
            return revisions

        return self._database.write(store)

    def _sums_by_leaf(self, changes: Iterable[ResponseChange]) -> dict[LeafKey, Sums]:
        rows: dict[LeafKey, dict[int, list[TalliedResponse]]] = {}
        for each in changes:
            rows.setdefault(each.key, {}).setdefault(each.sign, []).append(each.response)
        found: dict[LeafKey, Sums] = {}
        for key, by_sign in rows.items():
            own = found[key] = self._contributions.sums(by_sign.get(1, []))[0]
            if -1 in by_sign:
                add_sums(own, self._contributions.sums(by_sign[-1])[0], -1)
        return found

    def _take_sums(self, counter: ResponseCounter, leaf: CountedLeaf) -> Sums | None:
        """The sums of a stored leaf, to be changed: they are forgotten until the change is stored. None where the
        stored tally cannot be read."""
        known = self._sums.pop(leaf.key, None)
        if known is not None and known[0] == leaf.revision:
            return known[1]
        try:
            return counter.to_sums(LeafTally.from_json(leaf.tally))
        except (LookupError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class _Recount:
    """Leaves as they were stored, and counted whole from their responses; `changes`: the ids of the changes that this
    includes, by leaf."""

    before: list[CountedLeaf]
    counted: dict[LeafKey, CountedLeaf]
    changes: dict[LeafKey, list[int]]

    @classmethod
    def read(cls, connection: Connection, contributions: Contributions, outdated: list[CountedLeaf]) -> _Recount:
        waiting = response_changes.ids_by_leaf(connection)
        recount, responses_read = cls([], {}, {}), 0
        for each in outdated:
            rows = responses.of_leaf(connection, each.key)
            recount.before.append(each)
            tally, _ = contributions.tally(rows)
            counted = replace(each, n=tally.n, tally=tally.to_json(), counted_by=program_digest())
            recount.counted[each.key] = counted
            recount.changes[each.key] = waiting.get(each.key, [])
            responses_read += len(rows)
            if responses_read >= MAX_RECOUNTED_RESPONSES:
                break
        return recount

    def store(self, database: Database, contributions: Contributions) -> CountedSlice:
        """A leaf whose numbers are the same keeps its revision; otherwise it gets a new one."""
        same = [each for each in self.before if self._is_same(each)]
        other = [each for each in self.before if not self._is_same(each)]
        changes = [id_ for each in self.changes.values() for id_ in each]

        def store(connection: Connection) -> None:
            if response_changes.remove(connection, changes) != len(changes):
                raise CountedElsewhereError
            leaf_tallies.put(connection, [self.counted[each.key] for each in same])
            revisions = _new_revisions(connection, contributions, [each.key for each in other], max(changes, default=0))
            now = [replace(self.counted[each.key], revision=revisions[each.key]) for each in other]
            leaf_tallies.put(connection, now)

        database.write(store)
        return CountedSlice(frozenset(each.key.round_id for each in self.before), is_recount=True)

    def _is_same(self, before: CountedLeaf) -> bool:
        counted = self.counted[before.key]
        return (counted.n, counted.tally) == (before.n, before.tally)


def count_waiting(database: Database) -> None:
    """Count all changes that were noted, where no publisher runs: while a survey is prepared."""
    tally = RunningTally(database)
    while tally.count_slice() is not None:
        pass


def _new_revisions(
    connection: Connection, contributions: Contributions, keys: list[LeafKey], last_change: int
) -> dict[LeafKey, int]:
    """A new revision of each leaf. Those of organisations get the round's next one. Those of people, who may wait to be
    published, must not move the round's revisions, whose gaps would tell of them: they get minus the id of the last
    change that was counted."""
    at = now_text()
    public = [key for key in keys if contributions.is_about_organisations(key.questionnaire, key.version)]
    rounds = {id_: leaf_tallies.add_revision(connection, id_, at) for id_ in sorted({key.round_id for key in public})}
    return dict.fromkeys(keys, -last_change) | {key: rounds[key.round_id] for key in public}


def _outdated(leaf: CountedLeaf) -> CountedLeaf:
    return replace(leaf, counted_by="")
