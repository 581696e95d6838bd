"""Who may be shown what. Applied to everything that is published, whoever looks.

Organisations: at n = 1 too. Officials: never below the province. Officials and residents: fewer than
`suppress_below` are hidden, with further cells where a total would give one away; up to 29 are flagged. Cells about
people that were shown once change only when ten more have answered, so that no difference shows a person.
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
    """Whether nothing of these respondents is told at a level, however many they are."""
    return respondent == "official" and level not in LOWEST_FOR_OFFICIALS


def decide(
    counts: Mapping[str, int], levels: Mapping[str, str], respondent: str, suppress_below: int = 10
) -> dict[str, Shown]:
    """For each locality (path → number of responses in and below it) what may be shown.

    `levels` gives each path's level. A locality without responses is not hidden: there is nothing to hide.
    """
    return decide_parts({path: (n,) for path, n in counts.items()}, levels, respondent, suppress_below)


def decide_parts(
    parts: Mapping[str, Parts],
    levels: Mapping[str, str],
    respondent: str,
    suppress_below: int = 10,
    hidden_before: Collection[str] = (),
) -> dict[str, Shown]:
    """The same for counts that are shown together, such as those of each choice: all of a locality's or none.

    `parts`: path → the counts in and below it; they add up to what is flagged. `hidden_before`: localities that are
    hidden whatever their counts.
    """
    if respondent == "organisation":
        return dict.fromkeys(parts, Shown())
    hidden = {path for path, each in parts.items() if _gives_away(each, suppress_below)} | {*hidden_before}
    hidden |= {path for path in parts if is_never_published(respondent, levels[path])}
    _hide_what_totals_give_away(parts, hidden, suppress_below)
    return {
        path: Shown(path in hidden, path not in hidden and 0 < sum(each) < FLAG_BELOW) for path, each in parts.items()
    }  # fmt: skip


def is_own_hidden(path: str, below: Iterable[str], shown: Mapping[str, Shown]) -> bool:
    """Whether what came from a locality itself, without those directly `below`, is hidden: it is told only where it is
    no more than the difference of numbers that are all told anyway."""
    return any(shown.get(each, NOTHING_HIDDEN).hidden for each in (path, *below))


def _gives_away(parts: Parts, suppress_below: int) -> bool:
    return any(0 < n < suppress_below for n in parts)


def _hide_what_totals_give_away(parts: Mapping[str, Parts], hidden: set[str], suppress_below: int) -> None:
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
            if not alone and not _gives_away(remainder, suppress_below):
                break
            unknown.add(child)
        hidden |= unknown


def _less(whole: Parts, shown: Iterable[Parts]) -> Parts:
    return tuple(n - sum(column) for n, *column in zip(whole, *shown, strict=True))


def releasable(current: Mapping[str, int], released: Mapping[str, int], suppress_below: int = RELEASE_STEP) -> set[str]:
    """Which leaves (path of collection → number of people now, and when last released) may be released anew.

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
    seen = {path for path in changes if released.get(path, 0) >= suppress_below}
    moving = {path for path in seen if changes[path] >= RELEASE_STEP}
    pools: dict[str, list[str]] = {}
    for path in changes.keys() - seen:
        pools.setdefault(path.rpartition("/")[0], []).append(path)
    for pool in pools.values():
        if sum(changes[path] for path in pool) >= RELEASE_STEP:
            moving.update(pool)
    return moving
