"""Problems of lists of localities."""

from survey_server.problems import entry

SCHEME_TAKEN = entry(
    "scheme_taken",
    "Đã có danh mục địa bàn “{scheme}”.",
    "There is a scheme {scheme!r} already.",
    "Chọn tên khác: một danh mục đã nhập không thay đổi nữa.",
    "Choose another name: a scheme that was imported never changes.",
)
LOCALITIES_UNREADABLE = entry(
    "localities_unreadable",
    "{path}:{line}: không đọc được danh mục địa bàn: {why}.",
    "{path}:{line}: the list of localities cannot be read: {why}.",
    "Cần tệp CSV mã UTF-8 với các cột level, code, parent_code, name, kind, lat, lon.",
    "A CSV file in UTF-8 with the columns level, code, parent_code, name, kind, lat, lon is needed.",
)
LOCALITIES_ROW = entry(
    "localities_row",
    "{path}:{line}: địa bàn {level} {code!r} không dùng được.",
    "{path}:{line}: the unit {level} {code!r} cannot be used.",
    "Mã phải duy nhất trong cấp và dưới đơn vị cấp trên, có tên; cấp viết bằng chữ thường (province, district, "
    "commune); đơn vị cấp trên phải đứng trước trong tệp.",
    "A code is unique in its level and below its parent, and has a name; a level is lower-case letters (province, "
    "district, commune); the parent stands above it in the file.",
)
LOCALITIES_DEGREES = entry(
    "localities_degrees",
    "{path}:{line}: tọa độ {written!r} không phải là số độ từ -{most} đến {most}.",
    "{path}:{line}: {written!r} is no number of degrees from -{most} to {most}.",
)
SCHEME_NAME = entry(
    "scheme_name",
    "Tên danh mục {scheme!r} không dùng được.",
    "A scheme cannot be called {scheme!r}.",
    "Dùng nhiều nhất 40 chữ thường không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới, ví dụ gso-2026-01.",
    "Use 40 lower-case letters, digits, dots, hyphens or underscores at most, for example gso-2026-01.",
)
SCHEME_DAYS = entry(
    "scheme_days",
    "Ngày hiệu lực {valid_from!r} – {valid_to!r} không dùng được.",
    "The days {valid_from!r} – {valid_to!r} cannot be used.",
    "Viết theo dạng 2025-07-01, ngày đầu không sau ngày cuối.",
    "Write them like 2025-07-01, the first not after the last.",
)
