"""Each problem of a file is reported at the position of its node, and nothing else is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.questionnaire.marked import found_in, unmarked, with_envelope, with_expression, with_question, with_sections

YAML = [
    with_envelope("evidence: visit", "evidence: visit\n‹duplicate_key›evidence: visit"),
    with_envelope("title: {vi: Phiếu thử, en: A test}", "title: {vi: Phiếu thử, ‹duplicate_key›vi: Lại, en: A test}"),
    with_envelope("title: {vi: Phiếu thử", "title: ‹anchor›&t {vi: Phiếu thử"),
    with_envelope("title: {vi: Phiếu thử", "title: ‹tag›!!omap {vi: Phiếu thử"),
    with_envelope("title: {vi: Phiếu thử", "title: ‹tag›!!python/object:os.system {vi: Phiếu thử"),
    with_envelope("languages: [vi, en]", "languages: ‹tag›!!set [vi, en]"),
    with_envelope('version: "1"', "version: ‹tag›!!str 1"),
    with_envelope("vi: Phiếu thử", "vi: ‹anchor›*t "),
    with_envelope("vi: Phiếu thử", 'vi: ‹control_character›"Phiếu\\0thử"'),
    with_envelope("vi: Phiếu thử", 'vi: ‹control_character›"Phiếu\\uFFFEthử"'),
    with_envelope("vi: Phiếu thử", 'vi: "Phiếu\\nthử\\tlại"'),
    with_envelope("evidence: visit", "evidence: visit\n‹key_not_text›[a, b]: c"),
    with_envelope("evidence: visit", "evidence: visit\n‹unknown_key›<<: {vi: x}"),
    with_envelope("languages: [vi, en]", "languages: ‹wrong_type›vi"),
    with_envelope("languages: [vi, en]", "languages: [vi, en, ‹bad_language›Tiếng Việt]"),
    with_envelope("languages: [vi, en]", "languages: [en, vi, ‹duplicate_language›vi]"),
    with_sections("- ‹wrong_type›chữ\n", lists=""),
]
KEYS = [
    with_question("- {name: q, type: text, label: {vi: A, en: B}, ‹unknown_key›relevent: 'true()'}"),
    with_question("- {name: q, type: text, ‹unknown_key›lable: {vi: A, en: B}, label: {vi: A, en: B}}"),
    with_question("- {name: q, type: text, label: {vi: A, en: B}, ‹key_not_for_type›choices: change}"),
    with_question("- {name: q, type: note, label: {vi: A, en: B}, ‹key_not_for_type›required: true}"),
    with_question("- {name: q, type: ‹type_not_offered›rank, choices: change, label: {vi: A, en: B}}"),
    with_question("- {name: q, type: ‹choices_in_type›select_one change, label: {vi: A, en: B}}"),
    with_question("- {name: q, type: ‹wrong_type›[text], label: {vi: A, en: B}}"),
    with_question(
        """\
        - {name: q, type: ‹type_not_offered›rank, choices: change, required: true, label: {vi: A, en: B}}
        - {name: r, type: text, relevant: "${q} > 1 and ${q} = 'clear'", label: {vi: A, en: B}}
        """
    ),
    with_question("- ‹missing_key›{name: q, label: {vi: A, en: B}}"),
    with_question("- ‹missing_key›{type: text, label: {vi: A, en: B}}"),
    with_question("- ‹missing_key›{name: q, type: text}"),
    with_question("- ‹missing_key›{name: q, type: select_one, label: {vi: A, en: B}}"),
    with_question("- ‹missing_key›{name: q, type: calculate, label: {vi: A, en: B}}"),
    with_question("- {name: q, type: text, label: ‹wrong_type›[A]}"),
    with_question("- {name: q, type: text, label: {vi: ‹wrong_type›[A], en: B}}"),
    with_question("- {name: q, type: text, label: ‹wrong_type›}"),
    with_question("- {name: q, type: text, label: {vi: A, en: B}, required: ‹wrong_type›[true]}"),
    with_question(
        "- {name: q, type: select_one, choices: yesno, label: {vi: A, en: B}, ‹key_not_offered›consent: true}"
    ),
    with_question("- {name: q, type: group, label: {vi: A, en: B}, questions: ‹wrong_type›x}"),
    with_question("- {name: q, type: group, label: {vi: A, en: B}, questions: ‹nothing_inside›[]}"),
    with_question("- {name: q, type: text, label: {vi: A, ‹unknown_language›fr: B, en: C}}"),
    with_question(f"- {{name: q, type: text, label: {{vi: ‹text_too_long›{'A' * 8001}, en: B}}}}"),
    with_question(f"- {{name: q, type: text, label: ‹text_too_long›{'1' * 8001}}}"),
    with_envelope("evidence: visit", "evidence: ‹not_allowed›self-review"),
    with_envelope("respondent: organisation", "respondent: ‹not_allowed›organization"),
    with_envelope("locality_level: commune", "locality_level: ‹not_allowed›xã"),
    with_envelope("      yes: {vi: Có, en: Yes}", "      yes: ‹missing_translation›{vi: Có}"),
    with_envelope("    scale: ordinal", "    scale: ‹not_allowed›ordered").replace("indicator: awareness, ", ""),
]
NAMES = [
    with_question("- {name: ‹bad_name›Tên, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›1st, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›a-b, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›a b, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›a.b, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›'', type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹wrong_type›, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›'a;b', type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›=cmd, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›xml_file, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹bad_name›constructor, type: text, label: {vi: A, en: B}}"),
    with_question(f"- {{name: ‹bad_name›{'a' * 33}, type: text, label: {{vi: A, en: B}}}}"),
    with_question("- {name: ‹duplicate_name›rated, type: text, label: {vi: A, en: B}}"),
    with_question("- {name: ‹duplicate_name›pages, type: text, label: {vi: A, en: B}}"),
    with_envelope("id: marked", "id: ‹bad_name›Phiếu"),
    with_envelope('version: "1"', "version: ‹bad_version›1/2"),
    with_envelope("      yes: {", "      ‹bad_code›có: {"),
    with_envelope("      yes: {", "      ‹bad_code›__proto__: {"),
    with_envelope("  yesno:\n", "  ‹bad_name›Có Không:\n").replace("choices: yesno", "choices: Có Không"),
    with_envelope("    missing:\n      dont_know:", "    missing:\n      ‹duplicate_name›some:"),
    with_question(
        """\
        - name: t
          type: number_table
          label: {vi: A, en: B}
          rows:
            - {name: a, label: {vi: A, en: B}}
            - {name: ‹duplicate_name›a, label: {vi: C, en: D}}
          periods: {‹bad_code›6 tháng: {vi: E, en: F}}
        """
    ),
    with_sections(
        """\
        - {name: a, task: task1, title: {vi: A, en: B}, questions: [{name: q, type: note, label: {vi: A, en: B}}]}
        - {name: ‹duplicate_name›a, task: task1, title: {vi: A, en: B}, questions: [{name: r, type: note, label: {vi: A, en: B}}]}
        """,  # noqa: E501
        lists="",
    ),
]
REFERENCES = [
    with_expression("‹unknown_reference›${ratd} = 'clear'"),
    with_expression("'‹unknown_reference›${ratd} = 1'"),
    with_expression("${amount} > 1 and ‹unknown_reference›${nothing} = 1"),
    with_expression(">-\n    ${amount} > 1\n    and ‹unknown_reference›${nothing} = 1"),
    with_expression("|\n    ${amount} > 1\n    and ‹unknown_reference›${nothing} = 1"),
    with_expression("${amount} > 1\n    and ‹unknown_reference›${nothing} = 1"),
    with_expression('"${amount} > 1 \\\n    and ${word} = \\"a\\" and ‹unknown_reference›${nothing} = 1"'),
    with_expression("'${word} = ''a'' and ‹unknown_reference›${nothing} = 1'"),
    with_expression("${rated} = ‹no_such_choice›'clera'"),
    with_expression("(‹no_such_choice›'nothing' != ${rated})"),
    with_expression("${rated} = ‹no_such_choice›1"),
    with_expression("selected(${several}, ‹no_such_choice›'clera')"),
    with_expression("${several} = ‹use_selected›'clear some'"),
    with_expression("${rated} = ''"),
    with_expression("${rated} = 'dont_know'"),
    with_expression("${amount} = ‹never_equal›'many'"),
    with_expression("${held} = ‹never_equal›'5/6/2012'"),
    with_expression("${held} = ‹never_equal›'2012-06-05T08:30'"),
    with_expression("${held} = ''"),
    with_expression("${held} >= '2012-01-01'"),
    with_expression("${held} > ‹expects›'2012-02-30'"),
    with_expression("‹cannot_refer›${figures} = 1"),
    with_expression("‹no_such_choice›${figures.meeting.y2011} > 1"),
    with_expression("‹no_such_choice›${figures.meetings.y2012} > 1"),
    with_expression("sum(${figures.meetings}) > 1"),
    with_expression("‹only_in_aggregate›${figures.meetings} > 1"),
    with_expression("‹only_in_aggregate›${pages} > 1"),
    with_expression("‹only_in_aggregate›${papers} > 1"),
    with_expression("not(‹only_in_aggregate›${papers})"),
    with_expression("count(‹not_a_list›${amount}) > 1"),
    with_expression("count(‹not_a_list›coalesce(${amount}, 'a')) > 1"),
    with_expression("count-non-empty(‹not_a_list›1) > 1"),
    with_expression("‹not_here›position() = 1"),
    with_expression("‹not_here›.. = 1"),
    with_expression("‹arguments›today(..) = ${held}"),
    with_expression("jr:choice-name(${rated}, '${rated}') = 'a'"),
    with_expression("jr:choice-name(${rated}, ‹unknown_reference›'${ratd}') = 'a'"),
    with_expression("jr:choice-name(${word}, ‹no_choices›'${word}') = 'a'"),
    with_expression("jr:choice-name(${rated}, ‹not_quoted›${rated}) = 'a'"),
    with_expression("jr:choice-name(${rated}, ‹not_quoted›1) = 'a'"),
    with_expression("‹not_here›. > 1"),
    with_expression(". > 1", "constraint"),
    with_expression("${amount} > ‹expects_number›${word}"),
    with_expression("${amount} + ‹expects_number›'a' > 1"),
    with_expression("‹expects_number›today() - 1 > 1"),
    with_expression("${held} < ‹expects›5"),
    with_expression("‹unknown_function›uuid() = 'x'"),
    with_expression("‹not_here›now() > '2012-06-05T08:30'"),
    with_expression("${held} < ‹expects›'08:30'"),
    with_expression("‹unknown_function›contain(${word}, 'a')"),
    with_expression("‹unknown_function›Today() = ${held}"),
    with_expression("‹unknown_function›pulldata('a', 'b', 'c', 'd') = 1"),
    with_expression("int(‹expects_number›${held}) = 1"),
    with_expression("int(‹expects_number›${several}) = 1"),
    with_expression("number(‹expects_number›today()) = 1"),
    with_expression("int(${word}) + number(${rated}) + int(true()) + int('3.7') = 1"),
    with_expression("date(‹expects›${amount}) = today()"),
    with_expression("date(‹expects›${several}) = today()"),
    with_expression("date(‹expects›true()) = today()"),
    with_expression("date(${word}) = date(${held}) and date('2012-02-30') = date(${rated})"),
    with_expression("‹arguments›round() = 1"),
    with_expression("‹arguments›today(1) = ${held}"),
    with_expression("‹arguments›if(true(), 1) = 1"),
    with_expression("regex(${word}, ‹bad_pattern›'(a+)+')"),
    with_expression("regex(${word}, ‹bad_pattern›${word})"),
    with_expression("${amount} > ‹syntax›> 1"),
    with_expression("‹reference_braces›amount > 1"),
    with_expression("${amount} ‹wrong_operator›== 1"),
    with_expression("‹open_parenthesis›(${amount} > 1"),
    with_expression("${amount} > 1‹syntax›)"),
    with_expression("${word} = ‹curly_quotes›“a”"),
    with_expression("‹too_long›${amount} > " + "1" * 4000),
    with_expression("‹too_long›${amount} > " + "1" * 9000),
    with_expression("‹too_long›${amount} > " + "1" * 200_000),
    with_expression("‹wrong_type›~", "relevant"),
    with_expression("‹wrong_type›[1]", "constraint"),
    with_expression("true"),
    with_expression("false", "required"),
    with_expression("${amount} > 1", "required"),
    with_expression("‹not_true_false›yes", "required"),
    with_question("- {name: q, type: calculate, label: {vi: A, en: B}, calculation: 0}"),
    with_question(
        """\
        - name: outer
          type: repeat
          label: {vi: A, en: B}
          questions:
            - {name: line, type: calculate, calculation: position(..), label: {vi: A, en: B}}
            - {name: same, type: calculate, calculation: "‹arguments›position(1)", label: {vi: A, en: B}}
        """
    ),
    with_question("- {name: q, type: calculate, label: {vi: A, en: B}, calculation: ‹cycle›'${q} + 1'}"),
    with_question(
        """\
        - {name: a, type: calculate, label: {vi: A, en: B}, calculation: ‹cycle›'${b}'}
        - {name: b, type: calculate, label: {vi: A, en: B}, calculation: '${c}'}
        - {name: c, type: calculate, label: {vi: A, en: B}, calculation: '${a}'}
        """
    ),
    with_question(
        """\
        - {name: a, type: calculate, label: {vi: A, en: B}, calculation: ‹cycle›'${a}'}
        - {name: b, type: calculate, label: {vi: A, en: B}, calculation: ‹cycle›'${b}'}
        """
    ),
    with_question(
        """\
        - name: g
          type: group
          relevant: ‹cycle›${inside} = 'a'
          questions:
            - {name: inside, type: text, label: {vi: A, en: B}}
        """
    ),
    with_question(
        """\
        - {name: first, type: text, label: {vi: A, en: B}, relevant: ‹refers_forward›"${later} = 'a'"}
        - {name: later, type: text, label: {vi: A, en: B}}
        """
    ),
    with_question("- {name: q, type: select_one, choices: ‹unknown_choices›chang, label: {vi: A, en: B}}"),
    with_question("- {name: q, type: text, label: {vi: A, en: B}, task: ‹unknown_task›task9}"),
    with_question(
        "- {name: q, type: select_one, label: {vi: A, en: B},\n"
        "   choices: change, indicator: ‹unknown_indicator›planned}"
    ),
    with_question(
        "- {name: q, type: select_one, label: {vi: A, en: B},\n"
        "   choices: yesno, indicator: ‹not_scored›awareness}"
    ),
    with_question("- {name: q, type: integer, label: {vi: A, en: B}, indicator: ‹cannot_score›awareness}"),
    with_question("- {name: q, type: integer, label: {vi: A, en: B}, indicator: issued}"),
    with_question("- {name: q, type: text, label: {vi: A, en: B}, indicator: ‹cannot_count›issued}"),
    with_question("- {name: q, type: date, label: {vi: A, en: B}, indicator: ‹cannot_count›issued}"),
    with_question("- {name: q, type: note, label: {vi: A, en: B}, indicator: ‹cannot_count›issued}"),
    with_question(
        "- {name: q, type: select_one, label: {vi: A, en: B},\n   choices: change, indicator: ‹cannot_count›issued}"
    ),
    with_question("- {name: q, type: note, label: {vi: A, en: B}, indicator: ‹cannot_score›awareness}"),
    with_question("- {name: q, type: calculate, label: {vi: A, en: B}, indicator: issued, calculation: 1}"),
    with_question(
        """\
        - name: several_times
          type: repeat
          indicator: issued
          label: {vi: A, en: B}
          questions:
            - {name: n, type: integer, label: {vi: A, en: B}, indicator: issued}
            - name: r
              type: select_one
              choices: change
              indicator: ‹scored_in_repeat›awareness
              label: {vi: A, en: B}
        """
    ),
    with_question(
        """\
        - name: together
          type: group
          label: {vi: A, en: B}
          questions:
            - {name: r, type: select_one, choices: change, indicator: awareness, label: {vi: A, en: B}}
        """
    ),
    with_envelope("framework: small", "framework: ‹unknown_framework›smal").replace("indicator: awareness, ", ""),
    with_envelope("  yesno:\n", "  ‹unused_choices›other: {options: {a: {vi: A, en: B}}}\n  yesno:\n"),
    with_envelope("    missing:\n", "    scores: ‹score_incomplete›{clear: 100, some: ‹bad_score›101}\n    missing:\n"),
    with_envelope("    missing:\n", "    scores: {clear: 1, some: 2, none: 3, ‹no_such_choice›nil: 1}\n    missing:\n"),
]  # fmt: skip
STRUCTURE = [
    with_question(
        "- {name: q, type: integer, label: {vi: A, en: B}, ‹message_alone›constraint_message: {vi: A, en: B}}"
    ),
    with_question(
        "- {name: q, type: text, label: {vi: A, en: B},\n"
        "   constraint: ‹wrong_type›~, constraint_message: {vi: A, en: B}}"
    ),
    with_question(
        """\
        - name: outer
          type: repeat
          label: {vi: A, en: B}
          questions:
            - name: inner
              type: ‹nested_repeat›repeat
              label: {vi: A, en: B}
              questions: [{name: x, type: text, label: {vi: A, en: B}}]
        """
    ),
    with_question(
        """\
        - name: outer
          type: repeat
          label: {vi: A, en: B}
          questions:
            - {name: u, type: time, default: ‹default_in_repeat›now(), label: {vi: A, en: B}}
            - {name: t, type: ‹not_in_repeat›number_table, label: {vi: A, en: B}, rows: {a: {vi: A, en: B}}, periods: {b: {vi: A, en: B}}}
        """  # noqa: E501
    ),
    with_sections(
        """\
        - name: part
          title: {vi: A, en: B}
          questions:
            - ‹no_task›{name: a, type: text, label: {vi: A, en: B}}
            - {name: b, type: text, label: {vi: A, en: B}, task: task1}
            - {name: c, type: integer, label: {vi: A, en: B}, indicator: ‹indicator_without_task›issued}
            - {name: d, type: note, label: {vi: A, en: B}}
        """,
        lists="",
    ),
    with_sections(
        """\
        - name: part
          task: none
          title: {vi: A, en: B}
          questions: [{name: a, type: text, label: {vi: A, en: B}}]
        """,
        lists="",
    ),
    with_sections(
        """\
        - name: part
          task: ‹unknown_task›taks1
          title: {vi: A, en: B}
          questions: [{name: a, type: text, label: {vi: A, en: B}}, {name: b, type: text, label: {vi: A, en: B}}]
        """,
        lists="",
    ),
    # A section and a question may share a name; each keeps its own condition.
    with_sections(
        """\
        - {name: a, task: task1, title: {vi: A, en: B}, questions: [{name: q, type: integer, label: {vi: A, en: B}}]}
        - name: part
          task: task1
          title: {vi: A, en: B}
          relevant: ‹unknown_reference›${x} > 1
          questions:
            - {name: part, type: text, label: {vi: A, en: B}, relevant: "‹unknown_reference›${y} > 1"}
        """,
        lists="",
    ),
    with_sections(
        """\
        - name: part
          task: task1
          title: {vi: A, en: B}
          relevant: ‹refers_forward›${later} > 1
          questions: [{name: a, type: text, label: {vi: A, en: B}}]
        - name: next
          task: task1
          title: {vi: A, en: B}
          questions: [{name: later, type: integer, label: {vi: A, en: B}}]
        """,
        lists="",
    ),
]  # fmt: skip
EVERYTHING = [*YAML, *KEYS, *NAMES, *REFERENCES, *STRUCTURE]


@pytest.mark.parametrize("marked", EVERYTHING, ids=range(len(EVERYTHING)))
def test_each_problem_is_reported_at_its_node_and_nothing_else_is(tmp_path: Path, marked: str) -> None:
    source, expected = unmarked(marked)
    assert found_in(tmp_path, source) == expected, source
