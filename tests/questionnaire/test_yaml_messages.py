"""A file that is not YAML is explained in the reader's language, whichever of the two parsers reads it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from survey_server.questionnaire import source as sources
from survey_server.questionnaire.check import check_file
from survey_server.questionnaire.source import read_source, translate_yaml_error
from survey_server.questionnaire.source_problems import SourceProblem, SourceProblems
from tests.questionnaire.marked import unmarked, with_envelope, with_question

SHIPPED = sorted((Path(__file__).parents[2] / "questionnaires").rglob("*.yaml"))
PARSERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]
UNKNOWN_MESSAGE = translate_yaml_error("what no parser says", "x").text("vi")
Q = "- {name: q, type: text, label: {vi: A, en: B}"


def read_with(parser: Any, source: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[object, list[SourceProblem]]:
    monkeypatch.setattr(sources, "_Loader", parser)
    problems = SourceProblems("q.yaml")
    return read_source(source, problems), problems.found


def only_problem_of(parser: Any, source: str, monkeypatch: pytest.MonkeyPatch) -> SourceProblem:
    (problem,) = read_with(parser, source.encode(), monkeypatch)[1]
    return problem


@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_both_parsers_read_shipped_files_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [read_with(parser, path.read_bytes(), monkeypatch) for parser in PARSERS]
    assert found[0][1] == []
    assert all(each == found[0] for each in found)


@pytest.mark.slow
@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_files_have_no_problems_with_any_parser(
    path: Path, parser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_Loader", parser)
    assert check_file(path) == []


UNQUOTED = [
    with_question(Q + ", relevant: ‹›${amount} > 1}"),
    with_question(Q + ", relevant: ‹›${amount} > 1, hint: {vi: A, en: B}}"),
    with_question(Q + ", relevant: ‹›${rated} = 'clear'}"),
    with_question(Q + ", required: ‹›not(${amount}) }"),
    with_question(Q + ", constraint:  ‹›. < ${amount}}"),
    with_question(Q + ",\n   relevant: ‹›${amount} > 1}"),
    with_question(Q + ",\n   calculation: ‹›${amount}}"),
]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("marked", UNQUOTED)
def test_an_expression_inside_braces_needs_quotes(marked: str, parser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source, ((line, column, _),) = unmarked(marked.replace("‹›", "‹here›"))
    problem = only_problem_of(parser, source, monkeypatch)
    assert (problem.line, problem.column, problem.code) == (line, column, "unquoted_expression")
    assert "dấu nháy" in problem.text("vi")
    assert "tab" not in problem.line_text("vi")


@pytest.mark.parametrize("parser", PARSERS)
def test_an_expression_that_is_not_the_cause_is_not_reported(parser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its line is indented too little; outside {…} an expression needs no quotes."""
    source = with_question("- name: q\n  type: text\n  label: {vi: A, en: B}\n relevant: ${amount} > 1\n")
    assert only_problem_of(parser, source, monkeypatch).code == "not_yaml"
    source = with_question(Q + ', relevant: "${amount} > 1", hint: @x}')
    assert only_problem_of(parser, source, monkeypatch).code == "not_yaml"


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("start", "named"), [("\t", "tab"), ("@", "'@'"), ("`", "'`'"), ("%", "'%'")])
def test_a_character_that_cannot_begin_a_text_is_named(
    start: str, named: str, parser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = only_problem_of(parser, f"id: a\ntitle:\n{start if start == chr(9) else '  '}vi: {start}x\n", monkeypatch)
    assert named in problem.text("vi")
    assert named in problem.text("en")


BROKEN = [
    "? a: b: c\n", "a: ? b\n", "? - a\n- b\n", "a: b: c\n", "a\n- b\n", "a: - b\n", "a: [b\n", "a: {b\n", "a: [b}\n",
    "a: {b]\n", "a: {b: c d: e}\n", "a: [b c: d: e]\n", "a: {b: c?, d: e?}\n", "a: {b: [}\n", '"a\n', "'a\n---\nb'\n",
    "% a\n", "%a! b\n", "%Mục\n", "%FOO a\n---\na\n", "%YAML a\n", "%YAML 1\n", "%YAML 1.x\n---\n",
    "%YAML 2.0\n---\na\n",
    "%YAML 1.111111111111111\n---\n", "%YAML 1.1\n%YAML 1.1\n---\na\n", "%TAG ! a\n%TAG ! b\n---\na\n", "%TAG a\n---\n",
    "%TAG !a b\n---\n", "%YAML 1.1\na\n", "!a!b c\n", "!<a b\n", "!<>\n", "!a!%zz b\n", "!%ff b\n",
    "& a\n", "a: *\n", "&a!b\n",
    "a: |0\n  b\n", "a: |x\n  b\n", "a: >- b\n", 'a: "\\xzz"\n', 'a: "\\q"\n', 'a: "\\ud800"\n', 'a: "\\UFFFFFFFF"\n',
    "a:\n  b: c\n d: e\n", "a: b\n  - c\n", "- a\n b\n: c\n", "a:\n\tb: c\n", "a: 'b'c\n", '{a: "b"c}\n',
    "a: `b`\n", "a\nb: c\n",
    "--- a\n... b\n", "a\n--- \n}\n", "]\n", "a: ]\n", "[a: b: c]\n", "a: x\n b: y: z\n", "[?a\n", "- - a\n - b\n",
]  # fmt: skip


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("broken", BROKEN)
def test_broken_yaml_is_explained_in_vietnamese(broken: str, parser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for problem in read_with(parser, broken.encode(), monkeypatch)[1]:
        words = re.sub(r"'[^']*'|\"[^\"]*\"|YAML", "", problem.text("vi"))
        assert re.search(r"\b(found|expected|not|allowed|character|could|did|token)\b", words) is None, words
        assert UNKNOWN_MESSAGE not in problem.text("vi"), problem.text("en")


@pytest.mark.slow
def test_every_message_of_the_parsers_is_known() -> None:
    """PyYAML's own messages are found in its source, libyaml's in the library."""
    folder = Path(yaml.__file__).parent
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("scanner.py", "parser.py")]
    library = next(folder.glob("_yaml*.so"), None)
    if library is not None:
        texts.append(" ".join(f'"{found.decode()}"' for found in re.findall(rb"[ -~]{8,}", library.read_bytes())))
    wording = (
        r'"((?:did not find|could not find|found [a-z]+ |mapping (?:keys|values) |block seq|sequence e|'
        r'expected (?!DOCUMENT|STREAM|SCALAR|NOTHING))[^"]*)"'  # those are raised only when writing YAML
    )
    messages = {each for text in texts for each in re.findall(wording, text)}
    messages = {each for each in messages if "STREAM-END" not in each} - {"found non-specific tag '!'"}
    assert len(messages) > 30
    assert [each for each in sorted(messages) if translate_yaml_error(each, "x").text("vi") == UNKNOWN_MESSAGE] == []


def test_the_message_about_a_question_mark_recommends_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    source = with_envelope("title: {vi: Phiếu thử, en: A test}", "title: {vi: Phiếu thử?, en: A test?}")
    assert "dấu nháy" in only_problem_of(yaml.SafeLoader, source, monkeypatch).text("vi")
