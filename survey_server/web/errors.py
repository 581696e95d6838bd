"""Error pages: what happened and what to do, in the reader's language; JSON for API clients."""

from __future__ import annotations

import errno

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from survey_server.domain import DatabaseUnavailableError
from survey_server.i18n import languages, translate
from survey_server.web.failure_log import log_failure
from survey_server.web.language import default_language, gettext as _
from survey_server.web.typed_again import typed_again_page

RETRY_AFTER_SECONDS = "10"
API_PREFIXES = ("/api/", "/healthz", "/readyz")  # answered as JSON
WITH_TYPED = frozenset({400, 500, 503})
# A full, failing or read-only disk, or one behind a network; too many open files; no memory.
NOT_NOW = frozenset(
    {
        errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE, errno.ENODEV, errno.ETIMEDOUT,
        errno.EMFILE, errno.ENFILE, errno.ENOMEM,
    }
)  # fmt: skip

TEXTS: dict[int, tuple[str, str]] = {
    400: ("Yêu cầu không hợp lệ", "Máy chủ không hiểu được nội dung vừa gửi. Xin quay lại trang trước và thử lại."),
    401: ("Cần đăng nhập", "Xin đăng nhập để xem trang này."),
    403: ("Không có quyền", "Tài khoản này không được mở nội dung vừa yêu cầu. Nếu cần, xin liên hệ quản trị."),
    404: ("Không tìm thấy", "Trang hoặc nội dung này không có. Xin kiểm tra lại địa chỉ."),
    405: ("Thao tác không được phép", "Địa chỉ này không nhận thao tác vừa gửi."),
    413: ("Nội dung quá lớn", "Nội dung gửi lên vượt quá mức cho phép. Xin chia nhỏ rồi gửi lại."),
    415: ("Kiểu nội dung không được nhận", "Địa chỉ này không nhận kiểu nội dung vừa gửi."),
    429: ("Quá nhiều yêu cầu", "Đã có quá nhiều yêu cầu trong thời gian ngắn. Xin đợi ít phút rồi thử lại."),
    500: ("Lỗi của máy chủ", "Máy chủ gặp lỗi. Sự việc đã được ghi lại; nội dung đã lưu trước đó không mất."),
    503: ("Tạm thời chưa phục vụ được", "Máy chủ đang bận hoặc hết chỗ ghi. Xin thử lại sau ít phút."),
}
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_type",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


def error_answer(code: int) -> Response:
    title, text = TEXTS.get(code, TEXTS[400] if code < 500 else TEXTS[500])
    if request.path.startswith(API_PREFIXES):
        asked = request.args.get("lang", "")  # API clients send no cookie
        accepted = request.accept_languages.best_match(languages(), default_language())
        language = asked if asked in languages() else accepted
        message = f"{translate(title, language)}. {translate(text, language)}"
        response = jsonify(error={"code": CODES.get(code, "error"), "message": message, "details": {}})
    elif _has_usable_host():
        response = make_response(_page(code, _(title), _(text)))
    else:
        response = Response(_(text), mimetype="text/plain")
    response.status_code = code
    return response


def _page(code: int, title: str, text: str) -> str:
    """The page of an error; where a form with answers was sent, with all that was typed, to be sent again."""
    if request.method == "POST" and request.blueprint == "fill" and code in WITH_TYPED:
        return typed_again_page(title=title, text=f"{text} {_('Nội dung đã nhập vẫn còn nguyên dưới đây.')}")
    return render_template("error.html", code=code, title=title, text=text)


def _has_usable_host() -> bool:
    """Whether `url_for` can build links: it cannot for a Host header that is not a valid host name."""
    try:
        request.host.encode("idna")
    except UnicodeError:
        return False
    return True


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    code = error.code or 500
    response = error_answer(code)
    response.headers.update(each for each in error.get_headers() if each[0] in ("Allow", "Location", "Retry-After"))
    if code in (429, 503):
        response.headers.setdefault("Retry-After", RETRY_AFTER_SECONDS)
    return response


def _database_error(error: Exception) -> Response:
    """A full disk or a restarting database: nothing was written; the client may retry later."""
    log_failure(error)
    response = error_answer(503)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _os_error(error: OSError) -> Response:
    """A disk that refuses for now is answered like an unavailable database; any other OSError is a server error."""
    if error.errno in NOT_NOW:
        return _database_error(error)
    log_failure(error)
    return error_answer(500)


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OSError, _os_error)
    app.register_error_handler(DatabaseUnavailableError, _database_error)
