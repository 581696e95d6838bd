"""Conditions that are the same for every answer are reported at the part that makes them so, and no others."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from survey_server.questionnaire.check import check_file
from survey_server.questionnaire.language import truth
from tests.questionnaire.marked import found_in, unmarked, with_expression, with_question, with_sections

L = "label: {vi: A, en: B}"
REPORTED = [
    # Numbers: whole, in the range of their type, compared with constants and with each other.
    "${amount} > 5 and ‹contradiction›${amount} < 3",
    "${amount} > 5 and ${word} = 'a' and ‹contradiction›${amount} = 5",
    "${amount} > 1 and ‹contradiction›${amount} < 2",
    "‹never_true›${amount} = 0.5",
    "‹never_true›${amount} > 1000000000000000",
    "${amount} < 5 or ${amount} >= 5 or ‹tautology›${amount} = ''",
    "${amount} = 1 and ‹contradiction›${amount} = ''",
    "${amount} and ‹contradiction›${amount} = 0",
    "${amount} * 2 > 4 and ‹contradiction›${amount} * 2 < 3",
    "‹never_true›abs(${amount}) < 0",
    "‹never_true›${amount} mod 7 >= 8",
    "‹never_true›string-length(${word}) < 0",
    "‹always_true›string-length(${word}) >= 0",
    "‹never_true›min(1, ${amount}) > 1",
    "‹never_true›coalesce(abs(${amount}), 1) < 0",
    "‹never_true›count(${papers}) < 0",
    "‹never_true›${amount} != ${amount}",
    "‹never_true›${amount} < ${amount}",
    # Choices: codes of one list.
    "${rated} != 'clear' or ‹tautology›${rated} != 'some'",
    "${rated} = 'clear' and ‹contradiction›${rated} = 'some'",
    "not(${rated} = 'clear' and ‹contradiction›${rated} = 'some')",
    "not(${rated} != 'clear' or ‹tautology›${rated} != 'some')",
    "${rated} = '' and ‹contradiction›${rated} = 'some'",
    "selected(${several}, 'clear') and ‹contradiction›not(selected(${several}, 'clear'))",
    "selected(${several}, 'clear') and ‹contradiction›${several} = ''",
    "‹never_true›count-selected(${several}) > 4",
    "selected(${rated}, 'some') and ‹contradiction›${rated} != 'some'",
    # Texts.
    "${word} = 'a' and ‹contradiction›${word} = 'b'",
    "${word} != 'a' or ‹tautology›${word} != 'b'",
    "contains(${word}, 'a') and ‹contradiction›not(contains(${word}, 'a'))",
    # Dates in the wrong order.
    "${held} > '2012-12-31' and ‹contradiction›${held} < '2012-01-01'",
    "${held} > today() and ‹contradiction›today() >= ${held}",
    # Constants, and chains within chains.
    "‹never_true›1 = 2",
    "${amount} = 1 or (${word} = 'a' and ‹contradiction›${word} = 'b')",
    "‹literal_condition›1",
    "${rated} = 'clear' or ‹literal_condition›'some'",
    "‹never_true›false",
    "if(${amount} > 1, ‹never_true›${amount} < 1, ${word} = 'a')",
    "if(${amount} > 9, 1, if(‹never_true›${amount} > 10, 2, 3)) = 2",
    "${amount} div ‹division_by_zero›0 > 1",
    "${amount} mod (‹division_by_zero›1 - 1) = 1",
    # An answer to one question tells that the question was asked.
    "${figures.meetings.y2011} > 1 and ‹contradiction›${figures.meetings.y2011} < 1",
]  # fmt: skip
NOT_REPORTED = [
    "${amount} > 5 and ${amount} < 30",
    "${amount} > 5 or ${amount} < 3",
    "${amount} != 1 and ${amount} != 2",
    "${rated} = 'clear' or ${rated} = 'some' or ${rated} = 'none' or ${rated} = 'dont_know'",
    "${rated} != ''",
    "${rated} = 'clear' and ${amount} > 1 or ${rated} = 'some' and ${amount} < 1",
    "not(${figures.meetings.y2011} > 100)",
    "selected(${several}, 'clear') and not(selected(${several}, 'some'))",
    "${held} <= today() and ${held} >= '2012-01-01'",
    "${amount} - 1 < ${amount}",
    "string-length(${word}) > 3 and string-length(${word}) < 5",
    "coalesce(${amount}, 0) = 0",
    "round(${amount} div 3, 1) = 0.3",
    "${amount} div (${amount} - 1) > 1",
    "if(${amount} > 1, ${amount} < 9, ${amount} = 1)",
    "if(${amount} < 5, 1, if(${amount} >= 5, 2, 3)) = 2",
    "true()",
    "${amount} > 1 and true()",
    "regex(${word}, '[a-z]+') or regex(${word}, '[0-9]+')",
    "number(${word}) > 5 and ${word} != '7'",
    "sum(${figures.meetings}) > 5 and max(${figures.meetings}) < 3",
    "${amount} = 999999999999999",
]
RULES = [
    f"- {{name: q, type: integer, {L}, constraint: . > 5 and ‹constraint_never›. < 3}}",
    f"- {{name: q, type: date, {L}, constraint: . > '2012-12-31' and ‹constraint_never›. < '2012-01-01'}}",
    f"- {{name: q, type: integer, {L}, constraint: . < 3 or (. > 9 and ‹contradiction›. < 8)}}",
    f"- {{name: q, type: integer, {L}, constraint: . > 3 or ‹tautology›. < 8}}",
    f"- {{name: q, type: integer, {L}, constraint: ‹constraint_never›false}}",
    f"- {{name: q, type: integer, {L}, constraint: \". >= 0 and . <= ${{amount}}\"}}",
    f"- {{name: q, type: integer, {L}, required: \"‹never_true›${{amount}} = 0.5\"}}",
    f"- {{name: q, type: text, {L}, required: false}}",
    "- {name: q, type: calculate, calculation: \"if(‹never_true›${amount} = 0.5, 1, 2)\"}",
    "- {name: q, type: calculate, calculation: \"${amount} div ‹division_by_zero›0\"}",
    # The range that a constraint leaves; a missing code and no answer are no numbers.
    f"""\
    - {{name: q, type: integer, {L}, constraint: . >= 0 and . <= 30}}
    - {{name: r, type: text, {L}, relevant: "‹never_true›${{q}} = 31"}}
    - {{name: s, type: text, {L}, relevant: "${{q}} = '' and ${{amount}} > 1"}}
    """,
    f"""\
    - {{name: q, type: select_one, choices: change, {L}, constraint: . != 'none'}}
    - {{name: r, type: text, {L}, relevant: "‹never_true›${{q}} = 'none'"}}
    - {{name: s, type: text, {L}, relevant: "${{q}} = 'dont_know'"}}
    """,
    # Conditions of the groups around.
    f"""\
    - name: g
      type: group
      relevant: ${{rated}} = 'clear'
      questions:
        - {{name: q, type: text, {L}, relevant: "‹never_asked›${{rated}} = 'some'"}}
        - {{name: r, type: text, {L}, relevant: "${{rated}} = 'clear'"}}
        - {{name: s, type: text, {L}, required: "‹never_true›${{rated}} = 'some'"}}
    """,
    # What is inside a question that is never asked is not reported again, nor what depends on it.
    f"""\
    - name: g
      type: group
      relevant: ${{rated}} = 'clear' and ‹contradiction›${{rated}} = 'some'
      questions:
        - {{name: q, type: text, required: true, {L}, relevant: "${{amount}} > 1"}}
    - {{name: r, type: text, {L}, relevant: "${{q}} = 'a'"}}
    """,
    # A question that was answered was asked.
    f"""\
    - {{name: q, type: text, {L}, relevant: "${{amount}} > 10"}}
    - {{name: r, type: text, {L}, relevant: "${{q}} = 'a' and ‹contradiction›${{amount}} < 5"}}
    - {{name: s, type: text, {L}, relevant: "${{q}} = '' and ${{amount}} < 5"}}
    """,
    # In a repeat the questions of the same instance.
    f"""\
    - name: many
      type: repeat
      {L}
      questions:
        - {{name: n, type: integer, {L}, constraint: . > 0}}
        - {{name: m, type: text, {L}, relevant: "${{n}} > 5 and ‹contradiction›${{n}} < 3"}}
        - {{name: o, type: text, {L}, relevant: "‹never_true›position() < 1"}}
        - {{name: p, type: text, {L}, relevant: "${{n}} > position()"}}
    - {{name: total, type: calculate, calculation: "if(sum(${{n}}) > 5, 1, 0)"}}
    """,
    f"""\
    - {{name: total, type: calculate, calculation: "abs(${{amount}})"}}
    - {{name: q, type: text, {L}, relevant: "‹never_true›${{total}} < 0"}}
    - {{name: r, type: text, {L}, relevant: "${{total}} = ''"}}
    """,
]  # fmt: skip


@pytest.mark.parametrize("marked", [*REPORTED, *NOT_REPORTED])
def test_a_condition_is_reported_if_no_answer_changes_it(tmp_path: Path, marked: str) -> None:
    source, expected = unmarked(with_expression(marked))
    assert found_in(tmp_path, source) == expected


@pytest.mark.parametrize("marked", RULES, ids=range(len(RULES)))
def test_rules_are_looked_at_where_they_apply(tmp_path: Path, marked: str) -> None:
    source, expected = unmarked(with_question(marked))
    assert found_in(tmp_path, source) == expected


def test_the_condition_of_a_section_counts_for_its_questions(tmp_path: Path) -> None:
    source, expected = unmarked(
        with_sections(
            f"""\
            - name: a
              task: task1
              title: {{vi: A, en: B}}
              questions: [{{name: n, type: integer, {L}}}]
            - name: b
              task: task1
              title: {{vi: A, en: B}}
              relevant: ${{n}} > 5
              questions: [{{name: q, type: text, {L}, relevant: "‹never_asked›${{n}} < 3"}}]
            - name: c
              task: task1
              title: {{vi: A, en: B}}
              relevant: ${{n}} > 5 and ‹contradiction›${{n}} < 3
              questions: [{{name: r, type: text, {L}, required: true}}]
            """,
            lists="",
        )
    )
    assert found_in(tmp_path, source) == expected


def test_a_condition_in_which_something_is_wrong_is_not_judged(tmp_path: Path) -> None:
    """Neither itself nor what it says about its question."""
    source, expected = unmarked(
        with_question(
            f"""\
            - {{name: q, type: text, {L}, relevant: "‹unknown_reference›${{ratd}} = 1 and 1 = 2"}}
            - {{name: r, type: text, {L}, relevant: "${{q}} = 'a'"}}
            """
        )
    )
    assert found_in(tmp_path, source) == expected


def _large(count: int) -> str:
    """A questionnaire in which each question depends on earlier ones."""
    return with_question(
        "".join(
            f"- {{name: n{n}, type: integer, {L}, constraint: . >= 0 and . <= 110,\n"
            f"   relevant: \"${{y{n - 1}}} = 'yes'\"}}\n"
            f'- {{name: y{n}, type: select_one, choices: yesno, {L}, relevant: "${{n{n}}} > 5 and ${{n{n}}} < 100"}}\n'
            f'- {{name: t{n}, type: text, {L}, required: "${{n{n}}} > 50", relevant: "${{y{n}}} = \'no\'"}}\n'
            f'- {{name: c{n}, type: calculate, calculation: "round(${{n{n}}} div 2 + 1, 1)"}}\n'
            for n in range(1, count // 4 + 1)
        ).replace("${y0}", "${agreed}")
    )


@pytest.mark.slow
def test_a_questionnaire_of_a_thousand_questions_is_checked_in_a_second(tmp_path: Path) -> None:
    source = _large(1000)
    assert found_in(tmp_path, source) == []
    started = time.process_time()
    assert check_file(tmp_path / "marked.yaml") == []
    assert time.process_time() - started < 2.0  # 0.5 s on a quiet machine


def test_too_much_logic_is_left_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, (expected,) = unmarked(with_expression("${amount} > 5 and ‹contradiction›${amount} < 3"))
    assert found_in(tmp_path, source) == [expected]
    monkeypatch.setattr(truth, "MAX_STEPS", 1)
    assert found_in(tmp_path, source) == []
