"""客户管理: log in with a code, look at a customer, change an address, check an identity, export complaints.

Rule: nothing is shown before the log-in, and its code goes to the operator's own telephone (`GET /crm/code` of the
control side), never to a page of the phone.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from cs_agent.demo.phone.backoffice.pages import chooser, office_of, phone_of, render, second
from cs_agent.demo.phone.backoffice.state import PhoneState
from cs_agent.demo.phone.catalogue import Complaint, Customer

APP = "com.example.crm"
ADDRESS_CHANGE = "address_change"
IDENTITY_CHECK = "identity_check"
COMPLAINT_EXPORT = "complaint_export"
LOGIN = "login"
OPERATOR = "KF1024"
OPERATOR_MOBILE = "139****1024"
RANGES = ((1, "近一个月", "Last month"), (3, "近三个月", "Last three months"), (6, "近半年", "Last six months"))
_DEFAULT_MONTHS = 1
_SHOWN_COMPLAINTS = 40
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MISMATCH_SHARE = 0.25  # of the customers, whose card differs from the record in one digit

Page = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class IdCard:
    """What was read from the photograph of an identity card."""

    name: str
    number: str
    address: str


def logged_in(page: Page) -> Page:
    """Sends anybody else to the log-in."""

    @wraps(page)
    async def guarded(request: Request) -> Response:
        if not phone_of(request).logged_in:
            return RedirectResponse("/crm/login", status_code=303)
        return await page(request)

    return guarded


# --- log-in


async def login_form(request: Request) -> Response:
    return render(request, "crm/login.html", operator=OPERATOR, mobile=OPERATOR_MOBILE, error="")


async def send_login_code(request: Request) -> Response:
    office = office_of(request)
    phone_of(request).login_code = f"{office.random.randrange(10**6):06d}"
    return JSONResponse({"mobile": OPERATOR_MOBILE})


async def login(request: Request) -> Response:
    phone = phone_of(request)
    given = str((await request.form()).get("code", "")).strip()
    if not phone.login_code or given != phone.login_code:
        error = chooser(request)("验证码错误,请重新输入", "Wrong code, try again")
        return render(request, "crm/login.html", 401, operator=OPERATOR, mobile=OPERATOR_MOBILE, error=error)
    phone.login_code, phone.logged_in = "", True
    office_of(request).record(phone, APP, LOGIN, {"operator": OPERATOR})
    return RedirectResponse("/crm/", status_code=303)


async def logout(request: Request) -> Response:
    phone_of(request).logged_in = False
    return RedirectResponse("/crm/login", status_code=303)


# --- customers


@logged_in
async def home(request: Request) -> Response:
    return render(request, "crm/home.html", operator=OPERATOR)


@logged_in
async def search(request: Request) -> Response:
    query = request.query_params.get("q", "")
    found = office_of(request).catalogue.find_customers(query)
    return render(request, "crm/results.html", query=query, customers=found)


@logged_in
async def profile(request: Request) -> Response:
    person = _person(request)
    if person is None:
        return _missing(request)
    phone, catalogue = phone_of(request), office_of(request).catalogue
    return render(
        request,
        "crm/profile.html",
        person=person,
        address=_address(phone, person),
        identity=phone.identity_checks.get(person.mobile, ""),
        orders=catalogue.orders_of(person)[:5],
        complaints=[item for item in catalogue.complaints if item.customer is person],
    )


@logged_in
async def address_form(request: Request) -> Response:
    person = _person(request)
    if person is None:
        return _missing(request)
    return render(request, "crm/address.html", person=person, address=_address(phone_of(request), person))


@logged_in
async def change_address(request: Request) -> Response:
    """Takes effect once for every call."""
    person = _person(request)
    address = " ".join(str((await request.form()).get("address", "")).split())
    if person is None or not address:
        return _missing(request)
    phone = phone_of(request)
    before = _address(phone, person)
    phone.addresses[person.mobile] = address
    values = {"mobile": person.mobile, "user": person.name, "old_address": before, "new_address": address}
    office_of(request).record(phone, APP, ADDRESS_CHANGE, values)
    t = chooser(request)
    return _done(request, t("修改成功", "Address changed"), t("收货地址", "Delivery address"), address, person)


@logged_in
async def identity_form(request: Request) -> Response:
    person = _person(request)
    if person is None:
        return _missing(request)
    return render(request, "crm/identity.html", person=person, card=id_card_of(person))


@logged_in
async def check_identity(request: Request) -> Response:
    person = _person(request)
    verdict = str((await request.form()).get("verdict", ""))
    if person is None or verdict not in ("passed", "refused"):
        return _missing(request)
    phone = phone_of(request)
    phone.identity_checks[person.mobile] = verdict
    values = {"mobile": person.mobile, "user": person.name, "verdict": verdict}
    office_of(request).record(phone, APP, IDENTITY_CHECK, values)
    t = chooser(request)
    words = t("核验通过", "Passed") if verdict == "passed" else t("核验不通过", "Refused")
    return _done(request, t("核验结果已提交", "Result submitted"), t("核验结果", "Result"), words, person)


# --- complaints


@logged_in
async def complaints(request: Request) -> Response:
    months = _months(request.query_params.get("months", ""))
    mobile = request.query_params.get("mobile", "")
    found = _complaints(request, months, mobile)
    return render(
        request,
        "crm/complaints.html",
        ranges=RANGES,
        months=months,
        mobile=mobile,
        total=len(found),
        complaints=found[:_SHOWN_COMPLAINTS],
    )


@logged_in
async def export_complaints(request: Request) -> Response:
    """A CSV file of the range, and an entry in the ledger."""
    form = await request.form()
    months, mobile = _months(str(form.get("months", ""))), str(form.get("mobile", ""))
    found = _complaints(request, months, mobile)
    until = datetime.now()
    name = f"投诉记录_{_since(months):%Y%m%d}-{until:%Y%m%d}.csv"
    values = {"months": months, "mobile": mobile, "rows": len(found), "file": name}
    office_of(request).record(phone_of(request), APP, COMPLAINT_EXPORT, values)
    return Response(
        _csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )


def id_card_of(person: Customer) -> IdCard:
    """The same every time; for some customers a digit differs from the record, for a person to notice."""
    source = random.Random(person.id_card)  # noqa: S311 - made-up data, meant to repeat
    number = person.id_card
    if source.random() < _MISMATCH_SHARE:
        at = source.randrange(10, 17)
        number = number[:at] + str((int(number[at]) + source.randrange(1, 9)) % 10) + number[at + 1 :]
    return IdCard(person.name, number, person.address)


def _person(request: Request) -> Customer | None:
    return office_of(request).catalogue.customer(request.path_params["mobile"])


def _address(phone: PhoneState, person: Customer) -> str:
    return phone.addresses.get(person.mobile, person.address)


def _missing(request: Request) -> Response:
    return render(request, "crm/missing.html", 404)


def _done(request: Request, title: str, label: str, value: str, person: Customer) -> Response:
    return render(request, "crm/done.html", title_text=title, label=label, value=value, person=person)


def _months(text: str) -> int:
    return next((months for months, _, _ in RANGES if str(months) == text), _DEFAULT_MONTHS)


def _since(months: int) -> datetime:
    return datetime.now() - timedelta(days=round(months * 30.5))


def _complaints(request: Request, months: int, mobile: str) -> list[Complaint]:
    since = _since(months)
    return [
        item
        for item in office_of(request).catalogue.complaints
        if item.created >= since and mobile in ("", item.customer.mobile)
    ]


def _csv(found: list[Complaint]) -> bytes:
    """With a byte order mark, for spreadsheets; no cell starts a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["投诉编号", "时间", "客户", "手机号", "类型", "内容", "状态"])
    for item in found:
        row = (item.id, second(item.created), item.customer.name, item.customer.mobile, item.topic, item.text)
        writer.writerow([_harmless(cell) for cell in (*row, item.state)])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


ROUTES = [
    Route("/crm/", home),
    Route("/crm/login", login_form),
    Route("/crm/login", login, methods=["POST"]),
    Route("/crm/login/code", send_login_code, methods=["POST"]),
    Route("/crm/logout", logout, methods=["POST"]),
    Route("/crm/customers", search),
    Route("/crm/customers/{mobile}", profile),
    Route("/crm/customers/{mobile}/address", address_form),
    Route("/crm/customers/{mobile}/address", change_address, methods=["POST"]),
    Route("/crm/customers/{mobile}/identity", identity_form),
    Route("/crm/customers/{mobile}/identity", check_identity, methods=["POST"]),
    Route("/crm/complaints", complaints),
    Route("/crm/complaints/export", export_complaints, methods=["POST"]),
]
