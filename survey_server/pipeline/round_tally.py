"""A round's tally for charts: the stored leaves of organisations, the released leaves of people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from analysis.disclosure import releasable
from analysis.round_tally import Cut, LeafId, RoundTally, units_by_stratum
from analysis.tally import LeafTally
from survey_server.clock import now_text
from survey_server.domain import LeafKey
from survey_server.pipeline.context import RoundContext
from survey_server.storage import Connection, Database, leaf_tallies, strata
from survey_server.storage.leaf_tallies import CountedLeaf
from survey_server.storage.strata import StratumSize


class LeafCache:
    """The leaves of the previous reading, by their JSON. A new response changes one of a thousand leaves; parsing the
    others again would take most of the time until it is in the charts.

    `parse`: what is needed of a leaf; `LeafTally.from_json` reads all of it.
    """

    def __init__(self, parse: Callable[[str], LeafTally] = LeafTally.from_json) -> None:
        self._parse = parse
        self._last: dict[str, LeafTally] = {}

    def __call__(self, texts: Iterable[str]) -> Mapping[str, LeafTally]:
        self._last = {text: self._last.get(text) or self._parse(text) for text in texts}
        return self._last


def parse_counts(text: str) -> LeafTally:
    """A leaf's counts of responses without their answers: all that is needed for coverage, in a hundredth of the
    memory."""
    leaf = LeafTally.from_json(text)
    return LeafTally(n=leaf.n, late=leaf.late, simulated=leaf.simulated)


def release_leaves(database: Database, context: RoundContext) -> None:
    """Release leaves about people where ten more have answered since the last release, or where there was none; store
    the sizes of their strata with them."""
    with database.read() as connection:
        current = _people(context, leaf_tallies.of_round(connection, context.round.id))
        released = _people(context, leaf_tallies.of_round(connection, context.round.id, released=True))
        sizes = strata.of_round(connection, context.round.id)
        newest = max(leaf_tallies.revision_times(connection, context.round.id), default=0)
    moving: list[CountedLeaf] = []
    for group in {*current, *released}:
        now, before = current.get(group, {}), released.get(group, {})
        counts_now, counts_before = _counts(context, now), _counts(context, before)
        paths = releasable(counts_now, counts_before, context.info.suppress_below)
        moving += [
            now.get(key, CountedLeaf(key, 0, "", 0))
            for key in {*now, *before}
            if context.paths.get(key.locality_id, "") in paths
        ]
    after = {each.key: each for each in (*chain.from_iterable(g.values() for g in released.values()), *moving)}
    resized = _resized(context, after.values(), sizes, newest)

    def store(connection: Connection) -> None:
        leaf_tallies.release(connection, moving)
        strata.put(connection, context.round.id, resized)

    if moving or resized:
        database.write(store)


def _resized(
    context: RoundContext, leaves: Iterable[CountedLeaf], known: Mapping[tuple[str, str], StratumSize], newest: int
) -> list[StratumSize]:
    """Strata whose number of units has changed. A new stratum gets revision 0: no earlier figure depends on it."""
    there = [each.key for each in leaves if each.n and each.key.locality_id in context.paths]
    units = units_by_stratum(leaf_id(context, key) for key in there)
    return [
        StratumSize(*key, units[key], newest if key in known else 0)
        for key in sorted({*units, *known})
        if key not in known or known[key].units != units[key]
    ]


def read_round_tally(
    database: Database,
    context: RoundContext,
    cache: LeafCache | None = None,
    wanted: Callable[[LeafKey, str], bool] = lambda _key, _path: True,
    questionnaire: str | None = None,
) -> RoundTally:
    """What may be published: the current leaves of organisations, the released leaves of people. `cache`: the leaves of
    an earlier reading of this round; `wanted`: whether a leaf at a path is needed, by default all are; those of
    other questionnaires than `questionnaire` are not even read.

    A leaf's revision is at least that of its stratum's size, on which standard errors depend (docs/decisions/0001).
    Organisations are not a sample; their strata are not stored.
    """
    with database.read() as connection:
        resized = {key: size.revision for key, size in strata.of_round(connection, context.round.id).items()}
        live = leaf_tallies.of_round(connection, context.round.id, questionnaire=questionnaire)
        released = leaf_tallies.of_round(connection, context.round.id, released=True, questionnaire=questionnaire)
        times = leaf_tallies.revision_times(connection, context.round.id)
    newest = max(times, default=0)
    cut = Cut(newest, times.get(newest) or now_text(), provisional=True, simulated=context.round.simulated)
    leaves = [each for each in live if not _is_about_people(context, each.key)]
    leaves += [each for each in released if _is_about_people(context, each.key)]
    known = {
        leaf_id(context, each.key): each
        for each in leaves
        if each.key.locality_id in context.paths and wanted(each.key, context.paths[each.key.locality_id])
    }
    tallies = (cache or LeafCache())(each.tally for each in known.values())
    return RoundTally(
        context.info, context.framework, context.united.codebook, context.localities,
        {leaf: context.united.read(leaf, tallies[each.tally]) for leaf, each in known.items()},
        context.info.expected, cut,
        {leaf: max(each.revision, resized.get((leaf.questionnaire, leaf.stratum), 0)) for leaf, each in known.items()},
        times,
    )  # fmt: skip


def leaf_id(context: RoundContext, key: LeafKey) -> LeafId:
    return LeafId(
        context.paths[key.locality_id], key.questionnaire, key.version, key.evidence, key.state, key.stratum,
        key.cluster, key.weights_version,
    )  # fmt: skip


def _is_about_people(context: RoundContext, key: LeafKey) -> bool:
    book = context.codebook.questionnaires.get((key.questionnaire, key.version))
    return book is None or book.respondent != "organisation"


def _people(context: RoundContext, leaves: list[CountedLeaf]) -> dict[tuple[str, str], dict[LeafKey, CountedLeaf]]:
    """Leaves about people by (questionnaire, evidence)."""
    found: dict[tuple[str, str], dict[LeafKey, CountedLeaf]] = defaultdict(dict)
    for each in leaves:
        if _is_about_people(context, each.key):
            found[each.key.questionnaire, each.key.evidence][each.key] = each
    return found


def _counts(context: RoundContext, leaves: dict[LeafKey, CountedLeaf]) -> dict[str, int]:
    counts = Counter[str]()
    for key, each in leaves.items():
        counts[context.paths.get(key.locality_id, "")] += each.n
    return counts
