"""A flow in words, as people read it: printed as an SOP, and set beside another version."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from consoles.pages.studio import clauses
from consoles.pages.studio.labels import with_labels
from consoles.templatetags.console import name_of
from tickets.flows import form
from tickets.models import FallBack, FlowVersion, Priority, ReviewVerdict
from tickets.said import readers_language
from tickets.services.tickets.changes import DUE_IN

Parts = list[tuple[str, list[str]]]
_PACKAGE = re.compile(r"[A-Za-z][\w]*(\.[A-Za-z_][\w]*)+")  # an app may be named by its package beside its name


def sop(definition: Mapping[str, Any]) -> Parts:
    """The flow as people read it: what it is for, what it needs, what it does, where it stops."""
    rows = form.rows_of(definition)
    english = readers_language() == "en"
    labels = {row["name"]: _label(row, english) for row in rows["slots"]}
    words = _("、").join(row["word"] for row in rows["words"] if _positive(row["weight"]))
    parts = [
        (_("适用的工单"), [_("提到:%s") % words] if words else []),
        (_("需要的信息"), [_slot_line(row, english) for row in rows["slots"]]),
        (_("步骤"), clauses.in_words(definition, labels, english=english)),
        (_("提交前由人确认"), [_field_name(row, labels, english) for row in rows["fields"]]),
        (_("完成的证据"), [_evidence(line, labels) for line in rows["evidence"].splitlines()]),
        (_("边界"), _borders(rows)),
    ]
    return [(title, lines) for title, lines in parts if lines]


def duties(chosen: FallBack | None) -> Parts:
    """Who takes over and by when: of the installation and the flow (`chosen`: its fall-back), whatever the version."""
    said = settings.CS_AGENT
    exceptions = [_("智能体没有把握、页面与预期不符或三次恢复无效时,交给当班坐席接管。")]
    if chosen is not None:
        exceptions.append(_("处理失败后:%s。") % fall_back_in_words(chosen))
    times = [
        _("请求确认后 %s 分钟无人回答:不执行,转人工。") % _minutes(said["CS_AGENT_CONFIRM_DUE_S"]),
        _("请求接管后 %s 分钟无人接管:手机放回,工单等人处理。") % _minutes(said["CS_AGENT_TAKEOVER_DUE_S"]),
    ]
    words = _("、").join(f"{priority.label} {_hours(DUE_IN[priority])}" for priority in Priority)
    times.append(_("工单的处理时限,按优先级:%s。") % words)
    return [(_("例外由谁处理"), exceptions), (_("时限"), times)]


def responsible(version: FlowVersion) -> Parts:
    """Who wrote the version and who approved it."""
    lines = [_("编写:%s") % name_of(version.created_by)] if version.created_by else []
    approvals = version.reviews.filter(verdict=ReviewVerdict.APPROVED).select_related("reviewer")
    if names := [name_of(each.reviewer) for each in approvals if each.reviewer]:
        lines.append(_("评审通过:%s") % _("、").join(dict.fromkeys(names)))
    return [(_("编写与评审"), lines)] if lines else []


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


def changes_in_words(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What people would read otherwise of two definitions; parts that are the same are left out."""
    before, after = dict(sop(old)), dict(sop(new))
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
    label, kind = _label(row, english), slot_kind(row["kind"])
    if not row["required"]:
        return _("%(label)s(%(kind)s,可没有)") % {"label": label, "kind": kind}
    return label if label == kind else f"{label} ({kind})"


def _label(row: Mapping[str, Any], english: bool) -> str:
    return str((row["label_en"] if english else "") or row["label_zh"] or row["name"])


def _field_name(row: Mapping[str, Any], labels: Mapping[str, str], english: bool) -> str:
    """A field that is confirmed has one name; its English twin is that of the slot it is compared with."""
    return (labels.get(row["slot"], "") if english else "") or str(row["label"])


def _evidence(line: str, labels: Mapping[str, str]) -> str:
    """One group of texts, any of which will do."""
    return _(" 或 ").join(_("“%s”") % with_labels(text, labels) for text in form.alternatives(line))


def _borders(rows: Mapping[str, Any]) -> list[str]:
    names = rows["app_names"].splitlines()
    apps = [name for name in names if not _PACKAGE.fullmatch(name)] or names
    lines = [_("只使用应用:%s") % _("、").join(apps)] if apps else []
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
