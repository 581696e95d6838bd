"""The running tally: adds changes of responses to the stored leaves, a slice at a time.

Only the publisher counts. Each step is one short reading of the database, work outside any transaction, and one short
writing, which also deletes the changes that were counted: what is interrupted is repeated whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from analysis.counter import Atom, ResponseCounter, Sums, add_atoms
from analysis.tally import LeafTally
from survey_server.clock import now_text
from survey_server.domain import LeafKey
from survey_server.pipeline.build import program_digest
from survey_server.pipeline.contributions import Contributions
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import Connection, Database, leaf_tallies, response_changes, responses
from survey_server.storage.leaf_tallies import CountedLeaf
from survey_server.storage.response_changes import ResponseChange

MAX_CHANGES = 2_000  # counted in one slice
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

    def count_slice(self) -> CountedSlice | None:
        """Recount some of the leaves that another program counted; where there are none, count the oldest changes.
        None where nothing waits. Raises DatabaseError, CountedElsewhereError; it can then be called again."""
        with self._database.read() as connection:
            outdated = leaf_tallies.counted_by_others(connection, program_digest(), MAX_RECOUNTED_LEAVES)
            if outdated:
                recount = _Recount.read(connection, self._contributions, outdated)
            else:
                changes = response_changes.oldest(connection, MAX_CHANGES)
                stored = leaf_tallies.find(connection, {each.key for each in changes})
        if outdated:
            return recount.store(self._database)
        if not changes:
            self._sums.clear()  # nothing changes now: leave the memory to others
            return None
        return self._add(changes, stored)

    def _add(self, changes: list[ResponseChange], stored: Mapping[LeafKey, CountedLeaf]) -> CountedSlice:
        sums: dict[LeafKey, Sums] = {}
        tallies: dict[LeafKey, LeafTally] = {}
        damaged: list[CountedLeaf] = []
        for key, counted in self._atoms_by_leaf(changes).items():
            counter, leaf = self._contributions.counter(key.questionnaire, key.version), stored.get(key)
            if counter is None:
                if leaf is None:
                    tallies[key] = LeafTally()  # so that it can be recounted once the version can be read
                continue
            before = self._take_sums(counter, leaf) if leaf is not None else {}
            sums[key] = add_atoms(before, counted) if before is not None else {}
            tallies[key] = counter.to_tally(sums[key])
            if leaf is not None and (before is None or tallies[key].n < 0):
                damaged.append(leaf)
        if damaged:
            self._database.write(lambda connection: leaf_tallies.put(connection, [_outdated(each) for each in damaged]))
            return CountedSlice(frozenset(), is_recount=True)  # the next slice does it
        revisions = self._store(changes, tallies)
        if len(self._sums) + len(sums) > MAX_KNOWN_LEAVES:
            self._sums.clear()
        self._sums.update({key: (revisions[key.round_id], each) for key, each in sums.items()})
        return CountedSlice(frozenset(revisions))

    def _store(self, changes: list[ResponseChange], tallies: Mapping[LeafKey, LeafTally]) -> dict[int, int]:
        """Returns the new revision of each round."""

        def store(connection: Connection) -> dict[int, int]:
            ids = [each.id for each in changes]
            if response_changes.remove(connection, ids) != len(ids):
                raise CountedElsewhereError
            revisions = _add_revisions(connection, {key.round_id for key in tallies})
            leaves = [_counted(key, tally, revisions[key.round_id]) for key, tally in tallies.items()]
            leaf_tallies.put(connection, leaves)
            return revisions

        return self._database.write(store)

    def _atoms_by_leaf(self, changes: Iterable[ResponseChange]) -> dict[LeafKey, Counter[Atom]]:
        found: dict[LeafKey, Counter[Atom]] = {}
        for each in changes:
            counted = found.setdefault(each.key, Counter())
            atoms = self._contributions.atoms(each.response)
            if atoms is not None:
                (counted.update if each.sign > 0 else counted.subtract)(atoms)
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
    """Leaves counted whole from their responses; `changes`: the ids of the changes that this includes, by leaf."""

    before: list[CountedLeaf]
    tallies: dict[LeafKey, LeafTally]
    changes: dict[LeafKey, list[int]]

    @classmethod
    def read(cls, connection: Connection, contributions: Contributions, outdated: list[CountedLeaf]) -> _Recount:
        waiting = response_changes.ids_by_leaf(connection)
        recount, responses_read = cls([], {}, {}), 0
        for each in outdated:
            rows = responses.of_leaf(connection, each.key)
            recount.before.append(each)
            recount.tallies[each.key], _ = contributions.tally(rows)
            recount.changes[each.key] = waiting.get(each.key, [])
            responses_read += len(rows)
            if responses_read >= MAX_RECOUNTED_RESPONSES:
                break
        return recount

    def store(self, database: Database) -> CountedSlice:
        """A leaf whose numbers are the same keeps its revision; otherwise it gets a new one. What was released of it
        follows if it was this very count: both are about the same people, so that the difference discloses nobody."""
        same = [each for each in self.before if self._is_same(each)]
        other = [each for each in self.before if not self._is_same(each)]
        changes = [id_ for each in self.changes.values() for id_ in each]

        def store(connection: Connection) -> None:
            if response_changes.remove(connection, changes) != len(changes):
                raise CountedElsewhereError
            leaf_tallies.put(connection, [replace(each, counted_by=program_digest()) for each in same])
            touched = {each.key.round_id for each in other}
            revisions = _add_revisions(connection, touched)
            released = {
                key: r for id_ in touched for key, r in leaf_tallies.revisions(connection, id_, released=True).items()
            }
            now = {each: _counted(each.key, self.tallies[each.key], revisions[each.key.round_id]) for each in other}
            leaf_tallies.put(connection, [*now.values()])
            unmoved = [each for each in other if not self.changes[each.key]]
            follow = [now[each] for each in unmoved if released.get(each.key) == each.revision]
            leaf_tallies.release(connection, follow)

        database.write(store)
        return CountedSlice(frozenset(each.key.round_id for each in self.before), is_recount=True)

    def _is_same(self, leaf: CountedLeaf) -> bool:
        tally = self.tallies[leaf.key]
        return (tally.n, tally.to_json()) == (leaf.n, leaf.tally)


def count_waiting(database: Database) -> None:
    """Count what waits, where no publisher runs: while a survey is prepared."""
    tally = RunningTally(database)
    while tally.count_slice() is not None:
        pass


def _add_revisions(connection: Connection, round_ids: Iterable[int]) -> dict[int, int]:
    """A new revision of each round."""
    at = now_text()
    return {id_: leaf_tallies.add_revision(connection, id_, at) for id_ in sorted(round_ids)}


def _counted(key: LeafKey, tally: LeafTally, revision: int) -> CountedLeaf:
    return CountedLeaf(key, tally.n, tally.to_json(), revision, program_digest())


def _outdated(leaf: CountedLeaf) -> CountedLeaf:
    return replace(leaf, counted_by="")
