"""WeCom customer service (微信客服): encrypted callbacks, messages by cursor; answers and app messages back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.protocol import Capability, State
from integrations.connectors.wecom.connector import ALWAYS, WeComConnector, WeComSettings

KIND = kinds.register(
    kinds.Kind(
        "wecom",
        _("企业微信客服"),
        WeComSettings,
        WeComConnector,
        ALWAYS | {Capability.NOTE},
        secrets=(
            kinds.SecretSpec("callback_token", _("回调 Token"), _("企业微信“接收消息”设置里的 Token。")),
            kinds.SecretSpec("aes_key", "EncodingAESKey", _("同一页上的 EncodingAESKey,43 个字符。")),
            kinds.SecretSpec("secret", _("微信客服的 Secret"), _("管理后台 → 微信客服 → API → Secret。")),
            kinds.SecretSpec(
                "app_secret", _("通知应用的 Secret"), _("要把处理结果发给接待人员时填写。"), required=False
            ),
        ),
        steps=(
            _("在管理后台的“微信客服 → API”里启用,把要接入的客服账号交给 API 管理。"),
            _("回调地址填 {hook};先在这里保存 Token 和 EncodingAESKey 并启用,再在对方保存。"),
            _("把本系统的出口 IP 加入企业可信 IP。"),
        ),
        tried=_(
            "按企业微信文档的加密、签名和消息格式以及测试服务器试过;没有连接过真实的企业微信。会话状态和错误码以实际为准。"
        ),
        states={
            "new": State.OPEN,
            "assistant": State.OPEN,
            "waiting": State.OPEN,
            "serving": State.OPEN,
            "ended": State.SOLVED,
        },
    )
)
