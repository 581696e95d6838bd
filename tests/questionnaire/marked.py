"""Questionnaires with a mark before each wrong node: `‹code›` is the problem that `check` must report there."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent, indent

from survey_server.questionnaire.check import check_file
from survey_server.questionnaire.frameworks import read_framework
from survey_server.questionnaire.load import load_text
from survey_server.questionnaire.model import Questionnaire

FRAMEWORK = """\
id: small
title: {vi: Khung nhỏ, en: A small framework}
tasks:
  task1:
    title: {vi: Nhận thức, en: Awareness}
    indicators:
      awareness: {kind: rating, aspect: carry_out, title: {vi: Nhận thức, en: Awareness}}
      issued: {kind: count, aspect: deploy, unit: {vi: văn bản, en: documents}, title: {vi: Văn bản, en: Documents}}
  task2:
    title: {vi: Vận động, en: Campaigns}
    indicators:
      planned: {kind: yes_no, aspect: deploy, title: {vi: Có kế hoạch, en: There is a plan}}
"""
ENVELOPE = """\
id: marked
version: "1"
title: {vi: Phiếu thử, en: A test}
respondent: organisation
evidence: visit
locality_level: commune
framework: small
languages: [vi, en]
"""
_LISTS = """\
choices:
  change:
    scale: ordinal
    options:
      clear: {vi: Rõ nét, en: Clear}
      some: {vi: Có, en: Some}
      none: {vi: Chưa, en: None}
    missing:
      dont_know: {vi: Không biết, en: Don't know}
  yesno:
    options:
      yes: {vi: Có, en: Yes}
      no: {vi: Không, en: No}
"""
_QUESTIONS = """\
sections:
  - name: part
    task: task1
    title: {vi: Phần một, en: Part one}
    questions:
      - {name: rated, type: select_one, choices: change, indicator: awareness, label: {vi: Mức, en: Level}}
      - {name: agreed, type: select_one, choices: yesno, label: {vi: Đồng ý, en: Agreed}}
      - {name: several, type: select_multiple, choices: change, label: {vi: Nhiều, en: Several}}
      - {name: amount, type: integer, label: {vi: Số lượng, en: Amount}}
      - {name: word, type: text, label: {vi: Ý kiến, en: Opinion}}
      - {name: held, type: date, label: {vi: Ngày họp, en: Day}}
      - name: papers
        type: repeat
        label: {vi: Văn bản, en: Documents}
        questions:
          - {name: pages, type: integer, label: {vi: Số trang, en: Pages}}
      - name: figures
        type: number_table
        label: {vi: Số liệu, en: Figures}
        rows: {meetings: {vi: Cuộc họp, en: Meetings}}
        periods: {y2011: {vi: "2011", en: "2011"}, h2012: {vi: 6 tháng, en: Half a year}}
"""
_MARK = re.compile(r"‹(\w+)›")
Mark = tuple[int, int, str]  # line and column from 1, problem code


def with_question(question: str) -> str:
    """A whole questionnaire that ends with this question."""
    return ENVELOPE + _LISTS + _QUESTIONS + indent(dedent(question), " " * 6)


def with_expression(expression: str, key: str = "relevant") -> str:
    """A whole questionnaire whose last question, a number, has this expression."""
    return with_question(f"- name: last\n  type: decimal\n  label: {{vi: Cuối, en: Last}}\n  {key}: {expression}\n")


def with_envelope(old: str, new: str) -> str:
    whole = ENVELOPE + _LISTS + _QUESTIONS
    assert whole.count(old) == 1, f"{old!r} occurs {whole.count(old)} times"
    return whole.replace(old, new)


def with_sections(sections: str, respondent: str = "organisation", lists: str = _LISTS) -> str:
    """A whole questionnaire of these sections."""
    return ENVELOPE.replace("organisation", respondent) + lists + "sections:\n" + indent(dedent(sections), "  ")


def unmarked(source: str) -> tuple[str, list[Mark]]:
    """The file without its marks, and the marks in order."""
    marks: list[Mark] = []
    lines = []
    for number, line in enumerate(source.split("\n"), 1):
        while (mark := _MARK.search(line)) is not None:
            marks.append((number, mark.start() + 1, mark[1]))
            line = line[: mark.start()] + line[mark.end() :]
        lines.append(line)
    return "\n".join(lines), sorted(marks)


def found_in(folder: Path, source: str | bytes, name: str = "marked.yaml") -> list[Mark]:
    """The problems that `check` reports for a file with this content."""
    frameworks = folder / "frameworks"
    frameworks.mkdir(exist_ok=True)
    (frameworks / "small.yaml").write_text(FRAMEWORK, encoding="utf-8")
    path = folder / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode("utf-8"))
    return sorted((problem.line, problem.column, problem.code) for problem in check_file(path))


def loaded(source: str) -> Questionnaire:
    return load_text(source.encode(), read_framework(FRAMEWORK.encode()))
