"""release-cut, strike-cohort and confirm-cohorts."""

from __future__ import annotations

import click

from survey_server.cli.texts import ACCOUNT, _, say, verb
from survey_server.cli.verb_group import open_survey

_ACCOUNT_OPTION = click.option(
    "--account", metavar=ACCOUNT, required=True, help=_("tài khoản cấp Trung ương đã quyết định")
)
_REASON_OPTION = click.option("--reason", metavar=_("LÝ_DO"), required=True, help=_("lý do, được ghi vào nhật ký"))


@verb(
    "release-cut",
    "Chốt và công bố cho cán bộ Mặt trận các cấp kết quả ý kiến người dân, cán bộ đến lúc này, khi đợt chưa kết thúc.",
    example="survey-server release-cut demo --by lan --note 'Phục vụ hội nghị sơ kết'",
)
@click.argument("round_code", metavar=_("ĐỢT"))
@click.option("--by", "account", metavar=ACCOUNT, required=True, help=_("tài khoản cấp Trung ương đã quyết định"))
@click.option("--note", metavar=_("LÝ_DO"), required=True, help=_("lý do, được ghi vào nhật ký"))
def release_cut(round_code: str, account: str, note: str) -> None:
    from survey_server.pipeline.cohorts import cuts
    from survey_server.storage.cohort_journal import CohortJournal

    with open_survey() as (settings, database):
        cut = cuts.release_cut(database, CohortJournal(settings.data_dir), account, round_code, note)
    say("Đã chốt số liệu của đợt {round}: {cut}", round=round_code, cut=cut.id)


@verb(
    "strike-cohort",
    "Hủy một nhóm công bố (ví dụ có phiếu bịa): nhóm không còn trong số liệu, phiếu của nhóm không được công bố lại.",
    example="survey-server strike-cohort 0d6f0a52-… --account lan --reason 'Phiếu không có thật'",
)
@click.argument("cohort", metavar=_("NHÓM"))
@_ACCOUNT_OPTION
@_REASON_OPTION
def strike_cohort(cohort: str, account: str, reason: str) -> None:
    from survey_server.pipeline.cohorts import decisions
    from survey_server.storage.cohort_journal import CohortJournal

    with open_survey() as (settings, database):
        decisions.strike_cohort(database, CohortJournal(settings.data_dir), account, cohort, reason)
    say("Đã hủy nhóm công bố {cohort}.", cohort=cohort)


@verb(
    "confirm-cohorts",
    "Xác nhận các nhóm công bố của một đợt sau khi phục hồi mà không có tệp cohorts.journal; từ đó mới lập nhóm tiếp.",
    example="survey-server confirm-cohorts --round demo --account lan --reason 'Không có nhóm nào lập sau bản sao lưu'",
)
@click.option("--round", "round_code", metavar=_("MÃ"), required=True, help=_("mã của đợt khảo sát"))
@_ACCOUNT_OPTION
@_REASON_OPTION
def confirm_cohorts(round_code: str, account: str, reason: str) -> None:
    from survey_server.pipeline.cohorts import decisions
    from survey_server.storage.cohort_journal import CohortJournal

    with open_survey() as (settings, database):
        decisions.confirm_cohorts(database, CohortJournal(settings.data_dir), account, round_code, reason)
    say("Đã xác nhận các nhóm công bố của đợt {round}.", round=round_code)
