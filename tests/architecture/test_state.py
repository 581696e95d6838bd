"""No module of the server keeps state: caches live in objects that somebody owns (`survey_server.caches`).

What a module remembered would be shared by all databases of a process, and nothing could invalidate it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "survey_server"
MODULES = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.rglob("*.py"))}
CACHES = frozenset({"PermanentCache", "TimedCache", "WeakKeyDictionary", "WeakValueDictionary", "defaultdict"})
CHANGES = frozenset({"add", "append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"})

# Memoised at module level: pure functions of their arguments, or of files that come with the program and do not change
# while it runs. None of them reads a database, the settings or the clock.
MEMOISED = {
    "api/errors.py:_best_match": "pure: the language for a header",
    "cli/server/environ.py:_variable": "pure: the variable of a header",
    "domain/lateness.py:due_instant": "pure: the instant at which a day ends",
    "i18n/catalogues.py:catalogue": "the program's files",
    "i18n/catalogues.py:languages": "the program's files",
    "pipeline/build.py:program_digest": "the program's files, as they were when the process started",
    "pipeline/contributions.py:_names": "pure: names from JSON",
    "questionnaire/language/syntax.py:_parser": "a constant that is expensive to make: the parser",
    "questionnaire/language/values.py:_is_day": "pure: whether a text is a day",
    "services/password_rules.py:_common_words": "the program's files",
    "services/passwords.py:_dummy_hash": "a constant that is expensive to make: a hash of no account",
    "services/receiving/validate.py:_names_to_json": "pure: names as JSON",
    "storage/prepared.py:_inserting": "pure: the SQL of a statement in a dialect",
    "storage/prepared.py:_selecting": "pure: the SQL of a statement in a dialect",
    "storage/prepared.py:_updating": "pure: the SQL of a statement in a dialect",
    "web/question_types.py:web_type": "the program's modules",
}
STATEFUL = {
    "problems/__init__.py:CATALOGUE": "a registry: filled while the modules of problems are imported",
}


def memoised(module: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("cache" in ast.unparse(each) for each in node.decorator_list):
            yield f"{module}:{node.name}"


def module_names(tree: ast.Module) -> dict[str, ast.expr | None]:
    """The names that a module assigns, with their values."""
    names: dict[str, ast.expr | None] = {}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {each.id: node.value for each in targets if isinstance(each, ast.Name)}
    return names


def changed_name(node: ast.AST) -> str | None:
    """The plain name whose content a node changes: `NAME[key] = …`, `del NAME[key]`, `NAME.append(…)`."""
    changed: ast.expr | None = None
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        changed = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
        changed = node.func.value
    return changed.id if isinstance(changed, ast.Name) else None


def local_names(function: ast.FunctionDef) -> set[str]:
    stored = {each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return stored | {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)}


def stateful(module: str, tree: ast.Module) -> Iterator[str]:
    """Names of the module that hold a cache, that functions rebind, or whose content they change."""
    names = module_names(tree)
    for name, value in names.items():
        if isinstance(value, ast.Call) and ast.unparse(value.func).partition("[")[0].rpartition(".")[2] in CACHES:
            yield f"{module}:{name}"
    for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield from (f"{module}:{name}" for name in node.names)
            elif (changed := changed_name(node)) in names and changed not in local_names(function):
                yield f"{module}:{changed}"


def trees() -> Iterator[tuple[str, ast.Module]]:
    return ((module, ast.parse(path.read_text(encoding="utf-8"))) for module, path in MODULES.items())


@pytest.mark.slow
def test_what_is_memoised_at_module_level_is_pure_or_of_the_program() -> None:
    assert {each for module in trees() for each in memoised(*module)} == MEMOISED.keys()


@pytest.mark.slow
def test_no_module_keeps_state() -> None:
    assert {each for module in trees() for each in stateful(*module)} == STATEFUL.keys()


@pytest.mark.parametrize(
    "source",
    [
        "NAMES = {}\ndef f(key): NAMES[key] = 1",
        "NAMES: dict[str, int] = {'a': 1}\ndef f(key): del NAMES[key]",
        "NAMES = []\nclass C:\n def f(self): NAMES.append(1)",
        "NAMES = PermanentCache(10)",
        "NAMES: TimedCache[str, int] = caches.TimedCache[str, int](2.0, 10)",
        "NAMES = None\ndef f():\n global NAMES\n NAMES = 1",
    ],
)
def test_state_is_found(source: str) -> None:
    assert set(stateful("m.py", ast.parse(source))) == {"m.py:NAMES"}


def test_local_names_are_not_taken_for_those_of_the_module() -> None:
    assert not [
        *stateful("m.py", ast.parse("NAMES = {}\ndef f(NAMES): NAMES[1] = 1\ndef g():\n NAMES = {}\n NAMES[1] = 1"))
    ]
