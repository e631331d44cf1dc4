"""Calls of systems whose bodies or signatures are packed once more: forms, gzip, texts in JSON, other characters."""

from __future__ import annotations

import gzip
import hashlib
import json
from urllib.parse import urlencode

from tests.integrations.generic.senders import JSON, KEY, NOW, Sender, as_json, in_base64, signed_by


def zoho() -> Sender:
    """Several tickets in one call, each whole."""
    rows = [
        {
            "payload": {
                "id": str(number),
                "ticketNumber": str(number)[-3:],
                "subject": subject,
                "description": "<div>订单&nbsp;4471902386615024</div>",
                "modifiedTime": "2026-11-27T12:00:00.000Z",
                "contact": {"firstName": None, "lastName": "Chen", "phone": "13700137000"},
                "status": "Open",
            },
            "eventTime": str(NOW * 1000),
            "eventType": "Ticket_Add",
            "orgId": "500",
        }
        for number, subject in ((1892000000042001, "催单"), (1892000000042002, "开发票"))
    ]
    typed = {
        "signing": "secret",
        "signature_name": "token",
        "event": "eventType",
        "id": "payload.id",
        "subject": "payload.subject",
        "text": "payload.description",
        "name": "payload.contact.lastName",
        "mobile": "payload.contact.phone",
        "status": "payload.status",
        "updated_at": "payload.modifiedTime",
    }
    truth = tuple(
        {
            "id": row["payload"]["id"],  # type: ignore[index]
            "subject": row["payload"]["subject"],  # type: ignore[index]
            "text": "4471902386615024",
            "not": "<div>",
            "name": "Chen",
            "mobile": "13700137000",
            "at": NOW,
        }
        for row in rows
    )
    return Sender("zoho desk", typed, as_json(rows), JSON, truth, {"token": KEY})


def osticket() -> Sender:
    """A form with JSON in one of its fields."""
    ticket = {"number": "482913", "subject": "密码重置", "message": "data:text/html;base64,PGI+SGk8L2I+"}
    fields = {"event": "ticket.created", "ticket": json.dumps(ticket), "name": "Bob", "email": "bob@example.com"}
    headers = {"content-type": "application/x-www-form-urlencoded", "authorization": "Basic " + in_base64(KEY.encode())}
    typed = {
        "signing": "secret",
        "signature_name": "Authorization",
        "event": "event",
        "id": "ticket.number",
        "subject": "ticket.subject",
        "text": "from_base64(ticket.message)",
        "name": "name",
        "email": "email",
    }
    truth = {"id": "482913", "subject": "密码重置", "text": "Hi", "not": "<b>", "name": "Bob"}
    return Sender("osticket", typed, urlencode(fields).encode(), headers, (truth,))


def servicenow() -> Sender:
    """Compressed; a time without a zone; every field a pair of a value and its words."""
    body = as_json(
        {
            "result": {
                "sys_id": {"value": "9d385017c611228701d22104cc95c371"},
                "number": {"display_value": "INC0010023"},
                "short_description": {"display_value": "VPN 无法登录"},
                "description": {"display_value": "账号 zhang.san"},
                "state": {"value": "2", "display_value": "In Progress"},
                "sys_updated_on": {"value": "2026-11-27 12:00:00"},
                "caller_id": {"display_value": "张三"},
            }
        }
    )
    packed = gzip.compress(body)
    headers = {**JSON, "content-encoding": "gzip", "authorization": f"Bearer {KEY}"}
    typed = {
        "signing": "secret",
        "signature_name": "Authorization",
        "id": "result.sys_id.value",
        "subject": "result.short_description.display_value",
        "text": "result.description.display_value",
        "name": "result.caller_id.display_value",
        "status": "result.state.display_value",
        "updated_at": "result.sys_updated_on.value",
    }
    truth = {
        "id": "9d385017c611228701d22104cc95c371",
        "subject": "VPN 无法登录",
        "text": "zhang.san",
        "name": "张三",
        "status": "In Progress",
    }
    return Sender("servicenow", typed, packed, headers, (truth,))


def meiqia() -> Sender:
    """A signature of its own name, messages with a type each, times without a zone."""
    body = as_json(
        {
            "ticketId": 55.0,
            "title": "换货",
            "content": "尺码不对",
            "clientInfo": {"name": "钱多", "tel": 13600136000},
            "updatedAt": "2026/11/27 12:00:00",
        }
    )
    headers = {**JSON, "authorization": "meiqia_sign:" + in_base64(signed_by(body, "sha1").hex().encode())}
    typed = {
        "signing": "hmac-sha1",
        "signature_name": "Authorization",
        "id": "ticketId",
        "subject": "title",
        "text": "content",
        "name": "clientInfo.name",
        "mobile": "clientInfo.tel",
        "updated_at": "updatedAt",
    }
    truth = {"id": "55", "subject": "换货", "text": "尺码不对", "name": "钱多", "mobile": "13600136000"}
    return Sender("meiqia", typed, body, headers, (truth,))


def udesk() -> Sender:
    """Signed in the address: a digest over key, body and time."""
    body = as_json(
        {"ticket": {"id": 800, "field_num": "#800", "subject": "充值未到账", "content": "充了 50 元", "tags": "充值"}}
    )
    inner = hashlib.md5(body, usedforsecurity=False).hexdigest()
    checked = hashlib.sha1((KEY + inner + str(NOW)).encode(), usedforsecurity=False).hexdigest()
    typed = {
        "signing": "sha1",
        "signature_name": "checksum",
        "signed_text": "{secret}{body-md5}{time}",
        "time_name": "time",
        "id": "ticket.id",
        "subject": "ticket.subject",
        "text": "ticket.content",
        "tags": "ticket.tags",
    }
    truth = {"id": "800", "subject": "充值未到账", "text": "充了 50 元", "tags": ("充值",)}
    return Sender("udesk", typed, body, JSON, (truth,), {"checksum": checked, "time": str(NOW)})


def feishu() -> Sender:
    """A digest over time, nonce, key and body; the words are JSON in a text."""
    message = {
        "message_id": "om_1",
        "chat_id": "oc_7",
        "content": json.dumps({"text": "帮我查物流"}),
        "create_time": str(NOW * 1000),
    }
    event = {"message": message, "sender": {"sender_id": {"open_id": "ou_9"}}}
    body = as_json(
        {"schema": "2.0", "header": {"event_id": "e1", "event_type": "im.message.receive_v1"}, "event": event}
    )
    made = hashlib.sha256(f"{NOW}abc{KEY}".encode() + body).hexdigest()
    headers = {**JSON, "x-lark-request-timestamp": str(NOW), "x-lark-request-nonce": "abc", "x-lark-signature": made}
    typed = {
        "signing": "sha256",
        "signature_name": "X-Lark-Signature",
        "signed_text": "{x-lark-request-timestamp}{x-lark-request-nonce}{secret}{body}",
        "time_name": "X-Lark-Request-Timestamp",
        "call_id": "body.header.event_id",
        "event": "header.event_type",
        "challenge": "challenge",
        "id": "event.message.chat_id",
        "subject": "",
        "text": "parse_json(event.message.content).text",
        "name": "event.sender.sender_id.open_id",
        "updated_at": "event.message.create_time",
    }
    truth = {"id": "oc_7", "subject": "", "text": "帮我查物流", "name": "ou_9", "at": NOW}
    return Sender("feishu", typed, body, headers, (truth,))


def kuaishang() -> Sender:
    """GBK, a signature with its time in one header, a picture inside the body."""
    picture = in_base64(b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    body = json.dumps(
        {
            "工单": {
                "编号": "A-9",
                "标题": "投诉",
                "描述": "态度不好",
                "客户": {"姓名": "孙丽"},
                "时间": "2026年11月27日 12:00:00",
                "附件": [{"名称": "截图.png", "数据": "data:image/png;base64," + picture}],
            }
        },
        ensure_ascii=False,
    ).encode("gbk")
    made = signed_by(f"{NOW}.".encode() + body).hex()
    headers = {"content-type": "application/json; charset=GBK", "x-sign": f"t={NOW},v1={made}"}
    typed = {
        "signing": "hmac-sha256",
        "signature_name": "X-Sign",
        "signed_text": "{x-sign.t}.{body}",
        "time_name": "X-Sign.t",
        "id": '"工单"."编号"',
        "subject": '"工单"."标题"',
        "text": '"工单"."描述"',
        "name": '"工单"."客户"."姓名"',
        "updated_at": '"工单"."时间"',
        "files": '"工单"."附件"',
        "file_name": '"名称"',
        "file_url": "",
        "file_data": '"数据"',
    }
    truth = {"id": "A-9", "subject": "投诉", "text": "态度不好", "name": "孙丽", "files": ("截图.png",)}
    return Sender("in GBK with a timestamped signature", typed, body, headers, (truth,))


PACKED = (zoho(), osticket(), servicenow(), meiqia(), udesk(), feishu(), kuaishang())
