"""What stored responses add to the tally of their leaves."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from functools import lru_cache

from analysis.answer_columns import Sums
from analysis.codebook import Framework, QuestionnaireBook
from analysis.counter import ResponseCounter, check
from analysis.tally import CountedResponse, LeafTally
from survey_server.caches import PermanentCache
from survey_server.questionnaire.codebook import codebook, framework_json
from survey_server.services.questionnaire_versions import MAX_COMPILED_VERSIONS, CompiledVersion, QuestionnaireVersions
from survey_server.services.stored_answers import AnsweredResponse, answers_of

MAX_REPORTED = 10_000  # unreadable responses, each of which is logged once
# What reading a damaged body, or a damaged version of a questionnaire, raises.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_log = logging.getLogger(__name__)


class Contributions:
    """Reads responses; each version of a questionnaire is compiled once. A response that cannot be read, or whose
    version is unknown, adds nothing: it must not stop those behind it. `doctor` lists these responses."""

    def __init__(self, versions: QuestionnaireVersions) -> None:
        self._versions = versions
        self._counters: PermanentCache[tuple[str, str], ResponseCounter] = PermanentCache(MAX_COMPILED_VERSIONS)
        self._reported: set[str] = set()

    def counter(self, questionnaire: str, version: str) -> ResponseCounter | None:
        """None for a version that is not published, or cannot be read."""
        try:
            return self._counters.get((questionnaire, version), lambda: self._compile(questionnaire, version))
        except _UNREADABLE as error:
            self._report(f"questionnaire {questionnaire} {version}", error)
            return None

    def is_about_organisations(self, questionnaire: str, version: str) -> bool:
        """Whether organisations answer; False where the version cannot be read."""
        counter = self.counter(questionnaire, version)
        return counter is not None and counter.book.respondent == "organisation"

    def sums(self, rows: Sequence[AnsweredResponse]) -> tuple[Sums, list[str]]:
        """What responses to one version add, of the places of its counter, and the ids of those that cannot be
        counted."""
        counter = self.counter(rows[0].questionnaire, rows[0].version) if rows else None
        readable, unreadable = [], []
        for each in rows:
            try:
                if counter is None:
                    raise LookupError(f"{each.questionnaire} {each.version} is not published")
                response = self.counted_response(each)
                check(response)
                readable.append(response)
            except _UNREADABLE as error:
                self._report(f"response {each.id}", error)
                unreadable.append(each.id)
        return (counter.sums(readable) if counter is not None else {}), unreadable

    def tally(self, rows: Sequence[AnsweredResponse]) -> tuple[LeafTally, list[str]]:
        """The tally of responses to one version, and the ids of those that cannot be counted."""
        sums, unreadable = self.sums(rows)
        counter = self.counter(rows[0].questionnaire, rows[0].version) if rows else None
        return (counter.to_tally(sums) if counter is not None else LeafTally()), unreadable

    def counted_response(self, row: AnsweredResponse) -> CountedResponse:
        answers = answers_of(self._versions, row)
        return CountedResponse(row.id, answers, _names(row.not_asked), row.weight, bool(row.late), bool(row.simulated))

    def _compile(self, questionnaire: str, version: str) -> ResponseCounter | None:
        ready = self._versions.find(questionnaire, version)
        return ResponseCounter(*_book_of(ready)) if ready is not None else None

    def _report(self, what: str, why: object) -> None:
        if what not in self._reported and len(self._reported) < MAX_REPORTED:
            self._reported.add(what)
            _log.error("%s cannot be counted: %r", what, why)


def _book_of(ready: CompiledVersion) -> tuple[QuestionnaireBook, Framework]:
    """A version with the framework that it was published with."""
    framework = Framework.from_json(framework_json(ready.questionnaire.framework))
    return QuestionnaireBook.from_json(codebook(ready.questionnaire), framework), framework


@lru_cache(1024)
def _names(not_asked: str) -> frozenset[str]:
    """Cached: the combinations of questions that are not asked in a questionnaire are few."""
    return frozenset(json.loads(not_asked))
