"""What is set up for 七鱼. What its public documentation does not say is a setting and offers nothing while it is
empty."""

from __future__ import annotations

import json

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import Field, field_validator

from integrations.connectors.fields.expressions import checked
from integrations.connectors.wire.web import PolledSettings

_HISTORY = "data[].{id: id, text: content, name: creatorName, time: createTime, customer: isUser, internal: internal}"


class QiyuSettings(PolledSettings):
    """`history_list` is JMESPath; in the bodies `{id}`, `{text}` and `{status}` are filled in."""

    url: str = Field(default="https://qiyukf.com", title=_("地址"), max_length=500)
    app_key: str = Field(title="AppKey", max_length=100)
    id: str = Field(
        default="ticketId || id || data.ticketId || data.id || ticket.id",
        title=_("推送里的工单编号"),
        description=_("JMESPath 表达式,从收到的内容里取值。"),
        max_length=200,
    )
    link: str = Field(default="", title=_("工单网页的地址"), description=_("用 {id} 代表编号。"), max_length=300)
    history_path: str = Field(
        default="",
        title=_("读取处理记录的接口"),
        description=_("如 openapi/v2/ticket/…;写备注前靠它查看是否已写过,不填则不写备注。"),
        max_length=300,
    )
    history_list: str = Field(default=_HISTORY, title=_("处理记录的各项"), max_length=400)
    note_path: str = Field(default="", title=_("写备注的接口"), max_length=300)
    note_body: str = Field(
        default="",
        title=_("备注的内容"),
        max_length=2000,
        json_schema_extra={"rows": 3},
        description=_('JSON,如 {"ticketId": "{id}", "content": "{text}"}'),
    )
    reply_body: str = Field(
        default="",
        title=_("回复客户的内容"),
        max_length=2000,
        json_schema_extra={"rows": 3},
        description=_("JSON,地址同上;不填则不能从这里回复客户。"),
    )
    status_path: str = Field(default="", title=_("写状态的接口"), max_length=300)
    status_body: str = Field(
        default="",
        title=_("状态的内容"),
        description=_("JSON。七鱼的状态:1 已提交,5 待认领,10 处理中,20 已完结,50 已挂起。"),
        max_length=2000,
        json_schema_extra={"rows": 3},
    )

    @field_validator("id", "history_list")
    @classmethod
    def _readable(cls, value: str) -> str:
        return checked(value)

    @field_validator("note_body", "reply_body", "status_body")
    @classmethod
    def _is_json(cls, value: str) -> str:
        try:
            json.loads(value or "{}")
        except (ValueError, RecursionError) as error:
            raise ValueError(gettext("不是 JSON:%s") % error) from error
        return value
