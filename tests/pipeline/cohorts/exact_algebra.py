"""What can be computed from published sums, solved exactly: which few people a combination of the sums stands for.

A published sum is a row: person → coefficient. A combination of rows stands for the people whose coefficient in it is
not zero. Fractions throughout: nothing is rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from itertools import combinations

Row = Mapping[Hashable, int]
MAX_CLASSES = 3  # that a search for a small combination joins, where it cannot be proved that there is none


def reduce_rows(rows: Iterable[Row]) -> list[dict[Hashable, Fraction]]:
    """The reduced echelon form: a basis of all combinations, in which each row's pivot stands in no other row."""
    basis: dict[Hashable, dict[Hashable, Fraction]] = {}
    for given in {frozenset(row.items()) for row in rows}:
        row = {person: Fraction(number) for person, number in given if number}
        for pivot in [person for person in row if person in basis]:
            row = _less(row, basis[pivot], row[pivot])
        if not row:
            continue
        pivot = min(row, key=repr)
        row = {person: number / row[pivot] for person, number in row.items()}
        for other in basis:
            if pivot in basis[other]:
                basis[other] = _less(basis[other], row, basis[other][pivot])
        basis[pivot] = row
    return [*basis.values()]


def _less(
    row: Mapping[Hashable, Fraction], other: Mapping[Hashable, Fraction], times: Fraction
) -> dict[Hashable, Fraction]:
    left = {person: row.get(person, Fraction(0)) - times * other.get(person, Fraction(0)) for person in {*row, *other}}
    return {person: number for person, number in left.items() if number}


def find_few(rows: Iterable[Row], below: int) -> set[Hashable] | None:
    """Fewer than `below` people that some combination of the rows stands for; None where it is proved that none does.

    People whose columns are multiples of each other (a class) stand in the same combinations: each combination stands
    for all of a class or for none of it. So where each class has `below` people or more, no combination stands for
    fewer. Where one is smaller, a combination that stands for a set of classes exists if the rows without their columns
    have a lower rank. Raises AssertionError where neither is found.
    """
    basis = reduce_rows(rows)
    classes = _classes(basis)
    small = [each for each in classes if len(each) < below]
    if not small:
        return None
    for number in range(1, MAX_CLASSES + 1):
        for chosen in combinations(small, number):
            people = set().union(*chosen)
            if len(people) < below and _has_lower_rank(basis, people):
                return people
    raise AssertionError(f"neither proved nor disproved: classes of {[len(each) for each in small]} people")


def _classes(basis: list[dict[Hashable, Fraction]]) -> list[set[Hashable]]:
    columns: dict[Hashable, dict[int, Fraction]] = defaultdict(dict)
    for number, row in enumerate(basis):
        for person, coefficient in row.items():
            columns[person][number] = coefficient
    classes: dict[frozenset[tuple[int, Fraction]], set[Hashable]] = defaultdict(set)
    for person, column in columns.items():
        first = column[min(column)]
        classes[frozenset((number, each / first) for number, each in column.items())].add(person)
    return [*classes.values()]


def _has_lower_rank(basis: list[dict[Hashable, Fraction]], without: set[Hashable]) -> bool:
    rest = [{person: number for person, number in row.items() if person not in without} for row in basis]
    scaled = [{person: int(number * _denominator(row)) for person, number in row.items()} for row in rest]
    return len(reduce_rows(scaled)) < len(basis)


def _denominator(row: Mapping[Hashable, Fraction]) -> int:
    product = 1
    for number in row.values():
        product *= number.denominator
    return product
