"""`diff` says in words what changed between two versions, and what that does to comparability."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey_server.cli import main
from survey_server.questionnaire.changes import list_changes, worst_effect
from tests.questionnaire.test_differences import changed
from tests.support.field import EXAMPLE

WEAK = ("poor: {vi: Kém", "weak: {vi: Kém")
WORDING = ("label: {vi: Mức,", "label: {vi: Mức độ,")
UNIT = ("{vi: triệu đồng, en: million}", "{vi: tỷ đồng, en: billion}")
GONE = ("      - {name: used, type: select_multiple, choices: forms, label: {vi: Hình thức, en: Forms}}\n", "")


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ((), []),
        ((WORDING,), ["rated: wording changed: “Mức” to “Mức độ”; comparable as before"]),
        (
            (WEAK,),
            [
                "rated: choice weak “Kém” added; comparable after recoding",
                "rated: choice poor “Kém” removed; comparable after recoding",
                "rated: scale or scores changed; comparable after recoding",
            ],
        ),
        ((UNIT,), ["spent: unit changed: “triệu đồng” to “tỷ đồng”; does not add up with the older version"]),
        ((GONE,), ["used: question removed; comparable as before"]),
    ],
)
def test_each_change_is_a_line(changes: tuple[tuple[str, str], ...], lines: list[str]) -> None:
    found = list_changes(changed(version="1"), changed(*changes))
    assert [each.text("en") for each in found] == lines


def test_the_worst_change_decides_about_the_version() -> None:
    assert worst_effect(list_changes(changed(version="1"), changed(WORDING))) == "same"
    assert worst_effect(list_changes(changed(version="1"), changed(WORDING, WEAK))) == "recode"
    assert worst_effect(list_changes(changed(version="1"), changed(UNIT, WEAK))) == "apart"
    assert worst_effect([]) == "same"


def test_other_respondents_are_a_change_too() -> None:
    found = list_changes(changed(version="1"), changed(("evidence: visit", "evidence: self_review")))
    assert {each.effect for each in found} == {"apart"}


def test_the_verb_prints_them(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", tmp_path / "frameworks")
    source = EXAMPLE.read_text(encoding="utf-8")
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(source, encoding="utf-8")
    new.write_text(source.replace("vi: Nguyên nhân", "vi: Vì sao"), encoding="utf-8")
    shown = CliRunner().invoke(main, ["diff", str(old), str(new)])
    assert shown.exit_code == 0, shown.output
    assert "why_little: đổi lời: “Nguyên nhân” thành “Vì sao”; so sánh được như cũ" in shown.output
    assert "1 thay đổi; so sánh được như cũ." in shown.output
    shown = CliRunner().invoke(main, ["diff", str(old), str(new), "--format", "json"])
    (listed,) = json.loads(shown.output)
    assert (listed["question"], listed["comparability"]) == ("why_little", "same")
