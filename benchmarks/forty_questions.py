"""A questionnaire of forty questions of every common kind, and answers to it: what `receive.py` sends."""

from __future__ import annotations

import random
from typing import Any

HEAD = """id: forty_questions
version: "1"
title: {vi: Bốn mươi câu hỏi, en: Forty questions}
respondent: organisation
evidence: visit
locality_level: commune
framework: example
languages: [vi, en]
choices:
  change4:
    scale: ordinal
    options:
      clear: {vi: Chuyển biến rõ nét, en: Clear change}
      some: {vi: Có chuyển biến, en: Some change}
      little: {vi: Ít chuyển biến, en: Little change}
      none: {vi: Chưa chuyển biến, en: No change yet}
    missing:
      dont_know: {vi: Không biết, en: Don't know}
sections:
"""
KINDS = {
    "rated": "{type: select_one, choices: change4, required: true, label: LABEL}",
    "why": "{type: text, relevant: \"${rated_N} = 'little' or ${rated_N} = 'none'\", label: LABEL}",
    "counted": '{type: integer, constraint: ". >= 0", label: LABEL}',
    "measured": '{type: decimal, constraint: ". >= 0 and . <= 100", label: LABEL}',
    "ticked": "{type: select_multiple, choices: change4, label: LABEL}",
    "doubled": '{type: calculate, calculation: "${counted_N} * 2", label: LABEL}',
    "held": '{type: date, constraint: ". <= today()", label: LABEL}',
    "noted": "{type: text, label: LABEL}",
}
SECTIONS = 5
WORDS = ["Ủy ban", "Mặt trận", "xã", "đã", "phối hợp", "tuyên truyền,", "vận động", "nhân dân", "thực hiện", "tốt"]


def source() -> str:
    """The YAML: five sections of eight questions."""
    parts = [HEAD]
    for number in range(SECTIONS):
        parts.append(f"  - name: part_{number}\n    title: {{vi: Phần {number + 1}, en: Part {number + 1}}}\n")
        parts.append("    questions:\n")
        for kind, written in KINDS.items():
            name = f"{kind}_{number}"
            label = f"{{vi: Câu {name}, en: Question {name}}}"
            question = written.replace("LABEL", label).replace("_N", f"_{number}")
            parts.append(f"      - {{name: {name}, {question[1:]}\n")
    return "".join(parts)


def answers(rng: random.Random) -> dict[str, Any]:
    """Valid answers on the route; about 1.2 kB of JSON."""
    given: dict[str, Any] = {}
    for number in range(SECTIONS):
        rated = rng.choice(["clear", "some", "little", "none", "dont_know"])
        counted = rng.randrange(500)
        given[f"rated_{number}"] = rated
        if rated in ("little", "none"):
            given[f"why_{number}"] = " ".join(rng.sample(WORDS, 8))
        given[f"counted_{number}"] = counted
        given[f"measured_{number}"] = round(rng.uniform(0, 100), 1)
        given[f"ticked_{number}"] = sorted(rng.sample(["clear", "some", "little", "none"], 2))
        given[f"doubled_{number}"] = counted * 2
        given[f"held_{number}"] = f"2012-05-{rng.randrange(1, 29):02}"
        given[f"noted_{number}"] = " ".join(rng.choices(WORDS, k=12))
    return given
