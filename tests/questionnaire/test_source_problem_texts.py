"""The texts of problems in expressions, in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_server.questionnaire.check import check_file
from survey_server.questionnaire.source_problems import SourceProblem
from tests.questionnaire.marked import found_in, with_expression

TEXTS = [
    ("jr:choice-name(${rated}, ${rated}) = 'a'",
     "tham số thứ hai của jr:choice-name() là tên câu hỏi, phải đặt trong dấu nháy",
     "the second argument of jr:choice-name() is the name of a question and needs quotes"),
    ("jr:choice-name(${amount}, '${amount}') = 'a'",
     "'amount' (integer) không có phương án trả lời", "'amount' (integer) has no choices"),
    ("regex(${word}, 'x(\\da){5,2}')",
     "regex() không nhận '(\\da){5,2}': số lần ít nhất lớn hơn số lần nhiều nhất",
     "regex() does not take '(\\da){5,2}': at least is more than at most"),
    ("regex(${word}, '[0z-a]')",
     "regex() không nhận 'z-a': khoảng viết ngược", "regex() does not take 'z-a': the range runs backwards"),
    ("regex(${word}, '(\\d+)+')", "regex() không nhận '(\\d+)+'", "regex() does not take '(\\d+)+'"),
    ("regex(${word}, '\\b')", "regex() không nhận '\\b'", "regex() does not take '\\b'"),
    ("regex(${word}, ${word})", "mẫu phải viết sẵn trong dấu nháy", "the pattern must be written out, in quotes"),
    (f"regex(${{word}}, '{'a' * 201}')", f"'{'a' * 16}'…: dài quá 200 ký tự", "…: longer than 200 characters"),
    ("${figures} = 1", "(number_table: ${figures.row.period})", "(number_table: ${figures.row.period})"),
    ("pow(1, 2, 3) = 1", "pow() cần 2 tham số, có 3", "pow() takes 2 arguments, not 3"),
    ("if(true(), 1) = 1", "if() cần 3 tham số, có 2", "if() takes 3 arguments, not 2"),
    ("not(1, 2)", "not() cần 1 tham số, có 2", "not() takes 1 argument, not 2"),
    ("true(1)", "true() không có tham số, có 1", "true() takes no arguments, not 1"),
    ("substr('a') = ''", "substr() cần từ 2 đến 3 tham số, có 1", "substr() takes 2 to 3 arguments, not 1"),
    ("int(${held}) = 1", "int() cần số, đây là ngày", "int() needs a number, not a date"),
    ("date(${amount}) = today()", "date() cần ngày, đây là số", "date() needs a date, not a number"),
]  # fmt: skip


def only_problem(folder: Path, expression: str) -> SourceProblem:
    found_in(folder, with_expression(expression))
    (problem,) = check_file(folder / "marked.yaml")
    return problem


@pytest.mark.parametrize(("expression", "vi", "en"), TEXTS)
def test_a_problem_tells_what_is_wrong_in_both_languages(tmp_path: Path, expression: str, vi: str, en: str) -> None:
    problem = only_problem(tmp_path, expression)
    assert vi in problem.text("vi")
    assert en in problem.text("en")


def test_the_hint_shows_the_missing_quotes(tmp_path: Path) -> None:
    problem = only_problem(tmp_path, "jr:choice-name(${rated}, ${rated}) = 'a'")
    assert problem.hint("vi") == "viết jr:choice-name(${câu_hỏi}, '${câu_hỏi}')"


@pytest.mark.parametrize("pattern", ["[a-z-0]", "[+--]", "[a-z0-9-]", "[-a]", "[\\.-/]", "[^-a]"])
def test_a_hyphen_that_is_not_a_range_is_accepted(tmp_path: Path, pattern: str) -> None:
    assert found_in(tmp_path, with_expression(f"regex(${{word}}, '{pattern}')")) == []
