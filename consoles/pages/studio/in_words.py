"""A flow in words, as people read it: printed as an SOP, and set beside another version."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from consoles.templatetags.console import name_of
from tickets.flows import form
from tickets.models import FallBack, FlowTemplate, FlowVersion, Priority
from tickets.said import readers_language
from tickets.services.tickets.changes import DUE_IN

Parts = list[tuple[str, list[str]]]


def sop(definition: Mapping[str, Any]) -> Parts:
    """The flow as people read it: what it is for, what it needs, what it does, where it stops."""
    rows = form.rows_of(definition)
    english = readers_language() == "en"
    lang = "en" if english and rows["instruction"]["en"]["clauses"] else "zh"
    parts = [
        (
            _("适用的工单"),
            [_("提到:%s") % _("、").join(row["word"] for row in rows["words"] if _positive(row["weight"]))],
        ),
        (_("需要的信息"), [_slot_line(row, english) for row in rows["slots"]]),
        (_("步骤"), [_clause_line(clause) for clause in rows["instruction"][lang]["clauses"]]),
        (_("提交前由人确认"), [row["label"] for row in rows["fields"]]),
        (_("完成的证据"), rows["evidence"].splitlines()),
        (_("边界"), _borders(rows)),
    ]
    return [(title, lines) for title, lines in parts if lines]


def duties(template: FlowTemplate) -> Parts:
    """Who takes over and by when: of the installation and the flow, whatever the version."""
    said = settings.CS_AGENT
    chosen = FallBack.objects.filter(template=template).first()
    exceptions = [_("智能体没有把握、页面与预期不符或三次恢复无效时,交给当班坐席接管。")]
    if chosen is not None:
        exceptions.append(_("处理失败后:%s。") % fall_back_in_words(chosen))
    times = [
        _("请求确认后 %s 分钟无人回答:不执行,转人工。") % _minutes(said["CS_AGENT_CONFIRM_DUE_S"]),
        _("请求接管后 %s 分钟无人接管:手机放回,工单等人处理。") % _minutes(said["CS_AGENT_TAKEOVER_DUE_S"]),
    ]
    words = ",".join(f"{priority.label} {_hours(DUE_IN[priority])}" for priority in Priority)
    times.append(_("工单的处理时限,按优先级:%s。") % words)
    return [(_("例外由谁处理"), exceptions), (_("时限"), times)]


def fall_back_in_words(chosen: FallBack) -> str:
    """What happens after a failure, with its target."""
    target = chosen.team or chosen.flow or (f"v{chosen.version.number}" if chosen.version else chosen.robot)
    name = name_of(chosen.person) if chosen.person else str(target)
    return f"{chosen.get_kind_display()}({name})" if name else str(chosen.get_kind_display())


@dataclass(frozen=True)
class Change:
    """One part of two versions that differs: `lines` of (`added`, `removed` or empty, words)."""

    title: str
    lines: list[tuple[str, str]]


def changes_in_words(old: FlowVersion, new: FlowVersion) -> list[Change]:
    """What people would read otherwise; parts that are the same are left out."""
    before, after = dict(sop(old.definition)), dict(sop(new.definition))
    found = []
    for title in dict.fromkeys([*before, *after]):
        was, now = before.get(title, []), after.get(title, [])
        if was != now:
            found.append(Change(title, _differing(was, now)))
    return found


def _differing(was: list[str], now: list[str]) -> list[tuple[str, str]]:
    kinds = {"+ ": "added", "- ": "removed", "  ": ""}
    return [(kinds[line[:2]], line[2:]) for line in difflib.ndiff(was, now) if line[:2] in kinds]


def _hours(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return _("%s 小时") % f"{hours:g}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g}"


def _slot_line(row: Mapping[str, Any], english: bool) -> str:
    label = (row["label_en"] if english else "") or row["label_zh"] or row["name"]
    kind = slot_kind(row["kind"])
    return f"{label} ({kind})" if row["required"] else _("%(label)s(%(kind)s,可没有)") % {"label": label, "kind": kind}


def _clause_line(clause: Mapping[str, str]) -> str:
    return f"{clause['text']}  [{clause['when']}]" if clause["when"] else clause["text"]


def _borders(rows: Mapping[str, Any]) -> list[str]:
    lines = [_("只使用应用:%s") % _("、").join(rows["app_names"].splitlines())] if rows["app_names"] else []
    if rows["read_only"]:
        lines.append(_("只查询,不做任何不可撤销的操作。"))
    if rows["second_approval_above"]:
        lines.append(_("金额高于 ¥%s 时需要两人确认。") % rows["second_approval_above"])
    if rows["refuse_above"]:
        lines.append(_("金额高于 ¥%s 时智能体拒绝执行。") % rows["refuse_above"])
    if rows["four_eyes"]:
        lines.append(_("启动的人不能自己确认。"))
    if rows["keep_days"]:
        lines.append(_("录像和截图保留 %s 天后删除。") % rows["keep_days"])
    return lines


def _positive(weight: Any) -> bool:
    return isinstance(weight, int | float) and weight > 0


def slot_kind(name: str) -> str:
    """A kind of slot for people."""
    names = {
        "order_number": _("订单号"),
        "mobile": _("手机号"),
        "money": _("金额"),
        "choice": _("选项"),
        "attachment": _("附件"),
        "text": _("文字"),
        "id_card": _("身份证号"),
        "date_range": _("起止日期"),
        "address": _("地址"),
        "name": _("姓名"),
    }
    return names.get(name, name)
