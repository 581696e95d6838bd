"""Problems of accounts and signing in."""

from __future__ import annotations

from survey_server.problems import problem_type

WRONG_PASSWORD = problem_type(
    "wrong_password",
    "Tên đăng nhập hoặc mật khẩu không đúng.",
    "Kiểm tra lại phím Caps Lock và bộ gõ tiếng Việt rồi nhập lại.",
)
TOO_MANY_TRIES = problem_type("too_many_tries", "Đã nhập sai nhiều lần. Xin đợi {wait} rồi thử lại.")
SIGN_IN_BUSY = problem_type("sign_in_busy", "Đang có quá nhiều người đăng nhập cùng lúc. Xin thử lại sau ít giây.")
ACCOUNT_TAKEN = problem_type("account_taken", "Đã có tài khoản “{account}”.", "Chọn tên đăng nhập khác.")
ACCOUNT_NAME = problem_type(
    "account_name", "Tên đăng nhập gồm 3 đến 40 chữ cái thường không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới."
)
PERSON_NAME = problem_type("person_name", "Họ tên gồm từ 1 đến {most} ký tự, không có ký tự điều khiển.")
_ADVICE = "Dùng một câu ngắn của riêng mình, ví dụ bốn từ không liên quan với nhau."
PASSWORD_SHORT = problem_type("password_short", "Mật khẩu cần ít nhất {least} ký tự.")
PASSWORD_LONG = problem_type("password_long", "Mật khẩu có nhiều nhất {most} ký tự.")
PASSWORD_DIGITS = problem_type("password_digits", "Mật khẩu chỉ gồm chữ số rất dễ đoán.", _ADVICE)
PASSWORD_COMMON = problem_type(
    "password_common",
    "Mật khẩu này dễ đoán: ngoài “{part}” (từ hay dùng, tên người, tên đơn vị, dãy ký tự) thì gần như không còn gì.",
    _ADVICE,
)
PASSWORD_SAME = problem_type("password_same", "Mật khẩu mới phải khác mật khẩu đang dùng.")
PASSWORD_NOT_REPEATED = problem_type("password_not_repeated", "Hai lần nhập mật khẩu mới không giống nhau.")
CURRENT_PASSWORD_WRONG = problem_type("current_password_wrong", "Mật khẩu đang dùng không đúng.")
OWN_ACCOUNT = problem_type("own_account", "Đổi mật khẩu và xác thực hai bước của chính mình ở trang Tài khoản của tôi.")
CODE_WRONG = problem_type(
    "code_wrong",
    "Mã không đúng, đã dùng rồi hoặc đã hết hạn.",
    "Kiểm tra giờ của điện thoại (để tự động), rồi nhập mã mới nhất đang hiện.",
)
SECOND_FACTOR_UNREADABLE = problem_type(
    "second_factor_unreadable",
    "Không đọc được xác thực hai bước của tài khoản này vì khóa bí mật của máy chủ đã thay đổi.",
    "Nhập một mã dự phòng, hoặc nhờ quản trị đặt lại xác thực hai bước.",
)
SECOND_FACTOR_REQUIRED = problem_type(
    "second_factor_required", "Tài khoản này phải dùng xác thực hai bước nên không tắt được."
)
NOT_FOR_DEMO = problem_type("not_for_demo", "Tài khoản dùng thử không đổi mật khẩu và không dùng xác thực hai bước.")
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
