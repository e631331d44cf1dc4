"""Rows as the API shows them; the schemas say what each field means."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from tickets.models import (
    Attachment,
    AuditEvent,
    Clarification,
    Comment,
    Confirmation,
    Phone,
    Question,
    Recording,
    Run,
    Step,
    Ticket,
)
from tickets.said import readers_language
from tickets.services.runs.transitions import ACTIVE


def page_of(request: HttpRequest, number: str) -> str:
    return request.build_absolute_uri(reverse("ticket", args=[number]))


def ticket(request: HttpRequest, row: Ticket) -> dict[str, Any]:
    return {
        "number": row.number,
        "subject": row.subject,
        "status": row.status,
        "priority": row.priority,
        "department": row.department.name,
        "assignee": _name(row.assignee),
        "created_at": row.created_at,
        "due_at": row.due_at,
        "solved_at": row.solved_at,
        "page": page_of(request, row.number),
        "refs": [{"connector": ref.connector, "external_id": ref.external_id} for ref in row.refs.all()],
    }


def whole_ticket(request: HttpRequest, row: Ticket) -> dict[str, Any]:
    active = Run.objects.filter(ticket=row, status__in=ACTIVE).values_list("pk", flat=True).first()
    return {
        **ticket(request, row),
        "text": row.text,
        "customer_name": row.customer_name,
        "customer_mobile": row.customer_mobile,
        "result": row.result,
        "active_run": active,
        "attachments": [file(item) for item in row.attachments.order_by("pk")],
    }


def file(row: Attachment) -> dict[str, Any]:
    names = ("id", "name", "content_type", "size", "sha256", "created_at")
    return {name: getattr(row, name) for name in names}


def comment(row: Comment) -> dict[str, Any]:
    return {"id": row.pk, "text": row.text, "author": _name(row.author), "created_at": row.created_at}


def clarification(row: Clarification) -> dict[str, Any]:
    names = ("id", "state", "turn", "text", "asked_at", "due_at", "answer", "answered_at")
    sent = row.reply.send_by if row.reply else ""
    return {name: getattr(row, name) for name in names} | {"fields": row.names, "language": row.lang, "send_by": sent}


def run(request: HttpRequest, row: Run) -> dict[str, Any]:
    names = (
        "id",
        "status",
        "version",
        "created_at",
        "started_at",
        "ended_at",
        "updated_at",
        "result",
        "failure_code",
        "waiting_for",
    )
    return {name: getattr(row, name) for name in names} | {
        "ticket": row.ticket.number,
        "flow": row.flow_version.template.slug,
        "flow_version": row.flow_version.number,
        "phone": row.phone.name if row.phone else None,
        "page": page_of(request, row.ticket.number),
    }


def step(row: Step) -> dict[str, Any]:
    names = ("number", "actor", "status", "control", "verdict", "irreversible", "confidence", "started_at", "ended_at")
    return {name: getattr(row, name) for name in names} | {"action": row.action_name}


def confirmation(request: HttpRequest, row: Confirmation) -> dict[str, Any]:
    names = ("id", "kind", "state", "summary", "created_at", "due_at", "decided_at")
    shown = ("name", "label", "screen_value", "ticket_value")
    fields = [
        {name: str(each.get(name) or "") for name in shown} | {"differs": bool(each.get("differs"))}
        for each in row.fields
    ]
    return {name: getattr(row, name) for name in names} | {
        "run": row.run_id,
        "ticket": row.run.ticket.number,
        "decided_by": _name(row.decided_by),
        "fields": fields,
        "page": page_of(request, row.run.ticket.number),
    }


def question(request: HttpRequest, row: Question) -> dict[str, Any]:
    return {
        "id": row.pk,
        "run": row.run_id,
        "ticket": row.run.ticket.number,
        "text": row.text,
        "choices": [str(choice) for choice in row.choices],
        "answered": row.answered_at is not None,
        "created_at": row.created_at,
        "page": page_of(request, row.run.ticket.number),
    }


def recording(request: HttpRequest, row: Recording) -> dict[str, Any]:
    page = request.build_absolute_uri(reverse("replay", args=[row.run_id]))
    names = ("state", "sha256", "duration_s", "size")
    return {name: getattr(row, name) for name in names} | {"page": page}


def audit_row(row: AuditEvent) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": row.at,
        "type": row.type,
        "user": row.user_name,
        "role": row.user_role,
        "ticket": row.ticket_no,
        "run": row.run_id,
        "step": row.step_no,
        "device": row.device_id,
        "flow_version": row.flow_version,
        "result": row.result,
        "hash": row.hash,
    }


def phone(row: Phone) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "state": row.state,
        "busy": row.lease_run_id is not None,
        "labels": [str(label) for label in row.labels],
        "last_seen_at": row.last_seen_at,
    }


def in_language(texts: dict[str, Any]) -> str:
    """`{zh, en}` in the caller's language."""
    return str(texts.get(readers_language(), ""))


def _name(user: Any) -> str | None:
    return user.get_username() if user is not None else None
