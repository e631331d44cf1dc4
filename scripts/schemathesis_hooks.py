"""What schemathesis has to know of a client of this API beside the document; `schemathesis.toml` names this module.

Rule: a refusal of a call that follows the document is let pass only by the code of its problem, and only if no document
could have told: which names exist here, what was handed out, what a file holds. Everything else that is refused is a
finding.
"""

from __future__ import annotations

import uuid
from typing import Any

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

_KEY = "Idempotency-Key"
NO_DOCUMENT_TELLS = {
    "bad_cursor": "a cursor is signed; one that nobody was given is refused, whatever it looks like",
    "changed_meanwhile": "an ETag is of one version of one ticket",
    "no_department": "departments are the installation's, and a token's person belongs to some of them",
    "unknown_flow": "flows are the installation's",
    "slots_needed": "which values a flow needs, and whether the ticket says them, is read from the ticket's words",
    "no_flow": "which flow takes a ticket is read from the ticket's words",
    "invalid_slot": "the names of its values are the flow's own",
    "no_button": "helpdesk buttons are the installation's",
    "no_person": "accounts are the installation's",
    "file_refused": "the type of a file is judged by its first bytes",
    "too_many_files": "how many files a ticket holds already",
    "time_out_of_range": "OpenAPI has no bounds for a date-time; the description names them",
    "empty_file": "the document cannot say how long a part of a form is",
    "broken_image": "whether a picture can be read is judged by reading it",
}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Every act has a key of its own; what was made to be refused goes out as it is."""
    if case.headers and _KEY in case.headers and case.meta and not case.meta.generation.mode.is_negative:
        case.headers[_KEY] = str(uuid.uuid4())


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    return not (isinstance(failure, RejectedPositiveData) and response.json().get("code") in NO_DOCUMENT_TELLS)
