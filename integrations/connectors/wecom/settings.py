"""What an administrator enters for a WeCom customer service."""

from __future__ import annotations

from django.utils.translation import gettext_noop
from pydantic import Field

from integrations.connectors.fields.templates import codes, usual
from integrations.connectors.wecom.api import Codes
from integrations.connectors.wire.web import PolledSettings

_STATES = ("new", "assistant", "waiting", "serving", "ended")  # by WeCom's number


class WeComSettings(PolledSettings):
    url: str = Field(default="https://qyapi.weixin.qq.com", title=gettext_noop("地址"), max_length=500)
    company: str = Field(
        title=gettext_noop("企业 ID"), description=gettext_noop("如 ww0123456789abcdef"), max_length=64
    )
    accounts: list[str] = Field(
        default_factory=list,
        title=gettext_noop("客服账号"),
        description=gettext_noop("要接入的 open_kfid,每行一个;不填则接入全部。"),
    )
    quiet_hours: int = Field(
        default=12,
        ge=1,
        le=72,
        title=gettext_noop("静默多少小时后算新的工单"),
        description=gettext_noop("企业微信没有工单:同一客户的消息在这段时间内算同一张。"),
    )
    agent: int = Field(
        default=0, ge=0, title=gettext_noop("通知应用的 AgentId"), description=gettext_noop("0 表示不通知接待人员。")
    )
    tell: list[str] = Field(
        default_factory=list, title=gettext_noop("通知谁"), description=gettext_noop("成员的 userid,每行一个。")
    )
    sent_before: list[int] = Field(
        default_factory=list,
        title=gettext_noop("表示“已发送过”的错误码"),
        description=gettext_noop("重发同一消息时企业微信若返回错误码,填在这里。"),
        json_schema_extra={"wire": True},
    )
    states: list[str] = Field(
        default_factory=lambda: list(_STATES),
        title=gettext_noop("会话状态的名称"),
        description=gettext_noop("按 service_state 的编号 0、1、2……,每行一个。"),
        min_length=1,
        json_schema_extra={"wire": True},
    )
    media_days: int = usual(gettext_noop("媒体文件保存几天"), 3, ge=1, le=365)
    expired_codes: list[int] = codes(gettext_noop("表示“令牌过期”的错误码"), Codes().expired)
    refused_codes: list[int] = codes(gettext_noop("表示“没有权限”的错误码"), Codes().refused)
    limited_codes: list[int] = codes(gettext_noop("表示“调用太多”的错误码"), Codes().limited)
    busy_codes: list[int] = codes(gettext_noop("表示“正忙”的错误码"), Codes().busy)
    late_codes: list[int] = codes(
        gettext_noop("表示“不能再回复”的错误码"), Codes().late, gettext_noop("如超过 48 小时,或已发满 5 条。")
    )
