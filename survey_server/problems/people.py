"""Problems of accounts and signing in."""

from __future__ import annotations

from survey_server.problems import problem_type

WRONG_PASSWORD = problem_type(
    "wrong_password",
    "Tên đăng nhập hoặc mật khẩu không đúng.",
    "Kiểm tra lại phím Caps Lock và bộ gõ tiếng Việt rồi nhập lại.",
)
TOO_MANY_TRIES = problem_type("too_many_tries", "Đã nhập sai quá nhiều lần. Xin đợi {minutes} phút rồi thử lại.")
SIGN_IN_BUSY = problem_type("sign_in_busy", "Đang có quá nhiều người đăng nhập cùng lúc. Xin thử lại sau ít giây.")
ACCOUNT_TAKEN = problem_type("account_taken", "Đã có tài khoản “{account}”.", "Chọn tên đăng nhập khác.")
ACCOUNT_NAME = problem_type(
    "account_name", "Tên đăng nhập gồm 3 đến 40 chữ cái thường không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới."
)
PERSON_NAME = problem_type("person_name", "Họ tên gồm từ 1 đến {most} ký tự, không có ký tự điều khiển.")
PASSWORD_SHORT = problem_type("password_short", "Mật khẩu cần ít nhất {least} ký tự.")
AREA_NEEDED = problem_type(
    "area_needed", "Vai trò này cần một địa bàn.", "Chọn tỉnh, huyện hoặc xã mà người này phụ trách."
)
AREA_UNKNOWN = problem_type(
    "area_unknown", "Không có địa bàn “{area}”.", "Viết theo dạng hệ:cấp:mã, ví dụ gso-2019-10:province:01."
)
ACCOUNT_OUTSIDE_AREA = problem_type(
    "account_outside_area",
    "Tài khoản này không thuộc địa bàn mà người thực hiện quản lý.",
    "Chọn một địa bàn nằm trong địa bàn của mình, hoặc liên hệ quản trị cấp trên.",
)
PERSON_UNKNOWN = problem_type("person_unknown", "Không có tài khoản “{account}”.")
