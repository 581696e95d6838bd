"""import-localities and import-unsent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from survey_server.cli.texts import FILE, _, current_language, say, verb
from survey_server.cli.verb_group import open_survey
from survey_server.i18n import Message

_FILE_ARGUMENT = click.argument("file", metavar=FILE, type=click.Path(exists=True, dir_okay=False, path_type=Path))
_DAY_METAVAR = _("NGÀY")


STATUSES = {
    "stored": Message("đã lưu", "import-unsent"),
    "duplicate": Message("đã có từ trước", "import-unsent"),
    "conflict": Message("mâu thuẫn, chờ xử lý", "import-unsent"),
    "quarantined": Message("tạm giữ chờ xử lý", "import-unsent"),
    "rejected": Message("không nhận", "import-unsent"),
}


@verb(
    "import-localities",
    "Nhập một danh mục địa bàn: tệp CSV có các cột level, code, parent_code, name, kind, lat, lon.",
    example="survey-server import-localities units.csv --scheme gso-2026-01",
)
@_FILE_ARGUMENT
@click.option(
    "--scheme",
    metavar=_("TÊN"),
    required=True,
    help=_("tên của danh mục mới"),
)
@click.option(
    "--valid-from",
    metavar=_DAY_METAVAR,
    default="0001-01-01",
    help=_("ngày đầu danh mục có hiệu lực, dạng 2026-01-31"),
)
@click.option(
    "--valid-to",
    metavar=_DAY_METAVAR,
    help=_("ngày cuối danh mục có hiệu lực; bỏ trống: đang còn hiệu lực"),
)
def import_localities(file: Path, scheme: str, valid_from: str, valid_to: str | None) -> None:
    from survey_server.services import import_localities as service

    with open_survey() as (_settings, database):
        count = service.import_localities(database, file, scheme, valid_from, valid_to)
    say("Đã nhập {count} địa bàn vào {scheme}.", count=count, scheme=scheme)


@verb(
    "import-unsent",
    "Nhập tệp phiếu chưa gửi lấy ra từ máy tính bảng, kiểm tra như khi máy gửi; mã thoát 1 nếu có phiếu không nhận.",
    example="survey-server import-unsent unsent-2012-06-05.json",
)
@_FILE_ARGUMENT
def import_unsent(file: Path) -> None:
    from survey_server.services import import_unsent as service
    from survey_server.services.receiving import ReceivingContext

    with open_survey() as (_settings, database):
        receipts = service.import_unsent(ReceivingContext.of(database), file.read_bytes(), language=current_language())
    for status, number in Counter(receipt.status.value for receipt in receipts).items():
        say("{status}: {number}", status=STATUSES[status], number=number)
    rejected = [receipt for receipt in receipts if receipt.status.value == "rejected"]
    for receipt in rejected:
        click.echo(f"{receipt.id or '?'}: {receipt.problems[0].message}", err=True)
    if rejected:
        say(
            "Không nhận {rejected} trên {all} phiếu, lý do ghi ở trên; các phiếu khác đã được giữ.",
            err=True,
            rejected=len(rejected),
            all=len(receipts),
        )
        raise SystemExit(1)
