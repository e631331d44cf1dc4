"""What is set up for a system without a connector of its own: where in its bodies things stand, and its addresses."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Literal
from zoneinfo import available_timezones

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import Field, ValidationInfo, field_validator, model_validator

from integrations.connectors.fields.expressions import LONGEST, checked
from integrations.connectors.kinds import Settings, base_fault, checked_networks

OF_TICKET = (
    *("id", "subject", "text", "name", "email", "mobile", "queue", "tags", "status", "priority", "updated_at", "link"),
    *("messages", "files"),
)
PATHS = (
    *OF_TICKET,
    *("changes_ids", "changes_cursor", "notes_texts"),
    *("message_id", "message_text", "message_customer", "message_internal"),
    *("event", "events", "only", "deleted", "merged_into", "challenge"),
    *("file_id", "file_name", "file_url", "file_data"),
)
_LONG: dict[str, Any] = {"rows": 3}
_SOME_DAY = datetime(2026, 11, 27, 13, 14, 15)
_NAME = r"^(|[A-Za-z0-9_.\"-]{1,120})$"
_SIGNING = {
    "standard": "Standard Webhooks (webhook-signature)",
    "hmac-sha256": "HMAC-SHA256",
    "hmac-sha1": "HMAC-SHA1",
    "hmac-sha512": "HMAC-SHA512",
    "sha256": _("SHA256(密钥在“签了什么”里)"),
    "sha1": _("SHA1(密钥在“签了什么”里)"),
    "md5": _("MD5(密钥在“签了什么”里)"),
    "lark": _("飞书(Encrypt Key:签名并加密)"),
    "dingtalk": _("钉钉、企业微信应用(Token 和 EncodingAESKey:签名并加密)"),
    "secret": _("密钥本身(令牌、Basic、Bearer)"),
    "none": _("没有签名:调用只当作提醒"),
}
_CHOICES: dict[str, Any] = {"choices": _SIGNING}


def _path(title: str, default: str = "", help: str = "", *, rare: bool = False) -> Any:
    """`rare`: stands among what is usually left alone."""
    extra: dict[str, Any] = {"wire": True} if rare else {}
    return Field(default=default, title=title, description=help, max_length=LONGEST, json_schema_extra=extra)


def _place(title: str, help: str, *, rare: bool = False) -> Any:
    extra: dict[str, Any] = {"wire": True} if rare else {}
    return Field(default="", title=title, description=help, pattern=_NAME, json_schema_extra=extra)


def _form(title: str, help: str) -> Any:
    return Field(default="", title=title, description=help, max_length=80, json_schema_extra={"wire": True})


_zone = _form


def _address(title: str, help: str = "") -> Any:
    return Field(default="", title=title, description=help, max_length=300)


def _body(title: str, help: str = "") -> Any:
    return Field(default="", title=title, description=help, max_length=2000, json_schema_extra=_LONG)


class GenericSettings(Settings):
    """Expressions are JMESPath over the body of a call, or over the answer to `fetch_path`. In addresses and bodies
    `{id}`, `{text}`, `{status}`, `{tags}`, `{cursor}` and `{marker}` are filled in."""

    signing: Literal[
        "standard",
        "hmac-sha256",
        "hmac-sha1",
        "hmac-sha512",
        "sha256",
        "sha1",
        "md5",
        "lark",
        "dingtalk",
        "secret",
        "none",
    ] = Field(
        default="standard",
        title=_("对方怎样证明调用是它发的"),
        description=_("没有签名时内容一律重新读取,所以必须填写“读取工单”。"),
        json_schema_extra=_CHOICES,
    )
    signature_name: str = _place(
        _("签名或密钥在哪里"), _("请求头或地址参数的名称,如 X-Hub-Signature;在内容里时写 body.路径。")
    )
    signed_text: str = Field(
        default="{body}",
        title=_("签了什么"),
        description=_("{body} 是原文,{secret} 是密钥,还有 {body-md5} {method} {url};别的名称取自请求头或地址参数。"),
        max_length=300,
    )
    time_name: str = _place(_("签名的时间在哪里"), _("与现在相差 5 分钟以上的调用被拒绝;不填则不检查。"))
    call_id: str = _place(_("调用的编号在哪里"), _("用来认出重复的调用;不填则按内容认。"), rare=True)
    event: str = _path(_("事件名称"), "type", _("只用于显示。"), rare=True)
    events: str = _path(
        _("一次调用里的多个事件"), "", _("列表;内容本身就是列表时不用填。其余表达式从每个事件取值。"), rare=True
    )
    only: str = _path(_("只接入符合条件的事件"), "", _("如 starts_with(type, 'ticket.');不填则全部。"), rare=True)
    id: str = _path(_("工单编号"), "data.ticket.id", _("JMESPath 表达式,从收到的内容里取值。"))
    subject: str = _path(_("标题"), "data.ticket.subject")
    text: str = _path(_("内容"), "data.ticket.text")
    html: bool = Field(default=False, title=_("内容是 HTML"), description=_("不勾选时自动识别。"))
    name: str = _path(_("客户姓名"), "data.ticket.customer.name")
    email: str = _path(_("客户邮箱"), "data.ticket.customer.email")
    mobile: str = _path(_("客户手机"), "data.ticket.customer.mobile")
    queue: str = _path(_("队列"), "data.ticket.queue")
    tags: str = _path(_("标签"), "data.ticket.tags")
    status: str = _path(_("状态"), "data.ticket.status")
    priority: str = _path(_("优先级"), "data.ticket.priority")
    updated_at: str = _path(_("更新时间"), "data.ticket.updated_at", _("ISO 8601 或 Unix 时间;用来识别迟到的旧内容。"))
    time_form: str = _form(
        _("更新时间的写法"), _("自动认不出时填写,如 %d/%m/%Y %H:%M:%S(日 月 年 时 分 秒);上午下午写 %I 和 %p。")
    )
    time_zone: str = _zone(_("没有写明时区的时间属于"), _("如 Asia/Shanghai、UTC;不填用本系统的时区。"))
    link: str = _path(_("网页地址"), "data.ticket.url")
    messages: str = _path(_("之后的消息"), "", _("列表;客户的回复从这里读取。不填则只读工单内容。"))
    message_id: str = _path(_("消息编号"), "id", rare=True)
    message_text: str = _path(_("消息内容"), "text", rare=True)
    message_customer: str = _path(
        _("是客户说的"), "customer", _("对每条消息的判断,如 author == 'customer'。"), rare=True
    )
    message_internal: str = _path(_("是内部消息"), "internal", rare=True)
    files: str = _path(_("附件"), "", _("列表,每项是一个附件或它的地址。"))
    file_id: str = _path(_("附件编号"), "id", rare=True)
    file_name: str = _path(_("附件名称"), "name", rare=True)
    file_url: str = _path(_("附件地址"), "url", rare=True)
    file_data: str = _path(_("附件内容"), "", _("Base64;填写后优先于地址。"), rare=True)
    deleted: str = _path(_("工单已删除"), "", _("判断,如 type == 'ticket.deleted'。"), rare=True)
    merged_into: str = _path(_("合并到的工单编号"), rare=True)
    challenge: str = _path(_("要原样返回的验证内容"), "", _("有的系统先验证地址,如飞书的 challenge。"), rare=True)
    answer: str = Field(
        default="",
        title=_("收到后回答什么"),
        description=_('对方要看到它才不再重发时填写,如 success、{"code": 0} 或一段 XML;不填则回答为空。'),
        max_length=2000,
        json_schema_extra={"wire": True, "rows": 2},
    )
    url: str = _address(_("REST 地址"), _("需要读取或写回时填写,如 https://crm.example.com/api。"))
    networks: list[str] = Field(
        default_factory=list,
        title=_("允许的内网"),
        description=_("对方在内网时填写,每行一个,如 10.0.0.0/8;不填只连接公网地址。"),
    )
    header: str = Field(default="Authorization", title=_("令牌的请求头"), pattern=r"^[A-Za-z0-9-]{1,60}$")
    fetch_path: str = _address(_("读取工单"), _("如 tickets/{id};不填则工单内容以收到的为准。"))
    messages_path: str = _address(_("读取消息"), _("如 tickets/{id}/messages;不填则消息在工单里。"))
    changes_path: str = _address(_("读取变化"), _("如 tickets?since={cursor};不填则不轮询。"))
    changes_ids: str = _path(_("变化里的编号"), "items[].id")
    changes_cursor: str = _path(_("变化里的游标"), "next")
    notes_path: str = _address(_("读取备注"), _("如 tickets/{id}/comments;用来在写回前查看是否已写过。"))
    notes_texts: str = _path(_("备注里的文字"), "items[].text")
    note_path: str = _address(_("写备注"), _("如 tickets/{id}/comments"))
    note_body: str = _body(_("备注的内容"), _('JSON,如 {"text": "{text}", "internal": true}'))
    reply_body: str = _body(_("回复客户的内容"), _("JSON,地址同上;不填则不能从这里回复客户。"))
    status_method: Literal["PATCH", "PUT", "POST"] = Field(default="PATCH", title=_("写状态的方法"))
    status_path: str = _address(_("写状态"), _("如 tickets/{id}"))
    status_body: str = _body(_("状态的内容"), _('JSON,如 {"status": "{status}"}'))
    tags_path: str = _address(_("加标签"), _("如 tickets/{id}/tags"))
    tags_body: str = _body(_("标签的内容"), _('JSON,如 {"add": "{tags}"}'))

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, values: Any) -> Any:
        """`unsigned` is what an earlier release kept."""
        if not isinstance(values, dict) or "unsigned" not in values:
            return values
        rest = {name: value for name, value in values.items() if name != "unsigned"}
        return {**rest, "signing": "none"} if values["unsigned"] else rest

    @field_validator(*PATHS)
    @classmethod
    def _readable(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name == "id":
            raise ValueError(gettext("请填写工单编号的表达式。"))
        return checked(value) if value else value

    @field_validator("note_body", "reply_body", "status_body", "tags_body")
    @classmethod
    def _is_json(cls, value: str) -> str:
        try:
            json.loads(value or "{}")
        except ValueError as error:
            raise ValueError(gettext("不是 JSON:%s") % error) from error
        return value

    @field_validator("time_form")
    @classmethod
    def _is_form(cls, value: str) -> str:
        """ValueError where a moment that is written so is not the same day when it is read."""
        told = gettext("要写出年、月、日,如 %(example)s。") % {"example": "%d/%m/%Y %H:%M:%S"}
        try:
            whole = not value or datetime.strptime(_SOME_DAY.strftime(value), value).date() == _SOME_DAY.date()
        except ValueError as error:
            raise ValueError(told) from error
        if not whole:
            raise ValueError(told)
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError(gettext("没有这个时区,请写成 Asia/Shanghai 的形式。"))
        return value

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, value: list[str]) -> list[str]:
        return checked_networks(value)

    @model_validator(mode="after")
    def _is_address(self) -> GenericSettings:
        fault = base_fault(self.url, bool(self.networks)) if self.url else ""
        if fault:
            raise ValueError(fault)
        fault = self._signing_fault()
        if fault:
            raise ValueError(fault)
        needs = (
            self.fetch_path
            or self.messages_path
            or self.changes_path
            or self.note_path
            or self.status_path
            or self.tags_path
        )
        if needs and not self.url:
            raise ValueError(gettext("填写了读取或写回的路径,还需要 REST 地址。"))
        return self

    def _signing_fault(self) -> str:
        if self.signing == "none":
            return "" if self.fetch_path else gettext("调用没有签名时,必须填写“读取工单”。")
        if self.signing in ("standard", "lark", "dingtalk"):
            return ""
        if not self.signature_name:
            return gettext("请填写签名或密钥在哪里。")
        if self.signing == "secret":
            return ""
        if not re.search(r"\{body(-md5|-sha256)?\}", self.signed_text):
            return gettext("“签了什么”里要有 {body}、{body-md5} 或 {body-sha256}:否则内容可以被改。")
        if not self.signing.startswith("hmac") and "{secret}" not in self.signed_text:
            return gettext("这种签名的密钥在“签了什么”里:请写上 {secret}。")
        return ""
