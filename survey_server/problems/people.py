"""Problems of accounts and signing in."""

from __future__ import annotations

from survey_server.problems import entry

WRONG_PASSWORD = entry(
    "wrong_password",
    "Tên đăng nhập hoặc mật khẩu không đúng.",
    "The account or the password is wrong.",
    "Kiểm tra lại phím Caps Lock và bộ gõ tiếng Việt rồi nhập lại.",
    "Check Caps Lock and the input method, then type them again.",
)
TOO_MANY_TRIES = entry(
    "too_many_tries",
    "Đã nhập sai quá nhiều lần. Xin đợi {minutes} phút rồi thử lại.",
    "Too many wrong tries. Wait {minutes} minutes, then try again.",
)
SIGN_IN_BUSY = entry(
    "sign_in_busy",
    "Đang có quá nhiều người đăng nhập cùng lúc. Xin thử lại sau ít giây.",
    "Too many people are signing in at once. Please try again in a few seconds.",
)
ACCOUNT_TAKEN = entry(
    "account_taken",
    "Đã có tài khoản “{account}”.",
    "There is an account {account!r} already.",
    "Chọn tên đăng nhập khác.",
    "Choose another account name.",
)
ACCOUNT_NAME = entry(
    "account_name",
    "Tên đăng nhập gồm 3 đến 40 chữ cái thường không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới.",
    "An account name has 3 to 40 lower-case letters without marks, digits, dots, hyphens or underscores.",
)
PERSON_NAME = entry(
    "person_name",
    "Họ tên gồm từ 1 đến {most} ký tự, không có ký tự điều khiển.",
    "A name has 1 to {most} characters, none of them a control character.",
)
PASSWORD_SHORT = entry(
    "password_short",
    "Mật khẩu cần ít nhất {least} ký tự.",
    "A password needs {least} characters or more.",
)
AREA_NEEDED = entry(
    "area_needed",
    "Vai trò này cần một địa bàn.",
    "This role needs an area.",
    "Chọn tỉnh, huyện hoặc xã mà người này phụ trách.",
    "Choose the province, district or commune that this person works for.",
)
AREA_UNKNOWN = entry(
    "area_unknown",
    "Không có địa bàn “{area}”.",
    "There is no locality {area!r}.",
    "Viết theo dạng hệ:cấp:mã, ví dụ gso-2019-10:province:01.",
    "Write scheme:level:code, for example gso-2019-10:province:01.",
)
ROLE_UNKNOWN = entry(
    "role_unknown",
    "Không có vai trò “{role}”; dùng một trong: {allowed}.",
    "There is no role {role!r}; use one of: {allowed}.",
)
PERSON_UNKNOWN = entry(
    "person_unknown",
    "Không có tài khoản “{account}”.",
    "There is no account {account!r}.",
)
