"""audit verify."""

from __future__ import annotations

import click

from survey_server.cli.texts import METAVAR, _, current_language, say, verb
from survey_server.cli.verb_group import open_survey


@click.group(
    help=_("Nhật ký: ai đã làm gì."),
    epilog=_("Ví dụ: {command}", command="survey-server audit verify"),
    options_metavar=METAVAR,
    subcommand_metavar=_("LỆNH [THAM SỐ]..."),
)
def audit() -> None:
    """The verbs of the audit log."""


@verb(
    "verify",
    "Kiểm tra chuỗi mã băm của nhật ký; mã thoát 1 nếu có mục bị sửa, chèn hoặc xóa. Dòng cuối là mã đầu chuỗi "
    "(SỐ:MÃ): ghi lại mã này ở nơi khác để lần sau đối chiếu bằng --head.",
    example="survey-server audit verify --head 1532:9f86d081…",
)
@click.option("--head", metavar=_("SỐ:MÃ"), help=_("mã đầu chuỗi đã ghi lại ở lần kiểm tra trước"))
def verify(head: str | None) -> None:
    from survey_server.domain.audit import parse_head
    from survey_server.services.verify_audit import broken_entry_message, missing_entries_message, verify_audit

    try:
        noted = parse_head(head) if head is not None else None
    except ValueError:
        raise click.UsageError(_("--head: ghi SỐ:MÃ như dòng cuối của lần kiểm tra trước.")) from None
    with open_survey() as (_settings, database):
        check = verify_audit(database, noted)
    language = current_language()
    if check.broken is not None:
        click.echo(broken_entry_message(check.broken).text(language))
    elif check.head != check.found:
        click.echo(missing_entries_message(check).text(language))
    elif check.is_noted_found is False:
        say(
            "Nhật ký không còn chứa mã {head} đã ghi lại: có mục bị xóa hay viết lại, hoặc dữ liệu đã được phục hồi từ "
            "bản sao lưu cũ hơn mã này.",
            head=noted,
        )
    else:
        say("Nhật ký nguyên vẹn: {entries} mục.", entries=check.head.entries)
        click.echo(str(check.head))
    if not check.is_sound:
        raise SystemExit(1)


audit.add_command(verify)
