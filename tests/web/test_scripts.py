"""Scripts are served without their comments, and are otherwise what was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey_server.web.scripts import strip_comments
from survey_server.web.static_files import STATIC
from tests.support.javascript import run_deno

SCRIPTS = sorted(STATIC.rglob("*.js"))


@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("a();\n// why\nb();", "a();\n\nb();"),
        ("/** @param {X} a */\nf(a);", "\nf(a);"),
        ("  /**\n   * @param {X} a\n   */\n  f(a);", "\n\n\n  f(a);"),
        ("f(); // beside", "f(); // beside"),
        ('say("http://x");', 'say("http://x");'),
        ("/** @type {X} */ (a).b();", "/** @type {X} */ (a).b();"),
        ("/*/ still inside */\na();", "\na();"),
        ("/* a\n*/ b();", "\n b();"),
        ("const s = `\n// text\n`;", "const s = `\n// text\n`;"),
        ("a();\n/* without an end", "a();\n/* without an end"),
    ],
)
def test_only_comments_on_lines_of_their_own_go(written: str, served: str) -> None:
    assert strip_comments(written) == served


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_line_of_a_script_stays_or_was_a_comment(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    kept, lines = strip_comments(written).split("\n"), written.split("\n")
    assert len(kept) == len(lines)
    gone = [line.strip() for line, served in zip(lines, kept, strict=True) if line != served]
    assert all(re.match(r"//|/\*|\*", line) for line in gone), gone
    assert len("".join(kept)) < len(written)


@pytest.mark.slow
def test_what_is_served_is_linted_like_what_was_written(tmp_path: Path) -> None:
    for path in SCRIPTS:
        (tmp_path / "_".join(path.relative_to(STATIC).parts)).write_text(strip_comments(path.read_text("utf-8")))
    done = run_deno(
        tmp_path / "cache",
        "lint",
        "-c",
        "tests/js/pages.json",
        "--rules-exclude=no-empty,no-control-regex",
        str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert f"Checked {len(SCRIPTS)} files" in done.stderr


def test_a_page_gets_scripts_without_comments(client: FlaskClient) -> None:
    served = client.get("/static/tablet/numbers.js").get_data(as_text=True)
    assert "export function readNumber" in served
    assert "\n//" not in served
    assert "@param" not in served
