"""The bulk tally of the wide tables is the running tally of the responses, to the last digit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings as rules, strategies as st

from analysis.bulk_round import add_parts, tally_part
from analysis.codebook import Codebook, Framework, QuestionnaireBook
from analysis.counter import ResponseCounter, tally_leaf
from analysis.round_tally import LeafId
from analysis.tally import CountedResponse, LeafTally, add
from analysis.wide_tables import WideTable
from survey_server.pipeline.export.columns import TYPED_CELLS
from survey_server.pipeline.export.envelope import ENVELOPE
from survey_server.pipeline.export.parquet_file import ParquetFile
from survey_server.pipeline.export.question_columns import NOT_ASKED
from survey_server.pipeline.export.wide_tables import INSTANCE, instance_rows, unite_questions, unite_repeats
from survey_server.questionnaire.codebook import codebooks, framework_json
from survey_server.questionnaire.load import load_questionnaire
from survey_server.questionnaire.model import Questionnaire
from tests.support.sizes import choose_examples

HEAD = """id: drawn
version: "VERSION"
title: {vi: Rút ngẫu nhiên, en: Drawn}
respondent: organisation
evidence: visit
locality_level: commune
framework: drawn
languages: [vi, en]
choices:
  grades:
    scale: ordinal
    options:
      "1": {vi: Tốt, en: Good}
      "10": {vi: Khá, en: Fair}
      "2": {vi: Kém, en: Poor}
    missing:
      "98": {vi: Không biết, en: Don't know}
      na: {vi: Không có, en: Not applicable}
  ways:
    options:
      a: {vi: Họp, en: Meeting}
      b: {vi: Loa, en: Loudspeaker}
sections:
  - name: main
    task: task1
    title: {vi: Nội dung, en: Content}
    questions:
"""
DRAWN = """id: drawn
title: {vi: Khung, en: Framework}
tasks:
  task1:
    title: {vi: Một, en: One}
    short: {vi: Một, en: One}
    indicators:
      plain: {kind: rating, aspect: direct, title: {vi: a, en: a}}
      light: {kind: rating, aspect: direct, weight: 0.3, title: {vi: b, en: b}}
      turned: {kind: rating, aspect: direct, weight: 2, direction: lower, title: {vi: c, en: c}}
  task2:
    title: {vi: Hai, en: Two}
    short: {vi: Hai, en: Two}
    indicators:
      other: {kind: rating, aspect: direct, title: {vi: d, en: d}}
"""
REASONS = 'missing: {"98": {vi: Không nhớ, en: Forgotten}, na: {vi: Không có, en: None}}'
INDICATORS = ("plain", "light", "turned", "other, task: task2")
KINDS = {
    "rated": "type: select_one, choices: grades, indicator: INDICATOR",
    "chosen": "type: select_one, choices: ways",
    "ticked": "type: select_multiple, choices: grades",
    "graded": "type: select_one, choices: grades",
    "whole": f"type: integer, {REASONS}",
    "share": f"type: decimal, {REASONS}",
    "text": "type: text",
    "day": "type: date",
    "sum": 'type: calculate, calculation: "1 + 1"',
    "table": f'type: number_table, rows: {{"1": {{vi: a}}, r: {{vi: b}}}}, periods: {{"1": {{vi: c}}}}, {REASONS}',
}
INSIDE = [kind for kind in KINDS if kind not in ("rated", "table", "sum")]
NAMES = ["q1", "q2", "q3", "q4", "weight", "state"]
WEIGHTS = st.one_of(st.just(1.0), st.sampled_from([0.0, 0.1, 1 / 3, 1e-30, 2.5, 1e9]), st.floats(0, 1e100))
CODES = st.sampled_from(["1", "10", "2", "98", "na", "unheard of", ""])
NUMBERS = st.one_of(st.integers(-5, 100), st.sampled_from([98, 10**15, -(10**15)]), st.sampled_from(["98", "na"]))
CELLS = st.one_of(
    NUMBERS,
    st.sampled_from([0.1, 1e-20, None]),
    st.builds(lambda value, estimated: {"value": value, "estimated": estimated}, st.floats(-1e15, 1e15), st.booleans()),
)
VALID: dict[str, st.SearchStrategy[Any]] = {
    "rated": CODES,
    "graded": CODES,
    "chosen": st.sampled_from(["a", "b"]),
    "ticked": st.one_of(st.lists(CODES.filter(bool), max_size=4), CODES),
    "whole": NUMBERS,
    "share": st.one_of(NUMBERS, st.floats(-1e15, 1e15), st.sampled_from([1 / 3, 1e-300])),
    "text": st.sampled_from(["", "word", "98"]),
    "day": st.just("2012-06-05"),
    "sum": st.one_of(st.integers(-3, 3), st.booleans(), st.floats(0, 9), st.sampled_from(["98", "text"])),
    "table": st.dictionaries(st.sampled_from("1r"), st.dictionaries(st.just("1"), CELLS)),
}
INVALID = st.one_of(
    st.booleans(),
    st.sampled_from([{"1": 5}, [1, "a"], 1e300, 10**400, [[], 5], "word", "2012-02-31", [], {}, 7.5, ["na", "98"], 3]),
)
WEIGHTS = st.one_of(st.just(1.0), st.sampled_from([0.0, 0.1, 1 / 3, 1e-30, 2.5, 1e9]), st.floats(0, 1e100))
LEAVES = st.builds(
    LeafId,
    st.sampled_from(["VN/01/001", "VN/01/002"]),
    st.just("drawn"),
    st.just(""),
    st.just("visit"),
    st.sampled_from(["submitted", "approved"]),
    st.sampled_from(["", "a"]),
    st.sampled_from(["", "c1"]),
    st.integers(0, 1),
)


class Drawn(NamedTuple):
    leaf: LeafId
    response: CountedResponse
    is_valid: bool


class Asked(NamedTuple):
    """A version; `kinds`: of its questions by name, "inner0" in the repeat `visits`."""

    version: str
    source: str
    kinds: dict[str, str]


@st.composite
def versions(draw: st.DrawFn) -> list[Asked]:
    """One or two, of up to six questions and a repeat."""
    return [draw_version(draw, str(number)) for number in range(1, draw(st.integers(2, 3)))]


def draw_version(draw: st.DrawFn, version: str) -> Asked:
    kinds = draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(sorted(KINDS)), min_size=1))
    inside = draw(st.lists(st.sampled_from(INSIDE), max_size=3))
    lines = [written(draw, name, kind) for name, kind in kinds.items()]
    kinds |= {f"inner{k}": kind for k, kind in enumerate(inside)}
    if inside:
        lines.append("- name: visits\n  type: repeat\n  label: {vi: Lần, en: Visits}\n  questions:")
        lines += [f"    {written(draw, f'inner{k}', kind)}" for k, kind in enumerate(inside)]
    text = "".join("      " + each.replace("\n", "\n      ") + "\n" for each in lines)
    return Asked(version, HEAD.replace("VERSION", version) + text, kinds)


def written(draw: st.DrawFn, name: str, kind: str) -> str:
    return line(name, kind, draw(st.sampled_from(INDICATORS)))


def line(name: str, kind: str, indicator: str) -> str:
    rest = KINDS[kind].replace("INDICATOR", indicator)
    return f"- {{name: {name}, label: {{vi: {name}, en: {name}}}, {rest}}}"


def draw_response(draw: st.DrawFn, number: int, asked: Asked) -> Drawn:
    top = {name: kind for name, kind in asked.kinds.items() if not name.startswith("inner")}
    inner = {name: kind for name, kind in asked.kinds.items() if name.startswith("inner")}
    answers = {name: draw(VALID[kind]) for name, kind in top.items() if draw(st.booleans())}
    if inner and draw(st.booleans()):
        answers["visits"] = [
            {name: draw(VALID[kind]) for name, kind in inner.items() if draw(st.booleans())}
            for _ in range(draw(st.integers(0, 3)))
        ]
    is_valid = draw(st.integers(0, 4)) > 0
    if not is_valid:
        name = draw(st.sampled_from([*asked.kinds, "visits"]))
        instances = answers.get("visits")
        if not name.startswith("inner"):
            answers[name] = draw(INVALID)
        elif instances:
            instances[0][name] = draw(INVALID)
    not_asked = draw(st.frozensets(st.sampled_from([*asked.kinds, "visits"]), max_size=2))
    leaf = draw(LEAVES)._replace(version=asked.version)
    counted = CountedResponse(f"r{number}", answers, not_asked, draw(WEIGHTS), draw(st.booleans()), draw(st.booleans()))
    return Drawn(leaf, counted, is_valid)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[list[Asked], list[Drawn]]:
    asked = draw(versions())
    size = draw(st.integers(0, 12))
    return asked, [draw_response(draw, k, draw(st.sampled_from(asked))) for k in range(size)]


class Folder:
    """Loads questionnaires, and exports responses to them as the server does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        (path / "frameworks").mkdir()
        (path / "frameworks" / "drawn.yaml").write_text(DRAWN, encoding="utf-8")

    def load(self, asked: Sequence[Asked]) -> dict[str, Questionnaire]:
        found = {}
        for each in asked:
            file = self._path / "drawn.yaml"
            file.write_text(each.source, encoding="utf-8")
            found[each.version] = load_questionnaire(file)
        return found

    def export(self, loaded: dict[str, Questionnaire], drawn: Sequence[Drawn], rows_of_group: int) -> None:
        """Wide tables with groups of a few rows."""
        united, repeats = unite_questions(loaded, TYPED_CELLS), unite_repeats(loaded, TYPED_CELLS)
        table = ParquetFile(self._path / "drawn", (*ENVELOPE, *united.columns))
        inside = {
            name: ParquetFile(self._path / f"drawn.{name}", (*INSTANCE, *each.columns))
            for name, each in repeats.items()
        }
        for file in (table, *inside.values()):
            file._group = rows_of_group
        for leaf, response, _ in drawn:
            answers = {**response.answers, **dict.fromkeys(response.not_asked, NOT_ASKED)}
            table.add_row([*envelope(leaf, response), *united.make[leaf.version](answers)])
            for name, file in inside.items():
                if leaf.version in repeats[name].make:
                    make = repeats[name].make[leaf.version]
                    off = {each: NOT_ASKED for each in repeats[name].names[leaf.version] if each in response.not_asked}
                    for row in instance_rows(response.id, answers.get(name), off, make, TYPED_CELLS):
                        file.add_row(row)
        for file in (table, *inside.values()):
            file.close()


def envelope(leaf: LeafId, response: CountedResponse) -> list[Any]:
    known = leaf._asdict() | {
        "id": response.id, "locality": leaf.path, "weight": response.weight, "late": response.late,
        "simulated": response.simulated,
    }  # fmt: skip
    return [known.get(column.name) for column in ENVELOPE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("drawn"))


def running(
    drawn: Sequence[Drawn], books: dict[str, QuestionnaireBook], framework: Framework
) -> dict[LeafId, LeafTally]:
    leaves: dict[LeafId, list[CountedResponse]] = {}
    for each in drawn:
        leaves.setdefault(each.leaf, []).append(each.response)
    return {leaf: tally_leaf(rows, books[leaf.version], framework) for leaf, rows in leaves.items()}


@pytest.mark.slow
@rules(max_examples=choose_examples(150), deadline=None)
@given(rounds(), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_bulk_tally_is_the_running_tally(
    folder: Folder, drawn_round: tuple[list[Asked], list[Drawn]], rows_of_group: int, rng: random.Random
) -> None:
    """For any questionnaire and answers, in parts that are added in any order."""
    check_tally(folder, *drawn_round, rows_of_group, rng)


def check_tally(
    folder: Folder, asked: Sequence[Asked], drawn: Sequence[Drawn], rows_of_group: int, rng: random.Random
) -> None:
    loaded = folder.load(asked)
    framework = Framework.from_json(framework_json(loaded["1"].framework))
    codebook = Codebook.from_json(codebooks([*loaded.values()]), framework)
    books = {version: codebook.questionnaires["drawn", version] for version in loaded}
    folder.export(loaded, drawn, rows_of_group)
    table = WideTable(folder._path, "drawn", books)
    parts = [tally_part(table, part, framework) for part in table.parts(min_rows=1)]
    found = add_parts(rng.sample(parts, len(parts)))
    by_id = {each.response.id: each for each in drawn}
    left = [by_id[each] for each in found.invalid]
    assert not [each for each in left if each.is_valid]
    tallies = [running(left, books, framework)]
    for version, bulk in found.tallies.items():
        tallies.append(bulk.to_tallies(ResponseCounter(books[version], framework)))
    leaves = {leaf for each in tallies for leaf in each}
    texts = {leaf: add(each[leaf] for each in tallies if leaf in each).to_json() for leaf in leaves}
    assert texts == {leaf: tally.to_json() for leaf, tally in running(drawn, books, framework).items()}


SAMPLES: dict[str, list[Any]] = {
    "rated": ["1", "10", "2", "98", "na", None],
    "graded": ["1", "2", "98", "na", None],
    "chosen": ["a", "b", None],
    "ticked": [["1"], ["1", "2"], [], "98", "na", ["10", "98"], ["other"], None],
    "whole": [1, 7, 98, "98", "na", None],
    "share": [0.1, 1 / 3, 98.0, "98", None],
    "text": ["word", None],
    "day": ["2012-06-05", None],
    "sum": [1, 2.5, True, "text", None],
    "table": [{"1": {"1": 3}, "r": {"1": {"value": 0.1, "estimated": True}}}, {"r": {"1": "na"}}, None],
}


@pytest.mark.parametrize("seed", range(3))
def test_the_bulk_tally_of_many_responses_is_the_running_tally(folder: Folder, seed: int) -> None:
    """Every kind of question, several of a task, each in a repeat where it may stand in one."""
    rng = random.Random(seed)
    kinds = {f"rated{k}": "rated" for k in range(8)} | {f"q_{kind}": kind for kind in KINDS}
    inside = {f"inner_{kind}": kind for kind in INSIDE}
    lines = [line(name, kind, INDICATORS[k % len(INDICATORS)]) for k, (name, kind) in enumerate(kinds.items())]
    lines.append("- name: visits\n  type: repeat\n  label: {vi: Lần, en: Visits}\n  questions:")
    lines += [f"    {line(name, kind, '')}" for name, kind in inside.items()]
    text = "".join("      " + each.replace("\n", "\n      ") + "\n" for each in lines)
    asked = Asked("1", HEAD.replace("VERSION", "1") + text, kinds | inside)
    drawn = []
    for number in range(300):
        answers = {name: rng.choice(SAMPLES[kind]) for name, kind in kinds.items() if rng.random() < 0.6}
        visits = [{name: rng.choice(SAMPLES[kind]) for name, kind in inside.items()} for _ in range(rng.randrange(4))]
        leaf = LeafId(f"VN/{rng.randrange(3)}", "drawn", "1", "visit", "approved")
        not_asked = frozenset(rng.sample(sorted(kinds | inside), rng.randrange(6)))
        weight = rng.choice([1.0, 0.3, 2.5])
        response = CountedResponse(f"r{number}", answers | {"visits": visits}, not_asked, weight, rng.random() < 0.2)
        drawn.append(Drawn(leaf, response, is_valid=True))
    check_tally(folder, [asked], drawn, 50, rng)
