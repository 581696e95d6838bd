"""The problems of a questionnaire file: where in the file, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from survey_server.i18n import Message
from survey_server.problems import Problem, ProblemType, language as problem_types
from survey_server.questionnaire.elements import Position

MAX_PROBLEMS = 500
MAX_WORDS_COMPARED = 50_000  # with misspelt words, per run: half a second
MAX_MISSPELT_LENGTH = 64
MAX_SHORT_LENGTH = 4  # words this short need more letters in common: now() is not a misspelt pow()
MAX_ALLOWED_SHOWN = 60
_WARNING = Message("cảnh báo: ")  # errors have no prefix


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """A problem at one position of a file; printed as `path:line:column: text`."""

    path: str
    line: int
    column: int
    problem: Problem

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def severity(self) -> str:
        return self.problem.type.severity

    def text(self, language: str = "vi") -> str:
        return self.problem.text(language)

    def hint(self, language: str = "vi") -> str:
        return self.problem.hint(language)

    @property
    def line_message(self) -> Message:
        """The line that `survey-server check` prints: `path:line:column: text; hint`, marked if it is a warning."""
        return Message(
            "{path}:{line}:{column}: {head}{text}; {hint}", path=self.path, line=self.line, column=self.column,
            head=_WARNING if self.severity == "warning" else "",
            text=self.problem.message, hint=self.problem.hint_message,
        )  # fmt: skip

    def line_text(self, language: str = "vi") -> str:
        return self.line_message.text(language)


class QuestionnaireError(ValueError):
    """The file cannot be used; `problems` holds every problem found, in the order of the file."""

    def __init__(self, problems: Iterable[SourceProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.line_text("en") for problem in self.problems))


class TooManyProblemsError(Exception):
    """Raised to stop reading: nobody fixes so many in one go, and reading a hostile file must end soon."""


class SourceProblems:
    """Collects the problems of one file, so that one run shows them all."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[SourceProblem] = []
        self._words_left = MAX_WORDS_COMPARED
        # By the position of a mapping: keys that are not missed, because a wrong one stands for them.
        self.excused: set[tuple[Position, str]] = set()

    def add(
        self,
        position: Position,
        problem_type: ProblemType,
        *,
        meant: tuple[str, Iterable[str]] | None = None,
        **parts: object,
    ) -> None:
        """Add a problem. `meant` is an unknown word and the known ones: the text names {suggestion} and {allowed}.

        Raises TooManyProblemsError after MAX_PROBLEMS, with that as the last problem.
        """
        if meant is not None:
            known = list(meant[1])
            parts["suggestion"] = self._suggest(meant[0], known)
            parts["allowed"] = ", ".join(known[:MAX_ALLOWED_SHOWN]) + (", …" if len(known) > MAX_ALLOWED_SHOWN else "")
        is_full = len(self._found) == MAX_PROBLEMS
        if is_full:
            problem_type, parts = problem_types.TOO_MANY_FAULTS, {"most": MAX_PROBLEMS}
        self._found.append(SourceProblem(self.path, position.line, position.column, Problem(problem_type, parts)))
        if is_full:
            raise TooManyProblemsError

    def closest(self, word: str, known: Sequence[str]) -> str | None:
        """The known word that the author probably meant, None where that is unclear."""
        self._words_left -= len(known)
        if self._words_left < 0 or len(word) > MAX_MISSPELT_LENGTH:
            return None
        close = get_close_matches(word, known, n=1, cutoff=0.6 if len(word) > MAX_SHORT_LENGTH else 0.75)
        return close[0] if close else None

    def _suggest(self, word: str, known: list[str]) -> Message | str:
        """The closest word as the end of a sentence; empty where there is none."""
        close = self.closest(word, known)
        return Message(" (có phải là {word!r}?)", word=close) if close is not None else ""

    @property
    def found(self) -> list[SourceProblem]:
        """The problems in the order of the file."""
        return sorted(self._found, key=lambda problem: (problem.line, problem.column))

    def raise_if_any(self) -> None:
        """Raises QuestionnaireError with the errors, if there are any; warnings do not count."""
        errors = [problem for problem in self.found if problem.severity == "error"]
        if errors:
            raise QuestionnaireError(errors)
