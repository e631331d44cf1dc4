"""`content`: the media store as a content provider: the rows of its pictures and videos, and the call that scans.

Rule: rows are the gallery's own; a column that the store does not keep reads NULL.
"""

from __future__ import annotations

from collections.abc import Callable

from cs_agent.demo.phone.device.media import MediaItem, MediaKind
from cs_agent.demo.phone.shell.call import EXCEPTION, OK, Call, Command

_MEDIA = "content://media"
_KINDS = {"images": MediaKind.IMAGE, "video": MediaKind.VIDEO, "file": None}
_COLUMNS: dict[str, Callable[[MediaItem], str]] = {
    "_id": lambda item: str(item.id),
    "_data": lambda item: item.path,
    "_display_name": lambda item: item.name,
    "_size": lambda item: str(item.size),
    "mime_type": lambda item: item.mime,
}


async def content(call: Call) -> int:
    what, *rest = call.args or ("",)
    options = dict(zip(rest[::2], rest[1::2], strict=False))
    uri = options.get("--uri", "")
    if what not in ("query", "call") or not uri:
        await call.complain(f"[ERROR] Unsupported operation: {what}" if uri or not what else "[ERROR] Specify a --uri")
        return EXCEPTION
    if uri != _MEDIA and not uri.startswith(f"{_MEDIA}/"):
        return await _failed(call, f"java.lang.IllegalStateException: Could not find provider: {uri[10:]}")
    if what == "query":
        return await _query(call, uri, options.get("--projection", ":".join(_COLUMNS)).split(":"))
    method = options.get("--method", "")
    if method != "scan_volume":
        return await _failed(call, f"java.lang.UnsupportedOperationException: Unsupported call: {method}")
    call.phone.files.scan_volume()
    await call.say("Result: Bundle[{}]")
    return OK


async def _failed(call: Call, error: str) -> int:
    await call.complain(f"Error while accessing provider:media\n{error}")
    return EXCEPTION


async def _query(call: Call, uri: str, columns: list[str]) -> int:
    """`…/external/{images,video}/media` or `…/external/file`."""
    parts = uri.removeprefix(_MEDIA).strip("/").split("/")
    if len(parts) < 2 or parts[1] not in _KINDS:
        return await _failed(call, f"java.lang.IllegalArgumentException: Unknown URL {uri}")
    rows = [item for item in call.phone.files.media() if _KINDS[parts[1]] in (None, item.kind)]
    if not rows:
        await call.say("No result found.")
    for number, item in enumerate(sorted(rows, key=lambda item: item.id)):
        values = ", ".join(f"{name}={_COLUMNS[name](item) if name in _COLUMNS else 'NULL'}" for name in columns)
        await call.say(f"Row: {number} {values}")
    return OK


COMMANDS: dict[str, Command] = {"content": content}
