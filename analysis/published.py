"""What is published of people, computed from a dataset: the figures of the charts pages."""

from __future__ import annotations

from typing import Any

from analysis.counter import ResponseCounter
from analysis.dataset import DatasetError, SurveyDataset, counted_responses, tally_dataset
from analysis.published_items import extract_item, withhold
from analysis.round_tally import PUBLISHED, LeafId, RoundTally
from analysis.tally import CountedResponse, LeafTally, add
from analysis.versions import unite_versions


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
    members = _members(dataset)
    counters = {key: ResponseCounter(book, dataset.framework) for key, book in dataset.codebook.questionnaires.items()}
    united = unite_versions(dataset.codebook, dataset.framework)
    tallies: dict[LeafId, list[LeafTally]] = {}
    sums: dict[tuple[str, str, str], LeafTally] = {}
    for part in parts:
        questionnaire, version = part["questionnaire"], part["version"]
        for cohort in part["cohorts"]:
            key = (questionnaire, version, cohort)
            if key not in sums:
                sums[key] = counters[questionnaire, version].tally(members.get(cohort, []))
        leaf = LeafId(
            part["path"], questionnaire, version, part["evidence"], PUBLISHED, part["stratum"], part["unit"]
        )  # fmt: skip
        own = (sums[questionnaire, version, cohort] for cohort in part["cohorts"])
        tallies.setdefault(leaf, []).append(united.read(leaf, add(_shown(each, part) for each in own)))
    rt = rt if rt is not None else tally_dataset(dataset)
    leaves = {leaf: each for leaf, each in rt.leaves.items() if not rt.is_about_people(leaf.questionnaire)}
    leaves |= {leaf: add(each) for leaf, each in tallies.items()}
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, leaves, rt.expected, rt.cut)


def _members(dataset: SurveyDataset) -> dict[str, list[CountedResponse]]:
    """The responses of each cohort."""
    is_published = dataset.responses["cohort"].notna() & (dataset.responses["cohort"] != "")
    responses = dataset.responses[is_published]
    found = counted_responses(dataset.select(responses))
    members: dict[str, list[CountedResponse]] = {}
    for id_, cohort in zip(responses["id"], responses["cohort"], strict=True):
        members.setdefault(cohort, []).append(found[id_])
    return members


def _shown(tally: LeafTally, part: dict[str, Any]) -> LeafTally:
    """Of a cohort's tally what a part publishes of it."""
    return extract_item(tally, part["item"]) if part["item"] is not None else withhold(tally, part["withheld"])
