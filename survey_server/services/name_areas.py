"""The names of the areas that people work for, as an administrator reads them: "Xã Phong Hải, Huyện Phong Điền"."""

from __future__ import annotations

from collections.abc import Iterable

from survey_server.domain.people import Person
from survey_server.storage import localities
from survey_server.storage.database import Database

COUNTRY = "VN"


def area_names(database: Database, people: Iterable[Person]) -> dict[int, str]:
    """Person → the area's name with what it lies in; people without an area are left out."""
    names: dict[int, str] = {}
    with database.read() as connection:
        for person in people:
            if person.area is None:
                continue
            found = localities.by_path(connection, person.area.scheme, person.area.path)
            way = localities.way_up(connection, found) if found is not None else []
            known = [each.name for each in reversed(way) if each.path != COUNTRY]
            names[person.id] = ", ".join(known) or person.area.path
    return names
