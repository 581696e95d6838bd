"""Every route with every account: a route without a row in ROUTES fails, as does one without a permission."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_server.app import create_app, runtime_of
from survey_server.domain.people import Role
from survey_server.domain.responses import State
from survey_server.services.demo.plan import make_id
from survey_server.services.paging import Turn
from survey_server.services.people import add_person
from survey_server.services.review_response import list_responses, open_response
from survey_server.settings import Settings, read_settings
from survey_server.storage import people
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import assignment, locality, person, response, visit

PASSWORD = "con duong doc bo ho"
ACCOUNTS = ("surveyor", "leader", "commune", "district", "province", "central", "analyst", "admin", "nobody")
FILLS = {"surveyor", "leader", "commune", "district", "province"}
CENTRE = {"central", "analyst"}
COORDINATORS = {"commune", "district", "province"}
OPEN = 200  # or a redirect, or a page that says what is wrong with an empty form: not refused
# Endpoint → accounts that may open it. "everyone" needs no session, "signed in" any.
ROUTES: dict[str, Any] = {
    "sign_in.login": "everyone",
    "sign_in.logout": "signed in",
    "sign_in.home": "signed in",
    "sign_in.no_rights": "signed in",
    "assets.hashed": "everyone",
    "assets.plain": "everyone",
    "assets.favicon": "everyone",
    "health.health": "everyone",
    "health.readiness": "everyone",
    "tablet.home": "everyone",
    "tablet.worker": "everyone",
    "tablet.questionnaire": "everyone",
    "api_document": "everyone",
    "sign_in.enter_code": "everyone",
    "account.show": "signed in",
    "account.change_password": "signed in",
    "account.change_second_factor": "signed in",
    "security_txt.show": "everyone",
    "fill.work": FILLS,
    "fill.questionnaire": FILLS,
    "fill.sent": FILLS,
    "responses.list_responses": FILLS | CENTRE,
    "responses.show_response": FILLS | CENTRE,
    "responses.review": {"leader"} | COORDINATORS,
    "monitor.overview": {"leader", "admin"} | COORDINATORS | CENTRE,
    "visits.list_visits": {"leader", "central"},
    "charts.index": COORDINATORS | CENTRE,
    "charts.locality": COORDINATORS | CENTRE,
    "charts.state": COORDINATORS | CENTRE,
    "charts.manifest": COORDINATORS | CENTRE,
    "charts.chart_file": COORDINATORS | CENTRE,
    "questionnaires.list_questionnaires": CENTRE | {"admin"},
    "questionnaires.show_questionnaire": CENTRE | {"admin"},
    "questionnaires.download_yaml": CENTRE | {"admin"},
    "people.list_people": {"admin"},
    "people.add_account": {"admin"},
    "people.show_person": {"admin"},
    "people.change_person": {"admin"},
    "quarantine.list_quarantined": {"central", "admin"},
    "quarantine.settle": {"central", "admin"},
    "quarantine.unsent_form": {"admin"},
    "quarantine.import_file": {"admin"},
}
DEVICE = "device"


@pytest.fixture(scope="module")
def app(small_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    import shutil

    data = Path(shutil.copytree(small_demo, tmp_path_factory.mktemp("rights") / "data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATA_DIR", str(data))
        settings: Settings = read_settings()
    database = open_database(settings)
    yield create_app(settings, database)
    database.close()


@pytest.fixture(scope="module")
def clients(app: Flask) -> dict[str, FlaskClient]:
    return {account: _signed_in(app, account) for account in ACCOUNTS} | {"stranger": app.test_client()}


def _signed_in(app: Flask, account: str) -> FlaskClient:
    """An account of the demo, or one that a test added with PASSWORD."""
    client = app.test_client()
    password = f"demo-{account}" if account in ACCOUNTS else PASSWORD
    sent = client.post("/login", data={"account": account, "password": password, "csrf_token": _token(client)})
    assert sent.status_code == 302, account
    return client


def _token(client: FlaskClient) -> str:
    """The CSRF token of a client's session."""
    page = client.get("/login").get_data(as_text=True)
    if 'name="csrf_token"' not in page:
        page = client.get("/no-rights").get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def _database(app: Flask) -> Database:
    found: Database = runtime_of(app).database
    return found


def _rules(app: Flask) -> list[tuple[str, str, str]]:
    return [
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _path(rule: str) -> str:
    values = {
        "questionnaire": "commune_visit", "version": "2012.10", "id_": "commune_visit", "round_code": "demo",
        "level": "country", "code": "VN", "response_id": make_id("nothing"), "seq": "999999", "person_id": "1",
        "name": "x", "sha256": "0" * 64,
    }  # fmt: skip
    parts = rule.split("<")
    return parts[0] + "".join(
        values.get(part.split(">")[0].split(":")[-1], "x") + part.split(">")[1] for part in parts[1:]
    )


def test_every_route_names_its_permission_and_has_a_row(app: Flask) -> None:
    for endpoint, _method, rule in _rules(app):
        permission = getattr(app.view_functions[endpoint], "permission", None)
        assert permission is not None, f"{rule} names no permission"
        assert (endpoint in ROUTES) != (permission == DEVICE), f"{rule} ({endpoint}): a row, or a device's token"
    assert ROUTES.keys() <= {endpoint for endpoint, *_ in _rules(app)}, "a row without a route"


def test_every_account_on_every_route(app: Flask, clients: dict[str, FlaskClient]) -> None:
    wrong = []
    tokens = {account: _token(client) for account, client in clients.items() if account != "stranger"}
    for endpoint, method, rule in _rules(app):
        allowed = ROUTES.get(endpoint)
        if allowed is None or allowed == "everyone" or endpoint == "sign_in.logout":
            continue
        for account, client in clients.items():
            data = {"csrf_token": tokens[account]} if method == "POST" and account in tokens else None
            status = client.open(_path(rule), method=method, data=data).status_code
            may = account != "stranger" and (allowed == "signed in" or account in allowed)
            refused = status in (401, 403) or (account == "stranger" and status in (302, 400))
            area_refused = account in COORDINATORS and endpoint.startswith("charts.") and status == 403
            if may == refused and not (may and area_refused):
                wrong.append((account, method, rule, status))
    assert wrong == []


def test_the_device_api_refuses_requests_without_a_token(app: Flask, clients: dict[str, FlaskClient]) -> None:
    for endpoint, method, rule in _rules(app):
        if endpoint not in ROUTES and not rule.endswith("/enrol"):
            for client in (clients["stranger"], clients["admin"]):
                assert client.open(_path(rule), method=method, json={}).status_code == 401, rule


@pytest.mark.parametrize("account", ["commune", "district", "province"])
def test_charts_are_shown_in_the_own_area_and_of_localities_above_it(
    app: Flask, clients: dict[str, FlaskClient], account: str
) -> None:
    own = {"commune": "commune", "district": "district", "province": "province"}[account]
    with _database(app).read() as connection:
        path = connection.execute(
            locality.select().join(person, person.c.area_id == locality.c.id).where(person.c.account == account)
        ).mappings().one()  # fmt: skip
    client = clients[account]
    assert client.get(f"/charts/demo/{own}/{path['code']}").status_code == 200
    above = client.get("/charts/demo/country/VN")
    assert above.status_code == 200
    assert "/charts/demo/province/01" not in above.get_data(as_text=True)
    assert client.get("/charts/demo/province/46").status_code == 200
    for elsewhere in ("province/01", "commune/00001"):
        assert client.get(f"/charts/demo/{elsewhere}").status_code == 403, elsewhere
        for part in ("state", "manifest.json", "file/1-x/dots.vi.csv"):
            assert client.get(f"/charts/demo/{elsewhere}/{part}").status_code == 403, elsewhere
    assert client.get("/monitor?area=VN/01").status_code == 403
    assert "Hà Nội" not in client.get(f"/charts/demo/{own}/{path['code']}?q=ha+noi").get_data(as_text=True)


def test_coordinators_never_open_responses_of_people(app: Flask, clients: dict[str, FlaskClient]) -> None:
    with _database(app).read() as connection:
        rows = connection.execute(
            response.select().join(locality, locality.c.id == response.c.locality_id).where(
                locality.c.path.startswith("VN/46"), response.c.respondent != "organisation"
            ).limit(20)
        ).mappings().all()  # fmt: skip
    assert rows
    for row in rows:
        for account in COORDINATORS:
            assert clients[account].get(f"/responses/{row['id']}").status_code == 404
        assert clients["central"].get(f"/responses/{row['id']}").status_code == 200
        assert row["id"] not in clients["province"].get("/responses").get_data(as_text=True)


def _row(app: Flask, *conditions: Any) -> Any:
    with _database(app).read() as connection:
        wanted = response.select().join(locality, locality.c.id == response.c.locality_id)
        return connection.execute(wanted.where(*conditions).limit(1)).mappings().one()


@pytest.mark.parametrize("decision", ["approve", "return", "nonsense", ""])
def test_a_decision_about_a_response_outside_ones_rights_is_refused(
    app: Flask, clients: dict[str, FlaskClient], decision: str
) -> None:
    def decide(account: str, response_id: str, seq: object) -> int:
        data = {"csrf_token": _token(clients[account]), "seq": seq, "decision": decision}
        return clients[account].post(f"/responses/{response_id}/review", data=data).status_code

    province = locality.c.path.startswith("VN/46")
    visit = _row(app, province, response.c.evidence == "visit")
    elsewhere = _row(app, ~province, response.c.evidence == "self_review", response.c.respondent == "organisation")
    own = _row(app, response.c.questionnaire == "self_review_province", locality.c.path == "VN/46")
    assert decide("province", visit["id"], visit["seq"]) == 404
    assert decide("province", elsewhere["id"], elsewhere["seq"]) == 404
    assert decide("province", own["id"], own["seq"]) == 403
    assert decide("province", own["id"], elsewhere["seq"]) == 404
    assert decide("leader", visit["id"], "x") == 404
    assert decide("surveyor", visit["id"], visit["seq"]) == 403


def test_an_unknown_decision_is_a_bad_request(app: Flask, clients: dict[str, FlaskClient]) -> None:
    with _database(app).read() as connection:
        leader = people.by_account(connection, "leader")
    assert leader is not None
    listed = list_responses(_database(app), leader).rows
    data = {"csrf_token": _token(clients["leader"]), "seq": listed[0].seq, "decision": "nonsense"}
    assert clients["leader"].post(f"/responses/{listed[0].id}/review", data=data).status_code == 400


def test_only_quarantined_responses_of_the_own_area_are_settled(app: Flask, clients: dict[str, FlaskClient]) -> None:
    def settle(seq: int, decision: str, client: FlaskClient = clients["admin"]) -> int:
        data = {"csrf_token": _token(client), "decision": decision}
        return client.post(f"/quarantine/{seq}", data=data).status_code

    add_person(_database(app), "hanoikeeper", "Hà Nội", Role.ADMIN, "gso-2019-10:province:01", PASSWORD)
    elsewhere = _signed_in(app, "hanoikeeper")
    counted = _row(app, response.c.state == State.SUBMITTED.value, locality.c.path.startswith("VN/46"))["seq"]
    for decision in ("accept", "put_aside", "nonsense"):
        assert [settle(seq, decision) for seq in (counted, 999_999)] == [404, 404]
    held = response.update().where(response.c.seq == counted)
    _database(app).write(lambda connection: connection.execute(held.values(state=State.QUARANTINED.value)))
    assert [settle(counted, decision, elsewhere) for decision in ("put_aside", "nonsense")] == [404, 404]
    assert settle(counted, "nonsense") == 400
    assert settle(counted, "put_aside") == 302
    assert settle(counted, "put_aside") == 404


def test_visits_are_not_for_coordinators_and_self_reviews_not_for_teams(
    app: Flask, clients: dict[str, FlaskClient]
) -> None:
    def one_of(evidence: str) -> str:
        with _database(app).read() as connection:
            wanted = response.select().join(locality, locality.c.id == response.c.locality_id)
            found = connection.execute(
                wanted.where(
                    locality.c.path.startswith("VN/46"),
                    response.c.evidence == evidence,
                    response.c.respondent == "organisation",
                ).limit(1)
            )
            return str(found.mappings().one()["id"])

    visit, review = one_of("visit"), one_of("self_review")
    assert [clients[a].get(f"/responses/{visit}").status_code for a in ("province", "leader", "surveyor")] == [
        404, 200, 200,
    ]  # fmt: skip
    assert [clients[a].get(f"/responses/{review}").status_code for a in ("province", "leader", "surveyor")] == [
        200, 404, 404,
    ]  # fmt: skip


def test_nobody_fills_in_what_is_assigned_to_someone_else(app: Flask, clients: dict[str, FlaskClient]) -> None:
    with _database(app).read() as connection:
        wanted = assignment.select().join(person, person.c.id == assignment.c.person_id)
        found = connection.execute(
            wanted.where(person.c.account == "surveyor", assignment.c.questionnaire == "commune_visit").limit(1)
        )
        own = found.mappings().one()
    path = f"/fill/commune_visit/{own['version']}?assignment={own['id']}"
    assert clients["surveyor"].get(path).status_code == 200
    for account in FILLS - {"surveyor"}:
        assert clients[account].get(path).status_code == 404, account


def test_coordinators_do_not_see_how_many_people_answered(clients: dict[str, FlaskClient]) -> None:
    titles = ("Phiếu lấy ý kiến nhân dân", "Phiếu phỏng vấn cán bộ")
    for account in sorted(COORDINATORS):
        page = clients[account].get("/monitor").get_data(as_text=True)
        assert not any(title in page for title in titles), account
    assert all(title in clients["central"].get("/monitor").get_data(as_text=True) for title in titles)


def test_an_area_of_another_scheme_opens_nothing_of_this_round(app: Flask) -> None:
    """Hà Nội has the same code in 2019 and 2025, as have two communes that have nothing in common."""
    database = _database(app)
    add_person(database, "hanoi2025", "Hà Nội", Role.COORDINATOR, "gso-2025-07:province:46", PASSWORD)
    client = _signed_in(app, "hanoi2025")
    with database.read() as connection:
        wanted = response.select().join(locality, locality.c.id == response.c.locality_id)
        conditions = (locality.c.path.startswith("VN/46"), response.c.evidence == "self_review")
        review = connection.execute(wanted.where(*conditions).limit(1)).mappings().one()["id"]
    assert client.get(f"/responses/{review}").status_code == 404
    assert "/responses/" not in client.get("/responses").get_data(as_text=True)
    assert "Chưa có đợt khảo sát nào." in client.get("/monitor?area=VN/46").get_data(as_text=True)
    for path in (
        "/monitor?round=demo",
        "/monitor?round=demo&area=VN/46",
        "/charts/demo/province/46",
        "/charts/demo/province/46/state",
    ):
        assert client.get(path).status_code == 403, path


AREA = "gso-2019-10:province:46"
SCOPED = {Role.CENTRAL: "central46", Role.ANALYST: "analyst46", Role.ADMIN: "admin46"}


@pytest.fixture(scope="module")
def scoped(app: Flask) -> dict[Role, FlaskClient]:
    """Clients of central staff whose area is one province."""
    for role, account in SCOPED.items():
        add_person(_database(app), account, account, role, AREA, PASSWORD)
    return {role: _signed_in(app, account) for role, account in SCOPED.items()}


def test_central_staff_with_an_area_see_only_that_area_on_every_page(
    app: Flask, scoped: dict[Role, FlaskClient]
) -> None:
    outside = _quarantine_outside(app)
    assert len(outside) >= 6  # of three provinces: a response and a name each
    for role, client in scoped.items():
        unscoped = role.value
        for endpoint, method, rule in _rules(app):
            allowed = ROUTES.get(endpoint)
            if method != "GET" or not isinstance(allowed, set) or unscoped not in allowed:
                continue
            page = client.get(_path(rule))
            if "<level>" in rule:
                assert page.status_code == 403, (role, rule)  # the country is not the own area
            own = client.get(_path(rule.replace("<level>/<code>", "province/46")))
            assert own.status_code in (200, 302, 404), (role, rule)
            text = page.get_data(as_text=True) + own.get_data(as_text=True)
            if not endpoint.startswith("people."):  # accounts are told with their areas
                assert not [name for name in outside if name in text], (role, rule)


def test_quarantined_responses_of_another_area_are_not_settled(app: Flask, scoped: dict[Role, FlaskClient]) -> None:
    _quarantine_outside(app)
    with _database(app).read() as connection:
        wanted = response.select().join(locality, locality.c.id == response.c.locality_id)
        held = wanted.where(response.c.state == "quarantined", locality.c.path.not_like("VN/46%")).limit(1)
        seq = connection.execute(held).mappings().one()["seq"]
    for role in (Role.CENTRAL, Role.ADMIN):
        data = {"csrf_token": _token(scoped[role]), "decision": "put_aside"}
        scoped[role].post(f"/quarantine/{seq}", data=data)
        with _database(app).read() as connection:
            state = connection.execute(response.select().where(response.c.seq == seq)).mappings().one()["state"]
        assert state == "quarantined", role


def _quarantine_outside(app: Flask) -> list[str]:
    """Quarantine one response in each province outside the area; returns their ids and the names of the localities that
    are visited outside it."""
    database = _database(app)
    with database.read() as connection:
        joined = select(response.c.seq, response.c.id, locality.c.path).join(locality)
        rows = connection.execute(joined.where(locality.c.path.not_like("VN/46%"))).all()
        places = select(locality.c.name, locality.c.path).join(visit, visit.c.locality_id == locality.c.id)
        names = connection.execute(places).all()
    held = {each.path[:5]: each for each in rows}
    change = response.update().where(response.c.seq.in_([each.seq for each in held.values()]))
    database.write(lambda connection: connection.execute(change.values(state="quarantined")))
    inside = {name for name, path in names if path.startswith("VN/46")}
    return [*(each.id for each in held.values()), *({name for name, _ in names} - inside)]


def test_the_listed_responses_are_those_that_may_be_opened(app: Flask, clients: dict[str, FlaskClient]) -> None:
    """For each kind of response in each state."""
    database = _database(app)
    with database.read() as connection:
        rows = connection.execute(
            response.select().join(locality, locality.c.id == response.c.locality_id)
            .where(locality.c.path.startswith("VN/46"))
        ).mappings().all()  # fmt: skip
    chosen = {(row["evidence"], row["respondent"], state): row for row in rows for state in State}
    changed = dict(zip(chosen, {row["seq"]: row for row in rows}.values(), strict=False))

    def spread(connection: Any) -> None:
        for (_, _, state), row in changed.items():
            connection.execute(response.update().where(response.c.seq == row["seq"]).values(state=state.value))

    database.write(spread)
    for account in ACCOUNTS:
        with database.read() as connection:
            who = people.by_account(connection, account)
        assert who is not None
        listed: set[str] = set()
        turn: Turn[int] | None = Turn()
        while turn is not None:
            page = list_responses(database, who, turn=turn)
            listed |= {each.id for each in page.rows}
            turn = page.next
        opened = {row["id"] for row in rows if open_response(database, who, row["id"])}
        assert opened == listed & {row["id"] for row in rows}, account


def test_an_administrator_opens_accounts_of_the_own_area_only(app: Flask) -> None:
    database = _database(app)
    add_person(database, "hueadmin", "Huế", Role.ADMIN, "gso-2019-10:province:46", PASSWORD)
    client = _signed_in(app, "hueadmin")
    with database.read() as connection:
        found = {name: people.by_account(connection, name) for name in ("province", "central", "surveyor", "mt-none")}
    listed = client.get("/people").get_data(as_text=True)
    for name, each in found.items():
        is_own = name == "province"
        path, token = f"/people/{each.id if each is not None else 999_999}", _token(client)
        assert (f'href="{path}"' in listed) == is_own, name
        assert client.get(path).status_code == (200 if is_own else 404), name
        for action in ("close", "open", "end_sessions", "code"):
            sent = client.post(path, data={"csrf_token": token, action: "1"})
            assert (sent.status_code == 404) != is_own, (name, action)
    for area in ("", "gso-2019-10:province:01", "gso-2019-10:country:VN"):
        data = {"account": "toanquoc", "name": "A", "role": "analyst", "area": area, "csrf_token": _token(client)}
        assert client.post("/people", data=data).status_code == 422, area
    with database.read() as connection:
        assert people.by_account(connection, "toanquoc") is None


def test_a_leader_without_an_area_monitors_nothing(app: Flask) -> None:
    add_person(_database(app), "newleader", "Mới", Role.LEADER, None, PASSWORD)
    client = _signed_in(app, "newleader")
    for path in ("/monitor", "/monitor?area=VN", "/monitor?area=VN/46"):
        page = client.get(path).get_data(as_text=True)
        assert "chưa được giao địa bàn" in page, path
        assert "<table" not in page, path
