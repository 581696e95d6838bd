"""The examples of docs/questionnaire-language.md are valid, and its lists are complete."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from survey_server.i18n import translate
from survey_server.problems import CATALOGUE, ProblemType, language
from survey_server.questionnaire import choice_lists, frameworks, load, questions
from survey_server.questionnaire.check import check_file
from survey_server.questionnaire.frameworks import load_framework
from survey_server.questionnaire.language.operators import OPERATIONS
from survey_server.questionnaire.load import load_text
from survey_server.questionnaire.questions import TYPES
from survey_server.questionnaire.route import Route
from survey_server.questionnaire.types import number_table, text

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "questionnaire-language.md").read_text(encoding="utf-8")
EXAMPLE_FRAMEWORK = ROOT / "questionnaires" / "frameworks" / "example.yaml"
SAMPLE, *SNIPPETS = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
ANSWERS = json.loads(re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)[0])
_LINE = re.compile(r"^\| `([^|]+)` \| [^|]+ \| [^|]+ \| `(.+)` \| `(.+)` \|$", re.MULTILINE)
EXAMPLES = [(expression, json.loads(value)) for _, expression, value in _LINE.findall(DOCUMENT)]
PROBLEM_TYPES = [each for each in vars(language).values() if isinstance(each, ProblemType)]


def problems_in(source: str, folder: Path) -> list[str]:
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "example.yaml").write_bytes(EXAMPLE_FRAMEWORK.read_bytes())
    (folder / "q.yaml").write_text(source, encoding="utf-8")
    return [problem.line_text("en") for problem in check_file(folder / "q.yaml")]


def with_calculation(expression: str) -> str:
    quoted = json.dumps(expression, ensure_ascii=False)
    calculated = f"{{name: example, type: calculate, calculation: {quoted}, label: {{vi: Ví dụ, en: Example}}}}"
    return f"{SAMPLE}      - {calculated}\n"


def test_the_whole_questionnaire_has_no_problems(tmp_path: Path) -> None:
    assert problems_in(SAMPLE, tmp_path) == []


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_has_no_problems(tmp_path: Path, snippet: str) -> None:
    assert problems_in(SAMPLE + textwrap.indent(snippet, " " * 6), tmp_path) == []


def test_every_operation_has_an_example_but_those_of_a_place() -> None:
    assert {name for name, each in OPERATIONS.items() if not each.example} == {"position", "now"}
    assert len(EXAMPLES) == len(OPERATIONS) - 2


@pytest.mark.parametrize(("expression", "value"), EXAMPLES)
def test_an_example_gives_the_value(expression: str, value: Any) -> None:
    questionnaire = load_text(with_calculation(expression).encode(), load_framework(EXAMPLE_FRAMEWORK))
    found = Route(questionnaire).evaluate(ANSWERS, "2012-06-05").calculated.get("example")
    assert (found, type(found) is bool) == (value, type(value) is bool)


def test_every_type_is_documented() -> None:
    assert {each for each in TYPES if f"type: {each}\n" in DOCUMENT or f"type: {each}," in DOCUMENT} == set(TYPES)


def test_exactly_the_codes_of_check_are_documented() -> None:
    section = DOCUMENT.split("## What `check` says")[1]
    documented = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE))
    assert sorted(documented) == sorted(each.code for each in PROBLEM_TYPES)
    assert {code for code, text in documented.items() if text.startswith("W: ")} == {
        each.code for each in PROBLEM_TYPES if each.severity == "warning"
    }


@pytest.mark.parametrize("type_", PROBLEM_TYPES, ids=lambda type_: type_.code)
def test_a_problem_type_states_in_both_languages_what_is_wrong_and_what_to_do(type_: ProblemType) -> None:
    assert CATALOGUE[type_.code] is type_
    texts = [type_.text, type_.hint]
    assert all(texts)
    assert all(translate(text, "en", type_.code) != text for text in texts)


def keys_of_code() -> dict[str, set[str]]:
    """The keys that each element takes, by the element's name in the documentation."""
    return {
        "file": set(load.ENVELOPE_KEYS),
        "list in `choices`": set(choice_lists.CHOICE_LIST_KEYS),
        "section": set(questions.SECTION_KEYS),
        "row": set(number_table.ROW_KEYS),
        "period": set(number_table.ROW_KEYS),
        "framework": set(frameworks.FRAMEWORK_KEYS),
        "task in a framework": set(frameworks.TASK_KEYS),
        "indicator in a framework": set(frameworks.INDICATOR_KEYS),
        **{name: set(each.keys) for name, each in TYPES.items()},
    }


def test_exactly_the_keys_that_each_element_takes_are_documented() -> None:
    section = DOCUMENT.split("## Keys")[1].split("A `label` may be left out")[0]
    documented = {
        element.strip(): set(re.findall(r"`(\w+)`", keys))
        for elements, keys in re.findall(r"^\| ([^|]+) \| (`.+`) \|$", section, re.MULTILINE)
        for element in elements.split(",")
    }
    assert documented == keys_of_code()


def test_exactly_the_words_of_appearance_are_documented() -> None:
    table = DOCUMENT.split("| type | `appearance` | effect |\n")[1].split("\n\n")[0]
    documented = re.findall(r"^\| (\w+) \| `(\w+)` \| [^|]+ \|$", table, re.MULTILINE)
    assert documented == [("text", word) for word in text.APPEARANCES]
    assert [name for name, each in TYPES.items() if "appearance" in each.keys] == ["text"]
