"""Which responses are one person's: a correction and what it corrects, and the rows under one id. Pure.

A person enters at most one cohort, whatever becomes of the response afterwards: the difference of two cohorts with the
same person would say what that person changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from survey_server.domain import Revision


def select_new_persons(
    candidates: Collection[int], revisions: Iterable[Revision], published: Collection[str]
) -> set[int]:
    """Those of the candidates (numbers of responses) whose person is in no cohort; of one person only the newest.

    `revisions`: the candidates and all responses that are connected with them; `published`: the ids in cohorts.
    """
    person: dict[str, str] = {}

    def find(id_: str) -> str:
        while person.setdefault(id_, id_) != id_:
            id_ = person[id_]
        return id_

    found = list(revisions)
    for each in found:
        if each.supersedes is not None:
            person[find(each.supersedes)] = find(each.id)
    known = {find(id_) for id_ in published}
    newest: dict[str, int] = {}
    for each in found:
        if each.seq in candidates and find(each.id) not in known:
            newest[find(each.id)] = max(each.seq, newest.get(find(each.id), 0))
    return {*newest.values()}
