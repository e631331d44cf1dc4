"""GLPI 11: signed webhooks of its queue in, its REST interface back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.glpi.connector import GlpiConnector
from integrations.connectors.glpi.settings import GlpiSettings
from integrations.connectors.protocol import State

KIND = kinds.register(
    kinds.Kind(
        "glpi",
        "GLPI 11",
        GlpiSettings,
        GlpiConnector,
        GlpiConnector.can,
        secrets=(
            kinds.SecretSpec("signing", _("Webhook 密钥"), _("GLPI 的 Webhook 页面上的密钥。")),
            kinds.SecretSpec("user_token", _("用户令牌"), _("专用账号“远程访问密钥”里的 API 令牌。")),
            kinds.SecretSpec(
                "app_token", _("应用令牌"), _("“设置 → 常规 → API”里客户端的 App-Token。"), required=False
            ),
        ),
        steps=(
            _("在“设置 → 常规 → API”里启用旧版 REST 接口并添加客户端;为本产品建一个专用账号,生成 API 令牌。"),
            _("在“设置 → Webhook”里为工单添加 {hook},内容里要有工单的编号;关闭 CRA 验证。"),
            _("Webhook 由 GLPI 的定时任务发送,可能晚到;本系统同时定时查询。"),
        ),
        tried=_("按 GLPI 的签名和旧版 REST 接口的格式以及测试服务器试过;没有连接过真实的 GLPI。"),
        states={
            "new": State.OPEN,
            "assigned": State.OPEN,
            "planned": State.OPEN,
            "pending": State.PENDING,
            "solved": State.SOLVED,
            "closed": State.CLOSED,
        },
        priorities={"6": 1, "5": 1, "4": 2, "3": 3, "2": 4, "1": 4},
    )
)
