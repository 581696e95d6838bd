"""The rules of disclosure, applied to everything published, for every reader.

Organisations: shown at n = 1 too. Officials: never below the province. Officials and residents: fewer than
`suppress_below` are hidden, with further cells where a total would disclose one; up to 29 are flagged. Published cells
about people change only when ten more have answered, so that no difference discloses a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

FLAG_BELOW = 30
RELEASE_STEP = 10
LOWEST_FOR_OFFICIALS = frozenset({"country", "province"})
Parts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a cell."""

    hidden: bool = False
    flagged: bool = False


NOTHING_HIDDEN = Shown()


def is_never_published(respondent: str, level: str) -> bool:
    """Whether nothing about these respondents is published at a level, whatever their number."""
    return respondent == "official" and level not in LOWEST_FOR_OFFICIALS


def decide_parts(
    parts: Mapping[str, Parts],
    levels: Mapping[str, str],
    respondent: str,
    suppress_below: int = 10,
    hidden_before: Collection[str] = (),
) -> dict[str, Shown]:
    """For each locality what may be shown of counts that are shown together, such as those of each choice: all of a
    locality's or none.

    `parts`: path → the counts in and below it; they add up to what is flagged. `levels` gives each path's level. A
    locality without responses is not hidden: there is nothing to hide. `hidden_before`: localities that are
    hidden whatever their counts.
    """
    if respondent == "organisation":
        return dict.fromkeys(parts, Shown())
    hidden = {path for path, each in parts.items() if _discloses(each, suppress_below)} | {*hidden_before}
    hidden |= {path for path in parts if is_never_published(respondent, levels[path])}
    _hide_what_totals_disclose(parts, hidden, suppress_below)
    return {
        path: Shown(path in hidden, path not in hidden and 0 < sum(each) < FLAG_BELOW) for path, each in parts.items()
    }  # fmt: skip


def is_own_hidden(path: str, below: Iterable[str], shown: Mapping[str, Shown]) -> bool:
    """Whether the responses of a locality's own level, without those directly `below`, are hidden: they are shown only
    where they are the difference of numbers that are all shown."""
    return any(shown.get(each, NOTHING_HIDDEN).hidden for each in (path, *below))


def _discloses(parts: Parts, suppress_below: int) -> bool:
    return any(0 < n < suppress_below for n in parts)


def _hide_what_totals_disclose(parts: Mapping[str, Parts], hidden: set[str], suppress_below: int) -> None:
    """From the top down. What can be computed under a total that is shown is the remainder: the total less the children
    that are shown, which is what the hidden ones and the parent's own responses add up to. The smallest children are
    hidden too until each count of the remainder is none or large enough, and it is of more than one. Below a hidden
    locality all is hidden."""
    children: dict[str, list[str]] = {}
    for path in parts:
        if "/" in path:
            children.setdefault(path.rpartition("/")[0], []).append(path)
    for parent in sorted(parts, key=lambda path: (path.count("/"), path)):
        inside = [child for child in children.get(parent, []) if any(parts[child])]
        if parent in hidden:
            hidden.update(inside)
            continue
        inside.sort(key=lambda child: (sum(parts[child]), child))
        unknown = {child for child in inside if child in hidden}
        own = _less(parts[parent], [parts[child] for child in inside])
        for child in inside:
            remainder = _less(parts[parent], [parts[each] for each in inside if each not in unknown])
            alone = len(unknown) + any(own) == 1 and bool(unknown)
            if not alone and not _discloses(remainder, suppress_below):
                break
            unknown.add(child)
        hidden |= unknown


def _less(whole: Parts, shown: Iterable[Parts]) -> Parts:
    return tuple(n - sum(column) for n, *column in zip(whole, *shown, strict=True))


def releasable(current: Mapping[str, int], released: Mapping[str, int], suppress_below: int = RELEASE_STEP) -> set[str]:
    """Which leaves (path of collection → number of people now, and when last released) may be released again.

    The first release takes everything. Later a leaf that can be seen on its own moves when ten or more came or went;
    leaves too small to be seen move together, when ten or more came or went under the same parent.
    """
    changes = {
        path: abs(current.get(path, 0) - released.get(path, 0))
        for path in {*current, *released}
        if current.get(path, 0) != released.get(path, 0)
    }
    if not released:
        return set(changes)
    visible = {path for path in changes if released.get(path, 0) >= suppress_below}
    moving = {path for path in visible if changes[path] >= RELEASE_STEP}
    pools: dict[str, list[str]] = {}
    for path in changes.keys() - visible:
        pools.setdefault(path.rpartition("/")[0], []).append(path)
    for pool in pools.values():
        if sum(changes[path] for path in pool) >= RELEASE_STEP:
            moving.update(pool)
    return moving
