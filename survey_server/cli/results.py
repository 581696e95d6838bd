"""export and publish-charts."""

from __future__ import annotations

from pathlib import Path

import click

from survey_server.cli.verb_group import open_survey
from survey_server.cli.words import ACCOUNT, verb, words

_ROUND_OPTION = click.option(
    "--round",
    "round_code",
    metavar=words("MÃ", "CODE"),
    required=True,
    help=words("mã của đợt khảo sát", "the round's code"),
)
_OUT_OPTION = click.option(
    "--out",
    metavar=words("THƯ_MỤC", "FOLDER"),
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=words("thư mục ghi kết quả", "the folder to write to"),
)


@verb(
    "export",
    vi="Xuất phiếu kèm nhãn và mã, bảng mã và danh mục địa bàn.",
    en="Write responses with labels and codes, codebook and localities.",
    shown="survey-server export --round demo --format zip --out exports/",
)
@_ROUND_OPTION
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["csv", "zip"]),
    default="zip",
    show_default=True,
    help=words("zip: bộ số liệu cho các sổ tính", "zip: the dataset for notebooks"),
)
@_OUT_OPTION
@click.option(
    "--person",
    metavar=ACCOUNT,
    help=words("chỉ những gì tài khoản này được xem", "restrict to what this account may see"),
)
def export(round_code: str, output_format: str, out: Path, person: str | None) -> None:
    from survey_server.pipeline.export import export_round

    with open_survey() as (settings, database):
        click.echo(export_round(database, settings, round_code, output_format, out, person=person))


@verb(
    "publish-charts",
    vi="Ghi trang biểu đồ thành một thư mục xem được không cần máy chủ: mở tệp index.html.",
    en="Write the charts page as a folder that needs no server: open its index.html.",
    shown="survey-server publish-charts --round demo --out charts/",
)
@_ROUND_OPTION
@_OUT_OPTION
def publish_charts(round_code: str, out: Path) -> None:
    from survey_server.pipeline.publish_folder import publish_folder

    with open_survey() as (settings, database):
        click.echo(publish_folder(database, settings, round_code, out))
