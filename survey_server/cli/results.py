"""export and publish-charts."""

from __future__ import annotations

from pathlib import Path

import click

from survey_server.cli.texts import ACCOUNT, _, verb
from survey_server.cli.verb_group import open_survey

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
    type=click.Choice(["csv", "zip"]),
    default="zip",
    show_default=True,
    help=_("zip: bộ số liệu cho các sổ tính"),
)
@_OUT_OPTION
@click.option(
    "--person",
    metavar=ACCOUNT,
    help=_("chỉ những gì tài khoản này được xem"),
)
def export(round_code: str, output_format: str, out: Path, person: str | None) -> None:
    from survey_server.pipeline.export import export_round

    with open_survey() as (settings, database):
        click.echo(export_round(database, settings, round_code, output_format, out, person=person))


@verb(
    "publish-charts",
    "Ghi trang biểu đồ thành một thư mục xem được không cần máy chủ: mở tệp index.html.",
    example="survey-server publish-charts --round demo --out charts/",
)
@_ROUND_OPTION
@_OUT_OPTION
def publish_charts(round_code: str, out: Path) -> None:
    from survey_server.pipeline.export import publish_folder

    with open_survey() as (settings, database):
        click.echo(publish_folder(database, settings, round_code, out))
