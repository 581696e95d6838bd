"""The reference pages in docs/ agree with the program."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from survey_server.cli import VERBS
from survey_server.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def make_reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "maker"),
    [("cli.md", "cli_page"), ("api.md", "api_page"), ("pictures/architecture.svg", "architecture_svg")],
)
def test_generated_page_is_current(page: str, maker: str, make_reference: ModuleType) -> None:
    make: Callable[[], str] = getattr(make_reference, maker)
    assert (DOCS / page).read_text(encoding="utf-8") == make(), "run: .venv/bin/python docs/make_reference.py"


def test_the_list_of_operators_and_functions_is_current(make_reference: ModuleType) -> None:
    page = (DOCS / "questionnaire-language.md").read_text(encoding="utf-8")
    assert page == make_reference.language_page(), "run: .venv/bin/python docs/make_reference.py"


def described_settings() -> dict[str, str]:
    """Return {variable: default} of the table in docs/settings.md."""
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `SURVEY_([A-Z_]+)` \| ([^|]+?) \|", text, re.MULTILINE))


def test_every_setting_is_described() -> None:
    assert {name.lower() for name in described_settings()} == {field.name for field in dataclasses.fields(Settings)}


def test_described_defaults_are_the_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in described_settings():
        monkeypatch.delenv(f"SURVEY_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    for name, default in described_settings().items():
        if default.startswith("`") and name not in ("DATA_DIR", "DATABASE_URL"):
            assert str(getattr(settings, name.lower())) == default.strip("`"), name
    assert settings.data_dir == tmp_path / described_settings()["DATA_DIR"].strip("`")
    assert settings.database_url == f"sqlite:///{settings.data_dir / 'survey.sqlite3'}"


def test_the_readme_lists_the_verbs() -> None:
    listed = (ROOT / "README.md").read_text(encoding="utf-8").split("lists the verbs: ")[1].split(".")[0]
    assert re.findall(r"`([^`]+)`", listed) == list(VERBS)


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


TOP_FOLDERS = {"analysis", "benchmarks", "docs", "notebooks", "questionnaires", "survey_server", "tests"}
# A path may also begin within a package: `charts/csv_file.py`, `cli/server/bridge.py`, `templates/questions/`.
PACKAGES = [ROOT / "analysis", ROOT / "survey_server", ROOT / "survey_server" / "web"]
PLACEHOLDERS = {"<", "*", "…"}


def named_paths(text: str) -> set[str]:
    """Paths of the repository between backticks, without those that hold a placeholder."""
    folders = TOP_FOLDERS | {path.name for package in PACKAGES for path in package.iterdir() if path.is_dir()}
    quoted = re.findall(r"`([\w.-]+/[\w./<>*…-]*)`", text)
    return {each for each in quoted if each.split("/")[0] in folders and PLACEHOLDERS.isdisjoint(each)}


def test_every_path_that_a_page_names_exists() -> None:
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "questionnaires" / "README.md"]
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages
        for name in named_paths(page.read_text(encoding="utf-8"))
        if not any((base / name).exists() for base in (ROOT, *PACKAGES))
    ]
    assert missing == []


def test_paths_are_found_in_a_text() -> None:
    assert named_paths("`survey_server/nothing.py`, `docs/`, `web/x.py` and `a/b`, `docs/<name>.md`") == {
        "survey_server/nothing.py", "docs/", "web/x.py",
    }  # fmt: skip
