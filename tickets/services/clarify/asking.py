"""Sends a question to the customer: after a person's yes to exactly its words, or by policy where both the flow calls
the question harmless and the connector allows it.

Rule: one question is open at a time, and after a limited number of turns a person must handle it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import (
    Clarification,
    ClarificationState,
    FlowVersion,
    Run,
    Ticket,
    TicketStatus,
)
from tickets.models.ticket.tickets import FINISHED, WITH_US
from tickets.permissions import Permission, require
from tickets.services.clarify import draft, language
from tickets.services.evidence import audit
from tickets.services.flows.recommendation import recommend
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.runs import transitions
from tickets.services.tickets import changes, desk


def turns_left(ticket: Ticket) -> int:
    """How often the customer may still be asked; turns before the newest run do not count."""
    most: int = settings.CS_AGENT["CS_AGENT_CLARIFY_TURNS"]
    rows = Clarification.objects.filter(ticket=ticket).exclude(state=ClarificationState.WITHDRAWN)
    last = Run.objects.serving().filter(ticket=ticket).order_by("-created_at").first()
    if last is not None:
        rows = rows.filter(asked_at__gt=last.created_at)
    return max(0, most - rows.count())


def ask(
    ticket: Ticket,
    version: FlowVersion,
    user: Any,
    text: str,
    *,
    send_by: str = "",
    lang: str = "",
    by_policy: bool = False,
) -> Clarification:
    """Ask for the flow's missing values with this text. `send_by`: the connector that delivers it; "": somebody
    asks the customer by other means.

    Raises Conflict with the reason if nothing can be asked now.
    """
    require(user, Permission.CREATE_TICKETS, ticket=ticket)
    access.require_visible(user, ticket)
    try:
        with transaction.atomic():
            Ticket.objects.select_for_update().get(pk=ticket.pk)
            ticket.refresh_from_db()
            asked = draft.lacking(ticket, version)
            _refuse(ticket, asked, send_by)
            return _ask(ticket, version, user, _Message(text, send_by, lang, by_policy), asked)
    except IntegrityError as error:
        raise Conflict(_("刚刚已经问过客户,正在等回复。"), code="already_asked") from error


def ask_by_policy(ticket: Ticket, user: Any, connector: str) -> Clarification | None:
    """Ask without a person if every question is harmless and the flow is certain; otherwise None. After an unusable
    answer no second question is sent automatically."""
    advice = recommend(ticket)
    version = advice.flow_version
    if version is None or advice.human_recommended or not _may_go_by_itself(ticket):
        return None
    asked = draft.lacking(ticket, version)
    if not asked or not all(each.harmless for each in asked) or not turns_left(ticket):
        return None
    lang = language.of_ticket(ticket)
    text = draft.text_of(ticket, asked, lang)
    return ask(ticket, version, user, text, send_by=connector, lang=lang, by_policy=True)


def _may_go_by_itself(ticket: Ticket) -> bool:
    last = Clarification.objects.filter(ticket=ticket).order_by("-pk").first()
    fresh = ticket.status in WITH_US
    handled = Run.objects.serving().filter(ticket=ticket).exists()
    return fresh and not handled and (last is None or last.state == ClarificationState.PARTLY)


@dataclass(frozen=True, slots=True)
class _Message:
    """A question's text and how it is delivered."""

    text: str
    send_by: str
    lang: str
    by_policy: bool


def _ask(
    ticket: Ticket, version: FlowVersion, user: Any, message: _Message, asked: list[draft.Lacking]
) -> Clarification:
    if ticket.status in WITH_US:
        changes.set_status(ticket, TicketStatus.PENDING, user)
    reply = desk.reply(ticket, user, message.text, send_by=message.send_by)
    now = timezone.now()
    row = Clarification.objects.create(
        ticket=ticket,
        template=version.template,
        turn=Clarification.objects.filter(ticket=ticket).count() + 1,
        questions=[each.names for each in asked],
        lang=message.lang if message.lang in language.LANGS else language.of_ticket(ticket),
        text=reply.text,
        reply=reply,
        asked_by=user,
        by_policy=message.by_policy,
        asked_at=now,
        due_at=now + timedelta(seconds=settings.CS_AGENT["CS_AGENT_CLARIFY_DUE_S"]),
    )
    live.publish_ticket(ticket, {"clarification": row.state})
    details = {"fields": row.names, "flow": version.template.slug, "turn": row.turn}
    details |= {"send_by": message.send_by, "by_policy": row.by_policy}
    audit.record("clarification.asked", user=user, ticket=ticket, obj=row, result="success", details=details)
    return row


def _refuse(ticket: Ticket, asked: list[draft.Lacking], send_by: str) -> None:
    if ticket.merged_into_id or ticket.status in FINISHED:
        raise Conflict(_("工单已结束,不能再向客户询问。"), code="ticket_closed")
    if Run.objects.serving().filter(ticket=ticket, status__in=transitions.ACTIVE).exists():
        raise Conflict(_("工单正在智能处理中,请先停止。"), code="still_running")
    if Clarification.objects.filter(ticket=ticket, state=ClarificationState.ASKED).exists():
        raise Conflict(_("刚刚已经问过客户,正在等回复。"), code="already_asked")
    if not asked:
        raise Conflict(_("这个流程需要的信息已经齐了,不用再问。"), code="nothing_lacks")
    if not turns_left(ticket):
        raise Conflict(_("已经问过客户几次,请人工联系客户。"), code="asked_enough")
    ref = ticket.refs.filter(connector=send_by).first() if send_by else None
    if send_by and (ref is None or not ref.facts.get("answers")):
        raise Invalid(_("这个客服系统不能把消息发给客户,请复制后用其他方式发送。"), code="no_channel", field="send_by")
