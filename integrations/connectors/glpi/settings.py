"""What is set up for a GLPI."""

from __future__ import annotations

from typing import Literal
from zoneinfo import available_timezones

from django.utils.translation import gettext_noop
from pydantic import Field, field_validator

from integrations.connectors.fields.templates import Address, Body, Expression, usual
from integrations.connectors.wire.web import PolledSettings
from tickets.said import gettext_said as _

_NOTE = '{"input": {"itemtype": "Ticket", "items_id": "{id}", "content": "{text}", "is_private": "{private}"}}'


# A follow-up or task names its ticket beside its own number; what belongs to a change or a computer names none.
_TICKET_OF = (
    "ticket.id || item.tickets_id || tickets_id"
    " || ((item.itemtype || itemtype || 'Ticket') == 'Ticket' && (item.items_id || items_id))"
    " || (!(item.items_id || items_id) && (itemtype || 'Ticket') == 'Ticket' && (item.id || id))"
)


class GlpiSettings(PolledSettings):
    api: str = Field(
        default="apirest.php",
        title=gettext_noop("REST 接口的路径"),
        description=gettext_noop("旧版接口,如 apirest.php 或 api.php/v1。"),
        max_length=100,
    )
    id: Expression = usual(
        gettext_noop("Webhook 内容里的工单编号"),
        _TICKET_OF,
        gettext_noop("JMESPath 表达式,从收到的内容里取值。"),
    )
    queue: Literal["category", "entity"] = Field(
        default="category",
        title=gettext_noop("以什么作为队列"),
        description=gettext_noop("category:工单分类;entity:实体。"),
    )
    zone: str = Field(
        default="UTC",
        title=gettext_noop("GLPI 的时区"),
        description=gettext_noop("如 Asia/Shanghai;GLPI 的时间不带时区。"),
        max_length=60,
    )
    note_path: Address = usual(gettext_noop("写备注和回复的接口"), "Ticket/{id}/ITILFollowup")
    note_body: Body = usual(gettext_noop("备注和回复的内容"), _NOTE, rows=3)

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(_("没有这个时区:%s") % value[:60])
        return value
