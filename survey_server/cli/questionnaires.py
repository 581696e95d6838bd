"""check, publish-questionnaire and diff."""

from __future__ import annotations

import json
from pathlib import Path

import click

from survey_server.cli.texts import _, current_language, say, verb
from survey_server.cli.verb_group import open_survey

_PATH_METAVAR = _("ĐƯỜNG_DẪN")


@verb(
    "check",
    "Kiểm tra mẫu phiếu và khung chỉ tiêu; mã thoát 1 nếu có bất cứ lỗi hay cảnh báo nào.",
    example="survey-server check questionnaires/",
)
@click.argument("paths", metavar=f"{_PATH_METAVAR}...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    help=_("json: danh sách lỗi cho chương trình đọc"),
)
def check(paths: tuple[Path, ...], output_format: str) -> None:
    from survey_server.questionnaire.check import check_paths

    problems = check_paths(paths)
    language = current_language()
    if output_format == "json":
        listed = [
            {
                "path": problem.path,
                "line": problem.line,
                "column": problem.column,
                "code": problem.code,
                "severity": problem.severity,
                "message": problem.text(language),
                "hint": problem.hint(language),
            }
            for problem in problems
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(problem.line_text(language))
    raise SystemExit(1 if problems else 0)


@verb(
    "publish-questionnaire",
    "Kiểm tra rồi công bố một phiên bản mẫu phiếu; từ đó phiên bản này không thay đổi nữa.",
    example="survey-server publish-questionnaire questionnaires/visit.yaml",
)
@click.argument("path", metavar=_PATH_METAVAR, type=click.Path(path_type=Path))
def publish_questionnaire(path: Path) -> None:
    from survey_server.services import publish_questionnaire as service

    with open_survey() as (_settings, database):
        published = service.publish_questionnaire(database, path)
    say("Đã công bố {published_id} phiên bản {version}.", published_id=published.id, version=published.version)


@verb(
    "diff",
    "Cho biết hai phiên bản của một mẫu phiếu khác nhau ở đâu, và số liệu của chúng còn cộng chung được không.",
    example="survey-server diff visit-1.yaml visit-2.yaml",
)
@click.argument("old", metavar=_("TỆP_CŨ"), type=click.Path(path_type=Path))
@click.argument("new", metavar=_("TỆP_MỚI"), type=click.Path(path_type=Path))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    help=_("json: danh sách thay đổi cho chương trình đọc"),
)
def diff(old: Path, new: Path, output_format: str) -> None:
    from survey_server.questionnaire.changes import EFFECTS, list_changes, worst_effect
    from survey_server.questionnaire.load import load_questionnaire

    changes = list_changes(load_questionnaire(old), load_questionnaire(new))
    language = current_language()
    if output_format == "json":
        listed = [
            {"question": each.question, "change": each.what.text(language), "comparability": each.effect}
            for each in changes
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for each in changes:
        click.echo(each.text(language))
    say("{n} thay đổi; {effect}.", n=len(changes), effect=EFFECTS[worst_effect(changes)])
