"""A survey in memory, to test what can be computed from everything it ever published.

Each stored response is an unknown of its own. Its answers are such that a published number shows of whom it is the
sum: it gives a choice that nobody else gives, and its score is a power of four. So the figures that the program
computes from published parts, by its own functions, are read as rows of a linear system: unknown → coefficient.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from random import Random

from analysis.tally import LeafTally, Moments, QuestionTally, add
from survey_server.domain import Revision, WaitingResponse, ancestor_paths, covers
from survey_server.pipeline.cohorts.forming import FormedCohort, form_at_places, form_from_pool
from survey_server.pipeline.cohorts.grouping import FormedGroup
from survey_server.pipeline.cohorts.items import Items
from survey_server.pipeline.cohorts.parts import CountedCohort, NewPart, WithheldTally, plan_publication
from survey_server.pipeline.cohorts.persons import select_new_persons

ITEMS: Items = {
    "question/always": ("always",),
    "question/often": ("often",),
    "question/rarely": ("rarely",),
    "score/task1/first": ("always", "often"),
    "score/task1/second": ("rarely",),
    "score/task1": ("always", "often", "rarely"),
    "people/ratings/task1/rating5": ("always", "rarely"),
}
SCORES = {item.removeprefix("score/"): asked for item, asked in ITEMS.items() if item.startswith("score/")}
PLACES = (
    "VN/01/001/00001",
    "VN/01/001/00004",
    "VN/01/002/00031",
    "VN/79/760/26734",
    "VN/79/760/26737",
    "VN/79/761/26740",
)
PLACES_OF_OFFICIALS = ("VN/01", "VN/79")
MAX_RESPONSES = 60
BASE = 4  # of the scores' sums: a digit is how often a response is in it

Row = dict[Hashable, int]


@dataclass(slots=True)
class StoredResponse:
    """`person`: who answered it; a correction is another response of the same person."""

    seq: int
    person: int
    place: str
    asked: frozenset[str]
    weight: float
    supersedes: str | None
    state: str = "submitted"
    is_declined: bool = False

    @property
    def id(self) -> str:
        return f"r{self.seq}"

    def contribution(self) -> LeafTally:
        code = f"u{self.seq}"
        questions = {
            name: QuestionTally(answered=1, choices={code: 1}) if name in self.asked else QuestionTally(not_asked=1)
            for name in ("always", "often", "rarely")
        }
        digit = BASE**self.seq
        moments = Moments(1, 1, digit, digit, 1, digit, digit)
        return LeafTally(
            n=1,
            questions=questions,
            moments={score: moments for score, entering in SCORES.items() if self.asked & {*entering}},
            people={f"ratings/task1/rating5/{code}": 1} if self.asked & {"always", "rarely"} else {},
        )


@dataclass(slots=True)
class Books:
    """What the publisher stores. `cohorts`: id → numbers of the members; `struck`: ids of cohorts."""

    cohorts: dict[str, list[int]] = field(default_factory=dict)
    groups: dict[str, FormedGroup] = field(default_factory=dict)
    parts: list[NewPart] = field(default_factory=list)
    withheld: list[WithheldTally] = field(default_factory=list)
    struck: set[str] = field(default_factory=set)

    def waiting_items(self) -> list[WithheldTally]:
        grouped = {(group.item, cohort) for group in self.groups.values() for cohort in group.cohorts}
        return [
            each
            for each in self.withheld
            if (each.item.item, each.item.cohort) not in grouped and each.item.cohort not in self.struck
        ]

    def active_parts(self) -> list[NewPart]:
        return [part for part in self.parts if self.struck.isdisjoint(self._cohorts_of(part))]

    def _cohorts_of(self, part: NewPart) -> tuple[str, ...]:
        group = self.groups.get(part.owner)
        return group.cohorts if group is not None else (part.owner,)


class World:
    """Random field work, one step after another; `publish` after each is a published moment."""

    def __init__(self, random: Random, size: int, *, officials: bool = False) -> None:
        self.random = random
        self.size = size
        self.places = PLACES_OF_OFFICIALS if officials else PLACES[: random.randint(2, len(PLACES))]
        self.targets = {place: random.randint(1, 2 * size) for place in self.places}
        self.responses: dict[int, StoredResponse] = {}
        self.books = Books()
        self.is_closed = False
        self.rarity = random.choice((0.1, 0.3, 0.5))
        self._ids = count()
        self._backup: dict[int, StoredResponse] | None = None

    def run_step(self) -> None:
        """What happens between two published moments."""
        steps = (
            self.arrive, self.arrive, self.approve, self.approve, self.correct, self.return_one, self.restore_state,
            self.strike, self.back_up, self.restore_backup,
        )  # fmt: skip
        for step in self.random.choices(steps, k=self.random.randint(1, 4)):
            step()

    def arrive(self) -> None:
        for _ in range(self.random.randint(1, 8)):
            self.add(len(self.responses) + 1000, self.random.choice(self.places), None)

    def approve(self) -> None:
        for each in self._some("submitted", 12):
            each.state = "approved"

    def return_one(self) -> None:
        for each in self._some("approved", 2):
            each.state = "returned"

    def restore_state(self) -> None:
        for each in self._some("returned", 2):
            each.state = "approved"

    def correct(self) -> None:
        """A correction counts instead of the response that it corrects; rarely it arrives before that one's removal is
        noticed."""
        for state in ("approved", "returned", "submitted"):
            for each in self._some(state, 2):
                if self.add(each.person, each.place, each.id):
                    each.state = "superseded"

    def strike(self) -> None:
        if self.books.cohorts and self.random.random() < 0.3:
            self.books.struck.add(self.random.choice(sorted(self.books.cohorts)))

    def back_up(self) -> None:
        self._backup = deepcopy(self.responses)

    def restore_backup(self) -> None:
        """Reviews made since are lost, and tablets send again what the backup lacks; the journal has the cohorts."""
        if self._backup is not None and self.random.random() < 0.5:
            earlier = deepcopy(self._backup)
            for each in self.responses.values():
                each.state = "submitted" if each.state == "approved" else each.state
            self.responses |= earlier

    def close(self) -> None:
        self.is_closed = True

    def publish(self) -> None:
        waiting = self.waiting()
        formed = form_at_places(waiting, self.finished(), self.size)
        pooled = form_from_pool(formed.pooled, self.size)
        self.store([*formed.cohorts, *pooled.cohorts])

    def waiting(self) -> list[WaitingResponse]:
        counting = ("submitted", "approved") if self.is_closed else ("approved",)
        candidates = {seq for seq, each in self.responses.items() if each.state in counting}
        revisions = [Revision(each.seq, each.id, each.supersedes) for each in self.responses.values()]
        published = {f"r{seq}" for members in self.books.cohorts.values() for seq in members}
        chosen = sorted(select_new_persons(candidates, revisions, published))
        found = (self.responses[seq] for seq in chosen)
        return [WaitingResponse(each.seq, each.place, each.weight, each.is_declined) for each in found]

    def finished(self) -> set[str]:
        counted = [each.place for each in self.responses.values() if each.state in ("submitted", "approved")]
        return {place for place in self.places if self.is_closed or counted.count(place) >= self.targets[place]}

    def store(self, formed: Iterable[FormedCohort]) -> None:
        counted = [self.count(f"c{next(self._ids)}", each) for each in formed]
        planned = plan_publication(counted, self.books.waiting_items(), ITEMS, self.size, self.new_group_id)
        self.books.parts += planned.parts
        self.books.withheld += planned.withheld
        self.books.groups |= planned.groups

    def new_group_id(self) -> str:
        return f"g{next(self._ids)}"

    def count(self, id_: str, formed: FormedCohort) -> CountedCohort:
        self.books.cohorts[id_] = [each.seq for each in formed.members]
        tally = add(self.responses[each.seq].contribution() for each in formed.members)
        return CountedCohort(id_, formed.path, formed.is_of_place, frozenset({""}), tally)

    def figures(self, item: str) -> list[Row]:
        """Every figure that can be published now of an item: of each locality, and of each sampling unit."""
        active = self.books.active_parts()
        areas = {path for part in active for path in ancestor_paths(part.path)}
        figures = [[part for part in active if covers(area, part.path)] for area in sorted(areas)]
        figures += [[part for part in active if part.unit == unit] for unit in sorted({part.unit for part in active})]
        return [row for each in figures if (row := read_row(add(part.tally for part in each), item))]

    def _some(self, state: str, most: int) -> list[StoredResponse]:
        found = [each for each in self.responses.values() if each.state == state]
        return self.random.sample(found, min(len(found), self.random.randint(0, most)))

    def add(self, person: int, place: str, supersedes: str | None) -> bool:
        if len(self.responses) == MAX_RESPONSES:
            return False
        seq = len(self.responses)
        is_declined = self.random.random() < 0.05
        asked = {"always"}
        asked |= {"often"} if self.random.random() < 0.7 else set()
        asked |= {"rarely"} if self.random.random() < self.rarity else set()
        self.responses[seq] = StoredResponse(
            seq, person, place, frozenset() if is_declined else frozenset(asked),
            self.random.choice((1.0, 1.0, 0.5, 3.0)), supersedes, is_declined=is_declined,
        )  # fmt: skip
        return True


def read_row(tally: LeafTally, item: str) -> Row:
    """Of whose answers a figure is the sum, and how often each is in it: number of the response → coefficient."""
    kind, _, name = item.partition("/")
    if kind == "question":
        found = tally.questions.get(name, QuestionTally()).choices
        return {int(code[1:]): number for code, number in found.items()}
    if kind == "people":
        prefix = f"{name}/u"
        return {int(key.removeprefix(prefix)): n for key, n in tally.people.items() if key.startswith(prefix)}
    total = tally.moments[name].wy if name in tally.moments else 0
    digits = ((seq, total // BASE**seq % BASE) for seq in range(MAX_RESPONSES))
    return {seq: digit for seq, digit in digits if digit}
