"""Calls of systems that sign them, or have a token for them; all JSON."""

from __future__ import annotations

from tests.integrations.generic.senders import JSON, KEY, NOW, URL, Sender, as_json, in_base64, signed_by


def zendesk() -> Sender:
    detail = {
        "id": "35436",
        "subject": "退款",
        "description": "请退款,订单 4471902386615024",
        "status": "OPEN",
        "priority": "URGENT",
        "tags": ["vip", "refund"],
        "updated_at": "2026-11-27T12:00:00Z",
        "requester_id": "8447",
    }
    body = as_json(
        {
            "account_id": 22129848,
            "detail": detail,
            "event": {},
            "id": "2b24ef30-9b1f-11ee",
            "type": "zen:event-type:ticket.created",
        }
    )
    stamp = "2026-11-27T12:00:00Z"
    headers = {
        **JSON,
        "x-zendesk-webhook-signature-timestamp": stamp,
        "x-zendesk-webhook-signature": in_base64(signed_by(stamp.encode() + body)),
        "x-zendesk-webhook-invocation-id": "01HKX",
    }
    typed = {
        "signing": "hmac-sha256",
        "signature_name": "X-Zendesk-Webhook-Signature",
        "signed_text": "{x-zendesk-webhook-signature-timestamp}{body}",
        "time_name": "X-Zendesk-Webhook-Signature-Timestamp",
        "id": "detail.id",
        "subject": "detail.subject",
        "text": "detail.description",
        "tags": "detail.tags",
        "status": "detail.status",
        "priority": "detail.priority",
        "updated_at": "detail.updated_at",
        "name": "detail.requester_id",
    }
    truth = {
        "id": "35436",
        "subject": "退款",
        "text": "4471902386615024",
        "name": "8447",
        "tags": ("vip", "refund"),
        "status": "OPEN",
        "at": NOW,
    }
    return Sender("zendesk", typed, body, headers, (truth,))


def freshdesk() -> Sender:
    """A body that its administrator lays out himself: every number a text, the words HTML, a header with a token."""
    body = as_json(
        {
            "freshdesk_webhook": {
                "ticket_id": 301,
                "ticket_subject": "包裹没收到",
                "ticket_description": '<div dir="ltr"><p>包裹&nbsp;单号 SF1357924680</p>'
                '<img src="https://t.example/o.gif" width="1"></div>',
                "ticket_status": "Open",
                "ticket_contact_name": "王芳",
                "ticket_contact_email": "wf@example.com",
                "ticket_contact_phone": "13800138000",
                "ticket_tags": "vip, late",
                "triggered_event": "{ticket_action:created}",
            }
        }
    )
    typed = {
        "signing": "secret",
        "signature_name": "X-Token",
        "id": "freshdesk_webhook.ticket_id",
        "subject": "freshdesk_webhook.ticket_subject",
        "text": "freshdesk_webhook.ticket_description",
        "status": "freshdesk_webhook.ticket_status",
        "name": "freshdesk_webhook.ticket_contact_name",
        "email": "freshdesk_webhook.ticket_contact_email",
        "mobile": "freshdesk_webhook.ticket_contact_phone",
        "tags": "freshdesk_webhook.ticket_tags",
    }
    truth = {
        "id": "301",
        "subject": "包裹没收到",
        "text": "SF1357924680",
        "not": "<p>",
        "name": "王芳",
        "mobile": "13800138000",
        "tags": ("vip", "late"),
    }
    return Sender("freshdesk", typed, body, {**JSON, "x-token": KEY}, (truth,))


def intercom() -> Sender:
    item = {
        "type": "conversation",
        "id": "215468",
        "created_at": NOW - 60,
        "updated_at": NOW,
        "source": {
            "id": "9",
            "subject": "",
            "body": "<p>验证码没收到</p>",
            "author": {"type": "user", "name": "Li Lei", "email": "ll@example.com"},
        },
        "conversation_parts": {
            "conversation_parts": [
                {"id": "p1", "body": "<p>手机号 13900139000</p>", "author": {"type": "user"}, "part_type": "comment"},
                {"id": "p2", "body": None, "author": {"type": "bot"}, "part_type": "assignment"},
                {"id": "p3", "body": "<p>在看</p>", "author": {"type": "admin"}, "part_type": "note"},
            ]
        },
        "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": "sms"}]},
        "state": "open",
    }
    body = as_json(
        {"type": "notification_event", "topic": "conversation.user.replied", "id": "n1", "data": {"item": item}}
    )
    headers = {**JSON, "x-hub-signature": "sha1=" + signed_by(body, "sha1").hex()}
    typed = {
        "signing": "hmac-sha1",
        "signature_name": "X-Hub-Signature",
        "call_id": "body.id",
        "event": "topic",
        "id": "data.item.id",
        "subject": "data.item.source.subject",
        "text": "data.item.source.body",
        "name": "data.item.source.author.name",
        "email": "data.item.source.author.email",
        "tags": "data.item.tags.tags",
        "status": "data.item.state",
        "updated_at": "data.item.updated_at",
        "messages": "data.item.conversation_parts.conversation_parts",
        "message_text": "body",
        "message_customer": "author.type == 'user'",
        "message_internal": "part_type == 'note'",
    }
    truth = {
        "id": "215468",
        "subject": "",
        "text": "验证码没收到",
        "name": "Li Lei",
        "tags": ("sms",),
        "at": NOW,
        "messages": (("手机号 13900139000", "customer", False), ("在看", "colleague", True)),
    }
    return Sender("intercom", typed, body, headers, (truth,))


def jira() -> Sender:
    fields = {
        "summary": "改地址",
        "description": "请改成 北京市朝阳区建国路 88 号",
        "priority": {"name": "High", "id": "2"},
        "status": {"name": "Waiting for support", "id": "10100"},
        "labels": ["address"],
        "updated": "2026-11-27T20:00:00.000+0800",
        "reporter": {"displayName": "赵敏", "emailAddress": "zm@example.com"},
        "attachment": [
            {
                "id": "10001",
                "filename": "照片.png",
                "content": "https://shop.atlassian.example/rest/api/2/attachment/content/10001",
            }
        ],
        "comment": {"comments": [{"id": "1", "body": "收到", "jsdPublic": False}]},
    }
    issue = {"id": "10025", "key": "HELP-25", "fields": fields}
    body = as_json({"timestamp": NOW * 1000, "webhookEvent": "jira:issue_updated", "issue": issue})
    headers = {
        **JSON,
        "x-hub-signature": "sha256=" + signed_by(body).hex(),
        "x-atlassian-webhook-identifier": "ab-1",
    }
    typed = {
        "signing": "hmac-sha256",
        "signature_name": "x-hub-signature",
        "call_id": "X-Atlassian-Webhook-Identifier",
        "event": "webhookEvent",
        "deleted": "webhookEvent == 'jira:issue_deleted'",
        "id": "issue.key",
        "subject": "issue.fields.summary",
        "text": "issue.fields.description",
        "name": "issue.fields.reporter.displayName",
        "email": "issue.fields.reporter.emailAddress",
        "tags": "issue.fields.labels",
        "status": "issue.fields.status.name",
        "priority": "issue.fields.priority.name",
        "updated_at": "issue.fields.updated",
        "messages": "issue.fields.comment.comments",
        "message_text": "body",
        "message_internal": "!jsdPublic",
        "files": "issue.fields.attachment",
        "file_name": "filename",
        "file_url": "content",
    }
    truth = {
        "id": "HELP-25",
        "subject": "改地址",
        "text": "建国路 88 号",
        "name": "赵敏",
        "tags": ("address",),
        "status": "Waiting for support",
        "at": NOW,
        "messages": (("收到", "colleague", True),),
        "files": ("照片.png",),
    }
    return Sender("jira service management", typed, body, headers, (truth,))


def hubspot() -> Sender:
    """A batch; of objects of other kinds too, whose numbers are no tickets'."""
    events = [
        {"eventId": 1, "subscriptionType": "ticket.creation", "objectId": 123, "occurredAt": NOW * 1000},
        {"eventId": 2, "subscriptionType": "contact.creation", "objectId": 77, "occurredAt": NOW * 1000},
        {"eventId": 3, "subscriptionType": "ticket.propertyChange", "objectId": 124, "occurredAt": NOW * 1000},
    ]
    body, stamp = as_json(events), str(NOW * 1000)
    signature = in_base64(signed_by(b"POST" + URL.encode() + body + stamp.encode()))
    headers = {**JSON, "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp}
    typed = {
        "signing": "hmac-sha256",
        "signature_name": "X-HubSpot-Signature-v3",
        "signed_text": "{method}{url}{body}{x-hubspot-request-timestamp}",
        "time_name": "X-HubSpot-Request-Timestamp",
        "event": "subscriptionType",
        "only": "starts_with(subscriptionType, 'ticket.')",
        "id": "objectId",
        "url": "https://api.hubapi.example",
        "fetch_path": "crm/v3/objects/tickets/{id}?properties=subject,content",
    }
    return Sender("hubspot", typed, body, headers, ({"id": "123"}, {"id": "124"}))


def help_scout() -> Sender:
    body = as_json(
        {
            "id": 99,
            "number": 4711,
            "subject": "Refund",
            "preview": "Please refund",
            "status": "active",
            "primaryCustomer": {"first": "Ann", "last": "Lee", "email": "ann@example.com"},
            "tags": [{"id": 1, "tag": "billing"}],
            "userUpdatedAt": "2026-11-27T12:00:00Z",
        }
    )
    headers = {
        **JSON,
        "x-helpscout-event": "convo.created",
        "x-helpscout-signature": in_base64(signed_by(body, "sha1")),
    }
    typed = {
        "signing": "hmac-sha1",
        "signature_name": "X-HelpScout-Signature",
        "id": "id",
        "subject": "subject",
        "text": "preview",
        "name": "join(' ', [primaryCustomer.first, primaryCustomer.last])",
        "email": "primaryCustomer.email",
        "tags": "tags[].tag",
        "status": "status",
        "updated_at": "userUpdatedAt",
    }
    truth = {
        "id": "99",
        "subject": "Refund",
        "text": "Please refund",
        "name": "Ann Lee",
        "tags": ("billing",),
        "at": NOW,
    }
    return Sender("help scout", typed, body, headers, (truth,))


SIGNED = (zendesk(), freshdesk(), intercom(), jira(), hubspot(), help_scout())
