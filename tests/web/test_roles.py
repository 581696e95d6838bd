"""Each role lands on a page that is there and that it may open."""

from __future__ import annotations

import pytest
from flask import Flask

from survey_server.domain.people import ROLES, Role
from survey_server.web.permissions import SIGNED_IN, permission_of


@pytest.mark.parametrize("role", list(Role))
def test_the_first_page_of_a_role_is_one_that_it_may_open(built_app: Flask, role: Role) -> None:
    defined = ROLES[role]
    with built_app.app_context():
        needed = permission_of(defined.home)
    assert needed == SIGNED_IN or (isinstance(needed, frozenset) and needed & defined.permissions)
