"""Records and pure rules of field work: localities, rounds, visits, responses, people. Knows no SQL and no Flask.

Other packages import these names from here.
"""

from survey_server.domain.devices import Device, ServerKey
from survey_server.domain.drafts import Draft
from survey_server.domain.errors import DatabaseError, DatabaseUnavailableError
from survey_server.domain.lateness import is_late, is_past_due
from survey_server.domain.localities import (
    COUNTRY_CODE,
    COUNTRY_LEVEL,
    Area,
    Locality,
    Succession,
    ancestor_paths,
    covers,
    path_range,
)
from survey_server.domain.locality_names import locality_sort_key, search_key
from survey_server.domain.people import ROLES, Action, NewPerson, Person, Role, Scope
from survey_server.domain.response_filters import (
    ResponseFilter,
    country_areas,
    undecided_responses,
    visible_responses,
)
from survey_server.domain.responses import (
    COUNTING,
    CollectedResponse,
    Correction,
    Identity,
    LeafKey,
    NewResponse,
    Receipt,
    ReceiptProblem,
    Response,
    ReturnedResponse,
    ReviewEvent,
    State,
    Status,
    StoredHead,
    leaf_of,
)
from survey_server.domain.review import (
    CORRECTABLE,
    REPLACEABLE,
    UNDECIDED,
    ReviewAction,
    find_transition,
    may_review,
    review_actions,
)
from survey_server.domain.rounds import Assignment, CountedAssignment, NewAssignment, NewRound, NewVisit, Round, Visit

__all__ = [
    "CORRECTABLE",
    "COUNTING",
    "COUNTRY_CODE",
    "COUNTRY_LEVEL",
    "REPLACEABLE",
    "ROLES",
    "UNDECIDED",
    "Action",
    "Area",
    "Assignment",
    "CollectedResponse",
    "Correction",
    "CountedAssignment",
    "DatabaseError",
    "DatabaseUnavailableError",
    "Device",
    "Draft",
    "Identity",
    "LeafKey",
    "Locality",
    "NewAssignment",
    "NewPerson",
    "NewResponse",
    "NewRound",
    "NewVisit",
    "Person",
    "Receipt",
    "ReceiptProblem",
    "Response",
    "ResponseFilter",
    "ReturnedResponse",
    "ReviewAction",
    "ReviewEvent",
    "Role",
    "Round",
    "Scope",
    "ServerKey",
    "State",
    "Status",
    "StoredHead",
    "Succession",
    "Visit",
    "ancestor_paths",
    "country_areas",
    "covers",
    "find_transition",
    "is_late",
    "is_past_due",
    "leaf_of",
    "locality_sort_key",
    "may_review",
    "path_range",
    "review_actions",
    "search_key",
    "undecided_responses",
    "visible_responses",
]
