"""Scripts as they are served: without the comments that stand on lines of their own, a tenth of their bytes."""

from __future__ import annotations


def strip_comments(source: str) -> str:
    """A script with its whole-line comments replaced by empty lines, so that errors name the lines of the source.

    A line that begins with `//` or `/*` begins a comment unless a template literal spans lines. A script with one (a
    line with an odd number of backticks) comes back as it is; so does one whose last comment does not end.
    """
    lines = source.split("\n")
    if any(line.count("`") % 2 for line in lines):
        return source
    stripped: list[str] = []
    is_inside = False
    for line in lines:
        text = line.strip()
        if is_inside:
            _comment, end, rest = text.partition("*/")
            stripped.append(rest)
            is_inside = not end
        elif text.startswith("/*"):
            _comment, end, rest = text[2:].partition("*/")
            stripped.append(line if rest else "")  # a cast stays: /** @type {X} */ (value)
            is_inside = not end
        else:
            stripped.append("" if text.startswith("//") else line)
    return source if is_inside else "\n".join(stripped)
