"""The tablet's modules without a browser: what tests/js/*_test.js say, the type checker and the linter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.javascript import OFFLINE, ROOT, run_deno

HERE = Path(__file__).parent
FILES = sorted(path.name for path in HERE.glob("*_test.js"))
STATIC = ROOT / "survey_server" / "web" / "static"
WORKER = STATIC / "tablet" / "worker.js"
# An error of the type checker: its code, what is wrong, some lines of source, where.
ERROR = re.compile(r"(TS\d+) \[ERROR\]: (.*?)\n.*?at (?:\x1b\[\d+m)*file://(\S+?):(\d+):\d+", re.DOTALL)


@pytest.fixture(scope="module")
def deno_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deno")


@pytest.mark.parametrize("name", FILES)
def test_the_modules_do_what_their_tests_say(deno_cache: Path, name: str) -> None:
    done = run_deno(deno_cache, "test", "--no-check", *OFFLINE, f"--allow-read={ROOT}", f"tests/js/{name}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed | 0 failed" in done.stdout


def type_errors(deno_cache: Path, config: str, files: list[Path]) -> list[str]:
    """Where the type checker finds an error and which."""
    names = [str(path) for path in files]
    done = run_deno(deno_cache, "check", "--no-remote", "--no-npm", "--no-lock", "-c", f"tests/js/{config}", *names)
    found = [f"{path}:{line}: {code} {message}" for code, message, path, line in ERROR.findall(done.stderr)]
    assert found or done.returncode == 0, done.stderr
    return found


@pytest.mark.slow
def test_the_modules_of_pages_are_typed(deno_cache: Path) -> None:
    assert type_errors(deno_cache, "pages.json", [path for path in STATIC.rglob("*.js") if path != WORKER]) == []


@pytest.mark.slow
def test_the_modules_of_question_types_export_what_the_tablet_calls(deno_cache: Path, tmp_path: Path) -> None:
    """They are imported by name while the page runs, where the type checker does not follow."""
    modules = sorted((STATIC / "tablet" / "types").glob("*.js"))
    assert modules
    checks = tmp_path / "checks.ts"
    checks.write_text(
        "".join(
            f'import * as {path.stem} from "{path.as_uri()}";\n{path.stem} satisfies Partial<QuestionType>;\n'
            for path in modules
        )
    )
    assert type_errors(deno_cache, "pages.json", [checks]) == []


@pytest.mark.slow
def test_the_service_worker_is_typed(deno_cache: Path) -> None:
    assert type_errors(deno_cache, "worker.json", [WORKER]) == []


def test_the_linter_finds_nothing(deno_cache: Path) -> None:
    done = run_deno(deno_cache, "lint", "-c", "tests/js/pages.json", str(STATIC.relative_to(ROOT)), "tests/js")
    assert done.returncode == 0, done.stderr
    assert "Checked" in done.stderr
