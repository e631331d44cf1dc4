"""The report of a rehearsal: success rate with its confidence interval, times compared with a person's, every failure
explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import quantiles
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.metrics import times
from tickets.metrics.shares import Share
from tickets.models import (
    Confirmation,
    Recording,
    RecordingState,
    Rehearsal,
    RehearsalOutcome,
    RehearsalRun,
    Step,
    StepActor,
)
from tickets.permissions import Permission, has
from tickets.services import language_models
from tickets.services.flows.rehearsals import GOOD
from tickets.services.language_models import Price
from tickets.services.people import access

FLOOR = 0.95
_AT_A_COMMIT = {RehearsalOutcome.COMMIT_REACHED, RehearsalOutcome.FIELDS_DIFFER}
_UNDER_WAY = (RecordingState.RECORDING, RecordingState.ENCODING)
_ADVICE: dict[str, Promise] = {
    RehearsalOutcome.FIELDS_DIFFER: _("看确认截图:屏幕标题或信息项写错了,或智能体填错了值。"),
    RehearsalOutcome.NEEDED_PERSON: _("看最后一步为什么停下:指令不清、页面没见过,或需要标出无害的控件。"),
    RehearsalOutcome.NOT_STARTED: _("工单里读不出需要的信息:补充信息项的词或换一个工单。"),
    RehearsalOutcome.FAILED: _("看回放和失败原因:恢复三次仍不成功。"),
    RehearsalOutcome.STOPPED: _("被人停止,不计入结论。"),
}


@dataclass(frozen=True)
class Line:
    """One run: seconds are the machine's, waits left out; `sent` and `received` count the tokens that the models are
    paid for; `recording` is the SHA-256 of its video, `encoding` whether that is still being made. `shown`: whether the
    reader may see the ticket, and so its number and what was noted about it."""

    row: RehearsalRun
    seconds: float | None
    calls: int
    sent: int
    received: int
    recording: str
    advice: str
    shown: bool = True
    encoding: bool = False
    asked: Confirmation | None = None  # what the run ended at, where it ended at a commit

    @property
    def good(self) -> bool:
        return self.row.outcome in GOOD


@dataclass(frozen=True)
class Report:
    rehearsal: Rehearsal
    lines: list[Line]
    under_way: int
    price: Price | None = None

    @property
    def judged(self) -> list[Line]:
        """Runs that count as results; those stopped by a person do not."""
        return [line for line in self.lines if line.row.outcome not in {"", RehearsalOutcome.STOPPED}]

    @property
    def share(self) -> Share:
        return Share(sum(line.good for line in self.judged), len(self.judged))

    @property
    def proves_floor(self) -> bool:
        return self.share.proves(FLOOR)

    @property
    def p50(self) -> float | None:
        return self._quantile(50)

    @property
    def p95(self) -> float | None:
        return self._quantile(95)

    @property
    def calls(self) -> float | None:
        made = [line.calls for line in self.judged if line.row.run_id]
        return sum(made) / len(made) if made else None

    @property
    def tokens(self) -> float | None:
        """The models' tokens per run, which determine its cost if they are paid by use."""
        spent = [line.sent + line.received for line in self.judged if line.row.run_id]
        return sum(spent) / len(spent) if spent else None

    @property
    def cost(self) -> Decimal | None:
        """The models' cost per run in yuan; None if they were called and have no price."""
        runs = [line for line in self.judged if line.row.run_id]
        if not runs or (self.price is None and self.tokens):
            return None
        price = self.price or Price(Decimal(0), Decimal(0))
        return sum((price.of(line.sent, line.received) for line in runs), Decimal(0)) / len(runs)

    @property
    def classes(self) -> list[tuple[str, int]]:
        """The count of each outcome, most frequent first."""
        counted = Counter(line.row.outcome for line in self.judged)
        return [(str(RehearsalOutcome(code).label), number) for code, number in counted.most_common()]

    @property
    def saved(self) -> float | None:
        """Seconds saved per ticket compared with a person's measured time; None without one."""
        person = self.rehearsal.person_seconds
        return person - self.p50 if person and self.p50 is not None else None

    @property
    def slower(self) -> float | None:
        """Seconds that the machine takes longer than the person; None where it takes less, or none was measured."""
        return -self.saved if self.saved is not None and self.saved < 0 else None

    def _quantile(self, percent: int) -> float | None:
        times = [line.seconds for line in self.judged if line.good and line.seconds is not None]
        if len(times) < 2:
            return times[0] if times else None
        return quantiles(times, n=100, method="inclusive")[percent - 1]


def report(rehearsal: Rehearsal, reader: Any = None) -> Report:
    """All figures; tickets of departments that are not the reader's stay unnamed. Without a reader all are named."""
    rows = list(rehearsal.runs.select_related("run"))
    run_ids = [row.run_id for row in rows if row.run_id]
    steps = _by_run(Step.objects.filter(run__in=run_ids, actor=StepActor.AGENT).values("run_id", "timings", "tokens"))
    videos: dict[UUID | None, Recording] = {video.run_id: video for video in Recording.objects.filter(run__in=run_ids)}
    lines = [_line(row, steps.get(row.run_id, []), videos.get(row.run_id)) for row in rows]
    if reader is not None:
        seen = set(_seen_by(reader, rows))
        lines = [replace(line, shown=line.row.ticket_number in seen) for line in lines]
    asked = _asked_last([row.run_id for row in rows if row.outcome in _AT_A_COMMIT])
    lines = [replace(line, asked=asked.get(line.row.run_id)) for line in lines]
    price = language_models.price_of(rehearsal.version.template_id)
    return Report(rehearsal, lines, sum(row.outcome == "" for row in rows), price)


def _seen_by(reader: Any, rows: list[RehearsalRun]) -> Iterable[str]:
    if not has(reader, Permission.VIEW_TICKETS):
        return ()
    numbers = {row.ticket_number for row in rows}
    return access.visible_tickets(reader).filter(number__in=numbers).values_list("number", flat=True)


def recordings_under_way(rehearsal: Rehearsal) -> bool:
    """Whether a video of its runs is still being made, so that the report lacks its hash."""
    runs = rehearsal.runs.filter(run__isnull=False).values("run")
    return Recording.objects.filter(run__in=runs, state__in=_UNDER_WAY).exists()


def _line(row: RehearsalRun, steps: list[dict[str, Any]], video: Recording | None) -> Line:
    timings = [step["timings"] for step in steps]
    seconds = sum(times.of_step(each) for each in timings if each)
    calls = sum("model" in each for each in timings)
    sent, received = (sum(_whole(step["tokens"].get(name)) for step in steps) for name in ("prompt", "completion"))
    sha, encoding = (video.sha256, video.state in _UNDER_WAY) if video else ("", False)
    advice = str(_ADVICE.get(row.outcome, ""))
    return Line(row, seconds if timings else None, calls, sent, received, sha, advice, encoding=encoding)


def _asked_last(runs: list[Any]) -> dict[Any, Confirmation]:
    """By run the confirmation that it came to last."""
    return {row.run_id: row for row in Confirmation.objects.filter(run__in=runs).order_by("created_at")}


def _whole(number: object) -> int:
    return number if isinstance(number, int) else 0


def _by_run(steps: Any) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for step in steps:
        found.setdefault(step["run_id"], []).append(step)
    return found
