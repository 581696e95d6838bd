"""Looking around in rounds: which there are, their localities up and down, the titles of what was asked."""

from __future__ import annotations

import json
from dataclasses import dataclass

from survey_server.caches import TimedCache
from survey_server.domain.localities import Locality, ancestor_paths, covers
from survey_server.domain.rounds import Round
from survey_server.storage import localities, questionnaires, rounds
from survey_server.storage.database import Connection, Database

COUNTRY = "VN"
ROUND_VIEWS_TTL = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class RoundView:
    """`selected`: paths of the selected provinces; `titles`: of questionnaires, by id and language."""

    id: int
    code: str
    name: dict[str, str]
    scheme: str
    simulated: bool
    selected: tuple[str, ...]
    titles: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A locality with the way to it from the country, and what lies directly below, in the official order."""

    locality: Locality
    way: list[Locality]
    below: list[Locality]


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    """What a search found: each unit with what it lies in below the country, the nearest first, for many communes
    share a name. `more`: there are others."""

    places: list[tuple[Locality, list[Locality]]]
    more: bool


class RoundViews:
    """The rounds of a database with what their charts are labelled with, read again after ROUND_VIEWS_TTL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._views: TimedCache[None, list[RoundView]] = TimedCache(ROUND_VIEWS_TTL, 1)

    def all(self) -> list[RoundView]:
        """The newest first."""
        return self._views.get(None, self._read)

    def _read(self) -> list[RoundView]:
        with self._database.read() as connection:
            return [_view(connection, each) for each in rounds.all_rounds(connection)]


def _view(connection: Connection, found: Round) -> RoundView:
    titles: dict[str, dict[str, str]] = {}
    for id_, version in rounds.questionnaires_of(connection, found.id):
        published = questionnaires.find(connection, id_, version)
        if published is not None:
            titles[id_] = json.loads(published.compiled)["title"]
    return RoundView(
        found.id, found.code, {"vi": found.name_vi, "en": found.name_en}, found.scheme, found.simulated,
        tuple(rounds.selected_paths(connection, found.id)), titles,
    )  # fmt: skip


def find_place(
    database: Database, view: RoundView, *, path: str | None = None, level: str = "", code: str = ""
) -> PlaceView | None:
    """By path, or by level and code; None for what is not in the round."""
    with database.read() as connection:
        if path is not None:
            found = localities.by_path(connection, view.scheme, path)
        else:
            found = localities.find(connection, view.scheme, level, code)
        if found is None or not _is_in(view, found):
            return None
        below = [each for each in localities.children(connection, found.id) if _is_in(view, each)]
        return PlaceView(found, localities.way_up(connection, found)[:-1], below)


def search_places(database: Database, view: RoundView, asked: str, area: str | None) -> FoundPlaces:
    """Localities of the round by name, with or without diacritics, in an area."""
    with database.read() as connection:
        found = localities.search(connection, view.scheme, asked, area or COUNTRY, view.selected)
        shown = found[: localities.MAX_FOUND]
        # The nearest first, without the country.
        above = {each.path: ancestor_paths(each.path)[-2:0:-1] for each in shown}
        known = localities.by_paths(connection, view.scheme, {path for paths in above.values() for path in paths})
    places = [(each, [known[path] for path in above[each.path] if path in known]) for each in shown]
    return FoundPlaces(places, len(found) > len(shown))


def _is_in(view: RoundView, found: Locality) -> bool:
    return found.path == COUNTRY or any(covers(province, found.path) for province in view.selected)
