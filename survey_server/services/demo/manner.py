"""How simulated respondents answer: usual amounts and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from survey_server.questionnaire.simulate import Manner
from survey_server.services.demo.texts import TEXTS

# Usual figures of a commune; those of a district or a province are as many times larger as it has communes.
_COMMUNE = {
    "documents_issued": (2, 9), "conferences_held": (1, 6), "people_briefed": (60, 420), "cultured_areas": (3, 14),
    "poor_fund": (15, 140), "unity_houses": (1, 9), "petitions_received": (20, 70), "petitions_settled": (8, 26),
    "supervisions": (1, 6), "poor_helped": (20, 160), "unity_days": (5, 12), "self_managed": (3, 25),
    "respected_people": (5, 40), "cadres_trained": (6, 45), "operating_funds": (20, 90), "good_areas": (4, 12),
    "dialogues_held": (1, 5),
}  # fmt: skip
_COMMUNES = {"commune": 1, "district": 14, "province": 160}
_ANYWHERE = {
    "areas_total": (12, 22), "areas_committees": (9, 12), "households": (900, 3200), "units_total": (9, 20),
    "units_reporting": (5, 9), "units_with_plan": (4, 9), "units_with_rules": (3, 8), "cultured_share": (62, 90),
    "committee_members": (25, 65), "staff": (5, 22), "party_meetings": (1, 5), "joint_programmes": (1, 6),
    "conference_people": (40, 180), "years_in_post": (1, 16), "years_here": (2, 60), "training_days": (1, 8),
    "meetings_joined": (0, 8), "work_date": (0, 2), "recommendations": (0, 3), "documents": (1, 4),
}  # fmt: skip
_TASKS = {
    f"t{task}_{name}": usual
    for task in range(1, 7)
    for name, usual in {"documents": (0, 2), "conferences": (0, 2), "conference_people": (40, 180)}.items()
}
# Stocks, not flows: counted on a day, so that half a year has as many of them as a year.
_STOCKS = frozenset(
    {
        "cultured_areas", "self_managed", "respected_people", "committee_members", "staff", "good_areas",
        "units_with_plan", "units_with_rules", "joint_programmes",
    }
)  # fmt: skip


def manner_of(questionnaire: str, level: str, leanings: Mapping[str, float]) -> Manner:
    people = questionnaire in ("resident_opinion", "cadre_interview")
    times = _COMMUNES.get(level, 1)
    amounts = {name: (low * times, high * times) for name, (low, high) in _COMMUNE.items()}
    return Manner(
        leanings=leanings,
        unknown=0.09 if questionnaire == "resident_opinion" else 0.035,
        silence=0.3 if people else 0.12,
        amounts=amounts | _ANYWHERE | _TASKS,
        stocks=_STOCKS,
        texts=TEXTS,
    )


def spoil(answers: dict[str, Any], random: Random) -> None:
    """Put one flaw into answers: lost answers, a number beyond its limits, or an unknown code."""
    flaw = random.choice(("lost answers", "too large", "unknown code"))
    if flaw == "lost answers":
        for name in random.sample(sorted(answers), min(3, len(answers))):
            del answers[name]
    elif flaw == "too large":
        numbers = [name for name, given in answers.items() if isinstance(given, int) and not isinstance(given, bool)]
        answers[random.choice(numbers) if numbers else "old_question"] = 990_000
    else:
        codes = [name for name, given in answers.items() if isinstance(given, str) and given.isascii()]
        answers[random.choice(codes) if codes else "old_question"] = "unknown_code"
