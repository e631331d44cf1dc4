"""Reads what a model's server, or the way to it, says of a failure, as an error of `model.errors`.

Rule: an error object is read the same whether it comes with its HTTP status, in the body of a 200 or in the middle of a
stream: first its type and code, then the status, then its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import openai

from cs_agent.engine.model.errors import (
    ModelBadReply,
    ModelFiltered,
    ModelInputTooLong,
    ModelMoved,
    ModelNotFound,
    ModelOverloaded,
    ModelQuotaUsedUp,
    ModelRefused,
    ModelServerError,
    ModelTimeout,
    ModelUnauthorized,
    ModelUnreachable,
)
from cs_agent.engine.run.protocols import ModelError

_OVERLOADED = frozenset({429, 503, 529})
_MESSAGES = ("message", "msg", "error_msg", "status_msg", "detail")
_CODES = ("type", "code", "error_code", "status_code")
_SHOWN = 300  # characters of a server's message that are told to people

# What servers call their errors: in `type` or `code`, lower case, signs left out.
_BY_NAME: tuple[tuple[re.Pattern[str], type[ModelError]], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (
            r"quota|billing|insufficientbalance|balance|arrearage|payment|creditlimit|spendlimit|budget"
            r"|freetieronly",
            ModelQuotaUsedUp,
        ),
        (
            r"contextlength|contextsize|contextwindow|inputtoolong|prompttoolong|abovemaxlength|requesttoolarge",
            ModelInputTooLong,
        ),
        (r"apikey|authentication|unauthori|permission|forbidden|accessdenied|invalidtoken", ModelUnauthorized),
        (r"modelnotfound|notfound|unknownmodel|nosuchmodel|modelnotexist", ModelNotFound),
        (r"ratelimit|overload|toomanyrequests|throttl|serverbusy|unavailable|capacity", ModelOverloaded),
        (r"timeout|deadline", ModelTimeout),
        (r"contentfilter|contentpolicy|inspection|safety|sensitive|moderation", ModelFiltered),
    )
)
_BY_WORDS: tuple[tuple[re.Pattern[str], type[ModelError]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (
            r"quota|insufficient (?:balance|funds|credit)|balance .{0,12}insufficient|budget.{0,20}exceeded|billing"
            r"|余额不足|额度|欠费",
            ModelQuotaUsedUp,
        ),
        (
            r"context.{0,12}(?:length|size|window)|maximum model length|too many tokens"
            r"|(?:input|prompt|request).{0,40}too (?:long|large)|range of input length|reduce the length"
            r"|exceed(?:s|ed)? .{0,30}(?:tokens?|context|n_ctx)|longer than .{0,30}(?:context|model)"
            r"|(?:输入|prompt).{0,12}(?:过长|超)|tokens?`?.{0,60}must be (?:<|less|at most|no more)",
            ModelInputTooLong,
        ),
        (
            r"model\b.{0,80}(?:not found|does not exist|not exist|unknown)|no such model|invalid model name"
            r"|unexpected endpoint"
            r"|模型.{0,20}不存在",
            ModelNotFound,
        ),
        (
            r"(?:image|picture|vision|multi-?modal|图片|图像).{0,40}(?:not|un)\s?support"
            r"|not (?:a )?(?:multi-?modal|vision)|(?:missing|no) .{0,20}for image input"
            r"|support image|不支持.{0,10}图",
            ModelRefused,
        ),
        (
            r"敏感|不安全|违规|\binput was flagged|inappropriate content|content (?:management )?policy"
            r"|safety (?:system|filter)",
            ModelFiltered,
        ),
        (r"api.?key|invalid token|unauthori[sz]ed|not authenticated|鉴权|密钥", ModelUnauthorized),
        (r"overloaded|rate limit|too many requests|server (?:is )?busy", ModelOverloaded),
        (r"timeout|timed out", ModelTimeout),
    )
)


def model_error(error: openai.OpenAIError) -> ModelError:
    """The error of this tree for what the openai library raised."""
    if isinstance(error, openai.APITimeoutError):
        return ModelTimeout("the model did not answer in time")
    if isinstance(error, openai.APIConnectionError):
        return ModelUnreachable(f"no connection to the model: {error.__cause__ or error}")
    if isinstance(error, openai.APIStatusError):
        return status_error(error.status_code, error.message, error.response.headers, error.body)
    return ModelBadReply(f"the answer is no chat completion: {error}"[:_SHOWN])


def status_error(status: int, message: str, headers: Mapping[str, str], body: object = None) -> ModelError:
    """The error that came with an HTTP status; `body` is the error object, where there was one."""
    found = error_object({"error": body} if isinstance(body, str) else body)
    words = _words(found) if found else page_title(message)
    if 300 <= status < 400:
        return ModelMoved(f"the model's address redirects ({status}) to {headers.get('location', 'nowhere')}"[:_SHOWN])
    kind = _named_kind(found) or _status_kind(status, words)
    return _made(kind, f"the model answered {status}: {words[:_SHOWN]}", retry_after(headers))


def page_title(text: str) -> str:
    """What a web page says: its title, else its words; other text as it is."""
    if not text.lstrip().startswith("<"):
        return text
    title = re.search(r"<title[^>]*>([^<]+)</title>", text, re.IGNORECASE)
    return (title.group(1) if title else re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))).strip()[:_SHOWN]


def error_object(data: object) -> Mapping[str, Any] | None:
    """The error in a body: `{"error": …}`, `{"object": "error", …}`, or an error by itself; None for anything else.

    Gateways name the parts differently (`error_msg`, `base_resp`, `detail`), and put a code that means success beside
    an answer.
    """
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, Mapping):
        return None
    inner = data.get("error")
    if isinstance(inner, Mapping):
        return inner
    if isinstance(inner, str) and inner:
        return {"message": inner, **{key: data[key] for key in _CODES if key in data}}
    if data.get("choices"):
        return None
    wrapped = data.get("base_resp")
    if isinstance(wrapped, Mapping) and str(wrapped.get("status_code") or 0) != "0":
        return wrapped
    says = any(data.get(key) for key in _MESSAGES)
    alone = data.get("object") == "error" or (says and (any(key in data for key in _CODES) or len(data) == 1))
    return data if alone else None


def other_api(data: object) -> str:
    """The name of the API whose answer this is, where it is no chat completion; empty for any other body."""
    if isinstance(data, list):
        data = data[0] if data else None
        if isinstance(data, Mapping) and "generated_text" in data:
            return "Text Generation Inference's own"
    if not isinstance(data, Mapping):
        return ""
    if data.get("object") == "text_completion":
        return "OpenAI's older completions"
    if "choices" in data:
        return ""
    if "done" in data and ("message" in data or "response" in data):
        return "Ollama's own"
    if data.get("type") in ("message", "message_start") and ("content" in data or "message" in data):
        return "Anthropic's messages"
    if data.get("object") == "response" and "output" in data:
        return "OpenAI's responses"
    return "Gemini's own" if "candidates" in data else ""


def object_error(found: Mapping[str, Any]) -> ModelError:
    """The error that a server put into an answer whose HTTP status said that all was well."""
    words = _words(found)
    code = next((found[key] for key in ("code", "status", "status_code", "error_code") if found.get(key)), None)
    status = int(code) if isinstance(code, int | str) and re.fullmatch(r"[45]\d\d", str(code)) else 0
    kind = _named_kind(found) or (_status_kind(status, words) if status else _worded_kind(words) or ModelServerError)
    return _made(kind, f"the model answered with an error: {words[:_SHOWN]}", None)


def _words(found: Mapping[str, Any]) -> str:
    said = next((found[key] for key in (*_MESSAGES, *_CODES) if found.get(key)), None)
    if isinstance(said, list):  # one entry for each field at fault
        faults = [fault for fault in said if isinstance(fault, Mapping)]
        said = "; ".join(
            f"{'.'.join(map(str, f.get('loc') or ()))}: {f.get('msg') or f.get('message')}" for f in faults
        )
    return page_title(str(said)) if said else "no reason given"


def _named_kind(found: Mapping[str, Any] | None) -> type[ModelError] | None:
    names = [str(found[key]) for key in ("type", "code") if found and found.get(key)]
    plain = [re.sub(r"[^a-z]", "", name.casefold()) for name in names]
    return next((kind for pattern, kind in _BY_NAME if any(pattern.search(name) for name in plain)), None)


def _worded_kind(words: str) -> type[ModelError] | None:
    return next((kind for pattern, kind in _BY_WORDS if pattern.search(words)), None)


def _status_kind(status: int, words: str) -> type[ModelError]:
    """A status decides; words only tell apart what one status stands for."""
    worded = _worded_kind(words)
    if status == 402 or (status in (403, 429) and worded is ModelQuotaUsedUp):
        return ModelQuotaUsedUp
    if status in _OVERLOADED:
        return ModelOverloaded
    if status in (408, 504, 522, 524):
        return ModelTimeout
    if status >= 500 and status != 501:  # 501 refuses a feature
        return worded if worded in (ModelInputTooLong, ModelFiltered, ModelRefused) else ModelServerError
    if status in (401, 403):
        return ModelFiltered if worded is ModelFiltered else ModelUnauthorized
    if status in (404, 405):
        return ModelRefused if worded is ModelRefused else ModelNotFound
    if status == 413 or worded is ModelInputTooLong:
        return ModelInputTooLong
    return worded if worded in (ModelQuotaUsedUp, ModelNotFound, ModelUnauthorized, ModelFiltered) else ModelRefused


def _made(kind: type[ModelError], text: str, retry_after_s: float | None) -> ModelError:
    return ModelOverloaded(text, retry_after_s) if kind is ModelOverloaded else kind(text)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait: a number, a date, or milliseconds; None where it says nothing."""
    said, in_ms = headers.get("retry-after") or "", headers.get("retry-after-ms") or ""
    for text, unit in ((in_ms, 0.001), (said, 1.0)):
        if re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", text):
            return float(text) * unit
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    now = datetime.now(UTC)
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
