"""Words that are not in a template: an action said for people, statuses' colours, and the scripts' own sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cs_agent.catalogue import say
from cs_agent.engine import Reason
from cs_agent.engine.actions import values as actions
from cs_agent.engine.actions.stored import from_json, from_v1
from cs_agent.engine.gate import reasons
from cs_agent.engine.run.flow import FieldKind
from cs_agent.geometry import NORM_MAX, NormPoint
from tickets.models import Confirmation, RunStatus, Step, StepActor, TicketStatus
from tickets.said import readers_language
from tickets.services.live.gestures import GestureKind

TONES: dict[str, str] = {
    TicketStatus.NEW: "info",
    TicketStatus.OPEN: "info",
    TicketStatus.PENDING: "warn",
    TicketStatus.SOLVED: "ok",
    TicketStatus.CLOSED: "quiet",
    RunStatus.QUEUED: "quiet",
    RunStatus.RUNNING: "info",
    RunStatus.AWAITING_CONFIRMATION: "warn",
    RunStatus.AWAITING_ANSWER: "warn",
    RunStatus.TAKEN_OVER: "human",
    RunStatus.SUCCEEDED: "ok",
    RunStatus.FAILED: "danger",
    RunStatus.CANCELLED: "quiet",
    RunStatus.HANDED_OFF: "human",
}


_TOUCHED = {
    GestureKind.TAP: (gettext_lazy("点击“%(name)s”"), gettext_lazy("点击屏幕")),
    GestureKind.LONG_PRESS: (gettext_lazy("长按“%(name)s”"), gettext_lazy("长按屏幕")),
}


def action_in_words(row: Step | Confirmation) -> str:
    """What the row's action does, e.g. 点击“提交审核”, or 点击屏幕底部没有文字的控件(在“合计”旁).

    What was no action, e.g. a reply that could not be read, is given as it stands.
    """
    if isinstance(row, Step) and row.actor == StepActor.HUMAN and row.action_name in _TOUCHED:
        named, nameless = _TOUCHED[GestureKind(row.action_name)]
        return named % {"name": row.control} if row.control else str(nameless)
    if isinstance(row, Step) and row.action_name == GestureKind.SWIPE and len(row.touch) == 4:
        return _say(_swiped(row.touch), "")
    action = from_json(row.action) if row.action else from_v1(row.action_text)
    near = row.near if isinstance(row, Confirmation) else ""
    return _say(action, row.control, near) if action else row.action_text


def _swiped(touch: list[int]) -> actions.Swipe:
    """A person's swipe, in device pixels, as an agent's: its direction is the same in any scale."""
    start_x, start_y, end_x, end_y = (place * NORM_MAX // max(1, *touch) for place in touch)
    return actions.Swipe(NormPoint(start_x, start_y), NormPoint(end_x, end_y))


def stored_in_words(text: str) -> str:
    """What an action in the documented form does, such as those of the audit trail; what is none as it stands."""
    action = from_v1(text)
    return _say(action, "") if action else text


def _say(action: actions.Action, control: str, near: str = "") -> str:  # noqa: C901 - one row per action
    match action:
        case actions.Launch(app):
            return _("打开应用“%(app)s”") % {"app": app}
        case actions.Tap(element):
            return _("点击%(place)s") % {"place": _place(element, control, near)}
        case actions.DoubleTap(element):
            return _("双击%(place)s") % {"place": _place(element, control, near)}
        case actions.LongPress(element):
            return _("长按%(place)s") % {"place": _place(element, control, near)}
        case actions.Type(text):
            return _("输入“%(text)s”") % {"text": text}
        case actions.Swipe():
            return {
                "up": _("向上滑动"),
                "down": _("向下滑动"),
                "left": _("向左滑动"),
                "right": _("向右滑动"),
            }[action.direction]
        case actions.Wait(seconds):
            return _("等待 %(seconds)s 秒") % {"seconds": f"{seconds:g}"}
        case actions.Back():
            return _("返回")
        case actions.Home():
            return _("回到主屏幕")
        case actions.TakeOver(message):
            return _with(_("请求人工接管"), message)
        case actions.Interact(message):
            return _with(_("请坐席选择"), message)
        case actions.Note(message):
            return _with(_("记下内容"), message)
        case actions.CallApi(instruction):
            return _with(_("归纳记录"), instruction)
        case actions.Finish(message):
            return _with(_("完成"), told(message))


def _place(point: NormPoint, control: str, near: str) -> str:
    """The control's own name; where it has none, the part of the screen and the text beside it."""
    if control:
        return f"“{control}”"
    words = _("屏幕%(area)s没有文字的控件(在“%(near)s”旁)") if near else _("屏幕%(area)s没有文字的控件")
    return words % {"area": _area(point), "near": near}


def _area(point: NormPoint) -> str:
    rows = (
        (_("左上角"), _("顶部"), _("右上角")),
        (_("左侧"), _("中间"), _("右侧")),
        (_("左下角"), _("底部"), _("右下角")),
    )
    return rows[min(point.y * 3 // NORM_MAX, 2)][min(point.x * 3 // NORM_MAX, 2)]


def _with(words: str, message: str) -> str:
    return _("%(name)s:%(value)s") % {"name": words, "value": message} if message else words


def run_language() -> str:
    """The language a run that the reader starts now speaks: zh or en."""
    return readers_language()


def field_words(field: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """What a confirmation's field of a flow is called in the reader's language: as the slot that it shows. A field of
    files shows whichever came, not the one that its slot names."""
    if field.get("kind") == FieldKind.FILE:
        return str(field.get("label", "")) if run_language() == "zh" else _("附件")
    return labels.get(str(field.get("slot")), "")


def in_language(reason: Any) -> str:
    """A stored reason of the gate, or a text in both languages {zh, en}, in the reader's language."""
    if not isinstance(reason, dict):
        return str(reason)
    if "values" in reason:
        return reasons.told(Reason.from_json(reason), run_language())
    first, second = ("en", "zh") if run_language() == "en" else ("zh", "en")
    return str(reason.get(first) or reason.get(second) or reason.get("code", ""))


def told(sentence: str) -> str:
    """A sentence of the parts' own catalogue, such as a stored advice, in the reader's language."""
    return say(sentence, run_language())


def script_words() -> dict[str, str]:
    """Sentences that the scripts put together themselves; `{n}` is filled in there."""
    return {
        "live": _("实时"),
        "behind": _("落后 {n} 秒"),
        "connected": _("已连接"),
        "connecting": _("正在连接…"),
        "lost": _("连接已断开,正在重连…"),
        "updated": _("列表已更新"),
        "just_now": _("刚刚"),
        "seconds_ago": _("{n} 秒前"),
        "minutes_ago": _("{n} 分钟前"),
        "hours_ago": _("{n} 小时前"),
        "days_ago": _("{n} 天前"),
        "left": _("剩 {t}"),
        "over": _("超时 {t}"),
        "minutes": _("{n} 分钟"),
        "hours": _("{n} 小时"),
        "days": _("{n} 天"),
        "expired": _("已超时"),
        "time_left": _("剩余 {t}"),
        "too_large": _("“{name}”超过 {n} MB,不能上传。"),
        "wrong_type": _("“{name}”不是支持的文件类型(图片、视频、PDF)。"),
        "too_many": _("最多上传 {n} 个附件。"),
        "too_long": _("内容太长:最多 {n} KB。"),
        "uploading": _("正在上传 {n}%"),
        "checking": _("上传完成,正在检查…"),
        "network": _("网络错误,请求没有送达。请检查网络后再试。"),
        "server": _("服务器出错,操作没有完成。请稍后再试。"),
        "phone_gone": _("手机画面中断,正在重连…"),
        "phone_waiting": _("正在等待手机画面…"),
        "latency": _("延迟 {n} 毫秒"),
        "undelivered": _("连接断开前的操作可能没有送到手机,没有重发。恢复后请先看画面。"),
        "value_changed": _("同事刚把这个值改成“{value}”。您写的还在,请核对后再保存。"),
        "confirm_title": _("待确认"),
        "needs_value": _("请先填写{label}。"),
        "needs_reason": _("屏幕与工单不一致:请先填写原因,再按同意。"),
        "needs_note": _("请先写下给智能体的备注。"),
        "session_over": _("登录已失效或权限已变更,请重新登录。"),
        "desktop_refused": _("浏览器没有允许桌面通知,请在地址栏旁的网站设置中允许。"),
        "several_wait": _("{n} 个等您处理"),
        "mute": _("提示方式:浏览器要您在本页点一下或按一个键,提示音才会响"),
        "undo": _("撤销"),
        "status_changed": _("状态已改为“{status}”。"),
        "resolved": _("{number} 已解决。"),
        "copied": _("已复制"),
        "paste_cut": _("这里最多 {n} 个字:粘贴的 {of} 个字只留下了前 {kept} 个。"),
        "not_copied": _("浏览器不允许复制,请选中文字后手动复制。"),
        "typed_unsent": _("页面已更新,您写的没有提交:{text}"),
        "also_here": _("{who} 也在看"),
        "remove": _("移除"),
        "sent": _("已发送"),
        "dismiss": _("关闭"),
        "pick_found": _("选中全部 {n} 个"),
        "picked_lacking": _("其中 {n} 个还缺信息,启动时会被退回。"),
        "picked_most": _("一次最多选中 {n} 个。"),
        "bulk_done": _("{act}:已完成 {n} / {of}"),
        "bulk_refused": _("{n} 个没有完成"),
        "bulk_left": _("{n} 个还没有处理。"),
        "mixed": _("所选工单不是同一类,请分开启动。"),
    }
