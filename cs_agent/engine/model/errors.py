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

`retryable` says whether asking again later can help; the client has then already tried again by itself.
"""

from __future__ import annotations

from cs_agent.catalogue import _
from cs_agent.engine.run.protocols import ModelError


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
