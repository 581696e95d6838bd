"""Whoever combines every figure that was ever published, of all localities and at all moments, learns of no one to nine
people what they answered: the linear system is solved exactly, for each question, indicator and task apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from survey_server.pipeline.cohorts import parts
from tests.pipeline.cohorts import world as simulated
from tests.pipeline.cohorts.exact_algebra import Row, find_few
from tests.pipeline.cohorts.world import ITEMS, World
from tests.support.sizes import choose_examples, choose_size

MOMENTS = 30
SIZES = (10, 5, 3)  # smaller cohorts give more of them, of as few people


def published(world: World, moments: int = MOMENTS) -> dict[str, list[Row]]:
    """All figures of `moments` published moments, by item; the round is closed at one of them."""
    closing = world.random.randrange(moments)
    rows: dict[str, list[Row]] = {item: [] for item in ITEMS}
    for moment in range(moments):
        world.run_step()
        if moment == closing:
            world.close()
        world.publish()
        for item in ITEMS:
            rows[item] += world.figures(item)
    return rows


def by_person(world: World, rows: Iterable[Row]) -> Iterator[Row]:
    """The same figures where people who correct their responses repeat their answers."""
    for row in rows:
        people = Counter[object]()
        for seq, number in row.items():
            people[world.responses[int(str(seq))].person] += number
        yield people


def who_stands_out(world: World) -> dict[str, set[object]]:
    """Items with the few unknowns, fewer than a cohort should have, that the figures give away."""
    found: dict[str, set[object]] = {}
    for item, rows in published(world).items():
        for few in (find_few(rows, world.size), find_few(by_person(world, rows), world.size)):
            if few is not None:
                found[item] = {*few}
    return found


@given(st.integers(0, 2**32), st.sampled_from(SIZES), st.booleans())
@settings(max_examples=choose_examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_combination_of_published_figures_stands_for_few_people(seed: int, size: int, officials: bool) -> None:
    assert who_stands_out(World(Random(seed), size, officials=officials)) == {}


@pytest.mark.slow
@pytest.mark.long
def test_no_combination_stands_for_few_people_in_many_surveys() -> None:
    for seed in range(choose_size(50, 3_000)):
        assert who_stands_out(World(Random(seed), SIZES[seed % len(SIZES)], officials=seed % 2 == 1)) == {}, seed


@pytest.mark.slow
def test_the_simulated_surveys_publish_what_the_tests_are_about() -> None:
    """Enough of them form several cohorts, at places and above, groups, and strike and correct published ones."""
    seen = Counter[str]()
    for seed in range(30):
        world = World(Random(seed), 3)
        rows = published(world)
        books = world.books
        members = {seq for each in books.cohorts.values() for seq in each}
        states = {world.responses[seq].state for seq in members}
        seen["several cohorts"] += len(books.cohorts) > 3
        seen["pooled"] += any(part.unit == part.owner for part in books.parts if part.owner in books.cohorts)
        seen["groups"] += bool(books.groups)
        seen["struck"] += bool(books.struck)
        seen["corrected"] += "superseded" in states
        seen["returned"] += "returned" in states
        seen["all items"] += all(rows.values())
    assert min(seen.values()) >= 5, seen
    assert len(seen) == 7


@pytest.mark.slow
def test_the_published_parts_are_of_disjoint_cohorts_of_enough_people() -> None:
    for seed in range(30):
        world = World(Random(seed), 3)
        published(world)
        members = [seq for each in world.books.cohorts.values() for seq in each]
        assert len(members) == len({*members}) == len({world.responses[seq].person for seq in members})
        assert all(len(each) >= 3 for each in world.books.cohorts.values())


Fault = Callable[[World, pytest.MonkeyPatch], None]


def form_smaller_cohorts(_world: World, patch: pytest.MonkeyPatch) -> None:
    for name in ("form_at_places", "form_from_pool", "plan_publication"):
        patch.setattr(simulated, name, with_a_smaller_size(getattr(simulated, name)))


def with_a_smaller_size(function: Callable[..., Any]) -> Callable[..., Any]:
    def changed(*arguments: Any) -> Any:
        return function(*(each - 1 if isinstance(each, int) else each for each in arguments))

    return changed


def publish_what_few_were_asked(_world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(parts, "find_withheld", lambda *_: {})


def take_returned_responses_out(world: World, patch: pytest.MonkeyPatch) -> None:
    """Published sums follow the responses that count."""
    figures = World.figures

    def recomputed(self: World, item: str) -> list[Row]:
        counting = {seq for seq, each in self.responses.items() if each.state in ("submitted", "approved")}
        return [{seq: n for seq, n in row.items() if seq in counting} for row in figures(self, item)]

    patch.setattr(World, "figures", recomputed)


def group_items_again(_world: World, patch: pytest.MonkeyPatch) -> None:
    """A cohort that was published in a group for a question is grouped with others too."""
    patch.setattr(simulated.Books, "waiting_items", lambda self: self.withheld)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        form_smaller_cohorts,
        publish_what_few_were_asked,
        take_returned_responses_out,
        group_items_again,
    ],
)
def test_a_fault_gives_people_away(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rule is needed: without it, some of a few surveys give people away."""
    for seed in range(40):
        world = World(Random(seed), 5)
        with monkeypatch.context() as patch:
            fault(world, patch)
            try:
                if who_stands_out(world):
                    return
            except AssertionError:  # neither proved nor disproved: not safe either
                continue
    pytest.fail("no survey gave anybody away")


@pytest.mark.parametrize("is_published_again", [False, True])
def test_a_cohort_of_corrections_would_give_the_newcomer_away(
    is_published_again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five people are published; four correct their responses, with the same answers, and a sixth answers."""
    world = World(Random(62), 5)
    world.places, world.targets, world.rarity = world.places[:1], {world.places[0]: 1}, 0.0
    monkeypatch.setattr(world, "random", Never())
    for person in range(5):
        world.add(person, world.places[0], None)
    rows = approve_and_publish(world)
    for person in range(4):
        world.responses[person].state = "superseded"
        world.add(person, world.places[0], f"r{person}")
    world.add(6, world.places[0], None)
    if is_published_again:
        monkeypatch.setattr(simulated, "select_new_persons", lambda candidates, *_: {*candidates} - {*range(5)})
    rows += approve_and_publish(world)
    assert find_few(rows, 5) is None  # were every correction another person
    assert find_few(by_person(world, rows), 5) == ({4, 6} if is_published_again else None)


class Never(Random):
    """Chances that never come true."""

    def random(self) -> float:
        return 0.99


def approve_and_publish(world: World) -> list[Row]:
    for each in world.responses.values():
        each.state = "approved" if each.state == "submitted" else each.state
    world.publish()
    return world.figures("question/always")
