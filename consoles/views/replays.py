"""The replay of a run: the recording with its steps beside it. Looking at it is itself written down."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consoles.access import permitted
from consoles.pages.cockpit import Cockpit
from consoles.pages.replay import chapters, waits
from consoles.web import media
from tickets.permissions import Permission
from tickets.services.evidence import audit
from tickets.services.people import access


@permitted(Permission.VIEW_REPLAYS)
def replay(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = access.get_run(request.user, run_id)
    cockpit = Cockpit(run.ticket, request.user, run)
    recording = cockpit.recording
    context = {"cockpit": cockpit, "run": run, "ticket": run.ticket, "recording": recording}
    if recording is not None and cockpit.replay_ready:
        audit.record("replay.viewed", user=request.user, run=run, obj=recording, result="success", request=request)
        context |= {
            "video": media.address(media.Kind.VIDEO, run.pk, request.user),
            "captions": media.address(media.Kind.CAPTIONS, run.pk, request.user) if recording.captions else "",
            "chapters": chapters(recording, cockpit.steps),
            "waits": waits(recording),
        }
    return render(request, "consoles/replay/page.html", context)
