"""The start page of the phone's browser, and the page unwanted taps lead to."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cs_agent.demo.phone.backoffice.pages import render


async def start(request: Request) -> Response:
    return render(request, "browser/start.html")


async def promotion(request: Request) -> Response:
    return render(request, "browser/promotion.html")


ROUTES = [Route("/browser/", start), Route("/browser/promotion", promotion)]
