"""A round's tally for charts: stored leaves, of people's answers those that were released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from analysis.disclosure import releasable
from analysis.round_tally import Cut, LeafId, RoundTally, units_by_stratum
from analysis.tally import LeafTally
from survey_server.clock import now_text
from survey_server.domain.responses import LeafKey
from survey_server.pipeline.books import RoundBooks
from survey_server.storage import leaf_tallies, strata
from survey_server.storage.database import Connection, Database
from survey_server.storage.leaf_tallies import CountedLeaf
from survey_server.storage.strata import StratumSize


class ReadLeaves:
    """Leaves as they were read last, by their JSON: of a thousand leaves a new response changes one, and reading the
    others anew would take most of the time until it is in the charts."""

    def __init__(self) -> None:
        self._last: dict[str, LeafTally] = {}

    def __call__(self, texts: Iterable[str]) -> Mapping[str, LeafTally]:
        self._last = {text: self._last.get(text) or LeafTally.from_json(text) for text in texts}
        return self._last


def release(database: Database, books: RoundBooks) -> None:
    """Move on the leaves about people that may be: ten more answered, or it is the first time. With them go the sizes
    of their strata."""
    with database.read() as connection:
        current = _people(books, leaf_tallies.of_round(connection, books.round.id))
        released = _people(books, leaf_tallies.of_round(connection, books.round.id, released=True))
        sizes = strata.of_round(connection, books.round.id)
        newest = max(leaf_tallies.revision_times(connection, books.round.id), default=0)
    moving: list[CountedLeaf] = []
    for group in {*current, *released}:
        now, before = current.get(group, {}), released.get(group, {})
        counts_now, counts_before = _counts(books, now), _counts(books, before)
        paths = releasable(counts_now, counts_before, books.about["suppress_below"])
        moving += [
            now.get(key, CountedLeaf(key, 0, "", 0))
            for key in {*now, *before}
            if books.paths.get(key.locality_id, "") in paths
        ]
    after = {each.key: each for each in (*chain.from_iterable(g.values() for g in released.values()), *moving)}
    resized = _resized(books, after.values(), sizes, newest)

    def store(connection: Connection) -> None:
        leaf_tallies.put(connection, moving, released=True)
        strata.put(connection, books.round.id, resized)

    if moving or resized:
        database.write(store)


def _resized(
    books: RoundBooks, leaves: Iterable[CountedLeaf], known: Mapping[tuple[str, str], StratumSize], newest: int
) -> list[StratumSize]:
    """Strata whose number of units is another than it was. One that was not there before changed nothing."""
    there = [each.key for each in leaves if each.n and each.key.locality_id in books.paths]
    units = units_by_stratum(leaf_id(books, key) for key in there)
    return [
        StratumSize(*key, units[key], newest if key in known else 0)
        for key in sorted({*units, *known})
        if key not in known or known[key].units != units[key]
    ]


def read_round_tally(database: Database, books: RoundBooks, read: ReadLeaves | None = None) -> RoundTally:
    """What may be published: organisations as they are, people as they were released. `read`: what an earlier call
    read, of this round.

    A leaf's numbers are as new as the number of units in its stratum: the standard errors hang on that too
    (docs/decisions/0001). Committees are no sample, and no stratum of theirs is noted.
    """
    with database.read() as connection:
        sizes = strata.of_round(connection, books.round.id)
        live = leaf_tallies.of_round(connection, books.round.id)
        released = leaf_tallies.of_round(connection, books.round.id, released=True)
        times = leaf_tallies.revision_times(connection, books.round.id)
        cut = _cut(times, books)
    leaves = [each for each in live if not _is_about_people(books, each.key)]
    leaves += [each for each in released if _is_about_people(books, each.key)]
    known = {leaf_id(books, each.key): each for each in leaves if each.key.locality_id in books.paths}
    tallies = (read or ReadLeaves())(each.tally for each in known.values())
    return RoundTally(
        books.about, books.framework, books.codebook, books.localities,
        {leaf: tallies[each.tally] for leaf, each in known.items()}, books.expected, cut,
        {leaf: max(each.revision, _resized_at(sizes, leaf)) for leaf, each in known.items()}, times,
    )  # fmt: skip


def _resized_at(sizes: Mapping[tuple[str, str], StratumSize], leaf: LeafId) -> int:
    size = sizes.get((leaf.questionnaire, leaf.stratum))
    return size.revision if size is not None else 0


def leaf_id(books: RoundBooks, key: LeafKey) -> LeafId:
    return LeafId(
        books.paths[key.locality_id], key.questionnaire, key.version, key.evidence, key.state, key.stratum, key.cluster,
        key.weights_version,
    )  # fmt: skip


def _cut(times: dict[int, str], books: RoundBooks) -> Cut:
    revision = max(times, default=0)
    time = times.get(revision) or now_text()
    return Cut(revision, time, provisional=True, simulated=books.round.simulated)


def _is_about_people(books: RoundBooks, key: LeafKey) -> bool:
    book = books.codebook.questionnaires.get((key.questionnaire, key.version))
    return book is None or book.respondent != "organisation"


def _people(books: RoundBooks, leaves: list[CountedLeaf]) -> dict[tuple[str, str], dict[LeafKey, CountedLeaf]]:
    """Leaves about people by (questionnaire, evidence)."""
    found: dict[tuple[str, str], dict[LeafKey, CountedLeaf]] = defaultdict(dict)
    for each in leaves:
        if _is_about_people(books, each.key):
            found[each.key.questionnaire, each.key.evidence][each.key] = each
    return found


def _counts(books: RoundBooks, leaves: dict[LeafKey, CountedLeaf]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, each in leaves.items():
        path = books.paths.get(key.locality_id, "")
        counts[path] = counts.get(path, 0) + each.n
    return counts
