"""The texts that the program shows, read from its source: Python, templates and the tablet's scripts.

`python -m tests.i18n.extract` prints the entries that each catalogue lacks, those of the charts too, ready to be filled
in; with `--write` it puts them into the catalogues, in order.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, nodes

import analysis.i18n
import survey_server
from analysis.charts.texts import TEXTS
from survey_server import i18n
from survey_server.i18n.catalogues import _ENTRY, _join

PACKAGE = Path(survey_server.__file__).parent
TEMPLATES = PACKAGE / "web" / "templates"
TABLET = PACKAGE / "web" / "static" / "tablet"
_JS_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
VIETNAMESE = re.compile("[À-ÖØ-öø-ỹ]")
# Vietnamese that is data: names and answers of the demo, words to recognise, the words of numbers.
DATA = re.compile(
    r"services/(demo|prepare_demo|.*demo_)|questionnaire/(personal|simulate|recognised)|domain/locality_names|storage/migrations"
    r"|web/number_words"
)
CHARSET = "Content-Type: text/plain; charset=UTF-8"
DATA_TEXTS = {"Việt Nam", "Quốc gia", "Theo thực tế của địa phương."}  # the row of the country; a simulated answer


class Source(NamedTuple):
    """What a catalogue translates: a text of the code and the context that keeps it apart from equal ones."""

    text: str
    context: str = ""


# Functions whose first argument is a text; for some of them an argument is its context.
CONTEXT_AT: Mapping[str, int | None] = {"_": None, "gettext": None, "say": None, "Message": 1, "translate": 2}
IN_TEMPLATES = ("_", "in_all_languages", "say", "plain", "plain_in_all")


@cache
def all_sources() -> frozenset[Source]:
    """Every text of the program."""
    return frozenset({*python_sources(), *template_sources(), *tablet_sources()})


def has_words(text: str) -> bool:
    """Whether there is something to translate beside the parts."""
    return re.search(r"[^\W\d_]{2}", re.sub(r"\{[^{}]*\}", "", text)) is not None


def python_files() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not DATA.search(path.as_posix())]


def python_sources() -> Iterator[Source]:
    for path in python_files():
        yield from sources_of(ast.parse(path.read_text(encoding="utf-8")))


def sources_of(tree: ast.Module) -> Iterator[Source]:
    """The texts given to translating functions, and every other literal that has Vietnamese letters."""
    done = {id(each) for each in _left_out(tree)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for literal, context in _texts_of_call(call):
            done.add(id(literal))
            yield Source(literal.value, context)
    for node in ast.walk(tree):
        if id(node) not in done and (text := _string(node)) not in DATA_TEXTS and VIETNAMESE.search(text):
            yield Source(text)


def _texts_of_call(call: ast.Call) -> Iterator[tuple[ast.Constant, str]]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    literals = [each for each in call.args if isinstance(each, ast.Constant)]
    if name == "problem_type":
        code, *texts = literals[:3]
        yield from ((text, str(code.value)) for text in texts)
    elif name in CONTEXT_AT and call.args and _string(call.args[0]):
        at = CONTEXT_AT[name]
        context = _string(call.args[at]) if at is not None and len(call.args) > at else ""
        assert isinstance(call.args[0], ast.Constant)
        yield call.args[0], context


def _string(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _left_out(tree: ast.Module) -> Iterator[ast.expr]:
    """Docstrings, command lines that are examples, and texts by language as questionnaires have them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and any(key is not None and _string(key) == "vi" for key in node.keys):
            yield from node.values
        if isinstance(node, ast.Call):
            yield from (each.value for each in node.keywords if each.arg == "example")
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            first = node.body[0]
            assert isinstance(first, ast.Expr)
            assert isinstance(first.value, ast.Constant)
            yield first.value


def formatted_texts() -> Iterator[str]:
    """f-strings with Vietnamese in them: no catalogue can translate them."""
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and any(VIETNAMESE.search(_string(part)) for part in node.values):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}"


def template_sources() -> Iterator[Source]:
    for template in map(_parsed, TEMPLATES.rglob("*.html")):
        for call in template.find_all(nodes.Call):
            name = getattr(call.node, "name", getattr(call.node, "attr", ""))
            if name in IN_TEMPLATES and call.args and isinstance(call.args[0], nodes.Const):
                yield Source(str(call.args[0].value))
        for literal in template.find_all(nodes.Const):
            if VIETNAMESE.search(str(literal.value)):
                yield Source(str(literal.value))


def tablet_sources() -> Iterator[Source]:
    """The table in texts.js, whose lines read `key: "text",`."""
    for path, literal in tablet_literals():
        if path.name == "texts.js":
            yield Source(json.loads(literal), "tablet")


def tablet_literals() -> Iterator[tuple[Path, str]]:
    """The strings of the tablet's modules, as they are written, each with its file."""
    for path in TABLET.glob("**/*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.lstrip().startswith(("//", "*", "/*")):
                yield from ((path, found) for found in _JS_STRING.findall(line))


def bare_texts() -> Iterator[str]:
    """Vietnamese in templates and the tablet's modules that no function translates. numbers.js spells numbers out."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        for data in _parsed(path).find_all(nodes.TemplateData):
            if VIETNAMESE.search(data.data):
                yield f"{path.relative_to(TEMPLATES)}: {data.data.strip()}"
    for path, literal in tablet_literals():
        if VIETNAMESE.search(literal) and path.name not in ("texts.js", "translations.js", "numbers.js"):
            yield f"{path.name}: {literal}"


def _parsed(path: Path) -> nodes.Template:
    return Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))


def catalogued(language: str) -> dict[Source, str]:
    keys = {key: key.rpartition(i18n.CONTEXT_END) for key in i18n.catalogue(language)}
    return {Source(text, context): i18n.catalogue(language)[key] for key, (context, _, text) in keys.items()}


def lacking_entries() -> Iterator[tuple[Path, list[Source]]]:
    """What each catalogue of the server and of the charts lacks or leaves empty."""
    for code in i18n.languages()[1:]:
        found = {each for each in all_sources() - catalogued(code).keys() if has_words(each.text)}
        yield i18n.CATALOGUE_DIR / f"{code}.po", sorted(found)
    for code in analysis.i18n.languages()[1:]:
        texts = set(TEXTS.values()) - analysis.i18n.catalogue(code).keys()
        yield analysis.i18n.CATALOGUE_DIR / f"{code}.po", sorted(map(Source, texts))


def entry_of(source: Source) -> str:
    """An entry without a translation."""
    context = f"msgctxt {json.dumps(source.context, ensure_ascii=False)}\n" if source.context else ""
    return f'{context}msgid {json.dumps(source.text, ensure_ascii=False)}\nmsgstr ""'


def entries_in(text: str) -> dict[Source, str]:
    """The entries of a catalogue as they are written; that of Source("") is its head."""
    written = {found[0].strip(): found.group(2, 3) for found in _ENTRY.finditer(text)}
    return {Source(_join(source), _join(context or "")): entry for entry, (context, source) in written.items()}


def write_catalogue(path: Path, entries: Mapping[Source, str]) -> None:
    """Entries in the order of their context and source, after the head; a new catalogue gets one."""
    head = entries.get(Source(""), f'msgid ""\nmsgstr ""\n"Language: {path.stem}\\n"\n"{CHARSET}\\n"')
    ordered = sorted(entries.keys() - {Source("")}, key=lambda each: (each.context, each.text))
    path.write_text("\n\n".join([head, *(entries[each] for each in ordered)]) + "\n", encoding="utf-8")


def main() -> None:
    for path, lacking in lacking_entries():
        entries = {each: entry_of(each) for each in lacking}
        if "--write" in sys.argv:
            write_catalogue(path, entries | entries_in(path.read_text(encoding="utf-8")))
        elif entries:
            print(f"# {path} lacks:\n", *entries.values(), sep="\n\n")


if __name__ == "__main__":
    main()
