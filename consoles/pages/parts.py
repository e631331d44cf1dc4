"""The live page in parts: each part is rendered by the server, carries a hash of itself, and is sent again only
when it changed.

Rule: an unchanged part is never replaced in the browser, so that a half-typed note or an open menu stays. Nothing that
changes with time (a relative time, a token) may be rendered into a part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from consoles.pages.cockpit import Cockpit
from consoles.pages.timeline import timeline
from tickets.web.given import whole_number

PARTS = {
    "head": "consoles/ticket/head.html",
    "pause": "consoles/ticket/asks/pause.html",
    "side": "consoles/ticket/side.html",
    "screen": "consoles/ticket/screen.html",
    "drive": "consoles/ticket/drive.html",
    "tabs": "consoles/ticket/tabs.html",
    "desk": "consoles/ticket/desk.html",
}
# Inside a helpdesk's page: what there is to know and decide; the phone is driven and the desk is kept in the console.
IN_PANEL = {
    "head": "consoles/embed/head.html",
    "pause": "consoles/ticket/asks/pause.html",
    "side": "consoles/ticket/side.html",
    "screen": "consoles/ticket/screen.html",
}
OVERLAP = 3  # newest steps are sent again: their outcome may have been written since


@dataclass(frozen=True, slots=True)
class Known:
    """What the browser has: the hash of each part, the run its timeline shows, and its highest step number.

    `live`: the page has places for parts at all; a list on which something is decided in place has none.
    """

    live: bool
    hashes: Mapping[str, str]
    run: str = ""
    last: int = 0

    @classmethod
    def read(cls, request: HttpRequest) -> Known:
        pairs = (item.partition(":") for item in request.headers.get("X-Parts", "").split(","))
        return cls(
            "X-Parts" in request.headers,
            {name: value for name, _colon, value in pairs if name},
            request.headers.get("X-Run", ""),
            whole_number(request.headers.get("X-Last-Step", "")) or 0,
        )


def parts_of(request: HttpRequest) -> Mapping[str, str]:
    """The parts of the page that the request belongs to, with their templates."""
    return PARTS if getattr(request, "panel", None) is None else IN_PANEL


def render_part(request: HttpRequest, name: str, cockpit: Cockpit, known: str | None = None) -> SafeString:
    """The part as an element; "" when the browser has this very one. `known` None: for a whole page."""
    body = render_to_string(parts_of(request)[name], {"cockpit": cockpit}, request).strip()
    mark = hashlib.sha256(body.encode()).hexdigest()[:12]
    if known == mark:
        return mark_safe("")
    swap = mark_safe("") if known is None else mark_safe(' hx-swap-oob="true"')
    return format_html(
        '<div id="part-{}" class="part part-{}" data-part="{}" data-hash="{}"{}>{}</div>',
        name,
        name,
        name,
        mark,
        swap,
        mark_safe(body),  # noqa: S308 - a rendered template
    )


def page_parts(request: HttpRequest, cockpit: Cockpit) -> dict[str, SafeString]:
    """Every part for a whole page, the timeline too."""
    parts = {name: render_part(request, name, cockpit) for name in parts_of(request)}
    return {**parts, "steps": _whole_timeline(request, cockpit, swap=False)}


def live_answer(request: HttpRequest, cockpit: Cockpit, status: int = 200) -> HttpResponse:
    """What changed since the browser last asked, as out-of-band swaps; nothing for a page without live parts."""
    known = Known.read(request)
    response = HttpResponse("".join(_changed(request, cockpit, known)) if known.live else "", status=status)
    response["HX-Reswap"] = "none"
    response["X-Seq"] = str(cockpit.run.event_seq if cockpit.run else 0)
    return response


def _changed(request: HttpRequest, cockpit: Cockpit, known: Known) -> list[SafeString]:
    pieces = [render_part(request, name, cockpit, known.hashes.get(name, "")) for name in parts_of(request)]
    return [*pieces, _steps(request, cockpit, known)]


def _steps(request: HttpRequest, cockpit: Cockpit, known: Known) -> SafeString:
    run = cockpit.run
    if run is None or known.run != str(run.pk) or known.last == 0:
        return _whole_timeline(request, cockpit, swap=True)
    steps = timeline(run, max(0, known.last - OVERLAP))
    context = {
        "changed": [step for step in steps if step.number <= known.last],
        "added": [step for step in steps if step.number > known.last],
        "cockpit": cockpit,
    }
    return mark_safe(render_to_string("consoles/ticket/steps_changed.html", context, request))  # noqa: S308


def _whole_timeline(request: HttpRequest, cockpit: Cockpit, *, swap: bool) -> SafeString:
    context = {"cockpit": cockpit, "swap": swap}
    return mark_safe(render_to_string("consoles/ticket/steps.html", context, request))  # noqa: S308
