"""init: the database, localities, frameworks and questionnaires; with --demo, a demo round."""

from __future__ import annotations

import click

from survey_server.cli.texts import _, say, verb


@verb(
    "init",
    "Tạo hoặc nâng cấp cơ sở dữ liệu; nạp địa bàn, khung chỉ tiêu và mẫu phiếu.",
    example="survey-server init --demo",
)
@click.option(
    "--demo",
    is_flag=True,
    help=_("thêm một đợt khảo sát dùng thử ở 12 tỉnh, thành phố, có tài khoản và phiếu mô phỏng"),
)
def init(demo: bool) -> None:
    from survey_server.problems import ProblemError
    from survey_server.problems.machine import NO_QUESTIONNAIRES
    from survey_server.services.import_localities import import_shipped_localities
    from survey_server.services.prepare_fonts import prepare_fonts
    from survey_server.services.publish_questionnaire import publish_questionnaire
    from survey_server.services.questionnaire_versions import QuestionnaireVersions
    from survey_server.services.server_keys import make_key
    from survey_server.services.stored_answers import complete_calculated
    from survey_server.settings import mark_prepared, read_settings
    from survey_server.storage.database import open_database
    from survey_server.storage.migrate import migrate

    settings = read_settings()
    database = open_database(settings)
    try:
        if demo:
            from survey_server.services.demo.prepare import refuse_beside_survey

            refuse_beside_survey(database)
        sources = sorted(settings.questionnaires_dir.glob("*.yaml"))
        if not sources:
            raise ProblemError(NO_QUESTIONNAIRES, folder=str(settings.questionnaires_dir))
        say("Chuẩn bị cơ sở dữ liệu …")
        migrate(database)
        make_key(database)
        prepare_fonts(settings.fonts_dir)
        say("Nạp danh mục địa bàn …")
        import_shipped_localities(database)
        say("Công bố mẫu phiếu …")
        for path in sources:
            publish_questionnaire(database, path)
        complete_calculated(database, QuestionnaireVersions(database))
        if demo:
            from survey_server.pipeline.cohorts.publishing import publish_waiting
            from survey_server.pipeline.counting import count_waiting
            from survey_server.services.demo.prepare import prepare_demo

            prepare_demo(database, click.echo, cohort_size=settings.suppress_below)
            say("Tính số liệu …")  # now, so that the first charts do not wait for it
            count_waiting(database)
            publish_waiting(database, settings)
        mark_prepared(settings)
    finally:
        database.close()
    say("Xong.")
