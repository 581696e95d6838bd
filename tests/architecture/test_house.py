"""The house stands as drawn: layers, types, lint, and no import that a request may not pay for."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)


def test_imports_go_down_only() -> None:
    done = run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_types_are_strict() -> None:
    done = run("-m", "mypy")
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint_finds_nothing() -> None:
    done = run("-m", "ruff", "check", ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_format_is_kept() -> None:
    done = run("-m", "ruff", "format", "--check", ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_cannot_reach_a_chart_is_what_stands_above_the_hand_over() -> None:
    """Of these layers alone the digest of the program takes no notice."""
    from survey_server.pipeline.build import LAYERS_ABOVE

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    above = [each for layer in layers[: layers.index("survey_server.pipeline")] for each in layer.split(" | ")]
    assert {Path(name).stem for name in LAYERS_ABOVE} == {each.removeprefix("survey_server.") for each in above}


def test_no_request_pays_for_pandas() -> None:
    """The whole application is imported, and neither pandas nor matplotlib nor numpy comes with it."""
    probe = (
        "import sys; from survey_server import app; from survey_server.web import charts, fill, tablet; "
        "print([name for name in ('pandas', 'matplotlib', 'numpy', 'analysis') if name in sys.modules])"
    )
    assert run("-c", probe).stdout.strip() == "[]"
