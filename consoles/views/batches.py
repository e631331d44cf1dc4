"""Batches on pages: listed, made of a list or a view, watched, held, stopped, and taken away as CSV."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consoles.access import FORM, POST, permitted
from consoles.pages import batches as shown
from consoles.pages.words import run_language
from consoles.views.desk.bulk import picked_flow
from tickets.errors import Invalid, NotFound, ServiceError
from tickets.flows import schedule
from tickets.models import Batch, BatchRound, CatchUp
from tickets.permissions import Permission, require
from tickets.services.batches import lists, making, results
from tickets.services.tickets import saved_views
from tickets.web.given import whole_number

_ITEMS = 100  # of one page
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_LINES = 100_000  # characters of a list that a form is shown with again


@permitted(Permission.RUN_BATCHES)
def batch_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(making.visible(request.user), 40).get_page(request.GET.get("page"))
    return render(request, "consoles/batches/list.html", {"page": page, "rows": shown.rows(page.object_list)})


@permitted(Permission.START_RUNS, FORM)
def batch_new(request: HttpRequest) -> HttpResponse:
    """The form, with what was typed while something is wrong with it. A post without `make` only fills it in."""
    require(request.user, Permission.RUN_BATCHES)
    typed: dict[str, Any] = request.POST.dict() if request.method == "POST" else {"view": request.GET.get("view", "")}
    typed["days"] = "".join(sorted(set(request.POST.getlist("day")))) if "make" in typed else "1234567"
    problems: tuple[str, ...] = ()
    if "make" in typed:
        try:
            return redirect("batch", _made(request, typed).pk)
        except _FaultyList as faulty:
            problems = faulty.faults
        except ServiceError as error:
            problems = (error.message,)
    typed["list"] = typed.get("list", "")[:_LINES]
    context = shown.form_context(request.user, typed) | {"problems": problems}
    return render(request, "consoles/batches/new.html", context, status=422 if problems else 200)


@permitted(Permission.RUN_BATCHES)
def batch_page(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Its figures and the items of one round; only what changes when the live page asks."""
    batch = making.get(request.user, batch_id)
    round_ = _round(batch, request.GET.get("round", ""))
    items = results.seen(request.user, round_.items.all()) if round_ else results.of_batch(batch).none()
    page = Paginator(items, _ITEMS).get_page(request.GET.get("page"))
    context = shown.batch_context(request.user, batch, round_, page)
    part = getattr(request, "htmx", False)
    return render(request, "consoles/batches/state.html" if part else "consoles/batches/batch.html", context)


@permitted(Permission.RUN_BATCHES, POST)
def batch_act(request: HttpRequest, batch_id: int) -> HttpResponse:
    batch = making.get(request.user, batch_id)
    acts = {"pause": making.pause, "resume": making.resume, "stop": making.stop}
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        raise Invalid(_("请选择暂停、继续或停止。"))
    act(batch, request.user)
    return redirect("batch", batch.pk)


@permitted(Permission.RUN_BATCHES)
def batch_csv(request: HttpRequest, batch_id: int) -> StreamingHttpResponse:
    """Of the whole batch, or of one round."""
    batch = making.get(request.user, batch_id)
    round_ = _round(batch, request.GET["round"]) if request.GET.get("round") else None
    lines = results.csv_lines(request.user, batch, round_)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="batch-{batch.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@permitted(Permission.START_RUNS)
def batch_times(request: HttpRequest) -> HttpResponse:
    """When a schedule that is being typed would come due, or what is wrong with it."""
    cron, name = request.GET.get("cron", "").strip()[:100], request.GET.get("time_zone", "")
    times, problem = [], ""
    if cron:
        try:
            zone, now = schedule.zone(name), timezone.now()
            schedule.check(cron, zone, now)
            times = [shown.wall_clock(moment, zone) for moment in schedule.upcoming(cron, zone, now, 5)]
        except ServiceError as error:
            problem = error.message
    return render(request, "consoles/batches/times.html", {"times": times, "problem": problem})


class _FaultyList(Exception):
    """Lines that cannot be used, in words."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__()
        self.faults = faults


def _made(request: HttpRequest, typed: dict[str, Any]) -> Batch:
    template = picked_flow(typed.get("flow", ""))
    if template is None:
        raise Invalid(_("请先选择流程。"), code="unknown_flow")
    what = (
        _view(request, typed["view"]) if typed.get("view") else _list(request, typed, making.released_version(template))
    )
    share, most = whole_number(typed.get("share", "1"), 1000), whole_number(typed.get("most_rounds") or "1", 1000)
    if share is None or most is None:
        raise Invalid(_("请填写整数。"))
    if typed.get("catch_up", CatchUp.ONCE) not in CatchUp.values:
        raise Invalid(_("请选择错过之后怎么办。"))
    terms = making.Terms(
        time_zone=typed.get("time_zone") or settings.TIME_ZONE,
        cron=typed.get("cron", ""),
        opens=_time(typed.get("opens", "")),
        closes=_time(typed.get("closes", "")),
        days=typed["days"],
        catch_up=CatchUp(typed.get("catch_up", CatchUp.ONCE)),
        most_rounds=most,
    )
    name = typed.get("name", "")
    return making.make(request.user, template, what, terms, name=name, share=share, lang=run_language())


def _list(request: HttpRequest, typed: dict[str, Any], version: Any) -> tuple[lists.Entry, ...]:
    """What was pasted, or the file; typed["list"] is then the text of the file."""
    upload = request.FILES.get("file")
    if upload is not None:
        text = lists.decoded(upload.read(lists.MOST_BYTES + 1))
        if text is None:
            raise Invalid(_("这个文件不是文本:请另存为 CSV 再上传。"), code="bad_file")
        typed["list"] = text
    read = lists.read(request.user, typed.get("list", ""), version)
    if read.faults and not (typed.get("leave_out") and read.entries):
        raise _FaultyList(read.faults)
    return read.entries


def _view(request: HttpRequest, key: str) -> making.View:
    row = saved_views.of(request.user).filter(pk=whole_number(key) or 0).first()
    if row is None:
        raise Invalid(_("没有这个视图。"), code="no_view")
    if not row.query:
        raise Invalid(_("这个视图没有筛选条件,会包含全部工单;请先保存一个有条件的视图。"), code="no_view")
    return making.View(row.name, row.query)


def _time(text: str) -> time | None:
    text = text.strip()
    if not text:
        return None
    found = _TIME.fullmatch(text[:8])
    if found is None:
        raise Invalid(_("“%s”不是时刻,例如 09:00。") % text[:20], code="bad_hours")
    return time(int(found[1]), int(found[2]))


def _round(batch: Batch, text: str) -> BatchRound | None:
    """The round of that number, else the newest; NotFound for a number that is none's."""
    if not text:
        return batch.rounds.order_by("-number").first()
    row = batch.rounds.filter(number=whole_number(text, 10**9) or 0).first()
    if row is None:
        raise NotFound(_("没有这一轮。"))
    return row
