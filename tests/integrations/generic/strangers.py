"""Bodies of systems without a connector of their own, in the form of their public documentation, with what an
administrator copies from the page for each. Lists of fields stand in an order of their own in each call.

Rule: an expression here is one that the page itself offers for the value, or one that the docs name for its form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

AT = 1_795_780_800  # 2026-11-27 12:00:00 UTC
ORDER = "4471902386615024"


@dataclass(frozen=True)
class Stranger:
    """`typed`: settings by name. `lines`: label and expression of fields that go with the text. `truth`: what an
    operator must find on the ticket."""

    name: str
    body: str
    typed: Mapping[str, str]
    truth: Mapping[str, Any]
    lines: Mapping[str, str] = field(default_factory=dict)
    order: str = ""  # the expression that the page must offer for the order number


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def freshdesk_ticket() -> Stranger:
    body = {
        "id": 20,
        "subject": "Refund",
        "description": "<div>The <b>headset</b> is broken.<br>Please refund &amp; reply.</div>",
        "description_text": "The headset is broken. Please refund & reply.",
        "status": 2,
        "priority": 3,
        "created_at": "2026-11-27T11:00:00Z",
        "updated_at": "2026-11-27T12:00:00Z",
        "tags": [],
        "requester": {"id": 6007, "name": "Ann Lee", "email": "ann@example.com", "mobile": 13800138000, "phone": None},
        "custom_fields": {"cf_order_number": ORDER, "cf_amount": 399.0, "cf_reason": None},
        "attachments": [
            {"id": 4004, "content_type": "image/png", "size": 3415, "name": "a b.png", "attachment_url": "https://s/x"}
        ],
    }
    typed = {
        "id": "id",
        "subject": "subject",
        "text": "description",
        "name": "requester.name",
        "email": "requester.email",
        "mobile": "requester.mobile",
        "tags": "tags",
        "status": "status",
        "priority": "priority",
        "updated_at": "updated_at",
        "files": "attachments",
        "file_url": "attachment_url",
    }
    truth = {
        "id": "20",
        "subject": "Refund",
        "text": "headset is broken.\nPlease refund & reply.",
        "name": "Ann Lee",
        "mobile": "13800138000",
        "at": AT,
        "status": "2",
        "files": ("a b.png",),
    }
    return Stranger("freshdesk", _json(body), typed, truth, {"订单号": "custom_fields.cf_order_number"}, ORDER)


def front() -> Stranger:
    body = {
        "type": "inbound_received",
        "conversation": {
            "id": "cnv_55",
            "subject": "换货",
            "status": "unassigned",
            "tags": [{"id": "t1", "name": "vip"}],
        },
        "target": {
            "_meta": {"type": "message"},
            "data": {
                "id": "msg_1",
                "body": f"<p>订单号 {ORDER}</p><img src='https://t.example/pixel.gif' width=1>",
                "created_at": AT + 0.123,
                "recipients": [
                    {"role": "to", "handle": "help@shop.example", "name": None},
                    {"role": "from", "handle": "lin@example.com", "name": "林"},
                ],
                "attachments": [],
            },
        },
    }
    typed = {
        "id": "conversation.id",
        "subject": "conversation.subject",
        "text": "target.data.body",
        "name": "target.data.recipients[?role=='from'].name | [0]",
        "email": "target.data.recipients[?role=='from'].handle | [0]",
        "tags": "conversation.tags",
        "status": "conversation.status",
        "updated_at": "target.data.created_at",
        "files": "target.data.attachments",
    }
    truth = {"id": "cnv_55", "subject": "换货", "text": ORDER, "name": "林", "at": AT, "tags": ("vip",), "files": ()}
    return Stranger("front", _json(body), typed, truth)


def gorgias() -> Stranger:
    body = {
        "id": 9001,
        "subject": "Where is my order",
        "status": "open",
        "priority": "normal",
        "updated_datetime": "2026-11-27T12:00:00.123456",
        "customer": {"id": 3, "firstname": "Eve", "lastname": None, "email": "eve@example.com"},
        "tags": [],
        "custom_fields": [
            {"id": 77, "value": "DHL", "prediction": None},
            {"id": 88, "value": int(ORDER), "prediction": {"display": False}},
        ],
        "messages": [
            {"id": 1, "body_text": "Where is it?", "body_html": "<p>Where is it?</p>", "from_agent": False},
            {"id": 2, "body_text": "Let me look", "from_agent": True, "public": False},
        ],
    }
    typed = {
        "id": "id",
        "subject": "subject",
        "text": "messages[0].body_text",
        "name": "join(' ', [customer.firstname, customer.lastname])",
        "email": "customer.email",
        "status": "status",
        "updated_at": "updated_datetime",
        "messages": "messages[1:]",
        "message_text": "body_text",
        "message_customer": "!from_agent",
        "message_internal": "!public",
    }
    truth = {
        "id": "9001",
        "text": "Where is it?",
        "name": "Eve",
        "messages": (("Let me look", "colleague", True),),
    }
    line = {"订单号": "custom_fields[?id==`88`].value | [0]"}
    return Stranger("gorgias", _json(body), typed, truth, line, ORDER)


def jira_cloud() -> Stranger:
    """Words as a document of nodes."""
    paragraph = {
        "type": "paragraph",
        "content": [
            {"type": "text", "text": "Order "},
            {"type": "text", "text": ORDER, "marks": [{"type": "strong"}]},
            {"type": "hardBreak"},
            {"type": "text", "text": "is late"},
        ],
    }
    bullets = {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph]}]}
    body = {
        "timestamp": AT * 1000,
        "webhookEvent": "jira:issue_created",
        "issue": {
            "id": "10002",
            "key": "SD-7",
            "fields": {
                "summary": "Late order",
                "description": {"type": "doc", "version": 1, "content": [paragraph, bullets]},
                "status": {"name": "Waiting for support"},
                "priority": {"name": "High"},
                "labels": ["vip"],
                "updated": "2026-11-27T20:00:00.000+0800",
                "reporter": {"displayName": "Ann Lee", "emailAddress": "ann@example.com"},
                "attachment": [{"id": "1", "filename": "x.pdf", "content": "https://j.example/secure/x.pdf"}],
                "customfield_10042": ORDER,
            },
        },
    }
    typed = {
        "id": "issue.key",
        "subject": "issue.fields.summary",
        "text": "plain(issue.fields.description)",
        "name": "issue.fields.reporter.displayName",
        "tags": "issue.fields.labels",
        "status": "issue.fields.status.name",
        "priority": "issue.fields.priority.name",
        "updated_at": "issue.fields.updated",
        "files": "issue.fields.attachment",
        "file_name": "filename",
        "file_url": "content",
    }
    truth = {
        "id": "SD-7",
        "text": f"Order {ORDER}\nis late",
        "not": "paragraph",
        "at": AT,
        "status": "Waiting for support",
        "files": ("x.pdf",),
    }
    return Stranger("jira cloud", _json(body), typed, truth, {"订单号": "issue.fields.customfield_10042"}, ORDER)


def salesforce() -> Stranger:
    """An outbound message: SOAP, several in one envelope, an answer is waited for."""
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="urn:x">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>00D1</OrganizationId>
   <SessionId xsi:nil="true"/>
   <Notification>
    <Id>04l1</Id>
    <sObject xsi:type="sf:Case" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
     <sf:Id>5001</sf:Id><sf:CaseNumber>00001026</sf:CaseNumber>
     <sf:Subject>退款</sf:Subject><sf:Description>订单号 &lt;{ORDER}&gt; &amp; 退款</sf:Description>
     <sf:SuppliedName>王芳</sf:SuppliedName><sf:SuppliedPhone>13800138000</sf:SuppliedPhone>
     <sf:Status>New</sf:Status><sf:LastModifiedDate>2026-11-27T12:00:00.000Z</sf:LastModifiedDate>
    </sObject>
   </Notification>
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>"""
    at = "Envelope.Body.notifications.Notification.sObject"
    typed = {
        "id": f"{at}.Id",
        "subject": f"{at}.Subject",
        "text": f"{at}.Description",
        "name": f"{at}.SuppliedName",
        "mobile": f"{at}.SuppliedPhone",
        "status": f"{at}.Status",
        "updated_at": f"{at}.LastModifiedDate",
    }
    truth = {"id": "5001", "subject": "退款", "text": ORDER, "name": "王芳", "mobile": "13800138000", "at": AT}
    return Stranger("salesforce outbound message", body, typed, truth)


def kayako() -> Stranger:
    body = {
        "id": 15,
        "subject": "Login",
        "requester": {
            "id": 2,
            "full_name": "Bo Chen",
            "phones": [{"id": 1, "number": "+86 138 0013 8000"}],
            "emails": [],
        },
        "last_message_preview": "I cannot log in",
        "custom_fields": [
            {"field": {"id": 3, "key": "shop", "title": "门店"}, "value": "南京"},
            {"field": {"id": 4, "key": "order", "title": "订单号"}, "value": ORDER},
        ],
        "status": {"id": 1, "label": "NEW"},
        "priority": None,
        "tags": [{"name": "login"}],
        "updated_at": "2026-11-27T12:00:00+00:00",
    }
    typed = {
        "id": "id",
        "subject": "subject",
        "text": "last_message_preview",
        "name": "requester.full_name",
        "mobile": "requester.phones[0].number",
        "status": "status.label",
        "priority": "priority",
        "tags": "tags",
        "updated_at": "updated_at",
    }
    truth = {"id": "15", "name": "Bo Chen", "mobile": "+86 138 0013 8000", "tags": ("login",), "at": AT}
    line = {"订单号": "custom_fields[?field.key=='order'].value | [0]"}
    return Stranger("kayako", _json(body), typed, truth, line, ORDER)


def trengo() -> Stranger:
    """A form whose names are nested by brackets."""
    fields = {
        "message_id": "821",
        "ticket_id": "5512",
        "message": "Hoi, waar is het?",
        "contact[name]": "Jan",
        "contact[phone]": "+31612345678",
        "attachments[0][file_name]": "bon.jpg",
        "attachments[0][full_url]": "https://t.example/bon.jpg",
        "labels[]": "vip",
        "custom_data[order]": ORDER,
    }
    typed = {
        "id": "ticket_id",
        "subject": "",
        "text": "message",
        "name": "contact.name",
        "mobile": "contact.phone",
        "tags": "labels",
        "files": "attachments",
        "file_name": "file_name",
        "file_url": "full_url",
    }
    truth = {"id": "5512", "name": "Jan", "mobile": "+31612345678", "tags": ("vip",), "files": ("bon.jpg",)}
    return Stranger("trengo", urlencode(fields), typed, truth, {"订单号": "custom_data.order"}, ORDER)


def crisp() -> Stranger:
    body = {
        "website_id": "8c8",
        "event": "message:send",
        "timestamp": AT * 1000,
        "data": {
            "session_id": "session_36b",
            "type": "text",
            "content": "请问订单到哪了?",
            "from": "user",
            "fingerprint": 16_045_166_521_231,
            "user": {"nickname": "visitor38", "user_id": "session_36b"},
            "stamped": True,
        },
    }
    typed = {
        "event": "event",
        "id": "data.session_id",
        "subject": "",
        "text": "data.content",
        "name": "data.user.nickname",
        "updated_at": "timestamp",
        "only": "data.from == 'user'",
    }
    truth = {"id": "session_36b", "text": "请问订单到哪了?", "name": "visitor38", "at": AT}
    return Stranger("crisp", _json(body), typed, truth)


def feishu_helpdesk() -> Stranger:
    rows = [
        {"id": "6948", "key_name": "shop", "display_name": "门店", "value": "上海"},
        {"id": "6949", "key_name": "order", "display_name": "订单号", "value": ORDER},
    ]
    body = {
        "schema": "2.0",
        "header": {"event_id": "e9", "event_type": "helpdesk.ticket.created_v1", "create_time": str(AT * 1000)},
        "event": {
            "ticket_id": "6626871355780366331",
            "guest": {"id": "ou_7", "name": "周明", "email": ""},
            "stage": 1,
            "status": 1,
            "channel": 2,
            "customized_fields": rows,
            "created_at": AT * 1000,
            "updated_at": AT * 1000,
        },
    }
    typed = {
        "event": "header.event_type",
        "id": "event.ticket_id",
        "subject": "",
        "text": "",
        "name": "event.guest.name",
        "status": "event.status",
        "updated_at": "event.updated_at",
    }
    truth = {"id": "6626871355780366331", "name": "周明", "status": "1", "at": AT}
    line = {"订单号": "event.customized_fields[?key_name=='order'].value | [0]"}
    return Stranger("飞书服务台", _json(body), typed, truth, line, ORDER)


def feishu_post() -> Stranger:
    """A message with lines of pieces, packed in a text."""
    post = {
        "title": "催单",
        "content": [
            [{"tag": "text", "text": "订单 "}, {"tag": "a", "href": "https://x.example", "text": ORDER}],
            [{"tag": "text", "text": "请尽快"}, {"tag": "img", "image_key": "img_1"}],
        ],
    }
    body = {"event": {"message": {"chat_id": "oc_1", "content": _json(post), "create_time": str(AT * 1000)}}}
    typed = {
        "id": "event.message.chat_id",
        "subject": "parse_json(event.message.content).title",
        "text": "plain(parse_json(event.message.content).content)",
        "updated_at": "event.message.create_time",
    }
    truth = {"id": "oc_1", "subject": "催单", "text": f"订单 {ORDER}\n请尽快", "not": "img_1", "at": AT}
    return Stranger("飞书富文本", _json(body), typed, truth)


def dingtalk() -> Stranger:
    """A form of an approval: names and values side by side, and a list packed in a text."""
    body = {
        "processInstanceId": "pi-1",
        "title": "张三提交的退款工单",
        "formComponentValues": [
            {"name": "说明", "componentType": "TextareaField", "value": "买错了"},
            {"name": "订单号", "componentType": "TextField", "value": ORDER},
            {"name": "金额(元)", "componentType": "MoneyField", "value": "399.00"},
            {"name": "图片", "componentType": "DDPhotoField", "value": '["https://d.example/1.jpg"]'},
        ],
        "createTime": AT * 1000,
        "originatorUserName": "张三",
        "result": "",
    }
    typed = {
        "id": "processInstanceId",
        "subject": "title",
        "text": "formComponentValues[?name=='说明'].value | [0]",
        "name": "originatorUserName",
        "updated_at": "createTime",
        "files": "parse_json(formComponentValues[?name=='图片'].value | [0])",
    }
    truth = {
        "id": "pi-1",
        "subject": "张三提交的退款工单",
        "text": "买错了",
        "name": "张三",
        "at": AT,
        "files": ("1.jpg",),
    }
    line = {"订单号": "formComponentValues[?name=='订单号'].value | [0]"}
    return Stranger("钉钉", _json(body), typed, truth, line, ORDER)


def sobot() -> Stranger:
    body = {
        "item": {
            "ticketid": "b1",
            "ticket_code": "GD20261127001",
            "ticket_title": "开发票",
            "ticket_content": "<p>请开发票</p>",
            "ticket_status": 0,
            "user_name": "赵六",
            "user_tels": "13900139000,",
            "file_list": [],
            "update_time": "27/11/2026 20:00:00",
            "extend_fields_list": [
                {"fieldid": "f1", "field_name": "抬头", "field_value": "某公司"},
                {"fieldid": "f2", "field_name": "订单号", "field_value": ORDER},
            ],
        }
    }
    typed = {
        "id": "item.ticketid",
        "subject": "item.ticket_title",
        "text": "item.ticket_content",
        "name": "item.user_name",
        "mobile": "split(item.user_tels, ',')[0]",
        "status": "item.ticket_status",
        "updated_at": "item.update_time",
        "files": "item.file_list",
        "time_form": "%d/%m/%Y %H:%M:%S",
        "time_zone": "Asia/Shanghai",
    }
    truth = {"id": "b1", "text": "请开发票", "name": "赵六", "mobile": "13900139000", "status": "0", "at": AT}
    line = {"订单号": "item.extend_fields_list[?field_name=='订单号'].field_value | [0]"}
    return Stranger("智齿", _json(body), typed, truth, line, ORDER)


def servicenow_table() -> Stranger:
    body = {
        "sys_id": "9d38",
        "number": "INC0010023",
        "short_description": "VPN",
        "description": "",
        "comments": "2026-11-27 12:00:00 - Ann (Additional comments)\nlost token\n\n",
        "state": "2",
        "caller_id": {"link": "https://i.example/sys_user/1", "value": "1"},
        "sys_updated_on": "2026-11-27 12:00:00",
        "variables": {"order no.": ORDER},
    }
    typed = {
        "id": "number",
        "subject": "short_description",
        "text": "join('\n', [description, comments])",
        "status": "state",
        "updated_at": "sys_updated_on",
        "time_zone": "UTC",
    }
    truth = {"id": "INC0010023", "subject": "VPN", "text": "lost token", "status": "2", "at": AT}
    return Stranger("servicenow", _json(body), typed, truth, {"订单号": 'variables."order no."'}, ORDER)


def qualtrics_like() -> Stranger:
    """Pairs of one key each, and values in a list."""
    body = {
        "ticket": "T-1",
        "answers": [{"Shop": "North"}, {"Order number": ORDER}],
        "fields": [{"key": "mobile", "values": ["13800138000", "-"]}, {"key": "why", "values": []}],
        "when": "Nov 27, 2026 at 12:00 PM",
        "words": "Broken. &nbsp;Please help &lt;soon&gt;",
    }
    typed = {
        "id": "ticket",
        "subject": "",
        "text": "plain(words)",
        "mobile": "fields[?key=='mobile'].values | [0] | [0]",
        "updated_at": "when",
        "time_form": "%b %d, %Y at %I:%M %p",
        "time_zone": "UTC",
    }
    truth = {"id": "T-1", "text": "Please help <soon>", "mobile": "13800138000", "at": AT}
    return Stranger("pairs", _json(body), typed, truth, {"订单号": 'answers[]."Order number" | [0]'}, ORDER)


STRANGERS = (
    *(freshdesk_ticket(), front(), gorgias(), jira_cloud(), salesforce(), kayako(), trengo(), crisp()),
    *(feishu_helpdesk(), feishu_post(), dingtalk(), sobot(), servicenow_table(), qualtrics_like()),
)
