"""Tickets of django-helpdesk, when its apps stand beside ours in one project and one database.

Rule: a follow-up of ours is written as a row and mails nobody; only an answer that a person released goes through
django-helpdesk's own update, which tells the customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import Field

from integrations.connectors import kinds
from integrations.connectors.errors import BadAnswer, Gone, NotAllowed, Refused
from integrations.connectors.protocol import (
    Author,
    Capability,
    Changes,
    Delivery,
    Finding,
    Incoming,
    Level,
    Message,
    Person,
    RemoteFile,
    RemoteTicket,
    State,
)
from tickets.services.people import names
from tickets.web.given import whole_number

KIND = "django_helpdesk"
STATUSES = {1: "open", 2: "reopened", 3: "resolved", 4: "closed", 5: "duplicate"}
STATES = {
    "open": State.OPEN,
    "reopened": State.OPEN,
    "resolved": State.SOLVED,
    "closed": State.CLOSED,
    "duplicate": State.CLOSED,
}
PRIORITIES = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 4}
CAN = frozenset(
    {
        Capability.POLL,
        Capability.FETCH,
        Capability.NOTE,
        Capability.REPLY,
        Capability.STATUS,
        Capability.DEEP_LINK,
        Capability.IDENTITY,
    }
)
_OVERLAP = timedelta(minutes=2)
_NEWEST = 50  # follow-ups that are looked through for a note of ours
_CHUNK = 256 * 1024


class DeskSettings(kinds.Settings):
    account: str = Field(
        title=_("写回用的账号"), description=_("本项目里的一个用户名;写回的跟进记在它名下。"), max_length=150
    )


class InProject:
    """See `protocol.Connector`. The helpdesk's ids are its rows' keys."""

    kind = KIND

    def __init__(self, setup: kinds.Setup) -> None:
        self._account: str = setup.settings.account

    def capabilities(self) -> frozenset[Capability]:
        return CAN

    def verify(self, incoming: Incoming) -> Delivery:
        raise Refused(gettext("同一项目内的 django-helpdesk 不通过网络调用;这个地址没有用处。"))

    def parse(self, delivery: Delivery) -> Sequence[str]:
        return delivery.external_ids

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        row = self._ticket(external_id)
        if row.merged_to_id:
            raise Gone(gettext("工单已合并到 %s。") % row.merged_to_id, merged_into=str(row.merged_to_id))
        opening, later = _split(row, list(row.followup_set.select_related("user").order_by("date", "pk")))
        return RemoteTicket(
            external_id=str(row.pk),
            subject=row.title,
            text=row.description or (opening.comment if opening else "") or "",
            number=row.ticket,
            requester=Person(email=row.submitter_email or ""),
            queue=row.queue.slug,
            status=_word(row.status),
            state=STATES.get(_word(row.status)),
            priority=str(row.priority),
            url=self.deep_link(external_id),
            created_at=row.created,
            updated_at=max([row.modified, *(each.date for each in later)]),
            messages=tuple(self._message(each) for each in later),
            files=tuple(_files(row)),
        )

    def changed_since(self, cursor: str) -> Changes:
        since = _time(cursor) or timezone.now() - timedelta(days=1)
        changed = Q(modified__gte=since) | Q(followup__date__gte=since)
        rows = _model("Ticket").objects.filter(changed).order_by("pk").distinct()
        now = timezone.now()
        return Changes(tuple(map(str, rows.values_list("pk", flat=True))), (now - _OVERLAP).isoformat())

    def find_note(self, external_id: str, marker: str) -> str | None:
        newest = self._ticket(external_id).followup_set.order_by("-pk")[:_NEWEST]
        return next((str(each.pk) for each in newest if marker in (each.comment or "")), None)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        ticket, user = self._ticket(external_id), self._user()
        if not internal:
            return self._reply(ticket, user, text)
        made = ticket.followup_set.create(
            title=gettext("智能处理"), comment=text, public=False, user=user, date=timezone.now()
        )
        return str(made.pk)

    def set_status(self, external_id: str, status: str) -> None:
        number = next((key for key, word in STATUSES.items() if status.lower() in {word, str(key)}), None)
        if number is None:
            number = whole_number(status)  # a status that the project defined itself
        if number is None:
            known = ", ".join(STATUSES.values())
            raise BadAnswer(
                gettext("django-helpdesk 没有“%(status)s”这个状态,可用:%(known)s。")
                % {"status": status, "known": known}
            )
        with transaction.atomic():
            ticket = self._ticket(external_id)
            if ticket.status == number:
                return
            before = ticket.get_status_display()
            ticket.status = number
            ticket.save()
            entry = ticket.followup_set.create(
                title=ticket.get_status_display(),
                comment="",
                public=False,
                user=self._user(),
                new_status=number,
                date=timezone.now(),
            )
            entry.ticketchange_set.create(field="Status", old_value=before, new_value=ticket.get_status_display())

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        """django-helpdesk has none."""

    def deep_link(self, external_id: str) -> str:
        try:
            return reverse("helpdesk:view", args=[external_id])
        except NoReverseMatch:
            return ""

    def identity(self, account: str) -> Person:
        user = names.with_log_in(account).first()
        if user is None:
            raise Gone(gettext("本项目里没有用户 %s。") % account)
        return Person(name=names.called(user), email=getattr(user, "email", ""), external_id=user.get_username())

    def test(self) -> Sequence[Finding]:
        try:
            user = self._user()
        except NotAllowed as error:
            return [Finding(Level.PROBLEM, error.text, gettext("在设置里填写本项目的一个在用账号。"))]
        found = [
            Finding(
                Level.GOOD, gettext("django-helpdesk 在同一个项目里,有 %d 张工单。") % _model("Ticket").objects.count()
            )
        ]
        if not user.is_staff:
            text = gettext("账号 %s 不是员工,django-helpdesk 会把它的跟进当作客户的。") % user.get_username()
            found.append(Finding(Level.WARNING, text, gettext("在用户管理里勾选“员工”。")))
        return found

    def _ticket(self, external_id: str) -> Any:
        rows = _model("Ticket").objects.select_related("queue")
        number = whole_number(external_id)
        row = rows.filter(pk=number).first() if number else None
        if row is None:
            raise Gone(gettext("django-helpdesk 里没有编号为 %s 的工单。") % external_id)
        return row

    def _user(self) -> Any:
        user = names.with_log_in(self._account).first()
        if user is None:
            raise NotAllowed(gettext("本项目里没有用户 %s。") % self._account)
        return user

    def _message(self, row: Any) -> Message:
        return Message(
            str(row.pk), row.comment or row.title or "", self._author(row.user), row.date, internal=not row.public
        )

    def _author(self, user: Any) -> Author:
        if user is None:
            return Author.CUSTOMER
        if user.get_username() == self._account:
            return Author.OURS
        return Author.COLLEAGUE if user.is_staff else Author.CUSTOMER

    def _reply(self, ticket: Any, user: Any, text: str) -> str:
        from helpdesk.update_ticket import update_ticket

        # Its comments are templates; what a person wrote is not.
        plain = text.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
        return str(update_ticket(user, ticket, comment=plain, public=True).pk)


def register() -> None:
    kinds.register(
        kinds.Kind(
            kind=KIND,
            title=_("django-helpdesk(同一项目)"),
            settings=DeskSettings,
            build=InProject,
            capabilities=CAN,
            steps=(
                _("把 helpdesk 和 cs_agent 放进同一个 Django 项目的 INSTALLED_APPS。"),
                _("在工单页模板里放上按钮:见文档“按钮”一节。"),
            ),
            tried=_(
                "用 django-helpdesk 2.6.1 试过:进单、按钮、面板里启动处理和确认、结果与状态写回。没有试过其他版本。"
            ),
            real=True,
            states=STATES,
            priorities=PRIORITIES,
        )
    )


def account_of(options: dict[str, Any]) -> str:
    """Whose follow-ups are our own, of a connector's stored settings."""
    return str(options.get("account", ""))


def _model(name: str) -> Any:
    return apps.get_model("helpdesk", name)


def _word(status: int) -> str:
    return STATUSES.get(status, str(status))


def _split(ticket: Any, rows: list[Any]) -> tuple[Any, list[Any]]:
    """The follow-up that repeats how the ticket was opened, and the others."""
    first = rows[0] if rows else None
    same = first is not None and (first.comment or "").strip() == (ticket.description or "").strip()
    return (first, rows[1:]) if same else (None, rows)


def _files(ticket: Any) -> Iterator[RemoteFile]:
    for each in _model("FollowUpAttachment").objects.filter(followup__ticket=ticket).order_by("pk"):
        yield RemoteFile(
            str(each.pk),
            each.filename or each.file.name,
            partial(_pieces, each),
            each.mime_type or "",
            each.size,
        )


def _pieces(attachment: Any) -> Iterator[bytes]:
    try:
        with attachment.file.open("rb") as file:
            yield from iter(lambda: file.read(_CHUNK), b"")
    except OSError as error:
        raise BadAnswer(gettext("附件 %s 的文件读不到。") % attachment.pk) from error


def _time(cursor: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cursor)
    except ValueError:
        return None
