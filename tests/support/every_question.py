"""A questionnaire with every kind of question, and answers to it."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from pathlib import Path
from typing import Any

from survey_server.pipeline.export import export_round
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import EXAMPLE, Field, assign_also, body, prepare_field, row, surveyor_of
from tests.support.receiving import receive

SOURCE = """id: everything
version: "1"
title: {vi: Mọi loại câu hỏi, en: Everything}
respondent: organisation
evidence: visit
locality_level: commune
framework: example
languages: [vi, en]
choices:
  change:
    options:
      "1": {vi: Có, en: Some}
      "2": {vi: =1+1, en: None}
    missing:
      "98": {vi: Không biết, en: Don't know}
sections:
  - name: main
    task: none
    title: {vi: Nội dung, en: Content}
    questions:
      - {name: rated, type: select_one, choices: change, label: {vi: Chuyển biến, en: Change}}
      - {name: why, type: text, relevant: "${rated} = '2'", label: {vi: Vì sao, en: Why}}
      - {name: ticked, type: select_multiple, choices: change, label: {vi: Đã chọn, en: Ticked}}
      - name: staff
        type: integer
        label: {vi: Số cán bộ, en: Staff}
        missing: {"98": {vi: Không theo dõi, en: Not tracked}}
      - {name: share, type: decimal, label: {vi: Tỷ lệ, en: Share}}
      - {name: held, type: date, label: {vi: Ngày họp, en: Held on}}
      - {name: opened, type: datetime, label: {vi: Lúc mở, en: Opened}}
      - name: figures
        type: number_table
        label: {vi: Số liệu, en: Figures}
        rows: {"1": {vi: Nhà, en: Houses}}
        periods: {"1": {vi: Năm 2011, en: "2011"}, "2": {vi: Năm 2012, en: "2012"}}
        missing: {"98": {vi: Không phát sinh, en: None arose}}
      - name: documents
        type: repeat
        label: {vi: Văn bản, en: Documents}
        questions:
          - {name: number, type: text, label: {vi: Số, en: Number}}
          - {name: pages, type: integer, label: {vi: Số trang, en: Pages}}
      - {name: twice, type: calculate, calculation: "${share} * 2", label: {vi: Gấp đôi, en: Twice}}
"""
FULL: dict[str, Any] = {
    "rated": "2",
    "why": ";=1+1",
    "ticked": ["1"],
    "staff": 98,
    "share": 12.0,
    "held": "2012-06-05",
    "opened": "2012-06-05T08:30",
    "figures": {"1": {"1": {"value": 98, "estimated": True}, "2": "98"}},
    "documents": [{"number": "=2", "pages": 3}, {"pages": 4}],
}
CODES: dict[str, Any] = {"rated": "98", "ticked": ["98"], "staff": "98", "figures": {"1": {"1": 7}}}
NONE: dict[str, Any] = {"rated": "1", "ticked": [], "documents": []}


def written(folder: Path, source: str) -> Path:
    (folder / "asked").mkdir(exist_ok=True)
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", folder / "asked" / "frameworks", dirs_exist_ok=True)
    path = folder / "asked" / "everything.yaml"
    path.write_text(source, encoding="utf-8")
    return path


def send(database: Database, field: Field, answers: dict[str, Any], **also: Any) -> str:
    sent = body(field, questionnaire="everything", assignment=field.assignment, answers=answers, **also)
    (receipt,) = receive(database, surveyor_of(field), [row(sent)])
    assert receipt.status.value == "stored"
    return str(sent["id"])


def prepare_every_question(database: Database, folder: Path) -> Field:
    """A field whose assignment asks for the questionnaire."""
    made = prepare_field(database, folder)
    return dataclasses.replace(made, assignment=assign_also(database, made, written(folder, SOURCE)))


def wide_rows(database: Database, settings: Settings, out: Path) -> dict[str, dict[str, str]]:
    """The rows of the exported wide table by the ids of their responses."""
    folder = export_round(database, settings, "r1", "csv", out, chosen="wide")
    with (folder / "everything.csv").open(encoding="utf-8-sig", newline="") as file:
        return {each["id"]: each for each in csv.DictReader(file)}
