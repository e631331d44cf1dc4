"""The wall: every phone, everything that waits, what is wrong, and today's numbers, as one reader may see them.

Rule: it never shows "all well" while a request waits too long, automation is paused or a phone is faulty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consoles.templatetags.console import part_name
from tickets.models import SERVING, Confirmation, ConfirmationState, Phone, PhoneState, Run, RunStatus, Takeover
from tickets.services.live.health import PartHealth
from tickets.services.people import access, names
from tickets.services.runs.attention import CALLING, Item
from tickets.services.runs.transitions import ACTIVE, WAITING

LATE = timedelta(minutes=5)  # a request waits too long
MOST_WAITING = 50
_MOST_TIMED = 2000


class Tone(StrEnum):
    DANGER = "danger"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Concern:
    tone: Tone
    words: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A phone. `run` is the one that holds it, None for a free phone; `seen`: whether the reader may see its ticket;
    `takeover`: the one that is open."""

    phone: Phone
    run: Run | None
    seen: bool
    takeover: Takeover | None = None

    @property
    def waits(self) -> bool:
        return self.run is not None and self.run.status in WAITING

    @property
    def tone(self) -> str:
        """free, busy, waits, faulty or retired."""
        if self.phone.state != PhoneState.READY:
            return str(self.phone.state)
        if self.run is None:
            return "free"
        return "waits" if self.waits else "busy"

    @property
    def since(self) -> datetime | None:
        """Of the wait, or of the run."""
        if self.run is None:
            return None
        return self.run.updated_at if self.waits else self.run.started_at or self.run.created_at


@dataclass(frozen=True, slots=True)
class Number:
    label: str
    value: str


def tiles(user: Any) -> list[Tile]:
    """Tiles in order: waiting, driven, free, out of order."""
    phones = Phone.objects.select_related("lease_run__ticket__department", "lease_run__flow_version__template")
    mine = set(access.departments(user).values_list("pk", flat=True))
    open_ones = {each.run_id: each for each in Takeover.objects.filter(ended_at=None)}
    found = [_tile(phone, mine, open_ones) for phone in phones.order_by("name", "pk")]
    order = ("waits", "busy", "faulty", "free", "retired")
    return sorted(found, key=lambda tile: order.index(tile.tone))


def concerns(parts: Iterable[PartHealth], shown: Iterable[Tile], waiting: Iterable[Item]) -> list[Concern]:
    """Current problems, the worst first."""
    found = [
        Concern(Tone.DANGER, _("%(part)s没有正常工作") % {"part": part_name(part.part.value)})
        for part in parts
        if not part.ok
    ]
    shown = list(shown)
    found += [
        Concern(Tone.DANGER, _("手机“%(phone)s”有故障") % {"phone": tile.phone.name})
        for tile in shown
        if tile.tone == "faulty"
    ]
    late = [item for item in waiting if item.why in CALLING and timezone.now() - item.since > LATE]
    if late:
        minutes = int((timezone.now() - min(item.since for item in late)).total_seconds() // 60)
        words = ngettext("%(n)d 项等人超过 5 分钟", "%(n)d 项等人超过 5 分钟", len(late)) % {"n": len(late)}
        found.append(Concern(Tone.WARN, f"{words}{_(',最久 %(m)d 分钟') % {'m': minutes}}"))
    ready = [tile for tile in shown if tile.tone in ("free", "busy", "waits")]
    if shown and not ready:
        found.append(Concern(Tone.DANGER, _("没有可用的手机")))
    elif ready and all(tile.waits for tile in ready):
        found.append(Concern(Tone.WARN, _("所有手机都在等人,排队的工单无法开始")))
    return found


def today(user: Any) -> list[Number]:
    """The numbers of the reader's departments since midnight."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    runs = access.visible_runs(user).filter(purpose__in=SERVING)
    ended = dict(runs.filter(ended_at__gte=midnight).values_list("status").annotate(n=Count("pk")).order_by())
    decided = Confirmation.objects.filter(decided_at__gte=midnight, run__in=runs.values("pk"))
    answers = dict(decided.values_list("state").annotate(n=Count("pk")).order_by())
    good = ended.get(RunStatus.SUCCEEDED, 0)
    people = sum(ended.get(status, 0) for status in (RunStatus.HANDED_OFF, RunStatus.FAILED, RunStatus.CANCELLED))
    return [
        Number(_("今日完成"), str(good)),
        Number(_("转人工或未完成"), str(people)),
        Number(_("成功率"), f"{good / (good + people):.0%}" if good + people else "—"),
        Number(_("处理时间中位数"), _span(_seconds(runs.filter(ended_at__gte=midnight, status=RunStatus.SUCCEEDED)))),
        Number(_("同意 / 拒绝"), f"{_yes(answers)} / {answers.get(ConfirmationState.REJECTED, 0)}"),
        Number(_("处理中"), str(runs.filter(status__in=ACTIVE - WAITING - {RunStatus.QUEUED}).count())),
        Number(_("排队中"), str(runs.filter(status=RunStatus.QUEUED).count())),
    ]


def colleagues(user: Any) -> dict[int, list[User]]:
    """To whom a ticket can be passed on, by department."""
    found: dict[int, list[User]] = {}
    for department in access.departments(user).prefetch_related("members"):
        people = [person for person in department.members.all() if person.is_active]
        found[department.pk] = sorted(people, key=names.called)
    return found


def _tile(phone: Phone, departments: set[int], takeovers: Mapping[Any, Takeover]) -> Tile:
    run = phone.lease_run
    seen = run is not None and run.ticket.department_id in departments
    return Tile(phone, run, seen, takeovers.get(run.pk) if run else None)


def _yes(answers: dict[str, int]) -> int:
    return answers.get(ConfirmationState.APPROVED, 0)


def _seconds(runs: Any) -> float | None:
    spans = runs.exclude(started_at=None).order_by("-ended_at").values_list("started_at", "ended_at")[:_MOST_TIMED]
    return median([(end - start).total_seconds() for start, end in spans]) if spans else None


def _span(seconds: float | None) -> str:
    return "—" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
