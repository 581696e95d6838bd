"""Problems of rounds."""

from survey_server.problems import entry

ROUND_UNKNOWN = entry("round_unknown", "Không có đợt khảo sát {round!r}.", "There is no round {round!r}.")
