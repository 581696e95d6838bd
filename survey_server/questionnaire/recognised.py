"""Words that authors write in place of those of this language. They are recognised, not shown."""

from __future__ import annotations

OPERATOR_WORDS = {
    "and": "and", "or": "or", "not": "not(…)", "div": "div", "mod": "mod", "xor": "… != …", "và": "and", "hoặc": "or",
    "hay": "or", "không": "not(…)", "is": "=", "equals": "=", "eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=",
    "ge": ">=", "in": "selected(${…}, '…')", "like": "contains(…, …)", "then": "if(…, …, …)", "else": "if(…, …, …)",
    "between": "… >= … and … <= …",
}  # fmt: skip
CONSTANT_WORDS = {
    "true": "true()",
    "false": "false()",
    "null": "''",
    "none": "''",
    "nil": "''",
    "nan": "''",
    "empty": "''",
}
FUNCTION_HABITS = {
    "len": "string-length", "length": "string-length", "strlen": "string-length", "count_selected": "count-selected",
    "selected_at": "selected-at", "is_selected": "selected", "includes": "contains", "substring": "substr",
    "concatenate": "concat", "ifelse": "if", "iif": "if", "floor": "int", "trunc": "int", "nvl": "coalesce",
    "ifnull": "coalesce", "format-date-time": "format-date", "power": "pow", "current-date": "today", "bool": "boolean",
    "str": "string", "once": "coalesce", "choice-name": "jr:choice-name", "jr-choice-name": "jr:choice-name",
}  # fmt: skip
LANGUAGE_NAMES = {
    "english": "en", "vietnamese": "vi", "tiếng việt": "vi", "tieng viet": "vi", "việt": "vi", "tiếng anh": "en",
}  # fmt: skip
# What other formats and languages write for true and false; quoted, `true` is a text too.
YES_NO_WORDS = frozenset(
    ["yes", "no", "on", "off", "y", "n", "true", "false", "có", "không", "đúng", "sai", "co", "khong"]
)
