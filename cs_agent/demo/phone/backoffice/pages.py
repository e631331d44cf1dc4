"""How the pages of the practice apps are made: templates, languages, who is asking.

Rule: every text is given in Chinese and English side by side, and the request's language picks one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

from cs_agent.demo.phone.backoffice.state import Office, PhoneState

APPS_FOLDER = Path(__file__).parents[1] / "apps"
PHONE_COOKIE = "phone"
DEFAULT_PHONE = "phone-1"

_templates = Environment(loader=FileSystemLoader(APPS_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def phone_of(request: Request) -> PhoneState:
    """The phone that asks, by its cookie."""
    return office_of(request).phone(request.cookies.get(PHONE_COOKIE, DEFAULT_PHONE))


def is_english(request: Request) -> bool:
    return request.headers.get("accept-language", "").lower().startswith("en")


def chooser(request: Request) -> Callable[[str, str], str]:
    """`t(chinese, english)`."""
    english = is_english(request)
    return lambda chinese, in_english: in_english if english else chinese


def render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    english = is_english(request)
    html = _templates.get_template(template).render(
        t=chooser(request), english=english, lang="en" if english else "zh-CN", request=request, **values
    )
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def money(amount: Decimal | float | int) -> str:
    """With the currency sign and two decimals, thousands separated."""
    return f"¥{amount:,.2f}"


def minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def second(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


_templates.filters.update(money=money, minute=minute, second=second)
