"""FreeScout with its module "API & Webhooks": signed webhooks in, its REST interface back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.freescout.connector import FreeScoutConnector, FreeScoutSettings
from integrations.connectors.protocol import State

KIND = kinds.register(
    kinds.Kind(
        "freescout",
        "FreeScout",
        FreeScoutSettings,
        FreeScoutConnector,
        FreeScoutConnector.can,
        secrets=(
            kinds.SecretSpec(
                "signing",
                _("Webhook 的签名密钥"),
                _('在 FreeScout 主机上算出:printf %s "${APP_KEY}webhook_key" | md5sum(APP_KEY 连同 base64: 前缀)。'),
            ),
            kinds.SecretSpec("key", _("API 密钥"), _("“管理 → API & Webhooks”里的 API Key。")),
        ),
        steps=(
            _("安装“API & Webhooks”模块;为本产品建一个专用用户,记下它的编号(用户页地址里的数字)。"),
            _("在“管理 → API & Webhooks”里添加 {hook},勾选会话和回复的各事件。"),
        ),
        tried=_("按 FreeScout 模块的签名和格式写成的内容和测试服务器试过;没有连接过真实的 FreeScout(模块要付费)。"),
        states={
            "active": State.OPEN,
            "pending": State.PENDING,
            "closed": State.CLOSED,
            "spam": State.CLOSED,
        },
    )
)
