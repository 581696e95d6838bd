"""What a change of a questionnaire does to the comparability of answers, a change each."""

from __future__ import annotations

import pytest

from survey_server.questionnaire.codebook import codebooks
from survey_server.questionnaire.differences import compare_versions, name_series
from survey_server.questionnaire.model import Questionnaire
from tests.questionnaire.marked import ENVELOPE, loaded

SOURCE = (
    ENVELOPE
    + """\
choices:
  change:
    scale: ordinal
    options:
      good: {vi: Tốt, en: Good}
      fair: {vi: Khá, en: Fair}
      poor: {vi: Kém, en: Poor}
    missing:
      dont_know: {vi: Không biết, en: Don't know}
  forms:
    options:
      "1": {vi: Họp, en: Meeting}
      "2": {vi: Loa, en: Loudspeaker}
sections:
  - name: part
    task: task1
    title: {vi: Phần một, en: Part one}
    questions:
      - {name: rated, type: select_one, choices: change, indicator: awareness, label: {vi: Mức, en: Level}}
      - {name: used, type: select_multiple, choices: forms, label: {vi: Hình thức, en: Forms}}
      - {name: spent, type: decimal, unit: {vi: triệu đồng, en: million}, label: {vi: Kinh phí, en: Budget}}
      - {name: twice, type: calculate, calculation: "${spent} * 2", label: {vi: Gấp đôi, en: Twice}}
      - name: figures
        type: number_table
        label: {vi: Số liệu, en: Figures}
        rows:
          a: {label: {vi: Cuộc họp, en: Meetings}, unit: {vi: cuộc, en: meetings}}
        periods:
          y2011: {vi: "2011", en: "2011"}
          h2012: {vi: "2012", en: "2012"}
"""
)


MEETING, SPEAKER = "{vi: Họp, en: Meeting}", "{vi: Loa, en: Loudspeaker}"
MOVED = {"a/y2011": "met/y2011", "a/h2012": "met/h2012"}


def changed(*changes: tuple[str, str], version: str = "2") -> Questionnaire:
    source = SOURCE.replace('version: "1"', f'version: "{version}"')
    for before, after in changes:
        assert before in source
        source = source.replace(before, after)
    return loaded(source)


@pytest.mark.parametrize(
    ("change", "question", "expected"),
    [
        (("label: {vi: Mức,", "label: {vi: Mức độ,"), "rated", "same"),
        (("{vi: Kém, en: Poor}", "{vi: Còn kém, en: Poor}"), "rated", "same"),  # the code stays
        (("poor: {vi: Kém", "weak: {vi: Kém"), "rated", {"recode": {"poor": "weak"}}),
        (("poor: {vi: Kém", "weak: {vi: KÉM "), "rated", {"recode": {"poor": "weak"}}),
        (("dont_know: {vi: Không biết", "unknown: {vi: Không biết"), "rated", {"recode": {"dont_know": "unknown"}}),
        (("    missing:\n      dont_know: {vi: Không biết, en: Don't know}\n", ""), "rated", "same"),
        (("      poor: {vi: Kém, en: Poor}\n", ""), "rated", "apart"),
        (("      poor: {vi", "      bad: {vi: Rất kém, en: Bad}\n      poor: {vi"), "rated", "apart"),
        (("poor: {vi: Kém", "weak: {vi: Yếu"), "rated", "apart"),
        (("    missing:", "    scores: {good: 100, fair: 70, poor: 0}\n    missing:"), "rated", "apart"),
        (('      "2": {vi: Loa, en: Loudspeaker}\n', '      "3": {vi: Báo, en: Press}\n'), "used", "same"),
        (('"1": {vi: Họp', '"10": {vi: Họp'), "used", {"recode": {"1": "10"}}),
        (("{vi: triệu đồng, en: million}", "{vi: tỷ đồng, en: billion}"), "spent", "apart"),
        (("type: decimal, unit", "type: integer, unit"), "spent", "same"),
        (("type: select_multiple, choices: forms,", "type: text,"), "used", "apart"),
        (('"${spent} * 2"', '"${spent} * 3"'), "twice", "apart"),
        (("          a: {", "          met: {"), "figures", {"recode": {}, "cells": MOVED}),
        (("unit: {vi: cuộc, en", "unit: {vi: buổi, en"), "figures", "apart"),
    ],
)  # fmt: skip
def test_a_change_has_its_comparability(change: tuple[str, str], question: str, expected: object) -> None:
    compared = compare_versions(changed(version="1"), changed(change))
    assert compared[question].to_json() == expected
    others = {name for name, each in compared.items() if name != question and each.to_json() != "same"}
    assert others == set()


def test_choices_that_exchange_their_codes_are_recoded() -> None:
    change = (f'"1": {MEETING}\n      "2": {SPEAKER}', f'"1": {SPEAKER}\n      "2": {MEETING}')
    compared = compare_versions(changed(version="1"), changed(change))
    assert compared["used"].to_json() == {"recode": {"1": "2", "2": "1"}}


def test_a_code_that_means_something_else_now_is_not_united() -> None:
    """The new list has no loudspeaker, and its code 2 is the press."""
    change = (f'"1": {MEETING}\n      "2": {SPEAKER}', f'"2": {MEETING}\n      "3": {{vi: Báo, en: Press}}')
    assert compare_versions(changed(version="1"), changed(change))["used"].is_apart


def test_versions_about_other_respondents_do_not_add_up() -> None:
    compared = compare_versions(changed(version="1"), changed(("evidence: visit", "evidence: self_review")))
    assert all(each.is_apart for each in compared.values())


def test_a_series_ends_where_answers_do_not_add_up_and_keeps_its_name() -> None:
    fewer = ("      poor: {vi: Kém, en: Poor}\n", "")
    first, second = changed(version="1"), changed(("label: {vi: Mức,", "label: {vi: Mức độ,"))
    third, fourth = changed(fewer, version="3"), changed(fewer, version="4")
    assert name_series([first]) == {"1": "1"}
    assert name_series([first, second]) == {"1": "1", "2": "1"}
    assert name_series([first, second, third, fourth]) == {"1": "1", "2": "1", "3": "3", "4": "3"}


def test_the_codebook_says_how_older_versions_are_read() -> None:
    entries = codebooks([changed(version="1"), changed(("poor: {vi: Kém", "weak: {vi: Kém"))])["questionnaires"]
    assert [each["series"] for each in entries] == ["1", "1"]
    assert entries[0]["comparison"]["newest"] == "2"
    assert entries[0]["comparison"]["questions"]["rated"] == {"recode": {"poor": "weak"}}
    assert "comparison" not in entries[1]
