"""One mistake has one message, at its cause, that says what to write instead."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from survey_server.questionnaire.check import check_file
from tests.questionnaire.marked import found_in, unmarked, with_envelope, with_expression, with_question, with_sections

L = "label: {vi: A, en: B}"
# Expressions of a number's `relevant`, with what the message must say in English.
EXPRESSIONS = [
    ("${amount} = 1 ‹wrong_operator›&& ${word} = 'a'", "write and"),
    ("${amount} = 1 ‹wrong_operator›|| ${word} = 'a'", "write or"),
    ("${amount} = 1 ‹wrong_operator›AND ${word} = 'a'", "write and"),
    ("${amount} = 1 ‹wrong_operator›Or (${word} = 'a')", "write or"),
    ("${amount} = 1 ‹wrong_operator›và ${word} = 'a'", "write and"),
    ("${amount} ‹wrong_operator›<> 1", "write !="),
    ("${amount} ‹wrong_operator›== 1", "write ="),
    ("${amount} ‹wrong_operator›=> 1", "write >="),
    ("${amount} ‹wrong_operator›≥ 1", "write >="),
    ("${amount} ‹wrong_operator›/ 2 > 1", "write … div …"),
    ("${amount} ‹wrong_operator›% 2 = 1", "write … mod …"),
    ("${amount} ‹wrong_operator›is 1", "write ="),
    ("‹wrong_operator›not ${amount}", "write not(…)"),
    ('"‹wrong_operator›!${amount}"', "write not(…)"),
    ("${amount} > ‹decimal_comma›2,5", "write 2.5"),
    ("${amount} > ‹decimal_comma›1.000.000", "write 1000000"),
    ("if(${amount} > ‹decimal_comma›1,5, true(), false())", "write 1.5"),
    ("${word} = ‹curly_quotes›“a”", "straight quotes"),
    ("${word} = ‹curly_quotes›‘a’", "straight quotes"),
    ("${word} = ‹open_quote›'a", "add ' at the end"),
    ("‹reference_braces›$amount > 1", "write ${amount}"),
    ("'‹reference_braces›{amount} > 1'", "write ${amount}"),
    ("‹reference_braces›{amount} > 1", "write ${amount}"),
    ("‹reference_braces›{amount}", "write ${amount}"),
    ("‹reference_braces›${amount > 1", "write ${amount}"),
    ("‹reference_braces›amount > 1", "write ${amount}"),
    ("'‹reference_braces›[amount] > 1'", "write ${amount}"),
    ("${rated} = ‹bare_word›clear", "write 'clear'"),
    ("${held} < ‹bare_word›today", "write today()"),
    ("${amount} = ‹bare_word›null", "write ''"),
    ("‹open_parenthesis›(${amount} > 1", "add a )"),
    ("${amount} > 1 and ‹missing_left›< 5", "write . < 5"),
    ("${amount} > 1 and‹unfinished›", "remove the last operator"),
    ("‹not_true_false›yes", "write true or false"),
    ("‹not_true_false›'true'", "write true or false"),
    ("‹empty_expression›''", "remove the key 'relevant'"),
    ("‹expression_start›!${amount}", "double quotes"),
    ("‹expression_start›'a' = ${word}", "double quotes"),
    ("‹chained_comparison›18 <= ${amount} <= 110", "write 18 <= ${amount} and ${amount} <= 110"),
    ("‹chained_comparison›1 < ${amount} < 9 < 20", "write 1 < ${amount} and ${amount} < 9"),
    ("${agreed} = ‹compared_with_boolean›true()", "write ${agreed} = 'yes'"),
    ("‹compared_with_boolean›true() = ${several}", "write selected(${several}, 'clear')"),
    ("${amount} < (‹expects_number›${amount} > 1)", "not a truth"),
    ("${several} = ‹use_selected›'some'", "write selected(${several}, 'some')"),
    ("${several} != ‹use_selected›'some'", "write not(selected(${several}, 'some'))"),
    ("${held} = ‹never_equal›${amount}", "dates with dates"),
    ("${rated} = ‹never_equal›${agreed}", "choices of the same list"),
    ("‹unknown_function›len(${word}) > 3", "did you mean 'string-length'"),
    ("‹unknown_function›IF(${amount} > 1, 1, 2) = 1", "did you mean 'if'"),
    ("${rated} = ‹no_such_choice›'clera'", "did you mean 'clear'"),
    ("${rated} = 'clear' or ‹literal_condition›'some'", "write each comparison in full"),
]  # fmt: skip
# Questions, as somebody writes them who comes from XLSForm, ODK or KoboToolbox.
QUESTIONS = [
    (f"- {{name: q, type: text, {L}, ‹unknown_key›relevance: \"${{amount}} > 1\"}}", "did you mean 'relevant'"),
    (f"- {{name: q, type: text, {L}, ‹unknown_key›condition: \"${{amount}} > 1\"}}", "did you mean 'relevant'"),
    (f"- {{name: q, type: text, {L}, ‹unknown_key›mandatory: true}}", "did you mean 'required'"),
    (f"- {{name: q, type: integer, {L}, constraint: . > 1, ‹unknown_key›constraint_msg: {{vi: A, en: B}}}}",
     "did you mean 'constraint_message'"),
    (f"- {{name: q, type: integer, {L}, ‹message_alone›constraint_message: {{vi: A, en: B}}}}", "add a 'constraint'"),
    (f"- {{name: q, type: integer, {L}, ‹unknown_key›constrant: . > 1, constraint_message: {{vi: A, en: B}}}}",
     "did you mean 'constraint'"),
    (f"- {{name: q, type: integer, {L}, ‹key_not_offered›min: 1, constraint_message: {{vi: A, en: B}}}}",
     "write constraint: . >= …"),
    ("- {name: q, type: calculate, ‹unknown_key›formula: 1 + 1}", "did you mean 'calculation'"),
    (f"- {{name: q, type: select_one, {L}, ‹unknown_key›list_name: yesno}}", "did you mean 'choices'"),
    (f"- {{‹unknown_key›id: q, type: text, {L}}}", "did you mean 'name'"),
    (f"- {{name: q, ‹unknown_key›kind: text, {L}}}", "did you mean 'type'"),
    ("- {name: q, type: text, ‹unknown_key›question: {vi: A, en: B}}", "did you mean 'label'"),
    (f"- {{name: q, type: select_one, {L}, ‹key_not_offered›options: [a, b]}}", "name the list in the question"),
    (f"- {{name: q, type: select_one, choices: yesno, {L}, ‹key_not_offered›choice_filter: a = 1}}",
     "list of choices for each"),
    (f"- {{name: q, type: text, {L}, ‹key_not_offered›read_only: true}}", "type: calculate to show a value"),
    (f"- {{name: q, type: integer, {L}, ‹key_not_offered›min: 1}}", "write constraint: . >= …"),
    (f"- {{name: q, type: text, {L}, ‹key_not_offered›multiline: true}}", "write appearance: multiline"),
    (f"- {{name: q, type: text, {L}, ‹key_not_offered›skip_logic: a}}",
     "the condition under which the question is asked"),
    (f"- {{name: q, type: select_one, choices: yesno, {L}, ‹key_not_offered›consent: true}}", "in the first section"),
    (f"- {{name: q, type: ‹choices_in_type›select_one yesno, {L}}}", "choices: yesno"),
    (f"- {{name: q, type: ‹choices_in_type›select_multiple yesno or_other, {L}}}", "choices: yesno"),
    (f"- {{name: q, type: ‹type_not_offered›number, {L}, constraint: . > 1}}", "type: integer for whole numbers"),
    (f"- {{name: q, type: ‹not_allowed›string, {L}}}", "did you mean 'text'"),
    (f"- {{name: q, type: ‹not_allowed›int, {L}, constraint: . > 1}}", "did you mean 'integer'"),
    (f"- {{name: q, type: ‹not_allowed›radio, choices: yesno, {L}}}", "did you mean 'select_one'"),
    (f"- {{name: q, type: ‹not_allowed›Text, {L}}}", "did you mean 'text'"),
    (f"- {{name: q, type: ‹type_not_offered›begin_group, {L}}}", "type: group, with the questions inside"),
    (f"- {{name: q, type: ‹type_not_offered›begin repeat, {L}}}", "type: repeat, with the questions inside"),
    ("- {name: q, type: ‹type_not_offered›end_group}", "where its indentation ends"),
    (f"- {{name: q, type: ‹type_not_offered›geopoint, {L}}}", "locality comes from the assignment"),
    (f"- {{name: q, type: ‹type_not_offered›image, {L}}}", "no pictures"),
    (f"- {{name: q, type: text, {L}, required: ‹not_true_false›yes}}", "write true or false"),
    (f"- {{name: q, type: text, {L}, required: ‹not_true_false›'TRUE'}}", "write true or false"),
    (f"- {{name: q, type: text, {L}, appearance: ‹not_allowed›multi-line}}", "did you mean 'multiline'"),
    (f"- {{name: q, type: select_one, choices: yesno, {L}, ‹key_not_for_type›appearance: minimal}}",
     "has no 'appearance'; remove"),
    (f"- {{name: q, type: date, {L}, default: ‹bare_word›today}}", "write today()"),
    (f"- {{name: q, type: select_one, choices: yesno, {L}, default: ‹bare_word›yes}}", "write 'yes'"),
    (f"- {{name: q, type: text, {L}, default: ‹bare_word›xin chào}}", "write 'xin chào'"),
    (f"- {{name: q, type: integer, {L}, constraint: ‹missing_left›>= 5}}", "write \". >= 5"),
    (f"- {{name: q, type: integer, {L}, constraint: '‹missing_left›>= 5'}}", "write . >= 5"),
    (f"- {{name: q, type: select_multiple, choices: change, {L}, constraint: \". = ‹use_selected›'clear'\"}}",
     "write selected(., 'clear')"),
    (f"- {{name: q, type: integer, {L}, constraint: . > 5 and ‹constraint_never›. < 3}}", "join them with or"),
    (f"- {{name: q, type: ‹odd_character›text\u00a0, {L}}}", "type it again"),
    (f"- {{name: ‹odd_character›q\u200b, type: text, {L}}}", "type it again"),
    (f"- {{name: q, type: text, {L}, ‹odd_character›\u00a0hint: {{vi: A, en: B}}}}", "type it again"),
    ("- name‹odd_character›：q\n  type: text\n  label: {vi: A, en: B}", "type it again"),
    ("- name: q\n‹odd_character›\u00a0\u00a0type: text\n  label: {vi: A, en: B}", "type it again"),
    ("- name: q\n  type: text\n  ‹language_column›label::vi: A\n  label::en: B", "write label: {vi: …, en: …}"),
    ("- name: q\n  type: text\n  ‹language_column›label::Tiếng Việt (vi): A\n  label::English (en): B",
     "write label: {vi:"),
    (f"- name: r\n  type: repeat\n  ‹key_not_offered›repeat_count: 3\n  {L}\n"
     f"  questions: [{{name: x, type: text, {L}}}]",
     "for at least one write required: true"),
]  # fmt: skip
FILES = [
    (with_envelope("title: {vi: Phiếu thử", "‹unknown_key›form_title: {vi: Phiếu thử"), "did you mean 'title'"),
    (with_envelope("languages: [vi, en]", "‹unknown_key›default_language: vi"), "did you mean 'languages'"),
    (with_envelope("languages: [vi, en]", "languages: [vi, en]\n‹key_not_offered›settings: {a: b}"),
     "not inside 'settings'"),
    (with_envelope("    missing:\n", "    scores: {clear: 100, some: 67,‹decimal_comma›5, none: 0}\n    missing:\n"),
     "…,5"),
    (with_envelope("    missing:\n", "    scores:\n      clear: 100\n      some: ‹decimal_comma›67,5\n      none: 0\n"
                   "    missing:\n"), "write 67.5"),
    (with_sections(f"- {{‹unknown_key›id: a, task: task1, title: {{vi: A, en: B}},\n"
                   f"   questions: [{{name: q, type: note, {L}}}]}}",
                   lists=""), "did you mean 'name'"),
]  # fmt: skip
EVERY = [
    *((with_expression(marked), said) for marked, said in EXPRESSIONS),
    *((with_question(marked + "\n"), said) for marked, said in QUESTIONS),
    *FILES,
]


@pytest.mark.parametrize(("marked", "said"), EVERY, ids=range(len(EVERY)))
def test_a_mistake_has_one_message_that_says_what_to_write(tmp_path: Path, marked: str, said: str) -> None:
    source, expected = unmarked(marked)
    assert len(expected) == 1
    assert found_in(tmp_path, source) == expected, dedent(source[-400:])
    (problem,) = check_file(tmp_path / "marked.yaml")
    assert said in f"{problem.text('en')}; {problem.hint('en')}"
    assert problem.text("vi") != problem.text("en") or problem.hint("vi") != problem.hint("en")
