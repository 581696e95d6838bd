"""A round's tally for charts: the stored leaves of organisations; of people what is published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from analysis.round_tally import COUNTRY, Cut, LeafId, RoundTally
from analysis.tally import LeafTally
from survey_server.clock import instant_text, now_text
from survey_server.domain import LeafKey, covers
from survey_server.pipeline.cohorts.leaves import count_people, read_published_people
from survey_server.pipeline.context import RoundContext
from survey_server.services.releases import Release
from survey_server.storage import Connection, Database, organisation_leaves, published_parts


class LeafCache:
    """The leaves of the previous reading, by their JSON. A new response changes one of a thousand leaves; parsing the
    others again would take most of the time until it is in the charts.


    `parse`: what is needed of a leaf; `LeafTally.from_json` reads all of it.
    """

    def __init__(self, parse: Callable[[str], LeafTally] = LeafTally.from_json) -> None:
        self._parse = parse
        self._last: Mapping[str, LeafTally] = {}
        self._read: dict[str, LeafTally] = {}

    def __call__(self, text: str) -> LeafTally:
        found = self._read.get(text) or self._last.get(text)
        self._read[text] = found if found is not None else self._parse(text)
        return self._read[text]

    def forget_others(self) -> None:
        """Keep only what was read since the last call."""
        self._last, self._read = self._read, {}


def read_round_tally(
    database: Database,
    context: RoundContext,
    cache: LeafCache | None = None,
    area: str = COUNTRY,
    questionnaire: str | None = None,
) -> RoundTally:
    """What is published: the current leaves of organisations, whole cohorts of people. `cache`: the leaves of an
    earlier reading of this round; `area`: a path at or below which leaves of organisations are read; of other
    questionnaires than `questionnaire` none are."""
    read_tally = cache or LeafCache()
    versions = [key for key in organisation_versions(context) if questionnaire in (None, key[0])]
    with database.read() as connection:
        counted = organisation_leaves.of_round(connection, context.round.id, versions)
        people = read_published_people(connection, context.round.id, read_tally, questionnaire)
        is_about_people = questionnaire is None or not versions
        officials = published_parts.count_officials(connection, context.round.id) if is_about_people else {}
        times = organisation_leaves.revision_times(connection, context.round.id)
    known = {
        leaf_id(context, each.key): each
        for each in counted
        if each.key.locality_id in context.paths and covers(area, context.paths[each.key.locality_id])
    }
    leaves = {leaf: read_tally(each.tally) for leaf, each in known.items()}
    revisions = {**{leaf: each.revision for leaf, each in known.items()}, **people.revisions}
    read_tally.forget_others()
    newest = max(revisions.values(), default=0)  # not of the round, which moves with people who wait
    cut = Cut(newest, times.get(newest) or now_text(), provisional=True, simulated=context.round.simulated)
    return RoundTally(
        context.info, context.framework, context.united.codebook, context.localities,
        {leaf: context.united.read(leaf, tally) for leaf, tally in {**leaves, **people.leaves}.items()},
        context.info.expected, cut, revisions, times, people.joined, officials, _opened_at(context),
    )  # fmt: skip


def read_released_tally(
    database: Database,
    context: RoundContext,
    release: Release,
    cache: LeafCache | None = None,
    questionnaire: str | None = None,
) -> RoundTally:
    """What coordinators are shown of people (of one questionnaire, or of all); without organisations."""
    read_tally = cache or LeafCache()
    with database.read() as connection:
        people = read_published_people(connection, context.round.id, read_tally, questionnaire, release.cut)
        officials = published_parts.count_officials(connection, context.round.id, release.cut)
        times = organisation_leaves.revision_times(connection, context.round.id)
    read_tally.forget_others()
    newest = max(people.revisions.values(), default=0)
    cut = Cut(newest, times.get(newest) or now_text(), provisional=True, simulated=context.round.simulated)
    return RoundTally(
        context.info, context.framework, context.united.codebook, context.localities,
        {leaf: context.united.read(leaf, tally) for leaf, tally in people.leaves.items()},
        context.info.expected, cut, people.revisions, times, people.joined, officials, _opened_at(context),
    )  # fmt: skip


def _opened_at(context: RoundContext) -> str:
    """The beginning of the round's first day in Viet Nam."""
    return instant_text(datetime.fromisoformat(f"{context.round.starts_on}T00:00:00+07:00"))


def outline_release(connection: Connection, context: RoundContext, release: Release | None) -> RoundTally:
    """The number of people that were released, which decides where coordinators see anything of them."""
    counted = count_people(connection, context.round.id, release.cut) if release is not None else {}
    officials = (
        published_parts.count_officials(connection, context.round.id, release.cut) if release is not None else {}
    )
    return RoundTally(
        context.info, context.framework, context.united.codebook, context.localities,
        {leaf: LeafTally(n=n) for leaf, n in counted.items()}, (),
        Cut(0, "", provisional=True, simulated=context.round.simulated), officials=officials,
    )  # fmt: skip


def organisation_versions(context: RoundContext) -> list[tuple[str, str]]:
    """The ids and versions of the questionnaires that organisations answer."""
    return [key for key, book in context.codebook.questionnaires.items() if book.respondent == "organisation"]


def leaf_id(context: RoundContext, key: LeafKey) -> LeafId:
    return LeafId(
        context.paths[key.locality_id], key.questionnaire, key.version, key.evidence, key.state, key.stratum,
        key.cluster, key.weights_version,
    )  # fmt: skip
