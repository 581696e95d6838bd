"""The layers, types, lint and format of the code, and what the application must not import."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.slow
def test_imports_follow_the_layers() -> None:
    done = run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_types_are_strict() -> None:
    done = run("-m", "mypy")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_lint_finds_no_problem() -> None:
    done = run("-m", "ruff", "check", ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_code_is_formatted() -> None:
    done = run("-m", "ruff", "format", "--check", ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_program_digest_leaves_out_the_layers_above_the_pipeline() -> None:
    """Code above the pipeline cannot change a chart, so the digest of the program leaves it out."""
    from survey_server.pipeline.build import LAYERS_ABOVE

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    above = [each for layer in layers[: layers.index("survey_server.pipeline")] for each in layer.split(" | ")]
    assert {Path(name).stem for name in LAYERS_ABOVE} == {each.removeprefix("survey_server.") for each in above}


@pytest.mark.slow
def test_the_application_does_not_import_what_few_use() -> None:
    """pandas, matplotlib and numpy would take memory in each web process; the dialect takes a tenth of the start."""
    named = ("pandas", "matplotlib", "numpy", "analysis", "sqlalchemy.dialects.postgresql")
    probe = (
        "import sys; from survey_server import app; from survey_server.web import charts, fill, tablet; "
        f"print([name for name in {named} if name in sys.modules])"
    )
    assert run("-c", probe).stdout.strip() == "[]"
