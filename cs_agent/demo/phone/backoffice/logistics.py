"""物流查询: where an order is, and a voucher of it as a picture.

Rule: looking changes nothing; a voucher is recorded when its number is given out, and drawn on the phone.
"""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cs_agent.demo.phone.backoffice.pages import is_english, office_of, phone_of, render, second
from cs_agent.demo.phone.catalogue import Order

APP = "com.example.logistics"
VOUCHER = "voucher_export"


async def home(request: Request) -> Response:
    return render(request, "logistics/home.html")


async def track(request: Request) -> Response:
    query = request.query_params.get("q", "").strip()
    order = _find(request, query)
    english = is_english(request)
    lines = [f"{second(event.time)}  {event.words(english)}" for event in order.track] if order else []
    status = 200 if order else 404
    return render(request, "logistics/track.html", status, query=query, order=order, track_lines=lines)


async def make_voucher(request: Request) -> Response:
    order = _find(request, request.path_params["number"])
    if order is None:
        return JSONResponse({"error": "not found"}, status_code=404)
    office, now = office_of(request), datetime.now()
    number = office.next_id("PZ")
    file = f"物流凭证_{order.number}.png"
    values = {"voucher_no": number, "order_no": order.number, "waybill": order.waybill, "file": file}
    office.record(phone_of(request), APP, VOUCHER, values)
    return JSONResponse({"voucher_no": number, "file": file, "time": second(now)})


def _find(request: Request, query: str) -> Order | None:
    orders = office_of(request).catalogue.orders
    by_waybill = (order for order in orders.values() if query and order.waybill == query.upper())
    return orders.get(query) or next(by_waybill, None)


ROUTES = [
    Route("/logistics/", home),
    Route("/logistics/track", track),
    Route("/logistics/orders/{number}/voucher", make_voucher, methods=["POST"]),
]
