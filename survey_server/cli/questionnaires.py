"""check and publish-questionnaire."""

from __future__ import annotations

import json
from pathlib import Path

import click

from survey_server.cli.verb_group import open_survey
from survey_server.cli.words import say, spoken, verb, words

_PATH_METAVAR = words("ĐƯỜNG_DẪN", "PATH")


@verb(
    "check",
    vi="Kiểm tra mẫu phiếu và khung chỉ tiêu; mã thoát 1 nếu có bất cứ lỗi hay cảnh báo nào.",
    en="Check questionnaires and frameworks; exit code 1 if anything is found.",
    shown="survey-server check questionnaires/",
)
@click.argument("paths", metavar=f"{_PATH_METAVAR}...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    help=words("json: danh sách lỗi cho chương trình đọc", "json: a list of faults"),
)
def check(paths: tuple[Path, ...], output_format: str) -> None:
    from survey_server.questionnaire.check import check_paths

    problems = check_paths(paths)
    language = spoken()
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
    vi="Kiểm tra rồi công bố một phiên bản mẫu phiếu; từ đó phiên bản này không thay đổi nữa.",
    en="Check a questionnaire and publish this version of it; from then on it never changes.",
    shown="survey-server publish-questionnaire questionnaires/visit.yaml",
)
@click.argument("path", metavar=_PATH_METAVAR, type=click.Path(path_type=Path))
def publish_questionnaire(path: Path) -> None:
    from survey_server.questionnaire.source_problems import QuestionnaireError
    from survey_server.services import publish_questionnaire as service

    with open_survey() as (_, database):
        try:
            published = service.publish_questionnaire(database, path)
        except QuestionnaireError as error:
            for problem in error.problems:
                click.echo(problem.line_text(spoken()), err=True)
            raise SystemExit(1) from error
    say(
        f"Đã công bố {published.id} phiên bản {published.version}.",
        f"Published {published.id} version {published.version}.",
    )
