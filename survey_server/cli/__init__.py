"""The command line: `survey-server <verb>`. Each verb imports its code when it runs, so that all of them start fast."""

from __future__ import annotations

import click

from survey_server.cli.click_words import teach_click
from survey_server.cli.verb_group import VerbGroup
from survey_server.cli.words import example, options_metavar, words

teach_click()

VERBS = {
    "init": "init:init",
    "serve": "serving:serve",
    "publisher": "serving:publisher",
    "check": "questionnaires:check",
    "publish-questionnaire": "questionnaires:publish_questionnaire",
    "import-localities": "imports:import_localities",
    "import-unsent": "imports:import_unsent",
    "add-person": "people:add_person",
    "enrol-device": "people:enrol_device",
    "revoke-device": "people:revoke_device",
    "export": "results:export",
    "publish-charts": "results:publish_charts",
    "backup": "maintenance:backup",
    "restore": "maintenance:restore",
    "doctor": "maintenance:doctor",
}
INTERNAL_VERBS = {"web-process": "serving:web_process"}  # started by `serve` alone


@click.group(
    cls=VerbGroup,
    verbs={**VERBS, **INTERNAL_VERBS},
    help=words(
        "Khảo sát và tự đánh giá theo nhiệm vụ và địa bàn: mẫu phiếu YAML, máy tính bảng ngoại tuyến, biểu đồ "
        "trung thực.",
        "Surveys and self-reviews by task and locality: YAML questionnaires, offline tablets, honest charts.",
    ),
    epilog=example("survey-server init --demo; survey-server serve"),
    options_metavar=options_metavar(),
    subcommand_metavar=words("LỆNH [THAM SỐ]...", "COMMAND [ARGS]..."),
)
def main() -> None:
    """The entry point; each verb is a subcommand."""
