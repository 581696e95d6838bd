"""The tablet's modules without a browser: what tests/js/*_test.js say, the type checker and the linter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.javascript import OFFLINE, ROOT, run_deno

HERE = Path(__file__).parent
FILES = sorted(path.name for path in HERE.glob("*_test.js"))


@pytest.fixture(scope="module")
def deno_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deno")


@pytest.mark.parametrize("name", FILES)
def test_the_modules_do_what_their_tests_say(deno_cache: Path, name: str) -> None:
    done = run_deno(deno_cache, "test", "--no-check", *OFFLINE, f"--allow-read={ROOT}", f"tests/js/{name}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed | 0 failed" in done.stdout
