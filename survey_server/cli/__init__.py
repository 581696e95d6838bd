"""The command line: `survey-server <verb>`. Each verb imports its code when it runs, so that all of them start fast."""

from __future__ import annotations

import click

from survey_server.cli.texts import METAVAR, _, translate_click
from survey_server.cli.verb_group import VerbGroup

translate_click()

VERBS = {
    "init": "init:init",
    "serve": "serving:serve",
    "publisher": "serving:publisher",
    "check": "questionnaires:check",
    "diff": "questionnaires:diff",
    "publish-questionnaire": "questionnaires:publish_questionnaire",
    "import-localities": "imports:import_localities",
    "import-unsent": "imports:import_unsent",
    "add-person": "people:add_person",
    "set-password": "people:set_password",
    "reset-second-factor": "people:reset_second_factor",
    "enrol-device": "people:enrol_device",
    "revoke-device": "people:revoke_device",
    "export": "results:export",
    "publish-charts": "results:publish_charts",
    "backup": "maintenance:backup",
    "restore": "maintenance:restore",
    "doctor": "maintenance:doctor",
    "audit": "audit:audit",
    "recount": "maintenance:recount",
    "release-cut": "cohorts:release_cut",
    "strike-cohort": "cohorts:strike_cohort",
    "confirm-cohorts": "cohorts:confirm_cohorts",
}


@click.group(
    cls=VerbGroup,
    verbs=VERBS,
    help=_(
        "Khảo sát và tự đánh giá theo nhiệm vụ và địa bàn: mẫu phiếu YAML, máy tính bảng ngoại tuyến, biểu đồ "
        "trung thực."
    ),
    epilog=_("Ví dụ: {command}", command="survey-server init --demo; survey-server serve"),
    options_metavar=METAVAR,
    subcommand_metavar=_("LỆNH [THAM SỐ]..."),
)
def main() -> None:
    """The entry point; each verb is a subcommand."""
