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
    "Không đọc được danh mục địa bàn {path}: {why}.",
    "The list of localities {path} cannot be read: {why}.",
    "Cần tệp CSV mã UTF-8 với các cột level, code, parent_code, name, kind, lat, lon.",
    "A CSV file in UTF-8 with the columns level, code, parent_code, name, kind, lat, lon is needed.",
)
LOCALITIES_ROW = entry(
    "localities_row",
    "{path}:{line}: địa bàn {level} {code!r} không dùng được.",
    "{path}:{line}: the unit {level} {code!r} cannot be used.",
    "Mã phải duy nhất trong cấp, có tên, và đơn vị cấp trên phải đứng trước trong tệp.",
    "A code is unique in its level, has a name, and its parent stands above it in the file.",
)
