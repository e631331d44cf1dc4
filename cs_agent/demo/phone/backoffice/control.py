"""The control side of the back office: the ledger, reset, faults, the operator's log-in code, health.

Rule: no page of a practice app links here; tests and people use it, an agent on the phone does not.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cs_agent.demo.phone.backoffice.pages import DEFAULT_PHONE, office_of
from cs_agent.demo.phone.device.faults import UnknownFault

CONTROL_PATHS = ("/ledger", "/reset", "/faults", "/health", "/crm/code")


class BadRequest(Exception):
    """The body is not what this address takes; the message says why."""


async def ledger(request: Request) -> Response:
    """`?phone=` and `?kind=` narrow it. Oldest first."""
    query = request.query_params
    operations = office_of(request).ledger.operations(query.get("phone", ""), query.get("kind", ""))
    return JSONResponse([operation.as_json() for operation in operations])


async def reset(request: Request) -> Response:
    """`?phone=`, or all. Faults stay as they are."""
    office_of(request).reset(request.query_params.get("phone", ""))
    return JSONResponse({"ok": True})


async def read_faults(request: Request) -> Response:
    phones = office_of(request).faults
    return JSONResponse({key: faults.as_dict() for key, faults in phones.items()})


async def set_faults(request: Request) -> Response:
    """A JSON object of switches; `?phone=` or a "phone" in it names the phone, otherwise all get them."""
    try:
        wanted = await _json_object(request)
        key = str(wanted.pop("phone", request.query_params.get("phone", "")))
        phones = office_of(request).faults
        if key and key not in phones:
            raise BadRequest(f"no phone is called {key!r}; there are: {', '.join(phones)}")
        chosen = [phones[key]] if key else list(phones.values())
        for faults in chosen:
            for name, value in wanted.items():
                faults.set(name, value)
    except (BadRequest, UnknownFault) as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return await read_faults(request)


async def health(request: Request) -> Response:
    office = office_of(request)
    return JSONResponse(
        {
            "ok": True,
            "phones": sorted(office.faults),
            "orders": len(office.catalogue.orders),
            "customers": len(office.catalogue.customers),
        }
    )


async def login_code(request: Request) -> Response:
    """What the operator's own telephone shows: the code the CRM sent, as long as one is asked for."""
    phone = office_of(request).phone(request.query_params.get("phone", DEFAULT_PHONE))
    return JSONResponse({"phone": phone.key, "code": phone.login_code})


async def _json_object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise BadRequest(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequest("a JSON object is expected")
    return body


ROUTES = [
    Route("/ledger", ledger),
    Route("/reset", reset, methods=["POST"]),
    Route("/faults", read_faults, methods=["GET"]),
    Route("/faults", set_faults, methods=["POST"]),
    Route("/health", health),
    Route("/crm/code", login_code),
]
