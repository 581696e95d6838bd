"""Reads a round's dataset: a folder or zip of JSON and CSV files, as `export --format zip` writes it."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.codebook import Codebook, Framework
from analysis.counter import ResponseCounter
from analysis.flat_answers import NOT_ASKED, Line, put_line
from analysis.round_info import RoundInfo
from analysis.round_tally import Cut, LeafId, LocalityRow, RoundTally
from analysis.spreadsheet_cells import MARK, restore
from analysis.tally import CountedResponse, LeafTally
from analysis.versions import unite_versions

FILES = ("round.json", "framework.json", "codebook.json", "localities.csv", "responses.csv", "answers.csv", "cut.json")
KEYS = {"round.json": ("code", "name", "simulated", "suppress_below", "expected"), "cut.json": ("revision", "time")}
COLUMNS = {
    "responses.csv": (
        "id", "questionnaire", "version", "evidence", "locality", "state", "weight", "weights_version", "stratum",
        "cluster", "late", "simulated",
    ),
    "answers.csv": ("response", "question", "row", "value", "flag"),  # and missing, which release 0.1 had not
    "localities.csv": ("path", "level", "code", "name", "kind", "lat", "lon"),
}  # fmt: skip
COUNTING = frozenset({"submitted", "approved"})


class DatasetError(ValueError):
    """The folder or zip is not a dataset; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class SurveyDataset:
    """`responses`: a row a response (envelope, state, weight, stratum, cluster). `answers`: a row an answer
    (response, question, row, value, missing, flag). `localities`: the round's scheme. `round`, `cut`: as in their JSON
    files."""

    responses: pd.DataFrame
    answers: pd.DataFrame
    codebook: Codebook
    framework: Framework
    localities: pd.DataFrame
    round: Mapping[str, Any]
    cut: Mapping[str, Any]


def find_dataset(path: str | Path) -> Path:
    """The dataset at a path relative to the working directory or one of its ancestors (Jupyter works in the notebook's
    folder); the path itself where there is none."""
    here = Path.cwd()
    return next((folder / path for folder in (here, *here.parents) if (folder / path).exists()), Path(path))


def load_dataset(path: str | Path) -> SurveyDataset:
    """Raises DatasetError, FileNotFoundError."""
    source = Path(path)
    if source.is_dir():
        return _load(lambda name: (source / name).read_bytes(), source)
    if not source.exists():
        raise FileNotFoundError(f"{source}: there is no such dataset; make it with survey-server export --format zip")
    try:
        with closing(zipfile.ZipFile(source)) as archive:
            return _load(archive.read, source)
    except zipfile.BadZipFile as error:
        raise DatasetError(f"{source}: not a zip file") from error


def _load(read: Callable[[str], bytes], source: Path) -> SurveyDataset:
    def named(name: str) -> bytes:
        try:
            return read(name)
        except (KeyError, OSError) as error:
            raise DatasetError(f"{source}: {name} is missing; export the round again") from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DatasetError(f"{source}: {name} is damaged; copy or export the file again") from error

    def parsed(name: str) -> Any:
        try:
            return json.loads(named(name).decode("utf-8-sig"))
        except ValueError as error:
            raise DatasetError(f"{source}: {name} is not JSON: {error}") from error

    def table(name: str, types: Any) -> pd.DataFrame:
        try:
            file, gaps = io.BytesIO(named(name)), {"lat": [""], "lon": [""]}
            found = pd.read_csv(file, dtype=types, keep_default_na=False, na_values=gaps)
        except (ValueError, UnicodeError) as error:
            raise DatasetError(f"{source}: {name} is not a CSV table: {error}") from error
        lacking = [column for column in COLUMNS[name] if column not in found.columns]
        if lacking:
            raise DatasetError(f"{source}: {name} has no column {', '.join(lacking)}; export the round again")
        return found

    books = {name: parsed(name) for name in FILES if name.endswith(".json")}
    try:
        framework = Framework.from_json(books["framework.json"])
        codebook = Codebook.from_json(books["codebook.json"], framework)
        for name, keys in KEYS.items():
            _ = [books[name][key] for key in keys]
        others = {each["framework"] for each in books["codebook.json"]["questionnaires"]} - {framework.id}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DatasetError(f"{source}: its JSON files are not those of a round: {error}") from error
    if others:
        raise DatasetError(
            f"{source}: scores need one framework: framework.json is {framework.id}, but questionnaires are of "
            f"{', '.join(sorted(others))} too; keep them in a round of their own"
        )
    texts: dict[str, Any] = {"id": str, "locality": str, "version": str, "stratum": str, "cluster": str}
    responses, answers = table("responses.csv", texts), table("answers.csv", str)
    if "missing" not in answers.columns:
        answers.insert(4, "missing", "")
    places = table("localities.csv", {"code": str, "path": str, "id": str, "parent_id": str})
    _restore_texts(answers, "value")
    _restore_texts(responses, "stratum", "cluster")
    _restore_texts(places, "name", "kind")
    return SurveyDataset(
        responses=responses, answers=answers, codebook=codebook, framework=framework,
        localities=places, round=books["round.json"], cut=books["cut.json"],
    )  # fmt: skip


def _restore_texts(table: pd.DataFrame, *columns: str) -> None:
    """Remove the marks that keep spreadsheets from computing texts."""
    for column in columns:
        marked = table[column].str.contains(MARK, regex=False)
        if marked.any():
            table.loc[marked, column] = table.loc[marked, column].map(restore)


def counted_responses(dataset: SurveyDataset) -> dict[str, CountedResponse]:
    """The responses as the tally takes them, by id."""
    answers: dict[str, dict[str, Any]] = {}
    not_asked: dict[str, set[str]] = {}
    books = dataset.codebook.questionnaires
    asked = {
        id_: books[key].questions
        for id_, *version in _rows(dataset.responses, "id", "questionnaire", "version")
        if (key := (version[0], version[1])) in books
    }
    for response, *columns in _rows(dataset.answers, "response", *Line._fields):
        line = Line(*columns)
        question = asked.get(response, {}).get(line.question)
        if line.flag == NOT_ASKED:
            not_asked.setdefault(response, set()).add(line.question)
        elif question is not None:
            put_line(answers.setdefault(response, {}), question, line)
    return {
        id_: CountedResponse(
            id_, answers.get(id_, {}), frozenset(not_asked.get(id_, ())), float(weight), _truth(late), _truth(sim)
        )
        for id_, weight, late, sim in _rows(dataset.responses, "id", "weight", "late", "simulated")
    }


def _rows(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[each] for each in columns), strict=True)


def _truth(value: object) -> bool:
    return str(value).lower() in ("true", "1")


def tally_dataset(dataset: SurveyDataset) -> RoundTally:
    """The round's tally, computed by the functions that the publisher uses."""
    found = counted_responses(dataset)
    leaves: dict[LeafId, list[CountedResponse]] = {}
    columns = (
        "id", "locality", "questionnaire", "version", "evidence", "state", "stratum", "cluster", "weights_version",
    )  # fmt: skip
    for id_, *key in _rows(dataset.responses, *columns):
        leaf = LeafId._make((*key[:-1], int(key[-1])))
        if leaf.state in COUNTING:
            leaves.setdefault(leaf, []).append(found[id_])
    united = unite_versions(dataset.codebook, dataset.framework)
    counters = {
        version: ResponseCounter(book, dataset.framework) for version, book in dataset.codebook.questionnaires.items()
    }
    tallies: dict[LeafId, LeafTally] = {
        leaf: united.read(leaf, counters[leaf.questionnaire, leaf.version].tally(each)) for leaf, each in leaves.items()
    }
    info = RoundInfo.from_json(dataset.round)
    return RoundTally(
        info,
        dataset.framework,
        united.codebook,
        localities_of(dataset.localities),
        tallies,
        info.expected,
        Cut(
            dataset.cut["revision"], dataset.cut["time"], bool(dataset.cut.get("provisional", True)),
            info.simulated,
        ),
    )  # fmt: skip


def localities_of(frame: pd.DataFrame) -> dict[str, LocalityRow]:
    """By path, in the official order, which is that of the codes."""
    return {
        path: LocalityRow(path, level, code, name, kind, _degrees(lat), _degrees(lon))
        for path, level, code, name, kind, lat, lon in _rows(frame.sort_values("path"), *COLUMNS["localities.csv"])
    }


def _degrees(value: Any) -> float | None:
    return None if pd.isna(value) or value == "" else float(value)
