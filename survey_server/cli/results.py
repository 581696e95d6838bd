"""export and publish-charts."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_server.cli.texts import ACCOUNT, _, say, verb
from survey_server.cli.verb_group import open_survey

if TYPE_CHECKING:
    from survey_server.pipeline.charts_folder import FolderAudience
    from survey_server.pipeline.export.tables import Chosen

PROGRESS_INTERVAL = 2.0  # seconds
MAX_LISTED = 10  # ids in a message
_ROUND_OPTION = click.option(
    "--round",
    "round_code",
    metavar=_("MÃ"),
    required=True,
    help=_("mã của đợt khảo sát"),
)
_OUT_OPTION = click.option(
    "--out",
    metavar=_("THƯ_MỤC"),
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=_("thư mục ghi kết quả"),
)


@verb(
    "export",
    "Xuất phiếu kèm nhãn và mã, bảng mã và danh mục địa bàn.",
    example="survey-server export --round demo --format zip --out exports/",
)
@_ROUND_OPTION
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["csv", "parquet", "zip"]),
    default="zip",
    show_default=True,
    help=_("csv: cho bảng tính; parquet: cột có kiểu; zip: bộ số liệu cho các sổ tính"),
)
@click.option(
    "--tables",
    type=click.Choice(["all", "wide", "long"]),
    default="all",
    show_default=True,
    help=_("wide: mỗi phiếu một dòng; long: mỗi câu trả lời một dòng"),
)
@_OUT_OPTION
@click.option(
    "--person",
    metavar=ACCOUNT,
    help=_("chỉ những gì tài khoản này được xem"),
)
def export(round_code: str, output_format: str, tables: Chosen, out: Path, person: str | None) -> None:
    from survey_server.pipeline.export import export_round

    if output_format == "parquet":
        with suppress(ImportError):  # the export says what is not installed
            from survey_server.pipeline.export.lean_pyarrow import import_lean_pyarrow

            import_lean_pyarrow()
    with open_survey() as (settings, database):
        written = export_round(
            database, settings, round_code, output_format, out,
            person=person, chosen=tables, progress=_Progress().show, report_unreadable=_report_unreadable,
        )  # fmt: skip
    click.echo(written)


def _report_unreadable(ids: list[str]) -> None:
    listed = ", ".join(ids[:MAX_LISTED]) + (" …" if len(ids) > MAX_LISTED else "")
    text = "{count} phiếu bị hỏng, không đọc được nên không có trong các bảng; cut.json ghi mã của chúng: {listed}"
    click.echo(_(text, count=len(ids), listed=listed), err=True)


class _Progress:
    """Says on the standard error how far an export is, at most every PROGRESS_INTERVAL."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._said_at >= PROGRESS_INTERVAL or 0 < done == total:
            self._said_at = now
            click.echo(_("đã ghi {done}/{total} phiếu", done=done, total=total), err=True)


@verb(
    "publish-charts",
    "Ghi trang biểu đồ thành một thư mục xem được không cần máy chủ: mở tệp index.html.",
    example="survey-server publish-charts --round demo --out charts/",
)
@_ROUND_OPTION
@_OUT_OPTION
@click.option(
    "--for",
    "audience",
    type=click.Choice(["centre", "coordinators"]),
    help=_(
        "coordinators: ý kiến người dân, cán bộ chỉ gồm những gì đã công bố cho cán bộ Mặt trận các cấp; "
        "centre: trang của xã có cả ý kiến người dân (không ghi: như centre, trừ ý kiến người dân trên trang của xã)"
    ),
)
@click.option(
    "--communes",
    "has_communes",
    is_flag=True,
    help=_("thêm trang của từng xã; chỉ có ý kiến người dân nếu ghi --for centre"),
)
def publish_charts(round_code: str, out: Path, audience: FolderAudience | None, has_communes: bool) -> None:
    from survey_server.pipeline.charts_folder import publish_folder
    from survey_server.pipeline.check_tally import is_behind

    with open_survey() as (settings, database):
        if is_behind(database, round_code):
            say("Có thay đổi chưa vào số tổng hợp nên chưa có trong thư mục này: cần chạy serve.", err=True)
        index = publish_folder(database, settings, round_code, out, audience=audience, has_communes=has_communes)
        click.echo(index)
