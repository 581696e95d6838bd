"""The command line: `survey-server <verb>`. Each verb imports its code when it runs, so that all of them start fast."""

from __future__ import annotations

import click

from survey_server.cli.lazy import LazyVerbs

VERBS = {
    "init": "installing:init",
    "serve": "serving:serve",
    "publisher": "serving:publisher",
    "check": "questionnaires:check",
    "publish-questionnaire": "questionnaires:publish_questionnaire",
    "import-localities": "importing:import_localities",
    "import-unsent": "importing:import_unsent",
    "add-person": "people:add_person",
    "enrol-device": "people:enrol_device",
    "revoke-device": "people:revoke_device",
    "export": "results:export",
    "publish-charts": "results:publish_charts",
    "backup": "keeping:backup",
    "restore": "keeping:restore",
    "doctor": "keeping:doctor",
}
INNER = {"web-process": "serving:web_process"}  # what verbs start, never a person


@click.group(
    cls=LazyVerbs,
    verbs={**VERBS, **INNER},
    epilog="Example: survey-server init --demo, then survey-server serve",
)
def main() -> None:
    """Surveys and self-reviews by task and locality: YAML questionnaires, offline tablets, honest charts."""
