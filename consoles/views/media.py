"""Stored files: attachments, step and confirmation pictures, recordings. Each behind its permission and department."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from PIL import Image

from consoles.access import permitted
from consoles.web.media import Kind, file_once_stored, key_of, stored_file
from consoles.web.ranges import ASK_EACH_TIME, etag_of, serve
from tickets.errors import NotFound
from tickets.models import Recording, RecordingState, Step
from tickets.permissions import Permission
from tickets.services import sealed_files
from tickets.services.people import access

THUMB = (220, 480)
_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


@permitted(Permission.VIEW_TICKETS)
def attachment_file(request: HttpRequest, token: str) -> HttpResponseBase:
    attachment = access.get_attachment(request.user, key_of(Kind.ATTACHMENT, token))
    return serve(request, stored_file(attachment.file.name or ""), attachment.content_type, attachment.name)


@permitted(Permission.VIEW_TICKETS)
def step_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """A step's screen before or after; `?thumb` gives a small one."""
    pk, _dot, which = key_of(Kind.STEP, token).partition(".")
    step = Step.objects.filter(pk=pk).first()
    if step is None or which not in {"before", "after"}:
        raise NotFound
    access.get_run(request.user, step.run_id)
    path = file_once_stored(getattr(step, which), step.ended_at or step.started_at)
    return _thumb(request, path) if "thumb" in request.GET else _picture(request, path)


@permitted(Permission.VIEW_TICKETS)
def confirmation_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    confirmation = access.get_confirmation(request.user, key_of(Kind.CONFIRMATION, token))
    return _picture(request, stored_file(confirmation.screenshot))


@permitted(Permission.VIEW_TICKETS)
def question_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    question = access.get_question(request.user, key_of(Kind.QUESTION, token))
    return _picture(request, stored_file(question.screenshot))


@permitted(Permission.VIEW_REPLAYS)
def recording_video(request: HttpRequest, token: str) -> HttpResponseBase:
    return serve(request, stored_file(_recording(request, Kind.VIDEO, token).video), "video/mp4")


@permitted(Permission.VIEW_REPLAYS)
def recording_captions(request: HttpRequest, token: str) -> HttpResponseBase:
    recording = _recording(request, Kind.CAPTIONS, token)
    return serve(request, stored_file(recording.captions), "text/vtt")


def _recording(request: HttpRequest, kind: Kind, token: str) -> Recording:
    run = access.get_run(request.user, key_of(kind, token, request.user))
    recording = Recording.objects.filter(run=run, state=RecordingState.READY).first()
    if recording is None:
        raise NotFound
    return recording


def _picture(request: HttpRequest, path: Path) -> HttpResponseBase:
    """A picture may be replaced: what was stored blurred follows sharp once it has been read."""
    return serve(request, path, _TYPES.get(path.suffix.lower(), "application/octet-stream"), may_change=True)


def _thumb(request: HttpRequest, path: Path) -> HttpResponse:
    headers = {"Cache-Control": ASK_EACH_TIME, "ETag": etag_of(path, "thumb")}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponse(status=304, headers=headers)
    with sealed_files.open_file(path) as file, Image.open(file) as image:
        image.draft("RGB", THUMB)
        small = image.convert("RGB")
        small.thumbnail(THUMB)
    data = BytesIO()
    small.save(data, "JPEG", quality=78)
    return HttpResponse(data.getvalue(), content_type="image/jpeg", headers=headers)
