"""售后系统: find an order, look at it, request a refund or return, check it, submit it.

Rule: only `submit` changes anything, and it does so every time it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from cs_agent.demo.phone.backoffice.ledger import Attachment, Operation
from cs_agent.demo.phone.backoffice.pages import chooser, office_of, phone_of, render
from cs_agent.demo.phone.backoffice.state import PhoneState, RefundDraft, Upload
from cs_agent.demo.phone.catalogue import Order, OrderState

APP = "com.example.aftersales"
REFUND_REQUEST = "refund_request"
_RECENT = 6
_MAX_ATTACHMENTS = 6
_MAX_UPLOAD = 200 * 1024 * 1024

# Value, Chinese, English.
SERVICES = (
    ("return_refund", "退货退款", "Return and refund"),
    ("refund_only", "仅退款", "Refund only"),
    ("exchange", "换货", "Exchange"),
)
REASONS = (
    ("quality", "质量问题", "Quality problem"),
    ("no_reason", "七天无理由", "Seven-day return"),
    ("transit_damage", "物流破损", "Damaged in transit"),
    ("wrong_item", "少件错发", "Missing or wrong item"),
    ("not_as_described", "与描述不符", "Not as described"),
    ("other", "其他", "Other"),
)
COMPENSATIONS = (10, 20, 30, 50, 100)

Choose = Callable[[str, str], str]


class Incomplete(Exception):
    """The form cannot be used yet; the message is for the person who filled it in."""


async def home(request: Request) -> Response:
    office = office_of(request)
    recent = [order for order in office.catalogue.newest() if order.state is not OrderState.PAID]
    return render(
        request,
        "aftersales/home.html",
        recent=recent[:_RECENT],
        requests=len(_requests(request)),
        waiting=sum(order.state is OrderState.SIGNED for order in office.catalogue.newest()),
        total=len(office.catalogue.orders),
    )


async def search(request: Request) -> Response:
    query = request.query_params.get("q", "")
    found = office_of(request).catalogue.find_orders(query)
    return render(request, "aftersales/results.html", query=query, orders=found)


async def detail(request: Request) -> Response:
    order = _order(request)
    if order is None:
        return _missing(request)
    own = [entry for entry in _requests(request) if entry.values["order_no"] == order.number]
    return render(request, "aftersales/detail.html", order=order, requests=own)


async def logistics(request: Request) -> Response:
    order = _order(request)
    return render(request, "aftersales/logistics.html", order=order) if order else _missing(request)


async def request_form(request: Request) -> Response:
    order = _order(request)
    if order is None:
        return _missing(request)
    return render(
        request,
        "aftersales/request.html",
        order=order,
        services=SERVICES,
        reasons=REASONS,
        compensations=COMPENSATIONS,
        max_attachments=_MAX_ATTACHMENTS,
    )


async def make_draft(request: Request) -> Response:
    order = _order(request)
    if order is None:
        return _missing(request)
    phone = phone_of(request)
    try:
        draft = _read_draft(await request.form(), order, phone, chooser(request), office_of(request).next_id("D"))
    except Incomplete as error:
        return JSONResponse({"error": str(error)}, status_code=422)
    phone.drafts[draft.id] = draft
    return JSONResponse({"next": f"/aftersales/drafts/{draft.id}"})


async def review(request: Request) -> Response:
    draft = phone_of(request).drafts.get(request.path_params["id"])
    order = office_of(request).catalogue.order(draft.order_number) if draft else None
    if draft is None or order is None:
        return _missing(request)
    return render(
        request,
        "aftersales/review.html",
        draft=draft,
        order=order,
        service=_label(SERVICES, draft.service, request),
        reason=_label(REASONS, draft.reason, request),
    )


async def submit(request: Request) -> Response:
    """Files the request, once for every call."""
    phone, office = phone_of(request), office_of(request)
    draft = phone.drafts.get(request.path_params["id"])
    if draft is None:
        return _missing(request)
    number = office.next_id("SH")
    office.record(phone, APP, REFUND_REQUEST, _ledger_values(draft, number), tuple(item.file for item in draft.uploads))
    return RedirectResponse(f"/aftersales/requests/{number}", status_code=303)


async def result(request: Request) -> Response:
    wanted = request.path_params["number"]
    entry = next((entry for entry in _requests(request) if entry.values["request_no"] == wanted), None)
    if entry is None:
        return _missing(request)
    when = datetime.fromisoformat(entry.time)
    return render(request, "aftersales/result.html", entry=entry, values=entry.values, when=when)


async def my_requests(request: Request) -> Response:
    entries = list(reversed(_requests(request)))
    return render(request, "aftersales/requests.html", entries=entries)


async def upload(request: Request) -> Response:
    """A file of the phone's gallery, as multipart; answers its id."""
    part = (await request.form()).get("file")
    if not isinstance(part, UploadFile):
        return JSONResponse({"error": "no file"}, status_code=400)
    content = await part.read()
    if len(content) > _MAX_UPLOAD:
        return JSONResponse({"error": "too large"}, status_code=413)
    phone, office = phone_of(request), office_of(request)
    file = Attachment.of(part.filename or "file", content, part.content_type or "")
    stored = Upload(office.next_id("F"), file)
    phone.uploads[stored.id] = stored
    return JSONResponse({"id": stored.id, **file.as_json()})


def _order(request: Request) -> Order | None:
    return office_of(request).catalogue.order(request.path_params["number"])


def _missing(request: Request) -> Response:
    return render(request, "aftersales/missing.html", status=404)


def _requests(request: Request) -> tuple[Operation, ...]:
    return office_of(request).ledger.operations(phone_of(request).key, REFUND_REQUEST)


def _label(table: tuple[tuple[str, str, str], ...], value: str, request: Request) -> str:
    return next(chooser(request)(zh, en) for key, zh, en in table if key == value)


@dataclass(frozen=True, slots=True)
class _Form:
    """Reads single values out of a form, with the words for what is missing."""

    data: FormData
    t: Choose

    def text(self, name: str) -> str:
        return str(self.data.get(name, "")).strip()

    def choice(self, name: str, table: tuple[tuple[str, str, str], ...], complaint: str) -> str:
        value = self.text(name)
        if value not in (key for key, _, _ in table):
            raise Incomplete(complaint)
        return value

    def amount(self, name: str, complaint: str) -> Decimal:
        try:
            amount = Decimal(re.sub("[¥¥,,\\s]", "", self.text(name)))
        except InvalidOperation:
            raise Incomplete(complaint) from None
        if not amount.is_finite() or amount <= 0 or amount != round(amount, 2):
            raise Incomplete(complaint)
        return round(amount, 2)


def _read_draft(data: FormData, order: Order, phone: PhoneState, t: Choose, number: str) -> RefundDraft:
    form = _Form(data, t)
    uploads = (phone.uploads.get(str(key)) for key in data.getlist("attachment"))
    return RefundDraft(
        id=number,
        order_number=order.number,
        service=form.choice("service", SERVICES, t("请选择服务类型", "Choose a service")),
        reason=form.choice("reason", REASONS, t("请选择退换原因", "Choose a reason")),
        refund_kind=form.choice("refund_kind", _REFUND_KINDS, t("请选择退款方式", "Choose full or partial refund")),
        refund=_refund(form, order),
        compensation=_compensation(form),
        uploads=tuple(upload for upload in uploads if upload)[:_MAX_ATTACHMENTS],
        remark=form.text("remark")[:200],
    )


_REFUND_KINDS = (("full", "全额退款", "Full refund"), ("partial", "部分退款", "Partial refund"))


def _refund(form: _Form, order: Order) -> Decimal:
    if form.text("refund_kind") == "full":
        return order.paid
    amount = form.amount("refund_amount", form.t("请输入正确的退款金额", "Enter a valid refund amount"))
    if amount > order.paid:
        raise Incomplete(form.t("退款金额不能超过实付金额", "The refund cannot exceed the amount paid"))
    return amount


def _compensation(form: _Form) -> Decimal:
    chosen = form.text("compensation")
    if not chosen:
        return Decimal(0)
    if chosen == "other":
        return form.amount("compensation_amount", form.t("请输入补偿金额", "Enter the compensation amount"))
    return Decimal(chosen) if chosen in map(str, COMPENSATIONS) else Decimal(0)


def _ledger_values(draft: RefundDraft, number: str) -> dict[str, object]:
    """Reasons and services in Chinese whatever the phone's language was."""
    return {
        "request_no": number,
        "order_no": draft.order_number,
        "service": next(zh for key, zh, _ in SERVICES if key == draft.service),
        "reason": next(zh for key, zh, _ in REASONS if key == draft.reason),
        "refund_kind": draft.refund_kind,
        "refund_amount": float(draft.refund),
        "compensation_amount": float(draft.compensation),
        "remark": draft.remark,
    }


ROUTES = [
    Route("/aftersales/", home),
    Route("/aftersales/orders", search),
    Route("/aftersales/orders/{number}", detail),
    Route("/aftersales/orders/{number}/logistics", logistics),
    Route("/aftersales/orders/{number}/request", request_form),
    Route("/aftersales/orders/{number}/request", make_draft, methods=["POST"]),
    Route("/aftersales/drafts/{id}", review),
    Route("/aftersales/drafts/{id}/submit", submit, methods=["POST"]),
    Route("/aftersales/requests", my_requests),
    Route("/aftersales/requests/{number}", result),
    Route("/aftersales/uploads", upload, methods=["POST"]),
]
