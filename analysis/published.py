"""What is published of people, computed from a dataset: the figures of the charts pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.counter import ResponseCounter
from analysis.dataset import DatasetError, SurveyDataset, counted_responses, tally_dataset
from analysis.published_items import extract_item, withhold
from analysis.round_tally import PUBLISHED, LeafId, RoundTally
from analysis.tally import CountedResponse, LeafTally, add
from analysis.versions import UnitedVersions, unite_versions

CohortKey = tuple[str, str, str]
"""Questionnaire, version (or name of joined versions) and the cohort's id."""


def tally_published(dataset: SurveyDataset, rt: RoundTally | None = None) -> RoundTally:
    """The round's tally with whole cohorts of people instead of all their responses, by the column `cohort` of
    responses.csv and by cohorts.json. Responses that were returned or corrected after their cohort was published are
    not in a dataset, but in the published figures.

    `rt`: the tally of all responses, where it is known. Raises DatasetError where the dataset does not say what is
    published.
    """
    parts = dataset.cohorts["parts"]
    if "cohort" not in dataset.responses:
        raise DatasetError("responses.csv has no column cohort; export the round again")
    cohorts = _tally_cohorts(dataset)
    names = {(part["questionnaire"], part["version"]) for part in parts}
    united = unite_versions(dataset.codebook, dataset.framework, sorted(names))
    cohorts |= _join_versions(dataset, united, cohorts)
    tallies: dict[LeafId, list[LeafTally]] = {}
    for part in parts:
        questionnaire, version = part["questionnaire"], part["version"]
        leaf = LeafId(
            part["path"], questionnaire, version, part["evidence"], PUBLISHED, part["stratum"], part["unit"]
        )  # fmt: skip
        own = (cohorts.get((questionnaire, version, each), LeafTally()) for each in part["cohorts"])
        tallies.setdefault(leaf, []).append(united.read(leaf, add(_shown(each, part) for each in own)))
    rt = rt if rt is not None else tally_dataset(dataset)
    leaves = {leaf: each for leaf, each in rt.leaves.items() if not rt.is_about_people(leaf.questionnaire)}
    leaves |= {leaf: add(each) for leaf, each in tallies.items()}
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, leaves, rt.expected, rt.cut)


def _tally_cohorts(dataset: SurveyDataset) -> dict[CohortKey, LeafTally]:
    """The tally of the responses of each cohort: from the wide tables where the dataset has them, and one by one what
    these do not hold. Raises DatasetError."""
    responses = dataset.responses
    is_published = responses["cohort"].notna() & (responses["cohort"] != "")
    if not dataset.wide_tables:
        return _tally_members(dataset, responses[is_published])
    from analysis.bulk_round import tally_cohorts  # needs pyarrow, as the tables do

    found: dict[CohortKey, LeafTally] = {}
    invalid: list[str] = []
    for table in dataset.wide_tables:
        try:
            tallied = tally_cohorts(table, dataset.framework)
        except ValueError as error:
            raise DatasetError(str(error)) from error
        invalid += tallied.invalid
        for version, bulk in tallied.tallies.items():
            counter = ResponseCounter(table.versions[version], dataset.framework)
            for cohort, tally in bulk.to_tallies(counter).items():
                found[table.questionnaire, version, cohort] = tally
    if invalid:
        for key, tally in _tally_members(dataset, responses[responses["id"].isin(invalid)]).items():
            found[key] = add([found.get(key, LeafTally()), tally])
    return found


def _join_versions(
    dataset: SurveyDataset, united: UnitedVersions, cohorts: Mapping[CohortKey, LeafTally]
) -> dict[CohortKey, LeafTally]:
    """The tallies of cohorts of several versions. `cohorts`: by single version. Where a sum does not say how many
    people gave a rating, the responses are read one by one."""
    found: dict[CohortKey, LeafTally] = {}
    for (questionnaire, name), joined in united.joined.items():
        for version, reading in joined.readings.items():
            if reading.adds_up:
                own = {id_: tally for (*of, id_), tally in cohorts.items() if of == [questionnaire, version]}
                counted = [(id_, reading.read(tally)) for id_, tally in own.items()]
            else:
                counted = [
                    (id_, reading.read(tally)) for id_, tally in _tally_responses(dataset, questionnaire, version)
                ]
            for id_, tally in counted:
                found[questionnaire, name, id_] = add([found.get((questionnaire, name, id_), LeafTally()), tally])
    return found


def _tally_responses(dataset: SurveyDataset, questionnaire: str, version: str) -> Iterator[tuple[str, LeafTally]]:
    """The tally of each published response to a version, with its cohort."""
    responses = dataset.responses
    is_own = (responses["questionnaire"] == questionnaire) & (responses["version"].astype(str) == version)
    own = responses[is_own & responses["cohort"].notna() & (responses["cohort"] != "")]
    counted = counted_responses(dataset.select(own))
    counter = ResponseCounter(dataset.codebook.questionnaires[questionnaire, version], dataset.framework)
    for id_, cohort in zip(own["id"], own["cohort"], strict=True):
        yield cohort, counter.tally([counted[id_]])


def _tally_members(dataset: SurveyDataset, responses: pd.DataFrame) -> dict[CohortKey, LeafTally]:
    """Of some published responses, one after another."""
    found = counted_responses(dataset.select(responses))
    members: dict[CohortKey, list[CountedResponse]] = {}
    columns = (responses[name] for name in ("id", "questionnaire", "version", "cohort"))
    for id_, questionnaire, version, cohort in zip(*columns, strict=True):
        members.setdefault((questionnaire, version, cohort), []).append(found[id_])
    counters = {key: ResponseCounter(book, dataset.framework) for key, book in dataset.codebook.questionnaires.items()}
    return {key: counters[key[:2]].tally(each) for key, each in members.items()}


def _shown(tally: LeafTally, part: dict[str, Any]) -> LeafTally:
    """Of a cohort's tally what a part publishes of it."""
    return extract_item(tally, part["item"]) if part["item"] is not None else withhold(tally, part["withheld"])
