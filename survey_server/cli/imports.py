"""import-localities and import-unsent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from survey_server.cli.verb_group import open_survey
from survey_server.cli.words import FILE, say, spoken, verb, words

_FILE_ARGUMENT = click.argument("file", metavar=FILE, type=click.Path(exists=True, dir_okay=False, path_type=Path))
_DAY_METAVAR = words("NGÀY", "DAY")


STATUSES = {
    "stored": "đã lưu",
    "duplicate": "đã có từ trước",
    "conflict": "mâu thuẫn, chờ xử lý",
    "quarantined": "tạm giữ chờ xử lý",
    "rejected": "không nhận",
}


@verb(
    "import-localities",
    vi="Nhập một danh mục địa bàn: tệp CSV có các cột level, code, parent_code, name, kind, lat, lon.",
    en="Take in a list of localities: CSV with level, code, parent_code, name, kind, lat, lon.",
    shown="survey-server import-localities units.csv --scheme gso-2026-01",
)
@_FILE_ARGUMENT
@click.option(
    "--scheme",
    metavar=words("TÊN", "NAME"),
    required=True,
    help=words("tên của danh mục mới", "the name of the new list"),
)
@click.option(
    "--valid-from",
    metavar=_DAY_METAVAR,
    default="0001-01-01",
    help=words("ngày đầu danh mục có hiệu lực, dạng 2026-01-31", "first day of the list, such as 2026-01-31"),
)
@click.option(
    "--valid-to",
    metavar=_DAY_METAVAR,
    help=words(
        "ngày cuối danh mục có hiệu lực; bỏ trống: đang còn hiệu lực", "last day of the list; left out: still valid"
    ),
)
def import_localities(file: Path, scheme: str, valid_from: str, valid_to: str | None) -> None:
    from survey_server.services import import_localities as service

    with open_survey() as (_, database):
        count = service.import_localities(database, file, scheme, valid_from, valid_to)
    say(f"Đã nhập {count} địa bàn vào {scheme}.", f"Imported {count} localities into {scheme}.")


@verb(
    "import-unsent",
    vi="Nhập tệp phiếu chưa gửi lấy ra từ máy tính bảng, kiểm tra như khi máy gửi; mã thoát 1 nếu có phiếu không nhận.",
    en="Take in a tablet's export of unsent responses, checked as uploads are; exit code 1 where some are rejected.",
    shown="survey-server import-unsent unsent-2012-06-05.json",
)
@_FILE_ARGUMENT
def import_unsent(file: Path) -> None:
    from survey_server.services import import_unsent as service
    from survey_server.services.receiving import ReceivingContext

    with open_survey() as (_, database):
        receipts = service.import_unsent(ReceivingContext.of(database), file.read_bytes(), language=spoken())
    for status, number in Counter(receipt.status.value for receipt in receipts).items():
        say(f"{STATUSES[status]}: {number}", f"{status}: {number}")
    rejected = [receipt for receipt in receipts if receipt.status.value == "rejected"]
    for receipt in rejected:
        click.echo(f"{receipt.id or '?'}: {receipt.problems[0].message}", err=True)
    if rejected:
        say(
            f"Không nhận {len(rejected)} trên {len(receipts)} phiếu, lý do ghi ở trên; các phiếu khác đã được giữ.",
            f"{len(rejected)} of {len(receipts)} responses were rejected, for the reasons above; the others are kept.",
            err=True,
        )
        raise SystemExit(1)
