"""短信平台: find a user by mobile number, see the codes that were sent, send one again.

Rule: the page is drawn on the phone from these JSON answers; only `resend` changes anything.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cs_agent.demo.phone.backoffice.pages import chooser, office_of, phone_of, render, second
from cs_agent.demo.phone.backoffice.state import PhoneState, SentCode
from cs_agent.demo.phone.catalogue import Customer

APP = "com.example.smsdesk"
RESEND = "sms_resend"
DAILY_LIMIT = 120  # per mobile number
_SHOWN = 6
_WAITING = 5
_CODE_VALID_MINUTES = 5

SCENES = (
    ("登录验证", "Log-in"),
    ("支付验证", "Payment"),
    ("修改密码", "Password change"),
    ("注册账号", "Registration"),
)
_STATUS = {
    "delivered": ("已送达", "Delivered"),
    "failed": ("未送达", "Not delivered"),
    "sending": ("发送中", "Sending"),
}


async def page(request: Request) -> Response:
    return render(request, "smsdesk/index.html")


async def users(request: Request) -> Response:
    found = office_of(request).catalogue.find_customers(request.query_params.get("q", ""))
    return JSONResponse([_summary(person) for person in found])


async def waiting(request: Request) -> Response:
    """Users whose last code did not arrive, as the start page lists them."""
    catalogue = office_of(request).catalogue
    return JSONResponse([_summary(person) for person in list(catalogue.customers.values())[-_WAITING:]])


async def user(request: Request) -> Response:
    person = _person(request)
    if person is None:
        return _not_found(request)
    phone = phone_of(request)
    return JSONResponse({**_summary(person), **_codes(request, phone, person)})


async def resend(request: Request) -> Response:
    """Sends a new code, once for every call, until the day's limit."""
    person, phone = _person(request), phone_of(request)
    if person is None:
        return _not_found(request)
    codes = _history(phone, person)
    if _left(codes) <= 0:
        message = chooser(request)("今日发送次数已达上限,请明日再试", "Today's limit is reached, try tomorrow")
        return JSONResponse({"error": message}, status_code=429)
    office = office_of(request)
    sent = SentCode(datetime.now(), codes[0].scene, f"{office.random.randrange(10**6):06d}", "delivered", True)
    codes.insert(0, sent)
    office.record(phone, APP, RESEND, {"mobile": person.mobile, "user": person.name, "scene": sent.scene})
    return JSONResponse({"sent_at": second(sent.sent_at), **_codes(request, phone, person)})


def _person(request: Request) -> Customer | None:
    return office_of(request).catalogue.customer(request.path_params["mobile"])


def _not_found(request: Request) -> Response:
    return JSONResponse({"error": chooser(request)("未找到该用户", "User not found")}, status_code=404)


def _summary(person: Customer) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "mobile": person.mobile,
        "level": person.level,
        "registered": f"{person.registered:%Y-%m-%d}",
        "city": person.city or person.province,
    }


def _history(phone: PhoneState, person: Customer) -> list[SentCode]:
    """Newest first. What was sent before today's work is made up from the number, so that it stays the same."""
    if person.mobile not in phone.codes:
        source = random.Random(person.mobile)  # noqa: S311 - made-up data, meant to repeat
        at = datetime.now() - timedelta(minutes=source.randrange(6, 40))
        made: list[SentCode] = []
        for _ in range(source.randrange(2, 5)):
            status = "failed" if not made else source.choice(("delivered", "delivered", "failed"))
            made.append(SentCode(at, source.choice(SCENES)[0], f"{source.randrange(10**6):06d}", status))
            at -= timedelta(minutes=source.randrange(30, 4000))
        phone.codes[person.mobile] = made
    return phone.codes[person.mobile]


def _left(codes: list[SentCode]) -> int:
    today = datetime.now().date()
    return DAILY_LIMIT - sum(code.resent and code.sent_at.date() == today for code in codes)


def _codes(request: Request, phone: PhoneState, person: Customer) -> dict[str, Any]:
    t = chooser(request)
    history = _history(phone, person)
    scenes = dict(SCENES)
    rows = [
        {
            "sent_at": second(code.sent_at),
            "scene": t(code.scene, scenes[code.scene]),
            "code": f"{code.code[:2]}**{code.code[-2:]}",
            "status": code.status,
            "label": t(*_STATUS[code.status]),
            "expired": datetime.now() - code.sent_at > timedelta(minutes=_CODE_VALID_MINUTES),
        }
        for code in history[:_SHOWN]
    ]
    return {"codes": rows, "left": _left(history)}


ROUTES = [
    Route("/smsdesk/", page),
    Route("/smsdesk/api/users", users),
    Route("/smsdesk/api/users/waiting", waiting),
    Route("/smsdesk/api/users/{mobile}", user),
    Route("/smsdesk/api/users/{mobile}/resend", resend, methods=["POST"]),
]
