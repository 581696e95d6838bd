"""The worked examples of CONTRIBUTING.md are applied to a copy of the repository, and work there."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.i18n.extract import entries_in, write_catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) file=(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
OURS = ("analysis", "survey_server", "tests")
VERSIONS = "survey_server/storage/migrations/versions"
# Files and tests of the copy, with what selects those of the example.
CHECKS = {
    "tests/analysis/charts/test_kinds.py": "bars",
    "tests/cli/test_list_rounds.py": "",
    "tests/domain/test_people.py": "observer",
    "tests/i18n/test_catalogues.py": "not [fr]",  # of French only a few entries are given
    "tests/questionnaire/test_documentation.py": "type_is_documented",
    "tests/storage/test_database.py": "(migrations or newest) and not postgresql",
    "tests/test_types.py": "[year] or every_place",
    "tests/web/test_rights.py": "every_route",
    "tests/web/test_rounds.py": "",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files with all examples applied, in the order of the page; the catalogues last."""
    folder = tmp_path_factory.mktemp("contributing") / "copy"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for language, name, text in BLOCKS:
        if language == "diff":
            apply_diff(folder / name, text)
        elif language != "po":
            put_file(folder, name, text)
    catalogues = [(folder / name, text) for language, name, text in BLOCKS if language == "po"]
    for path, _ in catalogues:
        path.touch()
    run_in(folder, "-m", "tests.i18n.extract", "--write")
    for path, text in catalogues:
        add_translations(path, text)
    run_in(folder, "docs/make_reference.py")
    return folder


def apply_diff(path: Path, diff: str) -> None:
    """Replace the lines marked " " and "-" by those marked " " and "+"."""
    old, new = lines_marked(diff, " -"), lines_marked(diff, " +")
    source = path.read_text(encoding="utf-8")
    assert source.count(old) == 1, f"{path.name} holds these lines {source.count(old)} times:\n{old}"
    path.write_text(source.replace(old, new), encoding="utf-8")


def lines_marked(diff: str, marks: str) -> str:
    return "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in marks)


def put_file(folder: Path, name: str, text: str) -> None:
    """Write a new file. The example of a migration gets the number after the newest one, as a contributor would."""
    if name.startswith(VERSIONS):
        shown = Path(name).name[:4]
        newest = max(path.name[:4] for path in (folder / VERSIONS).glob("[0-9]*.py"))
        following = f"{int(newest) + 1:04}"
        name = name.replace(shown, following)
        text = text.replace(f'"{shown}"', f'"{following}"').replace(f'"{int(shown) - 1:04}"', f'"{newest}"')
    path = folder / name
    assert not path.exists(), name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def add_translations(path: Path, text: str) -> None:
    """Fill in entries that the extraction found: nothing else is in the program."""
    known, filled = entries_in(path.read_text(encoding="utf-8")), entries_in(text)
    assert filled.keys() <= known.keys(), filled.keys() - known.keys()
    write_catalogue(path, known | filled)


def run_in(folder: Path, *arguments: str, **variables: str) -> str:
    """Run Python on the copy's own packages; returns what it printed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "SURVEY"))}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | variables,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize(("name", "diff"), [(name, text) for language, name, text in BLOCKS if language == "diff"])
def test_the_lines_that_an_example_changes_are_in_the_file_once(name: str, diff: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").count(lines_marked(diff, " -")) == 1, "correct CONTRIBUTING.md"


@pytest.mark.parametrize(("name", "text"), [(name, text) for language, name, text in BLOCKS if language == "python"])
def test_what_an_example_imports_exists(name: str, text: str) -> None:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in OURS:
            module = importlib.import_module(node.module)
            for alias in node.names:
                found = hasattr(module, alias.name) or importlib.util.find_spec(f"{node.module}.{alias.name}")
                assert found, f"{node.module} has no {alias.name}: correct CONTRIBUTING.md"


@pytest.mark.slow
def test_the_tests_of_each_example_pass(copy: Path) -> None:
    where = "import survey_server, analysis; print(survey_server.__file__, analysis.__file__)"
    assert run_in(copy, "-c", where).count(str(copy)) == 2
    selected = " or ".join(
        f"({Path(file).name} and {f'({names})' if names else 'test'})" for file, names in CHECKS.items()
    )
    report = run_in(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rp", *CHECKS, "-k", selected)
    passed = re.findall(r"^PASSED (.*)", report, re.MULTILINE)
    assert {each.partition("::")[0] for each in passed} == set(CHECKS)
    for example in ("[bars]", "charts[year]", "[observer-monitor]", "is_translated[en]", "every_route"):
        assert any(each.endswith(example) for each in passed), example


@pytest.mark.slow
def test_the_examples_are_linted_and_formatted(copy: Path) -> None:
    written = [name for language, name, _ in BLOCKS if language == "python" and not name.startswith(VERSIONS)]
    run_in(copy, "-m", "ruff", "check", "--no-cache", ".")
    run_in(copy, "-m", "ruff", "format", "--no-cache", "--check", *written)


@pytest.mark.slow
def test_the_verb_explains_itself_and_the_role_can_be_given(copy: Path) -> None:
    shown = run_in(copy, "-m", "survey_server.cli", "list-rounds", "--help", SURVEY_LANGUAGE="en")
    assert "List the survey rounds" in shown
    assert "survey-server list-rounds" in (copy / "docs" / "cli.md").read_text(encoding="utf-8")
    shown = run_in(copy, "-m", "survey_server.cli", "add-person", "--help", SURVEY_LANGUAGE="en")
    assert "observer" in shown


@pytest.mark.slow
def test_the_language_is_on_a_page_on_the_command_line_and_in_a_chart(copy: Path, tmp_path: Path) -> None:
    data = {"SURVEY_DATA_DIR": str(tmp_path / "data")}
    shown = run_in(copy, "-m", "survey_server.cli", "--help", SURVEY_LANGUAGE="fr", **data)
    assert "Exemple : survey-server" in shown
    page = run_in(copy, "-c", _LOGIN_PAGE, **data)
    assert '<html lang="fr"' in page
    assert "Se connecter</h1>" in page
    assert run_in(copy, "-c", _CHART_TITLE).strip() == "Scores par tâche"


_LOGIN_PAGE = """\
from survey_server.app import create_app
from survey_server.settings import read_settings
print(create_app(read_settings()).test_client().get("/login?lang=fr").get_data(as_text=True))
"""
_CHART_TITLE = """\
from analysis.charts.texts import say
print(say("dots_self_title", "fr"))
"""
