"""The replay of a run: the recording with its steps beside it. Looking at it is itself written down."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh

from consoles.access import permitted
from consoles.board import replays
from consoles.board.replays import PAGE, ReplayFilter
from consoles.pages.cockpit import Cockpit
from consoles.pages.replay import chapters, marks, waits
from consoles.web import media
from tickets.models import RecordingState
from tickets.permissions import Permission
from tickets.services.evidence import audit
from tickets.services.flows import templates
from tickets.services.people import access

_UNDER_WAY = (RecordingState.RECORDING, RecordingState.ENCODING)


@permitted(Permission.VIEW_REPLAYS)
def replay_list(request: HttpRequest) -> HttpResponse:
    """The runs of the reader's departments that can be watched, newest first."""
    wanted = ReplayFilter.read(request.GET)
    runs = replays.watchable(request.user, wanted, PAGE + 1)
    context = {
        "wanted": wanted,
        "runs": runs[:PAGE],
        "older": wanted.query(before=runs[PAGE - 1].created_at.isoformat()) if len(runs) > PAGE else "",
        "newest": wanted.query(before="") if wanted.before else "",
        "flows": templates.by_name(),
        "operators": replays.operators(request.user),
        "outcomes": [(status.value, status.label) for status in replays.OUTCOMES],
    }
    return render(request, "consoles/replay/list.html", context)


@permitted(Permission.VIEW_REPLAYS)
def replay(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = access.get_run(request.user, run_id)
    cockpit = Cockpit(run.ticket, request.user, run)
    recording = cockpit.recording
    if request.headers.get("HX-Request"):  # the page of a recording that is still being made asks for its end
        made = recording is None or recording.state not in _UNDER_WAY
        return HttpResponseClientRefresh() if made else HttpResponse(status=204)
    context = {"cockpit": cockpit, "run": run, "ticket": run.ticket, "recording": recording}
    if recording is not None and cockpit.replay_ready:
        audit.record("replay.viewed", user=request.user, run=run, obj=recording, result="success", request=request)
        told = chapters(recording, cockpit.steps)
        context |= {
            "video": media.address(media.Kind.VIDEO, run.pk, request.user),
            "chapters": told,
            "marks": marks(run, told),
            "waits": waits(recording),
        }
    return render(request, "consoles/replay/page.html", context)
