"""Problems of rounds."""

from survey_server.problems import entry

ROUND_UNKNOWN = entry("round_unknown", "Không có đợt khảo sát {round!r}.", "There is no round {round!r}.")
MAY_NOT_EXPORT = entry(
    "may_not_export", "Tài khoản “{account}” không có quyền xuất số liệu.", "The account {account!r} may not export."
)
