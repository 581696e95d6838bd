"""Where the tile of each province stands: a grid filled from the centroids by a least-cost assignment."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]  # column from the west, row from the north
# Viet Nam is long and narrow: the grid is too.
COLUMNS = 9


@lru_cache(8)
def place_tiles(centroids: tuple[tuple[str, float, float], ...]) -> dict[str, Cell]:
    """Cells by name, from (name, latitude, longitude) in degrees; the same input gives the same cells."""
    if not centroids:
        return {}
    names = sorted(name for name, _, _ in centroids)
    points = np.array([(lon, -lat) for _, lat, lon in sorted(centroids)])
    low, high = points.min(axis=0), points.max(axis=0)
    # Nearly twice as many cells as tiles leave room for the country's shape.
    rows = max(int(np.ceil(1.9 * len(names) / COLUMNS)), 2)
    span = np.where(high - low > 0, high - low, 1.0)
    scaled = (points - low) / span * np.array([COLUMNS - 1, rows - 1])
    cells = [(column, row) for row in range(rows) for column in range(COLUMNS)]
    grid = np.array(cells, dtype=float)
    cost = ((scaled[:, None, :] - grid[None, :, :]) ** 2).sum(axis=2)
    chosen = _assign(cost)
    return {name: cells[at] for name, at in zip(names, chosen, strict=True)}


def _assign(cost: NDArray[np.float64]) -> list[int]:
    """The Hungarian method with potentials (Jonker and Volgenant 1987): a column for each row, at least total cost.

    `cost` has at least as many columns as rows.
    """
    rows, columns = cost.shape
    u, v = np.zeros(rows + 1), np.zeros(columns + 1)
    match = np.zeros(columns + 1, dtype=int)
    for row in range(1, rows + 1):
        match[0] = row
        at = 0
        least = np.full(columns + 1, np.inf)
        back = np.zeros(columns + 1, dtype=int)
        used = np.zeros(columns + 1, dtype=bool)
        while True:
            used[at] = True
            reduced = cost[match[at] - 1] - u[match[at]] - v[1:]
            better = ~used[1:] & (reduced < least[1:])
            least[1:][better] = reduced[better]
            back[1:][better] = at
            free = np.where(used[1:], np.inf, least[1:])
            following = int(free.argmin()) + 1
            step = least[following]
            u[match[used]] += step
            v[used] -= step
            least[~used] -= step
            at = following
            if match[at] == 0:
                break
        while at:
            match[at] = match[back[at]]
            at = back[at]
    return [int(column) for column in np.argsort(match[1:], kind="stable")[columns - rows :]]
