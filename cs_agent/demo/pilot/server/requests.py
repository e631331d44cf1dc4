"""Reads the body of a chat completion request, as the OpenAI API documents it.

Rule: what cannot be served is refused with an error that names the parameter; a parameter that only tunes sampling is
accepted and has no effect, since nothing is sampled. Pictures come as data URLs only: nothing is fetched.

    RequestError            400, wrong in itself
    +-- UnknownModel        404
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, UnidentifiedImageError

from cs_agent.observation import as_rgb

MODEL = "pilot"
MAX_PICTURE_PIXELS = 20_000_000
MAX_PICTURE_BYTES = 20_000_000
MAX_MESSAGES = 2000
MAX_SIDES_RATIO = 12
MIN_SIDE = 64
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
_MAX_TOP_LOGPROBS = 20


class RequestError(Exception):
    """`param` names the part of the request that is wrong."""

    status = 400
    kind = "invalid_request_error"
    code: str | None = None

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class UnknownModel(RequestError):
    status = 404
    kind = "NotFoundError"
    code = "model_not_found"


@dataclass(frozen=True, slots=True)
class ChatRequest:
    messages: list[tuple[str, str]]
    picture: Image.Image | None = field(default=None, compare=False)
    stream: bool = False
    include_usage: bool = False
    logprobs: bool = False
    top_logprobs: int = 0
    max_tokens: int | None = None


def read_request(body: Any) -> ChatRequest:
    """RequestError where it cannot be served."""
    if not isinstance(body, dict):
        raise RequestError("the request body must be a JSON object")
    _check_model(body.get("model"))
    messages, url = _messages(body.get("messages"))
    if body.get("n", 1) not in (None, 1):
        raise RequestError("only n=1 is supported", "n")
    options = body.get("stream_options") or {}
    return ChatRequest(
        messages=messages,
        picture=picture_of(url) if url else None,
        stream=_flag(body, "stream"),
        include_usage=isinstance(options, dict) and bool(options.get("include_usage")),
        logprobs=_flag(body, "logprobs"),
        top_logprobs=_count(body, "top_logprobs", 0, _MAX_TOP_LOGPROBS) or 0,
        max_tokens=_count(body, "max_completion_tokens", 1) or _count(body, "max_tokens", 1),
    )


def _check_model(name: Any) -> None:
    if not isinstance(name, str) or not name:
        raise RequestError("model must be a string", "model")
    if name != MODEL:
        raise UnknownModel(f"The model `{name}` does not exist.", "model")


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value not in (None, True, False):
        raise RequestError(f"{name} must be true or false", name)
    return bool(value)


def _count(body: dict[str, Any], name: str, least: int, most: int = 10**9) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise RequestError(f"{name} must be an integer of at least {least}", name)
    return value


def _messages(raw: Any) -> tuple[list[tuple[str, str]], str]:
    """The texts as (role, text), and the data URL of the newest picture."""
    if not isinstance(raw, list) or not raw:
        raise RequestError("messages must be a list that is not empty", "messages")
    if len(raw) > MAX_MESSAGES:
        raise RequestError(f"more than {MAX_MESSAGES} messages", "messages")
    texts, newest = [], ""
    for number, message in enumerate(raw):
        where = f"messages[{number}]"
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise RequestError(f"{where}.role must be one of {', '.join(sorted(_ROLES))}", f"{where}.role")
        text, url = _content(message.get("content"), where, message["role"])
        texts.append((message["role"], text))
        newest = url or newest
    if not any(role == "user" for role, _ in texts):
        raise RequestError("there is no user message", "messages")
    return texts, newest


def _content(raw: Any, where: str, role: str) -> tuple[str, str]:
    if isinstance(raw, str):
        return raw, ""
    if raw is None and role == "assistant":
        return "", ""
    if not isinstance(raw, list):
        raise RequestError(f"{where}.content must be a string or a list of parts", f"{where}.content")
    texts, url = [], ""
    for number, part in enumerate(raw):
        kind, value = _part(part, f"{where}.content[{number}]")
        if kind == "text":
            texts.append(value)
        else:
            url = value
    return "\n\n".join(texts), url


def _part(part: Any, where: str) -> tuple[str, str]:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "text" and isinstance(part.get("text"), str):
        return "text", part["text"]
    if kind == "image_url":
        url = part.get("image_url")
        url = url.get("url") if isinstance(url, dict) else url
        if isinstance(url, str) and url:
            return "image_url", url
    raise RequestError(f"{where} must be a text or image_url part", where)


def picture_of(url: str) -> Image.Image:
    """The decoded picture, upright, RGB."""
    param = "messages.content.image_url"
    head, comma, data = url.partition(",")
    if not head.startswith("data:image/") or ";base64" not in head or not comma:
        raise RequestError("image_url must be a base64 data URL of an image (data:image/png;base64,...)", param)
    if len(data) > MAX_PICTURE_BYTES * 4 // 3 + 4:
        raise RequestError(f"the image is larger than {MAX_PICTURE_BYTES} bytes", param)
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(f"the image is not valid base64: {error}", param) from error
    return _decoded(raw, param)


def _decoded(raw: bytes, param: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw))
            _check_size(image, param)
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise RequestError(f"the image cannot be decoded: {error}", param) from error
    return as_rgb(image)


def _check_size(image: Image.Image, param: str) -> None:
    width, height = image.size
    if width * height > MAX_PICTURE_PIXELS:
        raise RequestError(f"the image has more than {MAX_PICTURE_PIXELS} pixels", param)
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDES_RATIO * min(width, height):
        raise RequestError(f"the image is {width}x{height} pixels: not a phone's screen", param)
