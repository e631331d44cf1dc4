"""Zammad: webhooks of triggers in, its REST interface back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.protocol import State
from integrations.connectors.zammad.connector import ZammadConnector, ZammadSettings

KIND = kinds.register(
    kinds.Kind(
        "zammad",
        "Zammad",
        ZammadSettings,
        ZammadConnector,
        ZammadConnector.can,
        secrets=(
            kinds.SecretSpec("signing", _("签名令牌"), _("与 Zammad Webhook 的“HMAC SHA1 签名令牌”相同。")),
            kinds.SecretSpec("token", _("访问令牌"), _("在 Zammad 的个人资料里生成,需要 ticket.agent 权限。")),
        ),
        steps=(
            _("为本产品建一个专用客服账号,只加入要接入的群组,并生成访问令牌。"),
            _("在“管理 → Webhook”里添加 {hook},填写签名令牌。"),
            _("在“管理 → 触发器”里,对工单的新建和更新调用它;条件里排除这个专用账号。"),
        ),
        tried=_("按 Zammad 文档的格式写成的内容和测试服务器试过;没有连接过真实的 Zammad。"),
        states={
            "new": State.OPEN,
            "open": State.OPEN,
            "pending reminder": State.PENDING,
            "pending close": State.PENDING,
            "closed": State.CLOSED,
        },
        priorities={"1 low": 4, "2 normal": 3, "3 high": 2},
    )
)
