"""Chatwoot: signed webhooks of the account in, its REST interface back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.chatwoot.connector import ChatwootConnector, ChatwootSettings
from integrations.connectors.protocol import State
from tickets.services.panels.entries import Entry

KIND = kinds.register(
    kinds.Kind(
        "chatwoot",
        "Chatwoot",
        ChatwootSettings,
        ChatwootConnector,
        ChatwootConnector.can,
        secrets=(
            kinds.SecretSpec(
                "signing",
                _("Webhook 密钥"),
                _("Chatwoot 生成的密钥(4.11.2 起);更早的版本不签名,留空并在下面选择接受。"),
                required=False,
            ),
            kinds.SecretSpec("token", _("访问令牌"), _("个人资料设置里的 Access Token。")),
        ),
        steps=(
            _("为本产品建一个专用客服账号,加入要接入的收件箱,复制它的访问令牌。"),
            _("在“设置 → 集成 → Webhook”里添加 {hook},勾选会话的新建、状态变化和消息的新建。"),
            _("把 Chatwoot 生成的密钥填在这里。"),
        ),
        tried=_("按 Chatwoot 的格式写成的内容和测试服务器试过;没有连接过真实的 Chatwoot,以您的版本为准。"),
        states={
            "open": State.OPEN,
            "pending": State.OPEN,
            "snoozed": State.PENDING,
            "resolved": State.SOLVED,
        },
        entry=lambda settings: Entry("chatwoot", account=str(settings.account)),
        priorities={"urgent": 1, "high": 2, "medium": 3, "low": 4},
    )
)
