"""Links from a helpdesk to a ticket's page: signed, valid for 60 seconds, single-use.

Rule: a link only opens a page. It does not log in, start or decide anything; only the person it names can use it, with
their own log-in and permissions.

Parameters: `c` connector, `t` the ticket's id there, `p` user name here (may be empty: whoever is logged in), `at`
unix seconds, `n` a nonce, `s` the hex HMAC-SHA256, under the button's secret, of the lines `v1`, c, t, p, at, n.
Display only and not signed: `lang`, `theme`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Invalid, NotFound, ServiceError
from tickets.models import HelpdeskButton, Ticket, UsedLink
from tickets.services.evidence import audit, refusals
from tickets.services.panels import buttons
from tickets.services.people import names

LASTS = timedelta(seconds=60)
CLOCKS_DIFFER = timedelta(seconds=30)
KEEP_USED = timedelta(hours=1)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_LONGEST = 150


class Fault(StrEnum):
    UNKNOWN = "link_unknown"  # no such helpdesk, or its button is switched off
    FORGED = "link_forged"
    OLD = "link_old"
    EARLY = "link_early"
    USED = "link_used"
    NO_TICKET = "link_no_ticket"
    OTHER_PERSON = "link_other_person"
    NO_ENTRY = "link_no_entry"  # the helpdesk's frame does not say which ticket it shows, or is not set up
    UNPROVEN = "link_unproven"  # the frame's first request, or its pass, does not show where it comes from
    OTHER_ACCOUNT = "link_other_account"
    BAD_CODE = "link_bad_code"


class LinkRefused(ServiceError):
    """`code` is a Fault. `remedy` says what the person can do."""

    code = "link_refused"
    status = 403

    def __init__(self, fault: Fault, **told: str) -> None:
        message, self.remedy = _words(fault, told)
        super().__init__(message, code=fault.value, **told)


@dataclass(frozen=True, slots=True)
class Link:
    """A link with a valid signature and age; single use is checked by `use`."""

    button: HelpdeskButton
    external_id: str
    person: str
    nonce: str
    language: str = ""
    theme: str = ""


def make(connector: str, external_id: str, person: str = "", *, by: Any = None) -> dict[str, str]:
    """The parameters of a new link. Invalid if it could never be used."""
    button = buttons.active(connector)
    if button is None:
        raise Invalid(_("没有名为 “%s” 的工单按钮,或它已停用。") % connector, code="no_button", field="connector")
    if person and not names.with_log_in(person).exists():
        raise Invalid(_("没有名为 “%s” 的在用账号。") % person, code="no_person", field="person")
    ticket = _ticket_of(button, external_id)
    if ticket is None:
        raise NotFound(_("没有编号为 “%s” 的外部工单。") % external_id[:80], code="no_ticket")
    given = {"c": connector, "t": external_id, "p": person}
    given |= {"at": str(int(timezone.now().timestamp())), "n": secrets.token_urlsafe(16)}
    details = {"connector": connector, "person": person}
    audit.record("link.made", user=by, ticket=ticket, obj=button, result="success", details=details)
    return {**given, "s": sign(buttons.signing_secrets(button)[0], given)}


def address(base: str, path: str, given: Mapping[str, str]) -> str:
    return f"{base.rstrip('/')}{path}?{urlencode(given)}"


def sign(secret: str, given: Mapping[str, str]) -> str:
    lines = "\n".join(["v1", *(given[name] for name in ("c", "t", "p", "at", "n"))])
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha256).hexdigest()


def read(given: Mapping[str, str], now: datetime | None = None) -> Link:
    """Check the parameters; LinkRefused for a forged or expired link or an unknown helpdesk. Changes nothing."""
    values = {name: str(given.get(name, "")) for name in ("c", "t", "p", "at", "n", "s")}
    button = buttons.active(values["c"])
    if button is None:
        raise LinkRefused(Fault.UNKNOWN)
    if not _is_plain(values) or not _is_signed(button, values):
        raise LinkRefused(Fault.FORGED)
    age = (now or timezone.now()) - datetime.fromtimestamp(int(values["at"]), tz=timezone.get_current_timezone())
    if age > LASTS:
        raise LinkRefused(Fault.OLD)
    if age < -CLOCKS_DIFFER:
        raise LinkRefused(Fault.EARLY)
    return Link(button, values["t"], values["p"], values["n"], str(given.get("lang", "")), str(given.get("theme", "")))


def use(link: Link, user: Any = None) -> Ticket:
    """Use the link and return its ticket; LinkRefused if it was used before or its ticket is unknown.

    `user`: who is logged in, None for nobody. A link for somebody else counts as used too.
    """
    try:
        with transaction.atomic():
            UsedLink.objects.create(button=link.button, nonce=link.nonce, used_at=timezone.now())
    except IntegrityError as error:
        raise LinkRefused(Fault.USED) from error
    ticket = _ticket_of(link.button, link.external_id)
    if ticket is None:
        raise LinkRefused(Fault.NO_TICKET, external_id=link.external_id)
    if user is not None and link.person and user.get_username() != link.person:
        raise LinkRefused(Fault.OTHER_PERSON, person=link.person, user_name=user.get_username())
    details = {"connector": link.button.connector, "person": link.person}
    audit.record("link.opened", user=user, ticket=ticket, obj=link.button, result="success", details=details)
    return ticket


def refuse(error: LinkRefused, given: Mapping[str, str], user: Any = None) -> None:
    """Record a refusal."""
    details = {
        "code": error.code,
        "connector": str(given.get("c", ""))[:40],
        "external_id": str(given.get("t", ""))[:80],
    }
    refusals.record("link.refused", user=user, details=details)


def delete_old(now: datetime) -> int:
    """Delete records of expired links; returns how many."""
    return UsedLink.objects.filter(used_at__lt=now - KEEP_USED).delete()[0]


def _ticket_of(button: HelpdeskButton, external_id: str) -> Ticket | None:
    found = Ticket.objects.filter(refs__connector=button.connector, refs__external_id=external_id)
    return found.select_related("department").first()


def _is_plain(values: Mapping[str, str]) -> bool:
    """Whether the values have no line breaks, which could give two links one signature, and are of bounded length."""
    return (
        all(text.isprintable() and len(text) <= _LONGEST for text in values.values())
        and bool(values["t"])
        and _SECONDS.fullmatch(values["at"]) is not None
        and _NONCE.fullmatch(values["n"]) is not None
    )


def _is_signed(button: HelpdeskButton, values: Mapping[str, str]) -> bool:
    signature = values["s"].lower().encode()
    return any(
        hmac.compare_digest(sign(secret, values).encode(), signature) for secret in buttons.signing_secrets(button)
    )


def _words(fault: Fault, told: Mapping[str, str]) -> tuple[str, str]:
    again = _("请回到客服系统的工单页面,刷新后再点一次按钮。")
    ask = _("请把这个页面告诉管理员。")
    return {
        Fault.UNKNOWN: (_("这个客服系统没有登记,或它的按钮已停用。"), ask),
        Fault.FORGED: (
            _("链接的签名不正确。"),
            _("请不要改动链接。%(again)s如果仍然出现,说明两边的密钥不一致,%(ask)s") % {"again": again, "ask": ask},
        ),
        Fault.OLD: (_("链接已过期:它只在 60 秒内有效。"), again),
        Fault.EARLY: (_("链接的时间在未来:客服系统的时钟快了。"), ask),
        Fault.USED: (_("链接已经用过:每个链接只能打开一次。"), again),
        Fault.NO_TICKET: (
            _("外部工单 “%s” 还没有进入系统。") % told.get("external_id", ""),
            _("新工单要过几秒才会出现。稍等片刻,再回到客服系统点一次按钮;如果一直没有,请联系管理员。"),
        ),
        Fault.NO_ENTRY: (_("这个客服系统的页面里还不能打开面板:连接器没有启用,或没有填写应用的公钥。"), ask),
        Fault.UNPROVEN: (
            _("没有来自客服系统的有效签名,或它已过期。"),
            _("请刷新客服系统的页面。如果仍然出现,请管理员核对应用的公钥和受众、是否开启了签名地址,以及两边的时钟。"),
        ),
        Fault.OTHER_ACCOUNT: (_("这个会话属于客服系统里的另一个账户。"), ask),
        Fault.BAD_CODE: (
            _("代码不正确、已用过或已过期:它只在 60 秒内有效,只能用一次。"),
            _("请在面板里再按一次“登录并打开面板”。"),
        ),
        Fault.OTHER_PERSON: (
            _("链接是给 %(person)s 的,而您以 %(user_name)s 登录。") % {"person": "", "user_name": "", **told},
            _("请退出登录,换成自己的账号,再回到客服系统点一次按钮。"),
        ),
    }[fault]
