"""Browsing rounds: which there are, their localities and the titles of their questionnaires."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from survey_server.caches import TimedCache
from survey_server.domain import COUNTRY_CODE, Locality, Person, Round, ancestor_paths, covers, is_over
from survey_server.storage import Connection, Database, localities, questionnaires, result_cuts, rounds

ROUND_VIEWS_TTL = 2.0  # seconds
LOCALITY_VIEWS_TTL = 60.0  # seconds; localities change when a directory of them is imported
MAX_LOCALITY_VIEWS = 500


@dataclass(frozen=True, slots=True)
class RoundView:
    """`selected`: paths of the selected provinces; `titles`: of questionnaires, by id and language; `ends_on`: the last
    day (ISO); `asks_people`: whether residents or officials answer any of the questionnaires; `has_cut`: whether any
    results about people were released to coordinators before the round's end."""

    id: int
    code: str
    name: dict[str, str]
    scheme: str
    simulated: bool
    selected: tuple[str, ...]
    titles: dict[str, dict[str, str]]
    ends_on: str
    asks_people: bool
    has_cut: bool = False

    def has(self, path: str) -> bool:
        """Whether a locality of the round's scheme is in the round."""
        return path == COUNTRY_CODE or any(covers(province, path) for province in self.selected)

    def is_released(self, today: str) -> bool:
        """Whether coordinators are shown anything that people answered. `today`: ISO day."""
        return self.has_cut or is_over(self.ends_on, today)


@dataclass(frozen=True, slots=True)
class LocalityView:
    """A locality of a round. `ancestors`: from the country down; `children`: in the official order."""

    locality: Locality
    ancestors: list[Locality]
    children: list[Locality]


@dataclass(frozen=True, slots=True)
class FoundLocalities:
    """Each locality with its ancestors below the country, the nearest first: many communes share a name."""

    localities: list[tuple[Locality, list[Locality]]]
    has_more: bool


class RoundViews:
    """The rounds of a database with what their charts are labelled with, and their localities, each read again after
    its time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._views: TimedCache[None, list[RoundView]] = TimedCache(ROUND_VIEWS_TTL, 1)
        self._localities: TimedCache[tuple[int, tuple[str, ...], str, str], LocalityView | None] = TimedCache(
            LOCALITY_VIEWS_TTL, MAX_LOCALITY_VIEWS
        )

    def all(self) -> list[RoundView]:
        """The newest first."""
        return self._views.get(None, self._read)

    def find_locality(self, view: RoundView, level: str, code: str) -> LocalityView | None:
        """A locality of a round; None where it is not in it."""
        key = view.id, view.selected, level, code
        return self._localities.get(key, lambda: find_locality(self._database, view, level=level, code=code))

    def _read(self) -> list[RoundView]:
        with self._database.read() as connection:
            return [_view(connection, each) for each in rounds.all_rounds(connection)]


def _view(connection: Connection, found: Round) -> RoundView:
    compiled = {
        id_: json.loads(published.compiled)
        for id_, version in rounds.questionnaires_of(connection, found.id)
        if (published := questionnaires.find(connection, id_, version)) is not None
    }
    titles = {id_: each["title"] for id_, each in compiled.items()}
    asks_people = any(each["respondent"] != "organisation" for each in compiled.values())
    return RoundView(
        found.id, found.code, {"vi": found.name_vi, "en": found.name_en}, found.scheme, found.simulated,
        tuple(rounds.selected_paths(connection, found.id)), titles, found.ends_on, asks_people,
        result_cuts.newest(connection, found.id) is not None,
    )  # fmt: skip


def newest_for(person: Person, views: Sequence[RoundView]) -> RoundView | None:
    """The first of `views` in which an area of the person lies; None where there is none, or no area."""
    areas = person.areas
    if areas is None:
        return views[0] if views else None
    own = (view for view in views if any(each.scheme == view.scheme and view.has(each.path) for each in areas))
    return next(own, None)


def find_locality(
    database: Database, view: RoundView, *, path: str | None = None, level: str = "", code: str = ""
) -> LocalityView | None:
    """A locality by path, or by level and code; None where it is not in the round."""
    with database.read() as connection:
        if path is not None:
            found = localities.by_path(connection, view.scheme, path)
        else:
            found = localities.find(connection, view.scheme, level, code)
        if found is None or not view.has(found.path):
            return None
        children = [each for each in localities.children(connection, found.id) if view.has(each.path)]
        return LocalityView(found, localities.lineage(connection, found)[:-1], children)


def search_localities(database: Database, view: RoundView, query: str, area: str | None) -> FoundLocalities:
    """Localities of the round by name, with or without diacritics. `area`: a path; None for the country."""
    with database.read() as connection:
        found = localities.search(connection, view.scheme, query, area or COUNTRY_CODE, view.selected)
        shown = found[: localities.MAX_FOUND]
        # The nearest first, without the country.
        above = {each.path: ancestor_paths(each.path)[-2:0:-1] for each in shown}
        known = localities.by_paths(connection, view.scheme, {path for paths in above.values() for path in paths})
    with_ancestors = [(each, [known[path] for path in above[each.path] if path in known]) for each in shown]
    return FoundLocalities(with_ancestors, len(found) > len(shown))
