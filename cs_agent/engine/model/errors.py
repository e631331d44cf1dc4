"""Why a model could not be asked, and what a person can do about it.

    ModelError
    ├── ModelUnreachable       nothing answers at the address
    │   └── ModelProxyUnusable  the proxy that the environment names cannot be used
    ├── ModelTimeout           it did not answer in time
    ├── ModelOverloaded        429, 503, 529: too many requests
    ├── ModelQuotaUsedUp       402, or 429 for want of money: waiting does not help
    ├── ModelServerError       another 5xx
    ├── ModelCutOff            the answer broke off midway
    │   └── ModelUnfinished    the stream ended without saying that it was all
    ├── ModelTruncated         the answer hit the limit of tokens
    ├── ModelFiltered          the server's filter kept the answer back
    ├── ModelOnlyReasoned      all of it came as reasoning, nothing as the answer
    ├── ModelBadReply          what came is no chat completion
    │   ├── ModelEmptyReply    a completion without a word in it
    │   └── ModelOtherApi      it is an answer of another API: Ollama's own, Anthropic's, …
    ├── ModelUnauthorized      401, 403: the key
    ├── ModelNotFound          404: the model's name or the address
    ├── ModelMoved             3xx: the server sends its callers to another address
    └── ModelRefused           400, 422, 501 …: the request
        └── ModelInputTooLong  more tokens than the model takes

`retryable` says whether asking again later can help; the client has then already tried again by itself. An
error object is read the same whether it comes with its HTTP status, in the body of a 200 or in the middle of a stream:
first its type and code, then the status, then its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import openai

from cs_agent.catalogue import _
from cs_agent.engine.run.protocols import ModelError

_OVERLOADED = frozenset({429, 503, 529})
_MESSAGES = ("message", "msg", "error_msg", "status_msg", "detail")
_CODES = ("type", "code", "error_code", "status_code")
_SHOWN = 300  # characters of a server's message that are told to people


class ModelUnreachable(ModelError):
    advice = _("检查模型服务是否已启动、地址是否正确")


class ModelProxyUnusable(ModelUnreachable):
    retryable = False
    advice = _("代理设置不可用:修正或删除该环境变量;本机或内网的模型可设 CS_AGENT_MODEL_LOCAL=true 不经代理")


class ModelTimeout(ModelError):
    advice = _("模型太慢:查看它的负载,或调大超时")


class ModelOverloaded(ModelError):
    """`retry_after_s` is what the server asked for, None where it said nothing."""

    advice = _("模型繁忙:稍后再试或增加容量")

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelQuotaUsedUp(ModelError):
    retryable = False
    advice = _("模型账户的额度或余额已用完:充值或提高额度")


class ModelServerError(ModelError):
    advice = _("模型服务内部出错:查看它的日志")


class ModelCutOff(ModelError):
    advice = _("回答中途断开:检查网络和反向代理的超时")


class ModelUnfinished(ModelCutOff):
    advice = _("模型的流式回答没有结束标记:检查中间的网关,或关闭流式输出")


class ModelTruncated(ModelError):
    retryable = False
    advice = _("回答达到 token 上限被截断:调大 max_tokens,或缩短/关闭模型的思考")


class ModelFiltered(ModelError):
    retryable = False
    advice = _("回答被服务方的内容过滤拦截:请坐席处理,或与服务方确认过滤规则")


class ModelOnlyReasoned(ModelError):
    retryable = False
    advice = _("服务的 reasoning parser 把整个回答当作思考:关闭它(vLLM/SGLang: --reasoning-parser)或关闭思考模式")


class ModelBadReply(ModelError):
    advice = _("该地址返回的不是模型回答:检查地址是否以 /v1 结尾")


class ModelEmptyReply(ModelBadReply):
    advice = _("模型回复为空:检查服务的对话模板")


class ModelOtherApi(ModelBadReply):
    retryable = False
    advice = _("该地址说的是另一种接口:改用服务的 OpenAI 兼容地址,通常以 /v1 结尾(Ollama 为 http://主机:11434/v1)")


class ModelUnauthorized(ModelError):
    retryable = False
    advice = _("检查模型的 API key")


class ModelNotFound(ModelError):
    retryable = False
    advice = _("检查模型名称和地址")


class ModelMoved(ModelError):
    retryable = False
    advice = _("该地址要求转到别处:确认那是您的模型服务,再把模型地址改成它给出的地址")


class ModelRefused(ModelError):
    retryable = False
    advice = _("模型拒绝了请求:检查它是否支持图片")


class ModelInputTooLong(ModelRefused):
    advice = _("输入超过模型长度:调小历史或图片预算,或调大服务的上下文长度")


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
