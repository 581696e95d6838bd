"""Hostile files, and files that are not questionnaires, end in a clear problem, soon and with little memory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_server.questionnaire.check import check_file
from tests.questionnaire.marked import found_in, unmarked, with_expression, with_question

WHOLE = with_question("- {name: q, type: text, label: {vi: A, en: B}}\n")


def _questions(make: Callable[[int], str], count: int) -> str:
    return with_question("".join(make(number) for number in range(count)))


def _relevant(number: int, expression: str) -> str:
    return f'- {{name: q{number}, type: text, label: {{vi: A, en: B}}, relevant: "{expression}"}}\n'


def _calculated(number: int, expression: str) -> str:
    return f'- {{name: q{number}, type: calculate, label: {{vi: A, en: B}}, calculation: "{expression}"}}\n'


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "fifty_megabytes": (b"a: b\n" * 10_000_000, "file_too_large"),
    "deep_lists": ("a: " + "[" * 400_000, "too_deep_or_large"),
    "deep_maps": ("a: " + "{a: " * 200_000, "too_deep_or_large"),
    "deep_blocks": ("\n".join(" " * depth + "a:" for depth in range(1000)), "too_deep_or_large"),
    "deep_items": ("- " * 400_000, "too_deep_or_large"),
    "many_nodes": ("a: [" + "x," * 400_000 + "]", "too_deep_or_large"),
    "alias_bomb": ("a: &a [x, x, x]\n" + "".join(f"a{n}: &a{n} [*a, *a]\n" for n in range(5000)), "too_many_faults"),
    "doubled_keys": ("a: 1\n" * 100_000, "too_many_faults"),
    "misspelt_keys": (
        with_question("- {name: q, type: text, " + "".join(f"relevent{n}: 1, " for n in range(20_000)) + "label: A}"),
        "too_many_faults",
    ),
    "misspelt_names": (_questions(lambda n: _relevant(n, f"${{nothing{n}}} = 1"), 4000), "too_many_faults"),
    "long_chain": (_questions(lambda n: _calculated(n, f"${{q{(n + 1) % 4000}}} + 1"), 4000), "cycle"),
    "long_sum": (with_expression("+".join(["1"] * 1900) + " > 1"), "too_long"),
    "long_or": (with_expression(" or ".join(["1"] * 700)), "too_long"),
    "many_signs": (with_expression("1 = " + "- " * 1900 + "1"), "too_long"),
    "many_calls": (with_expression("not(" * 700 + "1" + ")" * 700), "too_long"),
    "too_many_letters": (with_expression("${amount} = 1" + " " * 4000), ""),
    "much_logic": (_questions(lambda n: _relevant(n, " or ".join(["${amount} = 1"] * 60)), 800), "too_much_logic"),
    "much_logic_around": (
        with_question(
            "- name: g\n  type: group\n  relevant: " + " or ".join(["${amount} = 1"] * 90) + "\n  questions:\n"
            + "".join(f"    - {{name: q{n}, type: text, label: {{vi: A, en: B}}}}\n" for n in range(4000))
        ),
        "",
    ),
    "bell": ("id: a\u0007b\n", "control_character"),
    "terminal_colours": ('id: "\x1b[31m"\n', "control_character"),
    "nul": (b"\0" * 1000, "control_character"),
    "utf_16": ("id: Phiếu".encode("utf-16"), "not_utf8"),
    "windows_1258": ("id: a\ntitle: Phiếu".encode("cp1258", "replace") + b"\xe9", "not_utf8"),
    "random": (bytes(range(255, 0, -1)) * 10, "not_utf8"),
    "nothing": ("", "not_a_mapping"),
    "blank": ("\n\n# nothing\n", "not_a_mapping"),
    "null": ("~", "not_a_mapping"),
    "a_list": ("- a", "not_a_mapping"),
    "a_word": ("abc", "not_a_mapping"),
    "second": (WHOLE + "---\na: b\n", "second_document"),
    "open_quote": ('id: "a\n' + "b\n" * 1000, "not_yaml"),
    "tab": ("id: a\ntitle:\n\tvi: A\n", "not_yaml"),
    "surrogate": ('id: "\\ud800"', "not_yaml"),
}  # fmt: skip


MAX_SECONDS = 10.0  # the slowest takes 1.5 s on a quiet machine; an unbounded one never ends


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_problem_soon(tmp_path: Path, name: str) -> None:
    source, code = HOSTILE[name]
    started = time.process_time()
    found = found_in(tmp_path, source)
    assert time.process_time() - started < MAX_SECONDS
    assert code in {each for *_, each in found} or (code, found) == ("", [])
    assert len(found) <= 501


@pytest.mark.slow
def test_all_hostile_files_together_need_little_memory(tmp_path: Path) -> None:
    for name, (source, _) in HOSTILE.items():
        (tmp_path / f"{name}.yaml").write_bytes(source if isinstance(source, bytes) else source.encode())
    measured = "import sys\nfrom pathlib import Path\nfrom survey_server.questionnaire.check import check_paths\n"
    measured += "check_paths([Path(sys.argv[1])])\nprint(Path('/proc/self/status').read_text())\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", measured, str(tmp_path)], capture_output=True, text=True, check=True
    )
    peak = re.search(r"VmHWM:\s+(\d+) kB", done.stdout)  # of this process alone; getrusage includes the parent's
    assert peak is not None
    assert int(peak[1]) < 200 * 1024


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_line_ends_and_byte_order_mark_of_windows_are_accepted(tmp_path: Path, change: Callable[[str], str]) -> None:
    assert found_in(tmp_path, change(WHOLE)) == []
    source, expected = unmarked(with_expression(">-\n    ${amount} > 1\n    and ‹unknown_reference›${nothing} = 1"))
    assert found_in(tmp_path, change(source)) == expected


def test_the_position_in_a_file_that_is_not_utf_8_counts_characters(tmp_path: Path) -> None:
    assert found_in(tmp_path, "id: a\ntitle: Mẫu phi".encode() + b"\xe9u\n") == [(2, 15, "not_utf8")]


def test_what_is_not_a_file_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "empty").mkdir()
    for name in ("pipe.yaml", "nowhere.yaml", "a" * 300):
        assert [(each.line, each.column, each.code) for each in check_file(tmp_path / name)] == [(1, 1, "cannot_read")]
    assert [each.code for each in check_file(tmp_path / "empty")] == ["no_files"]


@pytest.mark.parametrize("code", ["no", "0123", "1e3", "true", "null", "12_30", "0x1F", "1-2"])
def test_a_code_is_kept_as_written(tmp_path: Path, code: str) -> None:
    """YAML 1.1 reads `no` as false and `0123` as 83."""
    source = with_question(f"- {{name: q, type: text, label: {{vi: A, en: B}}, relevant: \"${{other}} = '{code}'\"}}\n")
    lists = "choices:\n  codes: {options: {" + code + ": {vi: A, en: B}}}\n"
    other = "      - {name: other, type: select_one, choices: codes, label: {vi: A, en: B}}\n"
    source = source.replace("choices:\n", lists, 1).replace("    questions:\n", "    questions:\n" + other, 1)
    assert found_in(tmp_path, source) == []


def test_a_name_with_a_colon_is_read_as_text(tmp_path: Path) -> None:
    source, expected = unmarked(with_question("- {name: ‹bad_name›12:30, type: text, label: {vi: A, en: B}}\n"))
    assert found_in(tmp_path, source) == expected
