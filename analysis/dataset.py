"""A round's dataset, as `export` writes it in each of its formats: what was answered, and the round's tally."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.codebook import Codebook, Framework
from analysis.counter import ResponseCounter
from analysis.dataset_files import COLUMNS, DatasetError as DatasetError, DatasetFiles, ParquetFiles, open_files
from analysis.flat_answers import ESTIMATED, NOT_ASKED, Line, put_line
from analysis.round_info import RoundInfo
from analysis.round_tally import Cut, LeafId, LocalityRow, RoundTally
from analysis.tally import CountedResponse, LeafTally, add
from analysis.versions import unite_versions

if TYPE_CHECKING:
    from analysis.bulk_round import PartTally
    from analysis.wide_tables import WideTable

    TallyTable = Callable[[WideTable, Framework], PartTally[LeafId]]

FILES = ("round.json", "framework.json", "codebook.json", "localities.csv", "responses.csv", "answers.csv", "cut.json")
KEYS = {"round.json": ("code", "name", "simulated", "suppress_below", "expected"), "cut.json": ("revision", "time")}
COUNTING = frozenset({"submitted", "approved"})
Tallies = Mapping[LeafId, LeafTally]


@dataclass(frozen=True)
class SurveyDataset:
    """`localities`: the scheme of the round. `round`, `cut`: as in their JSON files. `files`: of responses and answers,
    which are read when they are used. `chosen`: some of the responses, None for all.

    A dataset does not change: its tally is counted once. `select` makes another one of some of its responses.
    """

    codebook: Codebook
    framework: Framework
    localities: pd.DataFrame
    round: Mapping[str, Any]
    cut: Mapping[str, Any]
    files: DatasetFiles
    chosen: pd.DataFrame | None = None
    computed: dict[str, RoundTally] = field(default_factory=dict, compare=False, repr=False)
    """Tallies that other modules compute once a dataset."""

    @cached_property
    def responses(self) -> pd.DataFrame:
        """A row a response (envelope, state, weight, stratum, cluster). An export of the wide tables alone has them in
        these, by questionnaire. Raises DatasetError."""
        files = self.files
        if self.chosen is not None:
            return self.chosen
        if isinstance(files, ParquetFiles) and not files.has_table("responses") and (tables := self.wide_tables):
            from analysis.wide_tables import read_envelopes  # needs pyarrow

            return files.to_pandas("responses", read_envelopes(tables))
        return files.read_table("responses")

    def select(self, responses: pd.DataFrame) -> SurveyDataset:
        """The dataset of some of its responses: `dataset.select(dataset.responses[…])`."""
        return replace(self, chosen=responses, computed={})

    @cached_property
    def answers(self) -> pd.DataFrame:
        """A row an answer: response, question, row, value, missing, flag, number. `value` is a text; `number` is the
        number, of questions that ask for numbers only. Raises DatasetError."""
        chosen = self.chosen
        found = self.files.read_table("answers") if chosen is None else self.files.read_answers(chosen["id"])
        return _with_numbers(found, self.codebook)

    @cached_property
    def cohorts(self) -> Mapping[str, Any]:
        """What is published of people, as cohorts.json says it. Raises DatasetError: release 0.1 wrote none."""
        found: Mapping[str, Any] = self.files.read_json("cohorts.json")
        return found

    @cached_property
    def tally(self) -> RoundTally:
        """Of all responses that count. Raises DatasetError."""
        if not self.wide_tables:
            return _round_tally(self, _tally_responses(self))
        from analysis.bulk_round import tally_table  # needs pyarrow, as the tables do

        return tally_in_parts(self, tally_table)

    @property
    def wide_tables(self) -> list[WideTable]:
        """The tables with a row a response, where the dataset has all of them."""
        if not isinstance(self.files, ParquetFiles) or self.chosen is not None:
            return []
        from analysis.wide_tables import WideTable  # needs pyarrow

        books: dict[str, dict[str, Any]] = {}
        for (id_, version), book in self.codebook.questionnaires.items():
            books.setdefault(id_, {})[version] = book
        tables = [WideTable(self.files.folder, id_, each) for id_, each in books.items()]
        return tables if all(each.exists() for each in tables) else []


def find_dataset(path: str | Path) -> Path:
    """The dataset at a path relative to the working directory or one of its ancestors (Jupyter works in the notebook's
    folder); the path itself where there is none."""
    here = Path.cwd()
    return next((folder / path for folder in (here, *here.parents) if (folder / path).exists()), Path(path))


def load_dataset(path: str | Path) -> SurveyDataset:
    """The zip, or the folder of CSV or of Parquet files. Raises DatasetError, FileNotFoundError."""
    source = Path(path)
    files = open_files(source)
    books = {name: files.read_json(name) for name in FILES if name.endswith(".json")}
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
    dataset = SurveyDataset(
        codebook=codebook, framework=framework, localities=files.read_table("localities"), round=books["round.json"],
        cut=books["cut.json"], files=files,
    )  # fmt: skip
    if not dataset.wide_tables:
        _ = dataset.responses, dataset.answers  # which the tally needs, and which must be tables
    return dataset


def _with_numbers(answers: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """With what release 0.1 did not write, `missing`, and with the column `number`."""
    if "missing" not in answers.columns:
        answers.insert(4, "missing", pd.Series("", answers.index, dtype="category"))
    kinds: dict[str, set[str]] = {}
    for book in codebook.questionnaires.values():
        for each in book.questions.values():
            kinds.setdefault(each.name, set()).add(each.kind)
    asked = [name for name, own in kinds.items() if own <= {"number", "table"}]
    is_number = answers["question"].isin(asked) & (answers["missing"] == "") & answers["flag"].isin(("", ESTIMATED))
    return answers.assign(number=pd.to_numeric(answers["value"].where(is_number), errors="coerce"))


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
    """The round's tally, computed by the functions that the publisher uses; counted once a dataset."""
    return dataset.tally


def tally_in_parts(dataset: SurveyDataset, tally_table: TallyTable) -> RoundTally:
    """The round's tally from its wide tables; the responses with answers that these do not hold are counted one by one.
    Raises DatasetError."""
    tallies: list[Tallies] = []
    invalid: list[str] = []
    for table in dataset.wide_tables:
        try:
            found = tally_table(table, dataset.framework)
        except ValueError as error:
            raise DatasetError(str(error)) from error
        invalid += found.invalid
        for version, bulk in found.tallies.items():
            tallies.append(bulk.to_tallies(ResponseCounter(table.versions[version], dataset.framework)))
    if invalid:
        responses = dataset.responses
        tallies.append(_tally_responses(dataset.select(responses[responses["id"].isin(invalid)])))
    leaves: dict[LeafId, list[LeafTally]] = {}
    for each in tallies:
        for leaf, tally in each.items():
            leaves.setdefault(leaf, []).append(tally)
    return _round_tally(dataset, {leaf: add(each) for leaf, each in leaves.items()})


def _round_tally(dataset: SurveyDataset, tallies: Tallies) -> RoundTally:
    """The tallies of a dataset's leaves as those of its round."""
    united = unite_versions(dataset.codebook, dataset.framework)
    info = RoundInfo.from_json(dataset.round)
    return RoundTally(
        info,
        dataset.framework,
        united.codebook,
        localities_of(dataset.localities),
        {leaf: united.read(leaf, each) for leaf, each in tallies.items()},
        info.expected,
        Cut(
            dataset.cut["revision"], dataset.cut["time"], bool(dataset.cut.get("provisional", True)),
            info.simulated,
        ),
    )  # fmt: skip


def _tally_responses(dataset: SurveyDataset) -> Tallies:
    """One response after another."""
    found = counted_responses(dataset)
    leaves: dict[LeafId, list[CountedResponse]] = {}
    columns = (
        "id", "locality", "questionnaire", "version", "evidence", "state", "stratum", "cluster", "weights_version",
    )  # fmt: skip
    for id_, *key in _rows(dataset.responses, *columns):
        leaf = LeafId._make((*key[:-1], int(key[-1])))
        if leaf.state in COUNTING:
            leaves.setdefault(leaf, []).append(found[id_])
    counters = {
        version: ResponseCounter(book, dataset.framework) for version, book in dataset.codebook.questionnaires.items()
    }
    return {leaf: counters[leaf.questionnaire, leaf.version].tally(each) for leaf, each in leaves.items()}


def localities_of(frame: pd.DataFrame) -> dict[str, LocalityRow]:
    """By path, in the official order, which is that of the codes."""
    return {
        path: LocalityRow(path, level, code, name, kind, _degrees(lat), _degrees(lon))
        for path, level, code, name, kind, lat, lon in _rows(frame.sort_values("path"), *COLUMNS["localities"])
    }


def _degrees(value: Any) -> float | None:
    return None if pd.isna(value) or value == "" else float(value)
