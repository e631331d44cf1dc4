"""Zendesk Support: signed webhooks of triggers in, its REST interface back."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.protocol import State
from integrations.connectors.zendesk.connector import ZendeskConnector, ZendeskSettings
from integrations.connectors.zendesk.entry import admit
from tickets.services.panels.entries import Entry


def entry(settings: ZendeskSettings) -> Entry | None:
    if not settings.app_key or not settings.app_audience:
        return None
    return Entry("zendesk", admit=partial(admit, settings.app_key, settings.app_audience))


KIND = kinds.register(
    kinds.Kind(
        "zendesk",
        "Zendesk",
        ZendeskSettings,
        ZendeskConnector,
        ZendeskConnector.can,
        secrets=(
            kinds.SecretSpec("signing", _("签名密钥"), _("Webhook 页面上的“签名密钥”(Signing secret)。")),
            kinds.SecretSpec("token", _("API 令牌"), _("管理中心 → 应用和集成 → API 令牌。")),
        ),
        steps=(
            _("为本产品建一个专用客服账号,加入要接入的组,并生成 API 令牌。"),
            _('在管理中心添加触发器型 Webhook:{hook},POST、JSON,请求内容填 {"ticket_id": "{{ticket.id}}"}。'),
            _("在触发器里,对工单的新建和更新调用它;条件里排除这个专用账号。"),
        ),
        tried=_("按 Zendesk 文档的签名和格式写成的内容和测试服务器试过;没有连接过真实的 Zendesk。"),
        states={
            "new": State.OPEN,
            "open": State.OPEN,
            "pending": State.PENDING,
            "hold": State.PENDING,
            "solved": State.SOLVED,
            "closed": State.CLOSED,
        },
        entry=entry,
        priorities={"urgent": 1, "high": 2, "normal": 3, "low": 4},
    )
)
