"""How the files of this folder were made. It ran once, with release 0.1; today's program cannot run it.

    cd <a checkout of release 0.1>; python3 run.py setup
    PYTHONPATH=. .venv/bin/python <here>/make.py <here>

It writes
- survey.sql: SQLite's dump of a small survey with responses in every state, problems, reviews, a draft, a device and
  the counted leaves; the keys and the password in it open nothing else
- r1.zip: the export of its round
- figures.json: what release 0.1 itself said of both

charts.csv was added later, by release 0.1 and `read_figures.py`, from survey.sql.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

CHOICES = ("clear", "some", "little", "none", "dont_know")
PASSWORD = "mot mat khau dai"  # of the account `lan`
PROBLEMS = re.compile(r'<div class="summary">.*?<ul>(.*?)</ul>', re.DOTALL)


def main(target: Path) -> None:
    work = Path(tempfile.mkdtemp())
    os.environ["SURVEY_DATA_DIR"] = str(work / "data")
    from survey_server.app import create_app
    from survey_server.settings import read_settings
    from survey_server.storage.database import open_database
    from survey_server.storage.migrate import migrate

    settings = read_settings()
    database = open_database(settings)
    migrate(database)
    ids = fill(database, work)
    figures = count(database, settings, target)
    client = create_app(settings, database).test_client()
    sign_in(client)
    figures |= {"opened": {id_: opened(client, id_) for id_ in ids}, "responses": stored(database)}
    database.close()
    connection = sqlite3.connect(settings.data_dir / "survey.sqlite3")
    (target / "survey.sql").write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")
    lines = (f"{json.dumps(name)}: {json.dumps(figures[name], ensure_ascii=False)}" for name in sorted(figures))
    (target / "figures.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    shutil.rmtree(work)


def fill(database: Any, work: Path) -> list[str]:
    """The small survey of the tests; returns the ids of responses that are worth opening."""
    from survey_server.fieldwork.people import Role
    from survey_server.services.enrol_device import enrol, make_code

    from survey_server.services.people import add_person
    from tests.support.field import assign_also, assign_at, body, prepare_field, row, variant_of_example
    from tests.support.receiving import send

    field = prepare_field(database, work)
    add_person(database, "lan", "Vũ Thị Lan", Role.CENTRAL, None, PASSWORD)
    opinions = variant_of_example(work, "opinions", respondent="resident")
    here = assign_also(database, field, opinions)
    there = assign_at(database, field, "opinions", "00004")["00004"]

    def numbered(number: int, **changed: Any) -> dict[str, Any]:
        made = {
            "id": f"00000000-0000-4000-8000-{number:012}",
            "completed_at": f"2012-06-{1 + number % 30:02}T09:00:00+07:00",
        }
        return body(field, **(made | changed))

    def opinion(number: int, assignment: str, code: str) -> dict[str, Any]:
        answers = {"agreed": "yes", "party_change": CHOICES[number % 5]}
        locality = {"scheme": "test", "level": "commune", "code": code}
        return numbered(number, questionnaire="opinions", assignment=assignment, locality=locality, answers=answers)

    send(database, field, *(row(opinion(number, here, "00001")) for number in range(100, 124)))
    send(database, field, *(row(opinion(number, there, "00004")) for number in range(200, 215)))
    figures = {"meetings": {"y2011": {"value": 12, "estimated": True}, "h2012": {"value": 5.5, "estimated": False}}}
    good = {
        "party_change": "clear",
        "held_on": "2012-05-20",
        "documents": [{"number": "62", "pages": 3}],
        "figures": figures,
    }
    flawed = {"party_change": "unheard", "held_on": "2030-01-01", "documents": [{"pages": -1}], "strange": 1}
    sent = [
        numbered(1, answers=good),
        numbered(2, answers=flawed),
        numbered(
            3,
            answers={"party_change": "little", "why_little": "Thiếu cán bộ"},
            completed_at="2012-07-02T09:00:00+07:00",
        ),
        numbered(4, answers=good),
        numbered(5, supersedes=numbered(4)["id"], answers=good | {"party_change": "none", "why_little": "Mới bắt đầu"}),
        numbered(6, version="9"),
        numbered(7, training=True),
        numbered(8, completed_at="2012-07-03T09:00:00+07:00"),
    ]
    for each in (*sent, numbered(1, answers=good | {"party_change": "some"})):  # the last: other bytes under an id
        send(database, field, row(each))
    review(database, field.surveyor)
    enrol(database, make_code(database, "surveyor"), "Máy 1")
    save_draft(database, field)
    return [str(each["id"]) for each in (sent[0], sent[1], sent[2], sent[3], sent[5])]


def review(database: Any, person_id: int) -> None:
    from survey_server.fieldwork.responses import State

    from survey_server.services.review_response import change_state
    from survey_server.storage.tables import response

    def seq_of(connection: Any, number: int) -> int:
        wanted = response.select().where(response.c.id == f"00000000-0000-4000-8000-{number:012}")
        return int(connection.execute(wanted).mappings().first()["seq"])

    def change(connection: Any) -> None:
        change_state(connection, seq_of(connection, 3), State.RETURNED, person_id, "Đề nghị ghi rõ nguyên nhân")
        change_state(connection, seq_of(connection, 8), State.APPROVED, person_id, "")
        change_state(connection, seq_of(connection, 100), State.WITHDRAWN, person_id, "Người trả lời rút phiếu")

    database.write(change)


def save_draft(database: Any, field: Any) -> None:
    from survey_server.services import fill_draft
    from survey_server.storage import people

    with database.read() as connection:
        person = people.by_id(connection, field.surveyor)
    assignment = fill_draft.own_assignment(database, person, field.assignment)
    draft = fill_draft.open_draft(database, person, assignment)
    fill_draft.save_draft(database, draft, {"party_change": "some", "documents": [{"number": "15-KH/MT"}]})


def count(database: Any, settings: Any, target: Path) -> dict[str, Any]:
    from survey_server.handover.books import read_books
    from survey_server.handover.counting import count_beside_publisher
    from survey_server.handover.export import export_round
    from survey_server.handover.round_tally import release

    from analysis import load_dataset, score_tasks, summarise
    from survey_server.storage import leaf_tallies

    books = read_books(database, settings, "r1")
    count_beside_publisher(database, settings, books)
    release(database, books)
    dataset = load_dataset(export_round(database, settings, "r1", "zip", target))
    with database.read() as connection:
        leaves = leaf_tallies.of_round(connection, books.round.id)
    return {
        "leaves": sorted([each.key.questionnaire, each.key.locality_id, each.key.state, each.tally] for each in leaves),
        "summarise": {
            level: json.loads(
                summarise(dataset, level).to_json(orient="records", force_ascii=False, double_precision=15)
            )
            for level in ("country", "province", "district", "commune")
        },
        "scores": json.loads(score_tasks(dataset).to_json(orient="records", double_precision=15)),
    }


def sign_in(client: Any) -> None:
    token = client.get("/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"account": "lan", "password": PASSWORD, "csrf_token": token})


def opened(client: Any, id_: str) -> list[str]:
    """The problems of a response as its page says them, in order."""
    page = client.get(f"/responses/{id_}")
    assert page.status_code == 200, id_
    lists = PROBLEMS.findall(page.get_data(as_text=True))
    return [
        html.unescape(re.sub("<.*?>", "", each))
        for found in lists
        for each in re.findall("<li>(.*?)</li>", found, re.DOTALL)
    ]


def stored(database: Any) -> list[list[str]]:
    from survey_server.storage.tables import response

    with database.read() as connection:
        rows = connection.execute(response.select().order_by(response.c.seq)).mappings().all()
    return [[row["id"], row["sha256"], row["state"]] for row in rows]


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
