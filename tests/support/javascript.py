"""Deno for tests: it runs, checks and lints the tablet's modules. A wheel of the `test` extra brings it, so that
neither node nor a browser nor the network is needed."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import deno

ROOT = Path(__file__).parents[2]
TABLET = ROOT / "survey_server" / "web" / "static" / "tablet"
EVALUATOR = ROOT / "tests" / "js" / "platform" / "evaluator.js"
OFFLINE = ("--no-remote", "--no-npm", "--no-lock", "--no-config")


def run_deno(cache: Path, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Deno in the project's folder; `cache` is a folder of this test run."""
    return subprocess.run(
        [deno.find_deno_bin(), verb, *arguments],
        cwd=ROOT, env=_environment(cache), capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip


class JavaScript:
    """A JavaScript process that evaluates functions like a page of Playwright; it can import the tablet's modules."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """The result of `function(argument)` as JSON; raises RuntimeError with the stack where it throws."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"source": function, "argument": argument}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the JavaScript process ended")
        outcome = json.loads(answer)
        if "error" in outcome:
            raise RuntimeError(outcome["error"])
        return outcome.get("value")


@contextmanager
def running_javascript(cache: Path) -> Iterator[JavaScript]:
    command = [
        deno.find_deno_bin(),
        "run",
        "--no-check",
        *OFFLINE,
        f"--allow-read={TABLET}",
        str(EVALUATOR),
        str(TABLET),
    ]
    with subprocess.Popen(
        command, env=_environment(cache), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield JavaScript(process)
        assert process.stdin is not None
        process.stdin.close()


def _environment(cache: Path) -> dict[str, str]:
    return {**os.environ, "DENO_DIR": str(cache), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
