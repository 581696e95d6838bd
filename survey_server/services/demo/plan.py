"""The plan of the demo: which localities, visits and assignments. The same every time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from survey_server.domain import Locality

SCHEME = "gso-2019-10"
ROUND = "demo"
STARTS_ON, ENDS_ON, DUE_ON = "2012-05-21", "2012-06-29", "2012-06-22"
# North to south, delta and mountain, city and countryside.
PROVINCES = ("01", "02", "31", "38", "40", "46", "48", "66", "74", "79", "92", "96")
HOME = "46"  # the province of the demo's coordinators and of its survey team: Thừa Thiên Huế
DISTRICTS_SURVEYED = 3
COMMUNES_SURVEYED = 4  # of each of these districts
CADRES = 6  # interviews in each of these districts
RESIDENTS = (4, 22)  # opinions in each of these communes
_NAMESPACE = uuid.UUID("5d2f0a52-6a0c-4f2e-9d4e-0c1b7a4f62aa")
# The shift of a province's answers, in standard deviations, and of each task's: real patterns, invented.
PROVINCE_SHIFT = dict(
    zip(PROVINCES, (0.25, -0.45, 0.1, 0.0, 0.3, 0.2, 0.35, -0.3, 0.05, 0.3, -0.05, -0.2), strict=True)
)
TASK_SHIFT = {"task1": 0.55, "task2": 0.8, "task3": 0.2, "task4": 0.35, "task5": -0.3, "task6": 0.25}
# Committees answer more favourably about themselves than visitors do, residents less.
QUESTIONNAIRE_SHIFT = {"self_review": 0.3, "cadre": 0.05, "resident": -0.2}


@dataclass(frozen=True, slots=True)
class PlannedAssignment:
    """An assignment: who answers which questionnaire about which locality, how often, and how many have done so."""

    id: str
    questionnaire: str
    locality: Locality
    visit: str | None
    account: str | None
    quantity: int
    answered: int


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    id: str
    locality: Locality
    account: str
    leader: str


@dataclass(frozen=True, slots=True)
class Plan:
    provinces: tuple[Locality, ...]
    visits: tuple[PlannedVisit, ...]
    assignments: tuple[PlannedAssignment, ...]
    committees: tuple[Locality, ...]
    home: tuple[Locality, Locality, Locality]  # the demo's commune, its district, its province


def make_id(*parts: object) -> str:
    """A UUID that is the same each time for the same parts."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(str(part) for part in parts)))


def make_plan(localities: Sequence[Locality], questionnaires: Mapping[str, str], scale: float = 1.0) -> Plan:
    """`localities` of the selected provinces, `questionnaires` id → version as published; what is not published is not
    planned. `scale` below 1 plans fewer communes and opinions."""
    return _Planner(localities, questionnaires, scale).plan()


class _Planner:
    def __init__(self, localities: Sequence[Locality], questionnaires: Mapping[str, str], scale: float) -> None:
        self._random = Random("demo")  # noqa: S311  a plan, not a secret
        self._known = questionnaires
        self._scale = scale
        self._children: dict[int | None, list[Locality]] = {}
        for each in sorted(localities, key=lambda each: each.path):
            self._children.setdefault(each.parent_id, []).append(each)
        provinces = (each for each in localities if each.level == "province" and each.code in PROVINCES)
        self._provinces = tuple(sorted(provinces, key=lambda each: each.code))
        self._assignments: list[PlannedAssignment] = []
        self._visits: list[PlannedVisit] = []
        self._committees: list[Locality] = []

    def plan(self) -> Plan:
        home: tuple[Locality, Locality, Locality] | None = None
        for province in self._provinces:
            surveyed = self._surveyed(province)
            self._self_reviews(province, surveyed)
            self._survey(province, surveyed)
            if province.code == HOME:
                district, communes = surveyed[0]
                home = (communes[0], district, province)
        assert home is not None
        return Plan(self._provinces, tuple(self._visits), tuple(self._assignments), tuple(self._committees), home)

    def _surveyed(self, province: Locality) -> list[tuple[Locality, list[Locality]]]:
        """The districts that a team visits, with the communes; districts with few communes are left out."""
        districts = [each for each in self._children[province.id] if len(self._children.get(each.id, [])) >= 4]
        chosen = self._sample(districts, DISTRICTS_SURVEYED, 1)
        return [(each, self._sample(self._children[each.id], COMMUNES_SURVEYED, 2)) for each in chosen]

    def _sample(self, among: list[Locality], usual: int, least: int) -> list[Locality]:
        count = min(max(least, round(usual * self._scale)), len(among))
        return sorted(self._random.sample(among, count), key=lambda each: each.path)

    def _self_reviews(self, province: Locality, surveyed: list[tuple[Locality, list[Locality]]]) -> None:
        """Every province, every district, and the communes of the surveyed districts. The review of the demo's own
        commune is not written yet."""
        home = [province, surveyed[0][0], surveyed[0][1][0]] if province.code == HOME else []
        self._review("self_review_province", province, 1.0, home)
        for district in self._children[province.id]:
            self._review("self_review_district", district, 0.85, home)
        for district, _ in surveyed:
            for commune in self._children[district.id]:
                self._review("self_review_commune", commune, 0.0 if commune in home else 0.7, home)

    def _review(self, questionnaire: str, locality: Locality, likely: float, home: list[Locality]) -> None:
        wanted = self._random.random() < max(self._scale, 0.2) or locality in home
        if questionnaire in self._known and wanted:
            self._committees.append(locality)
            self._add(questionnaire, locality, None, None, 1, int(self._random.random() < likely))

    def _survey(self, province: Locality, surveyed: list[tuple[Locality, list[Locality]]]) -> None:
        account = "surveyor" if province.code == HOME else f"doan-{province.code}"
        leader = "leader" if province.code == HOME else f"truong-doan-{province.code}"
        visit = PlannedVisit(make_id("visit", province.path), province, account, leader)
        self._visits.append(visit)
        self._add("visit_province", province, visit.id, account, 1, 1)
        for district, communes in surveyed:
            self._add("visit_district", district, visit.id, account, 1, 1)
            self._add("cadre_interview", district, visit.id, account, CADRES, CADRES)
            for commune in communes:
                first = province.code == HOME and commune is surveyed[0][1][0]
                self._add("commune_visit", commune, visit.id, account, 1, 0 if first else 1)
                people = max(1, round(self._random.randint(*RESIDENTS) * min(1.0, self._scale * 2)))
                people = min(people, 4) if first else people
                self._add("resident_opinion", commune, visit.id, account, max(people, 12), people)

    def _add(
        self,
        questionnaire: str,
        locality: Locality,
        visit: str | None,
        account: str | None,
        quantity: int,
        answered: int,
    ) -> None:
        if questionnaire in self._known:
            id_ = make_id("assignment", questionnaire, locality.path)
            self._assignments.append(
                PlannedAssignment(id_, questionnaire, locality, visit, account, quantity, answered)
            )


def leanings(questionnaire: str, path: str) -> dict[str, float]:
    """How favourable the answers about a locality are, by task, in standard deviations."""
    province = path.split("/")[1]
    kind = next((shift for start, shift in QUESTIONNAIRE_SHIFT.items() if questionnaire.startswith(start)), 0.0)
    local = Random(f"{path}").gauss(0.0, 0.25)  # noqa: S311
    own = Random(province)  # noqa: S311
    return {
        task: shift + PROVINCE_SHIFT.get(province, 0.0) + kind + local + own.gauss(0.0, 0.2)
        for task, shift in TASK_SHIFT.items()
    }
