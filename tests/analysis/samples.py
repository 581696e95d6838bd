"""A small synthetic round: two provinces, districts, communes; committees and residents; seeded."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from analysis.codebook import Codebook, Framework
from analysis.counter import tally_leaf
from analysis.round_info import Expected, RoundInfo
from analysis.round_tally import PUBLISHED, Cut, LeafId, LocalityRow, RoundTally
from analysis.tally import CountedResponse

TASKS = 6
SIZE = 10  # of a cohort
OPTIONS = {"clear": 100, "some": 67, "little": 33, "none": 0}
LABELS = {
    "clear": ("Chuyển biến rõ nét", "Clear change"),
    "some": ("Có chuyển biến", "Some change"),
    "little": ("Ít chuyển biến", "Little change"),
    "none": ("Chưa chuyển biến", "No change yet"),
}
SHORT = {
    1: ("Nhận thức", "Awareness"), 2: ("Các cuộc vận động", "Campaigns"), 3: ("Chăm lo lợi ích", "Interests"),
    4: ("Tập hợp nhân dân", "Gathering"), 5: ("Tổ chức, cán bộ", "Organisation"),
    6: ("Công tác dân vận", "Mobilisation"),
}  # fmt: skip


def both(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


def framework_json() -> dict[str, Any]:
    def indicator(code: str) -> dict[str, Any]:
        return {
            "code": code, "title": both(code, code), "kind": "rating", "aspect": "carry_out", "weight": 1.0, "unit": {},
            "period": None, "aggregate": "none", "direction": "higher",
        }  # fmt: skip

    tasks = [
        {
            "code": f"task{i}", "title": both(f"Nhiệm vụ {i}: {SHORT[i][0]}", f"Task {i}: {SHORT[i][1]}"),
            "short": both(*SHORT[i]), "weight": 1.0, "indicators": [indicator("first"), indicator("second")],
        }
        for i in range(1, TASKS + 1)
    ]  # fmt: skip
    return {"id": "f", "title": both("Khung", "Framework"), "tasks": tasks}


def questionnaire_json(id_: str, respondent: str) -> dict[str, Any]:
    questions = [
        {
            "name": f"t{i}_{which}", "section": f"s{i}", "repeat": None, "type": "select_one",
            "label": both("Hỏi", "Ask"),
            "task": f"task{i}", "indicator": which, "choices": "change", "universe": None, "rows": [], "periods": [],
            "missing": [],
        }
        for i in range(1, TASKS + 1)
        for which in ("first", "second")
    ]  # fmt: skip
    options = [{"code": code, "label": both(*label)} for code, label in LABELS.items()]
    missing = [{"code": "dont_know", "label": both("Không biết", "Don't know")}]
    return {
        "id": id_, "version": "1", "title": both("Phiếu làm việc với Mặt trận cấp xã", "Visit to a commune"),
        "respondent": respondent, "evidence": "visit", "locality_level": "commune", "framework": "f",
        "languages": ["vi", "en"], "questions": questions,
        "choices": {"change": {"scale": "ordinal", "options": options, "missing": missing, "scores": OPTIONS}},
    }  # fmt: skip


def localities(provinces: int = 2, districts: int = 3, communes: int = 4) -> dict[str, LocalityRow]:
    rows = {"VN": LocalityRow("VN", "country", "VN", "Việt Nam", "Quốc gia")}
    for p in range(provinces):
        province = f"VN/{p:02}"
        rows[province] = LocalityRow(province, "province", f"{p:02}", f"Tỉnh số {p}", "Tỉnh", 10 + p % 12, 104 + p % 5)
        for d in range(districts):
            district = f"{province}/{p}{d:02}"
            rows[district] = LocalityRow(district, "district", f"{p}{d:02}", f"Huyện số {p}.{d}", "Huyện")
            for c in range(communes):
                path = f"{district}/{p}{d}{c:03}"
                rows[path] = LocalityRow(path, "commune", f"{p}{d}{c:03}", f"Xã số {p}.{d}.{c}", "Xã")
    return rows


def answers(rng: random.Random, tilt: float) -> dict[str, str]:
    found = {}
    for i in range(1, TASKS + 1):
        for which in ("first", "second"):
            draw = rng.random() + tilt - 0.05 * i
            code = "clear" if draw > 0.8 else "some" if draw > 0.4 else "little" if draw > 0.15 else "none"
            found[f"t{i}_{which}"] = "dont_know" if rng.random() < 0.07 else code
    return found


@lru_cache(8)
def small_round(provinces: int = 2, residents: int = 6, seed: int = 1, communes: int = 4) -> RoundTally:
    """The same as `make_small_round`, made once: nothing of a round changes."""
    return make_small_round(provinces, residents, seed, communes)


def make_small_round(provinces: int = 2, residents: int = 6, seed: int = 1, communes: int = 4) -> RoundTally:
    """A round with one visit and `residents` residents in each commune (0–2 × as many, at random), who are published in
    cohorts."""
    rng = random.Random(seed)
    framework = Framework.from_json(framework_json())
    book = {
        "questionnaires": [questionnaire_json("visit", "organisation"), questionnaire_json("residents", "resident")]
    }
    codebook = Codebook.from_json(book, framework)
    places = localities(provinces, communes=communes)
    leaves = {}
    met: dict[str, list[CountedResponse]] = {}
    expected = []
    for path, row in places.items():
        if row.level != "commune":
            continue
        tilt = rng.uniform(-0.2, 0.3)
        expected += (Expected(path, each, 1, "2012-06-30") for each in ("visit", "residents"))
        for name, n in (("visit", 1), ("residents", rng.randint(0, 2 * residents))):
            rows = [
                CountedResponse(f"{path}-{name}-{k}", answers(rng, tilt), late=rng.random() < 0.1) for k in range(n)
            ]
            if name == "residents":
                met[path] = rows
            else:
                leaf = LeafId(path, name, "1", "visit", "submitted")
                leaves[leaf] = tally_leaf(rows, codebook.questionnaires[name, "1"], framework)
    for leaf, rows in publish(met).items():
        leaves[leaf] = replace(tally_leaf(rows, codebook.questionnaires["residents", "1"], framework), late=0)
    info = {
        "code": "r1", "name": both("Đợt một", "Round one"), "scheme": "test", "due_on": "2012-06-30", "simulated": True,
        "suppress_below": 10, "design": {},
        "selected": [path for path, row in places.items() if row.level == "province"],
        "expected": [],
    }  # fmt: skip
    cut = Cut(7, "2012-06-05T07:05:00.000Z", provisional=True, simulated=True)
    return RoundTally(RoundInfo.from_json(info), framework, codebook, places, leaves, expected, cut)


def publish(met: Mapping[str, Sequence[CountedResponse]]) -> dict[LeafId, list[CountedResponse]]:
    """A cohort of each commune (by path) with enough residents; the others pool at the lowest locality above that has
    enough."""

    def leaf(path: str, unit: str) -> LeafId:
        return LeafId(path, "residents", "1", "visit", PUBLISHED, cluster=unit)

    found: dict[LeafId, list[CountedResponse]] = {}
    waiting = {path: [*rows] for path, rows in met.items() if rows}
    while waiting:
        pooled: dict[str, list[CountedResponse]] = {}
        for path, rows in waiting.items():
            if len(rows) >= SIZE:
                found[leaf(path, path if path in met else f"pool of {path}")] = rows
            elif "/" in path:
                pooled.setdefault(path.rpartition("/")[0], []).extend(rows)
        waiting = pooled
    return found


def with_own_level(rt: RoundTally, residents: int = 0) -> RoundTally:
    """The same round where the first province and its first district are visited themselves, too, the district twice;
    `residents`: as many from several of its communes are published together."""
    visit = next(tally for leaf, tally in rt.leaves.items() if leaf.questionnaire == "visit")
    leaves = dict(rt.leaves)
    for path, responses in (("VN/00", 1), ("VN/00/000", 2)):
        leaves[LeafId(path, "visit", "1", "visit", "submitted")] = replace(visit, n=responses, late=responses)
    if residents:
        asked = next(tally for leaf, tally in rt.leaves.items() if leaf.questionnaire == "residents")
        leaves[LeafId("VN/00/000", "residents", "1", "visit", PUBLISHED, cluster="pool")] = replace(asked, n=residents)
    expected = [*rt.expected, *(Expected(path, "visit", 1, "2012-06-30") for path in ("VN/00", "VN/00/000"))]
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, leaves, expected, rt.cut)
