"""Show a submitted form again when its token is too old or the session has ended, so that nothing typed is lost."""

from __future__ import annotations

import json

from flask import abort, render_template, request

from survey_server.web.language import gettext as _

EXCLUDED_FIELDS = frozenset(
    {
        "csrf_token",
        "password",
        "current_password",
        "new_password",
        "new_password_again",
        "code",
        "ticket",
        "setup",
        "kept",
    }
)
MAX_PACKED_LENGTH = 8_000_000  # characters; a form may be as large


def typed_again_page(
    target: str | None = None,
    typed: list[tuple[str, str]] | None = None,
    *,
    title: str = "",
    text: str = "",
    is_sendable: bool = True,
) -> str:
    """Render a page with the submitted values, a new token and a button that sends them again.

    `title` and `text`: what happened, where it is not that the page was open for too long. Not `is_sendable`: the
    values are only shown, and `target` is where to go on.
    """
    old = _(
        "Trang trước đã mở quá lâu nên chưa gửi được. Nội dung đã nhập vẫn còn nguyên dưới đây; bấm nút để gửi lại."
    )
    return render_template(
        "typed_again.html",
        title=title or _("Xin gửi lại một lần nữa"),
        text=text or old,
        target=target or request.full_path.removesuffix("?"),
        pairs=typed_pairs() if typed is None else typed,
        is_sendable=is_sendable,
    )


def typed_pairs() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in EXCLUDED_FIELDS]


def pack(pairs: list[tuple[str, str]]) -> str:
    """Serialise submitted values for a hidden field of the login page."""
    return json.dumps(pairs, ensure_ascii=False)


def unpack(text: str) -> list[tuple[str, str]]:
    """Inverse of `pack`; abort with 400 on any other input."""
    try:
        pairs = json.loads(text[:MAX_PACKED_LENGTH]) if text else []
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(pairs, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(map(_is_storable, pair)) for pair in pairs
    ):
        abort(400)
    return [(name, value) for name, value in pairs]


def _is_storable(part: object) -> bool:
    """Whether it is a text without U+0000 and unpaired surrogates, which can be neither shown nor stored."""
    return isinstance(part, str) and not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in part)
