"""Each page that acts on an object of an area, by people with that area, with another one, and with none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_server.app import create_app
from survey_server.domain.people import ROLES, Role
from survey_server.domain.responses import State
from survey_server.services.people import add_person
from survey_server.settings import read_settings
from survey_server.storage.database import Connection, Database, open_database
from survey_server.storage.tables import locality, person, response
from tests.web.test_rights import PASSWORD, ROUTES

HERE, ELSEWHERE = "gso-2019-10:province:46", "gso-2019-10:province:01"
NAME = "Thừa Thiên Huế"
READERS = {Role.COORDINATOR, Role.CENTRAL, Role.ANALYST}
SETTLERS = {Role.CENTRAL, Role.ADMIN}
ALL_WITH_PROGRESS = {Role.LEADER, Role.COORDINATOR, Role.CENTRAL, Role.ANALYST, Role.ADMIN}


@dataclass(frozen=True)
class Objects:
    """In the province: its coordinator's account, a report of a district or commune, a quarantined response."""

    account: int
    report: str
    report_seq: int
    undecided_seq: int


Ask = Callable[[FlaskClient, Objects, str], TestResponse]
Reaches = Callable[[TestResponse, Objects], bool]


def get(path: str) -> Ask:
    return lambda client, objects, _token: client.get(path.format(**vars_of(objects)))


def post(path: str, **data: object) -> Ask:
    def ask(client: FlaskClient, objects: Objects, token: str) -> TestResponse:
        values = vars_of(objects)
        sent = {name: str(each).format(**values) for name, each in data.items()}
        return client.post(path.format(**values), data={"csrf_token": token, **sent})

    return ask


def vars_of(objects: Objects) -> dict[str, object]:
    return {name: getattr(objects, name) for name in Objects.__dataclass_fields__}


def is_open(answer: TestResponse, _objects: Objects) -> bool:
    """A form with nonsense in it is answered with 400 to those who may use it."""
    return answer.status_code in (200, 302, 400)


def is_not_refused(answer: TestResponse, _objects: Objects) -> bool:
    """Of charts, which are not drawn here."""
    return answer.status_code != 403


def names(text: str) -> Reaches:
    return lambda answer, objects: text.format(**vars_of(objects)) in answer.get_data(as_text=True)


CHARTS = "/charts/demo/province/46"
# Endpoint → how it is asked, how one sees that the object was reached, and the roles that reach it with its area around
# them; roles of the centre also without an area.
PAGES: dict[str, tuple[Ask, Reaches, set[Role]]] = {
    "responses.list_responses": (get("/responses?state=approved"), names("{report}"), READERS),
    "responses.show_response": (get("/responses/{report}"), is_open, READERS),
    "responses.review": (post("/responses/{report}/review", seq="{report_seq}"), is_open, {Role.COORDINATOR}),
    "monitor.overview": (get("/monitor?area=VN/46"), names(NAME), ALL_WITH_PROGRESS),
    "visits.list_visits": (get("/visits"), names(NAME), {Role.CENTRAL}),
    "charts.index": (get("/charts"), is_not_refused, set()),  # leads to the own area, or to the country
    "charts.locality": (get(CHARTS), is_not_refused, READERS),
    "charts.state": (get(f"{CHARTS}/state"), is_not_refused, READERS),
    "charts.manifest": (get(f"{CHARTS}/manifest.json"), is_not_refused, READERS),
    "charts.chart_file": (get(f"{CHARTS}/file/1-x/dots.vi.csv"), is_not_refused, READERS),
    "people.list_people": (get("/people?q=province"), names('/people/{account}"'), {Role.ADMIN}),
    "people.show_person": (get("/people/{account}"), is_open, {Role.ADMIN}),
    "people.change_person": (post("/people/{account}"), is_open, {Role.ADMIN}),
    "people.add_account": (
        post("/people", account="added", name="Added", role="none", area=HERE),
        lambda answer, _objects: answer.status_code == 200 or "Đã có tài khoản" in answer.get_data(as_text=True),
        {Role.ADMIN},
    ),
    "quarantine.list_quarantined": (get("/quarantine"), names("/quarantine/{undecided_seq}"), SETTLERS),
    "quarantine.settle": (post("/quarantine/{undecided_seq}"), is_open, SETTLERS),
}
# Pages about oneself, about what belongs to no area, or whose object a secret names.
WITHOUT_AREA = (
    "sign_in.", "account.", "assets.", "health.", "tablet.", "security_txt.", "api_document", "fill.",
    "questionnaires.", "quarantine.unsent_form", "quarantine.import_file",
)  # fmt: skip


@pytest.fixture(scope="module")
def app(small_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    data = Path(shutil.copytree(small_demo, tmp_path_factory.mktemp("areas") / "data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATA_DIR", str(data))
        settings = read_settings()
    database = open_database(settings)
    yield create_app(settings, database)
    database.close()


@pytest.fixture(scope="module")
def objects(app: Flask) -> Objects:
    database: Database = app.extensions["survey_runtime"].database

    def prepare(connection: Connection) -> Objects:
        found = response.join(locality, locality.c.id == response.c.locality_id).select()
        inside = found.where(locality.c.path.startswith("VN/46/"), response.c.respondent == "organisation")
        report = connection.execute(inside.where(response.c.evidence == "self_review").limit(1)).mappings().one()
        visit = connection.execute(inside.where(response.c.evidence == "visit").limit(1)).mappings().one()
        for row, state in ((report, State.APPROVED), (visit, State.QUARANTINED)):
            change = response.update().where(response.c.seq == row["seq"])
            connection.execute(change.values(state=state.value))
        account = connection.execute(person.select().where(person.c.account == "province")).mappings().one()
        return Objects(account["id"], str(report["id"]), report["seq"], visit["seq"])

    return database.write(prepare)


@pytest.fixture(scope="module")
def clients(app: Flask) -> dict[tuple[Role, str | None], tuple[FlaskClient, str]]:
    """Role and area → who is signed in with them, and the token of the forms."""
    database: Database = app.extensions["survey_runtime"].database
    found = {}
    for role in sorted(ALL_WITH_PROGRESS):
        for number, area in enumerate((HERE, ELSEWHERE, None)):
            if area is None and ROLES[role].needs_area:
                continue
            account, client = f"{role}-{number}", app.test_client()
            add_person(database, account, account, role, area, PASSWORD)
            token = token_of(client, "/login")
            client.post("/login", data={"account": account, "password": PASSWORD, "csrf_token": token})
            found[role, area] = (client, token_of(client, "/no-rights"))
    return found


def token_of(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]


def test_every_route_says_whether_it_asks_for_an_area() -> None:
    missing = {each for each in ROUTES if each not in PAGES and not each.startswith(WITHOUT_AREA)}
    assert missing == set()
    assert PAGES.keys() <= ROUTES.keys()


@pytest.mark.parametrize("endpoint", [each for each in PAGES if each != "charts.index"])
def test_a_page_reaches_what_lies_in_the_own_area(
    endpoint: str, objects: Objects, clients: dict[tuple[Role, str | None], tuple[FlaskClient, str]]
) -> None:
    ask, reaches, roles = PAGES[endpoint]
    for (role, area), (client, token) in clients.items():
        may = role in roles and (area == HERE or (area is None and ROLES[role].is_national))
        answer = ask(client, objects, token)
        assert reaches(answer, objects) == may, (role, area, answer.status_code)
        assert answer.status_code < 500
