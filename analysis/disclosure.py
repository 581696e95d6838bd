"""Who may be shown what. Applied to everything that is published, whoever looks.

Organisations: at n = 1 too. Officials: never below the province. Officials and residents: fewer than
`suppress_below` are hidden, with further cells where a total would give one away; up to 29 are flagged. Cells about
people that were shown once change only when ten more have answered, so that no difference shows a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FLAG_BELOW = 30
RELEASE_STEP = 10
LOWEST_FOR_OFFICIALS = frozenset({"country", "province"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a cell."""

    hidden: bool = False
    flagged: bool = False


def decide(
    counts: Mapping[str, int], levels: Mapping[str, str], respondent: str, suppress_below: int = 10
) -> dict[str, Shown]:
    """For each locality (path → number of responses in and below it) what may be shown.

    `levels` gives each path's level. A locality without responses is not hidden: there is nothing to hide.
    """
    if respondent == "organisation":
        return dict.fromkeys(counts, Shown())
    hidden = {path for path, n in counts.items() if 0 < n < suppress_below}
    if respondent == "official":
        hidden |= {path for path in counts if levels[path] not in LOWEST_FOR_OFFICIALS}
    _hide_what_totals_give_away(counts, hidden, suppress_below)
    return {
        path: Shown(path in hidden, path not in hidden and 0 < n < FLAG_BELOW) for path, n in counts.items()
    }  # fmt: skip


def _hide_what_totals_give_away(counts: Mapping[str, int], hidden: set[str], suppress_below: int) -> None:
    """From the top down: under a total that is shown, either no child is hidden or so many that the remainder, the
    total less what is shown, is itself large enough and of more than one child. Below a hidden one all is hidden."""
    children: dict[str, list[str]] = {}
    for path in counts:
        if "/" in path:
            children.setdefault(path.rpartition("/")[0], []).append(path)
    for parent in sorted(counts, key=lambda path: (path.count("/"), path)):
        inside = [child for child in children.get(parent, []) if counts[child] > 0]
        if parent in hidden:
            hidden.update(inside)
            continue
        own = counts[parent] - sum(counts[child] for child in inside)  # collected at the parent itself
        while any(child in hidden for child in inside):
            unknown = [child for child in inside if child in hidden]
            remainder = sum(counts[child] for child in unknown) + own
            if remainder >= suppress_below and len(unknown) + (own > 0) > 1:
                break
            shown = [child for child in inside if child not in hidden]
            if not shown:
                break
            hidden.add(min(shown, key=lambda child: (counts[child], child)))


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
