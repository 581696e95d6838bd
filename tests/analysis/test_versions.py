"""United versions, whatever changed between them: every answer is counted once, under the label that was read out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from analysis.codebook import Codebook, Framework
from analysis.counter import tally_leaf
from analysis.round_tally import LeafId
from analysis.tally import CountedResponse, LeafTally, add
from analysis.versions import UnitedVersions, cells_of, unite_versions
from survey_server.questionnaire.codebook import codebooks, framework_json
from survey_server.questionnaire.model import Questionnaire
from tests.questionnaire.marked import loaded
from tests.support.sizes import choose_examples

LABELS = ("Tốt", "Khá", "Vừa", "Kém", "Rất kém")
REASONS = ("Không biết", "Từ chối")
QUESTIONS = ("first", "second", "third")
HEAD = """\
id: marked
version: "{version}"
title: {{vi: Phiếu thử, en: A test}}
respondent: organisation
evidence: visit
locality_level: commune
framework: small
languages: [vi, en]
choices:
"""
LIST = """\
  {name}:
    scale: {scale}
    options: {{{options}}}
    missing: {{{missing}}}
"""
SECTIONS = """\
sections:
  - name: part
    task: task1
    title: {vi: Phần, en: Part}
    questions:
"""
RATED = """\
      - {{name: {name}, type: select_one, choices: scale, indicator: awareness, label: {{vi: A, en: A}}}}
"""
CODES = st.permutations(["1", "2", "3", "4", "5", "6", "7"])


@st.composite
def versions(draw: st.DrawFn) -> list[Questionnaire]:
    """Up to three versions, in which codes, options, the order of a scale and the questions change."""
    return [_version(draw, str(number)) for number in range(1, draw(st.integers(1, 3)) + 1)]


def _version(draw: st.DrawFn, version: str) -> Questionnaire:
    source = HEAD.format(version=version)
    for name, scale in (("scale", "ordinal"), ("forms", "nominal")):
        codes = draw(CODES)
        kept = draw(
            st.lists(st.sampled_from(LABELS), min_size=3, unique=True).map(lambda kept: sorted(kept, key=LABELS.index))
        )
        reasons = draw(st.lists(st.sampled_from(REASONS), min_size=1, unique=True))
        named = dict(zip((*LABELS, *REASONS), codes, strict=True))
        options, missing = (
            ", ".join(f'"{named[label]}": {{vi: {label}, en: {label}}}' for label in labels)
            for labels in (kept, reasons)
        )
        source += LIST.format(name=name, scale=scale, options=options, missing=missing)
    source += SECTIONS
    for name in draw(st.lists(st.sampled_from(QUESTIONS), min_size=1, unique=True)):
        source += RATED.format(name=name)
    source += "      - {name: used, type: select_multiple, choices: forms, label: {vi: A, en: A}}\n"
    return loaded(source)


def labels_of(questionnaire: Questionnaire, list_name: str) -> dict[str, str]:
    listed = questionnaire.choices[list_name]
    return {each.code: each.label["vi"] for each in (*listed.options, *listed.missing)}


def is_reworded(older: Questionnaire, newest: Questionnaire) -> bool:
    """Whether a code has a label that the other version lacks: then it counts as a new wording of the same choice."""
    for name in ("scale", "forms"):
        before, after = labels_of(older, name), labels_of(newest, name)
        new = {code for code in before if after.get(code, before[code]) not in before.values()}
        if any(before[code] not in after.values() for code in new):
            return True
    return False


def answer_all(data: st.DataObject, questionnaire: Questionnaire) -> list[dict[str, Any]]:
    single = st.sampled_from([*labels_of(questionnaire, "scale"), None])
    forms = [each.code for each in questionnaire.choices["forms"].options]
    several = st.one_of(st.none(), st.lists(st.sampled_from(forms), unique=True))
    asked = {each.name: several if each.name == "used" else single for each in questionnaire.walk()}
    return data.draw(st.lists(st.fixed_dictionaries(asked), min_size=1, max_size=5))


def tally_all(
    united: UnitedVersions, codebook: Codebook, framework: Framework, sent: dict[str, list[dict[str, Any]]]
) -> LeafTally:
    tallies = []
    for version, answers in sent.items():
        rows = [CountedResponse(f"{version}/{number}", each) for number, each in enumerate(answers)]
        tally = tally_leaf(rows, codebook.questionnaires["marked", version], framework)
        tallies.append(united.read(LeafId("VN", "marked", version, "visit", "submitted"), tally))
    return add(tallies)


@pytest.mark.slow
@given(versions(), st.data())
@settings(max_examples=choose_examples(150), deadline=None)
def test_every_answer_is_counted_once(asked: list[Questionnaire], data: st.DataObject) -> None:
    assume(not any(is_reworded(each, asked[-1]) for each in asked))
    framework = Framework.from_json(framework_json(asked[0].framework))
    codebook = Codebook.from_json(codebooks(asked), framework)
    united = unite_versions(codebook, framework)
    book = united.codebook.newest("marked")
    sent = {each.version: answer_all(data, each) for each in asked}
    tally = tally_all(united, codebook, framework, sent)

    for question in book.questions.values():
        for cell in cells_of(question):
            found = tally.questions[cell]
            assert found.answered + sum(found.missing.values()) + found.unanswered + found.not_asked == tally.n
    counted, given_ = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for name, question in book.questions.items():
        labels = {**book.choices[question.choices or ""].options, **book.choices[question.choices or ""].missing}
        codes = {**tally.questions[name].choices, **tally.questions[name].missing}
        for code, count in codes.items():
            counted[name.partition("-")[0], labels[code]["vi"]] += count
    for each in asked:
        for answers in sent[each.version]:
            for name, answer in answers.items():
                labels_read = labels_of(each, "forms" if name == "used" else "scale")
                for code in answer if isinstance(answer, list) else [answer] if answer else []:
                    given_[name, labels_read[code]] += 1
    assert counted == given_


def number_table(version: str, rows: dict[str, str], periods: dict[str, str]) -> Questionnaire:
    """A table of numbers; rows and periods: code → label."""
    axes = (
        f"{name}: {{{', '.join(f'{code}: {{vi: {label}, en: {label}}}' for code, label in listed.items())}}}"
        for name, listed in (("rows", rows), ("periods", periods))
    )
    source = HEAD.format(version=version) + LIST.format(
        name="scale", scale="ordinal", options="a: {vi: A, en: A}, b: {vi: B, en: B}, c: {vi: C, en: C}",
        missing="x: {vi: X, en: X}",
    )  # fmt: skip
    source += SECTIONS + "      - {name: counts, type: number_table, label: {vi: A, en: A}, " + ", ".join(axes) + "}\n"
    return loaded(source)


def test_rows_and_periods_that_only_an_older_version_has_are_rows_and_periods_of_the_table() -> None:
    older = number_table("1", {"men": "Nam", "women": "Nữ", "young": "Trẻ"}, {"y2011": "Năm 2011", "y2012": "Năm 2012"})
    newest = number_table("2", {"men": "Nam", "female": "Nữ"}, {"y2012": "Năm 2012", "y2013": "Năm 2013"})
    framework = Framework.from_json(framework_json(older.framework))
    codebook = Codebook.from_json(codebooks([older, newest]), framework)
    united = unite_versions(codebook, framework)
    given_ = {"counts": {row: {"y2011": 1, "y2012": 2} for row in ("men", "women", "young")}}
    later = {"counts": {"men": {"y2012": 10, "y2013": 20}, "female": {"y2012": 30, "y2013": 40}}}
    tally = tally_all(united, codebook, framework, {"1": [given_], "2": [later]})
    question = united.codebook.newest("marked").questions["counts"]
    assert [row["code"] for row in question.rows] == ["men", "female", "young"]
    assert [period["code"] for period in question.periods] == ["y2012", "y2013", "y2011"]
    assert {*cells_of(question)} == {name for name in tally.questions if name.startswith("counts/")}
    for cell in cells_of(question):
        found = tally.questions[cell]
        assert found.answered + found.not_asked == 2, cell
    assert tally.questions["counts/female/y2012"].answered == 2
    assert tally.questions["counts/young/y2011"].answered == 1
    assert tally.questions["counts/young/y2013"].not_asked == 2
