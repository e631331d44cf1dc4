"""Why a model could not be asked, and what a person can do about it.

    ModelError
    ├── ModelUnreachable       nothing answers at the address
    ├── ModelTimeout           it did not answer in time
    ├── ModelOverloaded        429, 503, 529: too many requests
    ├── ModelServerError       another 5xx
    ├── ModelCutOff            the answer broke off midway
    ├── ModelBadReply          what came is no chat completion
    │   └── ModelEmptyReply    a completion without a word in it
    ├── ModelUnauthorized      401, 403: the key
    ├── ModelNotFound          404: the model's name or the address
    └── ModelRefused           400, 422, 501 …: the request
        └── ModelInputTooLong  more tokens than the model takes

`retryable` says whether asking again later can help; the client has then already tried again by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import openai

from cs_agent.engine.run.protocols import ModelError

_OVERLOADED = frozenset({429, 503, 529})
_TOO_LONG_HINTS = ("context length", "context_length", "maximum model length", "too many tokens", "too long")


class ModelUnreachable(ModelError):
    advice = "检查模型服务是否已启动、地址是否正确"
    advice_en = "Check that the model server runs and that its address is right"


class ModelTimeout(ModelError):
    advice = "模型太慢:查看它的负载,或调大超时"
    advice_en = "The model is too slow: look at its load or raise the time-out"


class ModelOverloaded(ModelError):
    """`retry_after_s` is what the server asked for, None where it said nothing."""

    advice = "模型繁忙:稍后再试或增加容量"
    advice_en = "The model is busy: try later or add capacity"

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelServerError(ModelError):
    advice = "模型服务内部出错:查看它的日志"
    advice_en = "The model server failed: read its log"


class ModelCutOff(ModelError):
    advice = "回答中途断开:检查网络和反向代理的超时"
    advice_en = "The answer broke off: check the network and proxy time-outs"


class ModelBadReply(ModelError):
    advice = "该地址返回的不是模型回答:检查地址是否以 /v1 结尾"
    advice_en = "No chat completion came back: does the address end in /v1?"


class ModelEmptyReply(ModelBadReply):
    advice = "模型回复为空:检查服务的对话模板"
    advice_en = "The model said nothing: check the server's chat template"


class ModelUnauthorized(ModelError):
    retryable = False
    advice = "检查模型的 API key"
    advice_en = "Check the model's API key"


class ModelNotFound(ModelError):
    retryable = False
    advice = "检查模型名称和地址"
    advice_en = "Check the model's name and address"


class ModelRefused(ModelError):
    retryable = False
    advice = "模型拒绝了请求:检查它是否支持图片"
    advice_en = "The model refused the request: does it accept pictures?"


class ModelInputTooLong(ModelRefused):
    advice = "输入超过模型长度:调小历史或图片预算"
    advice_en = "The input is too long: lower the history or the picture budget"


def model_error(error: openai.OpenAIError) -> ModelError:
    """The error of this tree for what the openai library raised."""
    if isinstance(error, openai.APITimeoutError):
        return ModelTimeout("the model did not answer in time")
    if isinstance(error, openai.APIConnectionError):
        return ModelUnreachable(f"no connection to the model: {error.__cause__ or error}")
    if isinstance(error, openai.APIStatusError):
        return status_error(error.status_code, error.message, error.response.headers)
    return ModelBadReply(f"the answer is no chat completion: {error}")


def status_error(status: int, message: str, headers: Mapping[str, str]) -> ModelError:
    text = f"the model answered {status}: {message[:300]}"
    if status in _OVERLOADED:
        return ModelOverloaded(text, _seconds(headers.get("retry-after")))
    if status >= 500 and status != 501:  # 501 refuses a feature
        return ModelServerError(text)
    if status in (401, 403):
        return ModelUnauthorized(text)
    if status == 404:
        return ModelNotFound(text)
    if status == 408:
        return ModelTimeout(text)
    too_long = status == 413 or any(hint in message.casefold() for hint in _TOO_LONG_HINTS)
    return ModelInputTooLong(text) if too_long else ModelRefused(text)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds; its date form is rare and treated as unsaid."""
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        return None
