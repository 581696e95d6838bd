"""Write the reference pages that are made from the program: docs/cli.md, docs/api.md, the drawing of the layers, and
the operators and functions in docs/questionnaire-language.md.

    .venv/bin/python docs/make_reference.py          writes them; a test compares them with the program

The command line is described in English, as `SURVEY_LANGUAGE=en survey-server VERB --help` prints it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import grimp

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
CLI_HEAD = """# Command line

Each verb as `survey-server VERB --help` prints it with `SURVEY_LANGUAGE=en`; without that variable it is Vietnamese.
In a checkout the program is `.venv/bin/survey-server`. Settings: [settings.md](settings.md).
"""
API_HEAD = """# Device API

JSON over HTTP below `/api/v1`, for tablets and scripts. This page is made from the OpenAPI document that the server
gives at `/api/v1/openapi.json`. Every error has the form `{"error": {"code", "message", "details"}}`; the message is in
the language of `?lang=` or `Accept-Language`.

A request carries `Authorization: Bearer <token>`. Enrolment issues two tokens: `token` reads and uploads,
`upload_token` only uploads. A JSON body may be sent with `Content-Encoding: gzip`; inflated it may hold 8 MiB.
"""


def main() -> None:
    (DOCS / "cli.md").write_text(cli_page(), encoding="utf-8")
    (DOCS / "api.md").write_text(api_page(), encoding="utf-8")
    (DOCS / "questionnaire-language.md").write_text(language_page(), encoding="utf-8")
    (DOCS / "pictures" / "architecture.svg").write_text(architecture_svg(), encoding="utf-8")


def cli_page() -> str:
    """Return docs/cli.md. Runs the program once in English, since its language is fixed when it starts."""
    environment = os.environ | {"SURVEY_LANGUAGE": "en", "COLUMNS": "100"}
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, __file__, "--print-cli"], env=environment, capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout


def print_cli() -> None:
    """Print docs/cli.md in the language of this process."""
    import click

    from survey_server.cli import main as program

    print(CLI_HEAD)
    with click.Context(program, info_name="survey-server") as context:
        _print_verbs(program, context, "")


def _print_verbs(group: Any, context: Any, prefix: str) -> None:
    import click

    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        with click.Context(command, info_name=name, parent=context, terminal_width=96, max_content_width=96) as own:
            if isinstance(command, click.Group):
                _print_verbs(command, own, f"{prefix}{name} ")
            else:
                print(f"## {prefix}{name}\n\n```\n{command.get_help(own).strip()}\n```\n")


def api_page() -> str:
    """Return docs/api.md."""
    document = openapi_document()
    parts = [API_HEAD]
    for path, operations in sorted(document["paths"].items()):
        shared = operations.get("parameters", [])
        for method, operation in operations.items():
            if method != "parameters":
                parts.append("\n".join(_operation_lines(method, path, operation, shared)))
    parts.append("## Schemas\n")
    for name, schema in sorted(document["components"]["schemas"].items()):
        parts.append("\n".join(_schema_lines(name, schema)))
    return "\n".join(part.rstrip() + "\n" for part in parts)


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of an application on an empty temporary data directory."""
    program = (
        "import json; from survey_server.app import create_app; from survey_server.settings import read_settings; "
        "print(json.dumps(create_app(read_settings()).test_client().get('/api/v1/openapi.json').get_json()))"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", program], env=environment | {"SURVEY_DATA_DIR": folder},
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def language_page() -> str:
    """Return docs/questionnaire-language.md with the list of operators and functions made from their table.

    The examples are evaluated over the page's own questionnaire (its first YAML) and answers (its first JSON).
    """
    from survey_server.questionnaire.language.operators import OPERATIONS

    page = (DOCS / "questionnaire-language.md").read_text(encoding="utf-8")
    head, table = (
        "| operator or function | gives | what it does | example | value |\n",
        r"(\| operator or .+\n)(\|.*\n)+",
    )
    values = _evaluate_examples(page, {name: each.example for name, each in OPERATIONS.items() if each.example})
    rows = [
        [f"`{each.signature}`", each.gives, each.summary, _code(each.example), _code(values.get(name, ""))]
        for name, each in OPERATIONS.items()
    ]
    made = head + "| --- | --- | --- | --- | --- |\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    replaced, count = re.subn(table, lambda _: made, page)
    assert count == 1, "the page has one such table"
    return replaced


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _evaluate_examples(page: str, examples: Mapping[str, str]) -> dict[str, str]:
    """Return the JSON value of each example, by the same key."""
    from survey_server.questionnaire.frameworks import load_framework
    from survey_server.questionnaire.load import load_text
    from survey_server.questionnaire.route import Route

    source = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]
    answers = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])
    for index, example in enumerate(examples.values()):
        quoted = json.dumps(example, ensure_ascii=False)
        source += (
            f"      - {{name: e{index}, type: calculate, calculation: {quoted}, label: {{vi: Ví dụ, en: Example}}}}\n"
        )
    framework = load_framework(ROOT / "questionnaires" / "frameworks" / "example.yaml")
    calculated = Route(load_text(source.encode(), framework)).evaluate(answers, "2012-06-05").calculated
    return {key: json.dumps(calculated.get(f"e{index}"), ensure_ascii=False) for index, key in enumerate(examples)}


def _operation_lines(method: str, path: str, operation: Mapping[str, Any], shared: list[Any]) -> Iterator[str]:
    yield f"## {method.upper()} {path}\n"
    yield f"{operation.get('summary', '')} {operation.get('description', '')}".strip() + "\n"
    for parameter in [*shared, *operation.get("parameters", [])]:
        description = parameter.get("description", "")
        yield f"- `{parameter['name']}` ({parameter['in']}): {description}".rstrip(": ")
    if body := operation.get("requestBody"):
        yield f"- body: {body.get('description', '')} {_content(body)}".replace("  ", " ")
    for status, answer in sorted(operation["responses"].items()):
        if status != "default":
            yield f"- **{status}** {answer.get('description', '')} {_content(answer)}".rstrip()
    yield ""


def _content(described: Mapping[str, Any]) -> str:
    """Name the media types and schemas of a request body or an answer."""
    content = described.get("content", {})
    return ", ".join(f"`{media}`{_link(each.get('schema', {}))}" for media, each in content.items())


def _link(schema: Mapping[str, Any]) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    return f" [{name}](#{name.lower()})" if name else ""


def _schema_lines(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {name}\n"
    if described := schema.get("description"):
        yield f"{described}\n"
    required = schema.get("required", [])
    for key, value in schema.get("properties", {}).items():
        note = value.get("description", "")
        mark = ", required" if key in required else ""
        yield f"- `{key}`: {_type_of(value)}{mark}{'. ' + note if note else ''}"
    yield ""


def _type_of(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return _link(schema).strip()
    if "enum" in schema:
        return "one of " + ", ".join(f"`{each}`" for each in schema["enum"])
    kinds = schema.get("type", "any")
    kind = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    return f"array of {_type_of(schema['items'])}" if kind == "array" else kind


def layers() -> list[list[str]]:
    """Return the layers of the import contract from the top down, each with its packages.

    `analysis` knows nothing of the server; it stands beside the pipeline, which alone imports it.
    """
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    named = next(each for each in contracts["contracts"] if each["type"] == "layers")["layers"]
    rows = [[name.strip() for name in layer.split("|")] for layer in named]
    rows[rows.index(["survey_server.pipeline"])].append("analysis")
    return rows


def package_imports() -> Counter[tuple[str, str]]:
    """Count the imports between the packages of the layers: {(importer, imported): number of module pairs}."""
    graph = grimp.build_graph("survey_server", "analysis")
    packages = [name for layer in layers() for name in layer]
    found: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            pair = (_package_of(module, packages), _package_of(imported, packages))
            if all(pair) and pair[0] != pair[1]:
                found[pair[0], pair[1]] += 1
    return found


def _package_of(module: str, packages: list[str]) -> str:
    return next((name for name in packages if module == name or module.startswith(name + ".")), "")


WIDTH, ROW, BOX, GAP, LANE = 860, 84, 44, 16, 14
Box = tuple[float, int, float]  # x, y, width


def architecture_svg() -> str:
    """Return the drawing: a row a layer, a box a package, arrows for imports.

    Imports that a chain of other imports implies are left out (transitive reduction). Those that skip a layer run in
    lanes at the left and right margins.
    """
    rows = layers()
    height = ROW * len(rows) + GAP
    boxes = {name: box for index, names in enumerate(rows) for name, box in _row_of_boxes(names, index)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" font-family="DejaVu Sans, sans-serif" font-size="13">',
        "<title>Layers of survey_server and analysis; arrows are imports</title>",
        '<defs><marker id="end" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for lane, (above, below) in enumerate(sorted(_reduced(set(package_imports())))):
        path = _arrow(boxes[above], boxes[below], GAP + lane // 2 * LANE)
        parts.append(f'<path d="{path}" stroke="#555" fill="none" marker-end="url(#end)"/>')
    for name, (x, y, wide) in boxes.items():
        parts.append(f'<rect x="{x:g}" y="{y}" width="{wide:g}" height="{BOX}" rx="4" fill="#eef3f8" stroke="#345"/>')
        parts.append(f'<text x="{x + wide / 2:g}" y="{y + BOX / 2 + 5:g}" text-anchor="middle">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _row_of_boxes(names: list[str], index: int) -> Iterator[tuple[str, Box]]:
    """Yield each name with its box, the row centred."""
    wide = min(220.0, (WIDTH - 2 * 120) / len(names) - GAP)
    left = (WIDTH - wide * len(names) - GAP * (len(names) - 1)) / 2
    for number, name in enumerate(names):
        yield name, (left + number * (wide + GAP), GAP + index * ROW, wide)


def _arrow(above: Box, below: Box, lane: int) -> str:
    """Return the path of an arrow; one that skips a row runs `lane` pixels from the nearer margin."""
    (x1, y1, w1), (x2, y2, w2) = above, below
    if y1 == y2:
        return f"M{x1 + w1:g} {y1 + BOX / 2:g}H{x2 - 2:g}"
    if y2 - y1 <= ROW:
        return f"M{x1 + w1 / 2:g} {y1 + BOX}L{x2 + w2 / 2:g} {y2 - 2}"
    is_right = x1 + w1 / 2 + x2 + w2 / 2 > WIDTH
    start, end = (x1 + w1, x2 + w2 + 2) if is_right else (x1, x2 - 2)
    side = WIDTH - lane if is_right else lane
    return f"M{start:g} {y1 + 0.7 * BOX:g}H{side}V{y2 + 0.3 * BOX:g}H{end:g}"


def _reduced(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the transitive reduction of an acyclic graph."""
    below: dict[str, set[str]] = {}
    for importer, imported in edges:
        below.setdefault(importer, set()).add(imported)

    def reachable(name: str) -> set[str]:
        return {name}.union(*(reachable(each) for each in below.get(name, ())))

    return {
        (importer, imported)
        for importer, imported in edges
        if not any(imported in reachable(other) for other in below[importer] - {imported})
    }


if __name__ == "__main__":
    print_cli() if "--print-cli" in sys.argv else main()
