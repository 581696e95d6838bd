"""Nothing typed is lost when a form's token is too old or a session has ended: it is shown, to be sent once more."""

from __future__ import annotations

import json

from flask import abort, render_template, request

from survey_server.web.language import gettext as _

LEFT_OUT = frozenset({"csrf_token", "password", "password_again", "kept"})
MAX_KEPT = 2_000_000


def typed_again_page(target: str | None = None, typed: list[tuple[str, str]] | None = None) -> str:
    """The page that shows what was typed, with a new token and a button that sends it again."""
    pairs = typed_pairs() if typed is None else typed
    return render_template(
        "typed_again.html",
        title=_("Xin gửi lại một lần nữa"),
        target=target or request.full_path.removesuffix("?"),
        pairs=pairs,
    )


def typed_pairs() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT_OUT]


def pack(pairs: list[tuple[str, str]]) -> str:
    """What was typed, as it lies in a hidden field of the login page."""
    return json.dumps(pairs, ensure_ascii=False)


def unpack(text: str) -> list[tuple[str, str]]:
    """The other way; whatever is not of that shape is refused with 400."""
    try:
        pairs = json.loads(text[:MAX_KEPT]) if text else []
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        abort(400)
    if any(_is_no_text(part) for pair in pairs for part in pair):
        abort(400)
    return [(str(name), str(value)) for name, value in pairs]


def _is_no_text(part: str) -> bool:
    """Half a surrogate pair, or U+0000: neither can be shown or kept."""
    return "\0" in part or any("\ud800" <= character <= "\udfff" for character in part)


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
