"""`content`: the media store as a content provider: query, delete, and the calls that scan.

Rule: rows are the gallery's own; a column that the store does not keep reads NULL, a condition that cannot be
understood is an error and never "everything".
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from cs_agent.demo.phone.device.media import MediaItem, MediaKind
from cs_agent.demo.phone.shell.call import EXCEPTION, OK, Call, Command

_MEDIA = "content://media"
_COLUMNS: dict[str, Callable[[MediaItem], str]] = {
    "_id": lambda item: str(item.id),
    "_data": lambda item: item.path,
    "_display_name": lambda item: item.name,
    "_size": lambda item: str(item.size),
    "mime_type": lambda item: item.mime,
    "title": lambda item: PurePosixPath(item.name).stem,
    "date_added": lambda item: str(item.modified),
    "date_modified": lambda item: str(item.modified),
    "bucket_display_name": lambda item: item.bucket,
    "relative_path": lambda item: f"{PurePosixPath(item.path).parent}/".removeprefix("/storage/emulated/0/"),
    "media_type": lambda item: "1" if item.kind is MediaKind.IMAGE else "3",
}
_CONDITION = re.compile(r"""\s*(\w+)\s*(=|==|!=|LIKE|>=|<=|>|<)\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*""", re.IGNORECASE)

Row = Callable[[MediaItem], bool]


class BadQuery(ValueError):
    """A query that the provider cannot answer; the text is its exception."""


async def content(call: Call) -> int:
    what, *rest = call.args or ("",)
    options = dict(zip(rest[::2], rest[1::2], strict=False))
    uri = options.get("--uri", "")
    if what not in _HANDLERS or not uri:
        await call.complain(f"[ERROR] Unsupported operation: {what}" if uri or not what else "[ERROR] Specify a --uri")
        return EXCEPTION
    if uri != _MEDIA and not uri.startswith(f"{_MEDIA}/"):
        return await _failed(call, f"java.lang.IllegalStateException: Could not find provider: {uri[10:]}")
    try:
        return await _HANDLERS[what](call, uri, options)
    except BadQuery as error:
        return await _failed(call, str(error))


async def _failed(call: Call, error: str) -> int:
    await call.complain(f"Error while accessing provider:media\n{error}")
    return EXCEPTION


async def _query(call: Call, uri: str, options: dict[str, str]) -> int:
    columns = options.get("--projection", "").split(":") if "--projection" in options else list(_COLUMNS)
    unknown = [name for name in columns if not re.fullmatch(r"\w+", name)]
    if unknown:
        raise BadQuery(f"java.lang.IllegalArgumentException: Invalid column {unknown[0]}")
    rows = _sorted(_selected(call, uri, options), options.get("--sort", "_id"))
    if not rows:
        await call.say("No result found.")
    for number, item in enumerate(rows):
        values = ", ".join(f"{name}={_value(item, name)}" for name in columns)
        await call.say(f"Row: {number} {values}")
    return OK


def _value(item: MediaItem, column: str) -> str:
    return _COLUMNS[column](item) if column in _COLUMNS else "NULL"


def _selected(call: Call, uri: str, options: dict[str, str]) -> list[MediaItem]:
    belongs = _of_uri(uri)
    matches = _condition(options.get("--where", ""))
    return [item for item in call.phone.files.media() if belongs(item) and matches(item)]


def _of_uri(uri: str) -> Row:
    """`…/external/{images,video}/media[/ID]` or `…/external/file`."""
    parts = uri.removeprefix(_MEDIA).strip("/").split("/")
    kind = {"images": MediaKind.IMAGE, "video": MediaKind.VIDEO}.get(parts[1] if len(parts) > 1 else "")
    number = int(parts[-1]) if parts[-1].isdecimal() else None
    if len(parts) < 2 or parts[1] not in ("images", "video", "file", "audio", "downloads"):
        raise BadQuery(f"java.lang.IllegalArgumentException: Unknown URL {uri}")
    if parts[1] in ("audio", "downloads"):
        return lambda item: False
    return lambda item: kind in (None, item.kind) and number in (None, item.id)


def _condition(where: str) -> Row:
    """Comparisons joined by AND."""
    tests: list[Row] = []
    for part in re.split(r"\s+AND\s+", where.strip(), flags=re.IGNORECASE) if where.strip() else []:
        match = _CONDITION.fullmatch(part)
        if not match or match[1] not in _COLUMNS:
            raise BadQuery(f'android.database.sqlite.SQLiteException: near "{part}": syntax error')
        value = next(group for group in match.groups()[2:] if group is not None)
        tests.append(_comparison(_COLUMNS[match[1]], match[2].upper(), value))
    return lambda item: all(test(item) for test in tests)


def _comparison(read: Callable[[MediaItem], str], op: str, value: str) -> Row:
    if op == "LIKE":
        pattern = re.sub(r"[\[*?]", r"[\g<0>]", value).replace("%", "*").replace("_", "?").lower()
        return lambda item: fnmatch.fnmatchcase(read(item).lower(), pattern)
    if op in ("=", "=="):
        return lambda item: read(item) == value
    if op == "!=":
        return lambda item: read(item) != value
    return _ordering(read, op, value)


def _ordering(read: Callable[[MediaItem], str], op: str, value: str) -> Row:
    if not value.isdecimal():
        raise BadQuery(f"android.database.sqlite.SQLiteException: datatype mismatch: {value}")
    limit = int(value)
    tests: dict[str, Callable[[int], bool]] = {
        ">": lambda number: number > limit,
        "<": lambda number: number < limit,
        ">=": lambda number: number >= limit,
        "<=": lambda number: number <= limit,
    }
    return lambda item: read(item).isdecimal() and tests[op](int(read(item)))


def _sorted(rows: list[MediaItem], order: str) -> list[MediaItem]:
    column, _, direction = order.strip().partition(" ")
    if column not in _COLUMNS:
        raise BadQuery(f"android.database.sqlite.SQLiteException: no such column: {column}")

    def key(item: MediaItem) -> tuple[int, str]:
        text = _COLUMNS[column](item)
        return (int(text), "") if text.isdecimal() else (0, text)

    return sorted(rows, key=key, reverse=direction.strip().upper() == "DESC")


async def _delete(call: Call, uri: str, options: dict[str, str]) -> int:
    """Deleting a row deletes the file, as the provider does."""
    for item in _selected(call, uri, options):
        item.host_path.unlink(missing_ok=True)
    return OK


async def _call(call: Call, uri: str, options: dict[str, str]) -> int:
    method, argument = options.get("--method", ""), options.get("--arg", "")
    if method == "scan_volume":
        call.phone.files.scan_volume()
        await call.say("Result: Bundle[{}]")
    elif method == "scan_file":
        await call.say(f"Result: {_scan_file(call, argument)}")
    else:
        raise BadQuery(f"java.lang.UnsupportedOperationException: Unsupported call: {method}")
    return OK


def _scan_file(call: Call, path: str) -> str:
    call.phone.files.scan(path)
    resolved = call.phone.files.resolve(path)
    item = next((item for item in call.phone.files.media() if item.path == resolved), None)
    if item is None:
        return "Bundle[{uri=null}]"
    kind = "images" if item.kind is MediaKind.IMAGE else "video"
    return f"Bundle[{{uri=content://media/external_primary/{kind}/media/{item.id}}}]"


_HANDLERS = {"call": _call, "delete": _delete, "query": _query}
COMMANDS: dict[str, Command] = {"content": content}
