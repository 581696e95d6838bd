"""The names of people's areas, with what they lie in: "Xã Phong Hải, Huyện Phong Điền"."""

from __future__ import annotations

from collections.abc import Iterable

from survey_server.domain import COUNTRY_CODE, Person
from survey_server.storage import Database, localities


def area_names(database: Database, people: Iterable[Person]) -> dict[int, str]:
    """Person → the area's name with those of the localities that it lies in; people without an area are left out."""
    names: dict[int, str] = {}
    with database.read() as connection:
        for person in people:
            if person.area is None:
                continue
            found = localities.by_path(connection, person.area.scheme, person.area.path)
            lineage = localities.lineage(connection, found) if found is not None else []
            known = [each.name for each in reversed(lineage) if each.path != COUNTRY_CODE]
            names[person.id] = ", ".join(known) or person.area.path
    return names
