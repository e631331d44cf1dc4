"""A stored file over HTTP, whole or in part (RFC 9110 ranges), read in chunks so that memory stays flat."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from tickets.services import sealed_files

CHUNK = 256 * 1024
ASK_EACH_TIME = "private, no-cache"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_MOST_DIGITS = 18
# Shown in the page; anything else is offered as a download, so that no upload runs as a page of ours.
INLINE = {"image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "text/vtt", "application/pdf"}


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `end` (exclusive) of a file."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


class Unsatisfiable(ValueError):
    """The range lies outside the file."""


def parse_range(header: str, size: int) -> Span | None:
    """The requested span; None for no, several or unreadable ranges (the whole file is sent then)."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = (_place(digits, size) for digits in match.groups())
    if first is None:
        start, end = max(0, size - (last or 0)), size
    else:
        start, end = first, min(last + 1, size) if last is not None else size
        if last is not None and last < start:
            return None
    if start >= size or end <= start:
        raise Unsatisfiable
    return Span(start, end)


def etag_of(path: Path, kind: str = "") -> str:
    """The ETag, which changes when the file is rewritten; `kind`: the representation of the file."""
    stat = path.stat()
    return '"' + hashlib.sha256(f"{kind}{path}{stat.st_size}{stat.st_mtime_ns}".encode()).hexdigest()[:24] + '"'


def _place(digits: str, size: int) -> int | None:
    """The number, or one beyond the file for more digits than a file's size has; None for no digits."""
    if not digits:
        return None
    return int(digits) if len(digits) <= _MOST_DIGITS else size + 1


def serve(
    request: HttpRequest, path: Path, content_type: str, name: str = "", *, may_change: bool = False
) -> HttpResponseBase:
    """The file or the requested part. `may_change`: the browser revalidates at each request."""
    keep = ASK_EACH_TIME if may_change else "private, max-age=3600"
    etag = etag_of(path)
    if request.headers.get("If-None-Match") == etag:
        return _with_headers(HttpResponse(status=304), etag, keep, content_type, name)
    size = sealed_files.size_of(path)  # of a sealed file a piece is opened for it: not for a browser that has it
    header = request.headers.get("Range", "") if _range_applies(request, etag) else ""
    try:
        span = parse_range(header, size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = _answer(request, path, size, span)
    return _with_headers(response, etag, keep, content_type, name)


def _range_applies(request: HttpRequest, etag: str) -> bool:
    return request.headers.get("If-Range", etag) == etag


def _answer(request: HttpRequest, path: Path, size: int, span: Span | None) -> HttpResponseBase:
    part = span or Span(0, size)
    body = b"" if request.method == "HEAD" else _chunks(path, part)
    response = StreamingHttpResponse(body, status=206 if span else 200) if body else HttpResponse()
    response["Content-Length"] = str(part.length)
    if span:
        response["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return response


async def _chunks(path: Path, span: Span) -> AsyncIterator[bytes]:
    left = span.length
    with sealed_files.open_file(path) as file:
        file.seek(span.start)
        while left > 0:
            data = await sync_to_async(file.read, thread_sensitive=False)(min(CHUNK, left))
            if not data:
                return
            left -= len(data)
            yield data


def _with_headers(response: HttpResponseBase, etag: str, keep: str, content_type: str, name: str) -> HttpResponseBase:
    response["Content-Type"] = content_type
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = keep
    disposition = content_disposition_header(content_type not in INLINE, name)
    if disposition:
        response["Content-Disposition"] = disposition
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
