"""What is set up for a Request Tracker."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from pydantic import Field

from integrations.connectors.kinds import WebSettings

TOKEN = "token"  # noqa: S105  the name of the secret


class RequestTrackerSettings(WebSettings):
    condition: str = Field(
        default="",
        title=_("只查询哪些申请单"),
        description=_("TicketSQL,如 Queue = 'Refunds' OR Queue = 'Orders';不填则查询账号能看到的所有申请单。"),
        max_length=1000,
    )
    days: int = Field(
        default=1, ge=0, le=365, title=_("首次查询回溯天数"), description=_("第一次查询取多少天以内改动过的申请单。")
    )
    tag_field: str = Field(
        default="",
        title=_("用作标签的自定义字段"),
        description=_("Request Tracker 没有标签。填写一个可填多个值的自定义字段的名称,不填则不写标签。"),
        max_length=200,
    )
