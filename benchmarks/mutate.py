"""Whether the tests notice when a decision in the code is wrong.

    python benchmarks/mutate.py [--minutes 10] [--only PART_OF_A_PATH]

In the modules that decide on data, rights and numbers one place at a time is changed (`<` to `<=`, `and` to `or`,
`not x` to `x`, `True` to `False`, `+` to `-`, `1` to `2`), and the tests that cover the module run on SQLite: a change
is killed where one fails, and survives where none does. The changes are drawn with a fixed seed, as many as the minutes
allow, divided evenly among the modules. All happens in a copy of the checkout; on systems with fork only.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECEIVING = [f"tests/services/{name}" for name in ("receiving", "test_corrections.py", "test_receive_responses.py")]
TESTS_BY_MODULE = {
    "survey_server/domain/people.py": ["tests/domain"],
    "survey_server/domain/responses.py": ["tests/domain", *RECEIVING],
    "survey_server/domain/response_filters.py": ["tests/domain", "tests/services/test_open_responses.py"],
    "survey_server/domain/review.py": ["tests/domain", "tests/services/test_settle_quarantine.py"],
    "survey_server/services/receiving/decide.py": RECEIVING,
    "survey_server/services/receiving/resolve.py": [*RECEIVING, "tests/services/test_visits_of_responses.py"],
    "survey_server/services/sign_in.py": ["tests/web/test_sessions.py"],
    "survey_server/questionnaire/answers.py": ["tests/questionnaire/test_answers.py", "tests/parity/test_route.py"],
    "survey_server/questionnaire/route.py": ["tests/parity/test_route.py", "tests/questionnaire/test_answers.py"],
    "analysis/tally.py": ["tests/analysis/test_tally.py", "tests/analysis/test_tally_estimates.py"],
    "analysis/disclosure.py": ["tests/analysis/test_disclosure.py"],
    "analysis/estimate.py": ["tests/analysis/test_estimate.py", "tests/analysis/test_r_reference.py"],
    "analysis/design.py": ["tests/analysis/test_estimate.py", "tests/analysis/test_r_reference.py"],
    "analysis/domain.py": ["tests/analysis/test_estimate.py", "tests/analysis/test_r_reference.py"],
}
CHOSEN = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not browser and not slow", "-k", "not postgresql"]
MAX_CPU_SECONDS, MAX_SECONDS = 60, 600  # of one run of tests: what takes longer hangs, which is noticed
OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip


def change(node: ast.AST) -> ast.AST | None:
    """The node with its decision changed, None where it takes none."""
    new = copy.deepcopy(node)
    if isinstance(new, ast.Compare):
        new.ops[0] = OPPOSITE[type(new.ops[0])]()  # type: ignore[assignment]
    elif isinstance(new, ast.BoolOp | ast.BinOp) and type(new.op) in OPPOSITE and not _is_union(new):
        new.op = OPPOSITE[type(new.op)]()  # type: ignore[assignment]
    elif isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.Not):
        return new.operand
    elif isinstance(new, ast.Constant) and isinstance(new.value, bool):
        new.value = not new.value
    elif isinstance(new, ast.Constant) and isinstance(new.value, int | float):
        new.value += 1
    else:
        return None
    return new


def _is_union(node: ast.AST) -> bool:
    """`"a" + x` joins texts: its opposite raises at once and shows nothing."""
    return isinstance(node, ast.BinOp) and any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) for part in (node.left, node.right)
    )


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each changed source, with its line and the change in words."""
    tree = ast.parse(source)
    tops = [top for each in ast.walk(tree) for top in getattr(each, "decorator_list", ())]
    decorators = {id(node) for top in tops for node in ast.walk(top)}
    for parent in ast.walk(tree):
        if id(parent) in decorators:  # `frozen` and `slots` decide nothing
            continue
        for name, value in ast.iter_fields(parent):
            places = value if isinstance(value, list) else [value]
            for index, node in enumerate(places):
                changed = change(node) if isinstance(node, ast.expr) else None
                if changed is None:
                    continue
                said = f"{node.lineno}: {ast.unparse(node)}  →  {ast.unparse(changed)}"
                places[index] = changed
                setattr(parent, name, places if isinstance(value, list) else changed)
                yield ast.unparse(ast.fix_missing_locations(tree)), said
                places[index] = node
                setattr(parent, name, places if isinstance(value, list) else node)


def is_killed(tests: list[str]) -> bool:
    """Whether a test fails, in a process of its own that has the libraries loaded already."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
        signal.alarm(MAX_SECONDS)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        import pytest

        os._exit(int(pytest.main([*CHOSEN, *tests])))
    _, status = os.waitpid(child, 0)
    return status != 0


def examine(copied: Path, module: str, seconds: float) -> tuple[int, list[str]]:
    """How many changes of a module were tried, and those that survived."""
    path, tests = copied / module, TESTS_BY_MODULE[module]
    source = path.read_text(encoding="utf-8")
    if is_killed(tests):
        raise SystemExit(f"{module}: its tests fail before anything was changed")
    drawn = list(mutants(source))
    random.Random(62).shuffle(drawn)
    survivors, tried, end = [], 0, time.monotonic() + seconds
    for changed, said in drawn:
        if time.monotonic() > end:
            break
        tried += 1
        path.write_text(changed, encoding="utf-8")
        os.utime(path, (tried, tried))  # what was compiled before is never taken for this
        if not is_killed(tests):
            survivors.append(said)
    path.write_text(source, encoding="utf-8")
    return tried, survivors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", default="", help="modules whose path contains this")
    options = parser.parse_args()
    modules = [module for module in TESTS_BY_MODULE if options.only in module]
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "copy"
        shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__"))
        os.chdir(copied)
        sys.path.insert(0, str(copied))
        sys.dont_write_bytecode = True
        for library in ("flask", "pandas", "pytest", "sqlalchemy"):
            import_module(library)  # once for all changes
        for module in modules:
            tried, survivors = examine(copied, module, options.minutes * 60 / len(modules))
            print(f"{module}: {tried - len(survivors)} of {tried} killed", flush=True)
            for said in survivors:
                print(f"    {said}", flush=True)


if __name__ == "__main__":
    main()
