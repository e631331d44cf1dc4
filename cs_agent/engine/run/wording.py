"""The engine's own words to people, and to the model about its acts."""

from __future__ import annotations

from collections.abc import Sequence

from cs_agent import catalogue
from cs_agent.catalogue import _
from cs_agent.engine.actions.values import (
    Action,
    Back,
    CallApi,
    DoubleTap,
    Finish,
    Home,
    Interact,
    Launch,
    LongPress,
    Note,
    Swipe,
    TakeOver,
    Tap,
    Type,
    Wait,
)
from cs_agent.engine.run.state import FieldValue
from cs_agent.said import Said, Sentence, joined

PREFIX = "engine."  # of the codes under which these sentences are stored

_TEXTS: dict[str, str] = {
    # to people
    "confirm": _("[确认] "),
    "content": _("内容"),
    "window": _("弹窗提示"),
    "unread": _("(未读到)"),
    "tap": _("点击“{label}”"),
    "double_tap": _("双击“{label}”"),
    "long_press": _("长按“{label}”"),
    "swipe": _("滑动“{label}”"),
    "type": _("输入“{label}”"),
    "swipe_up": _("向上滑动"),
    "swipe_down": _("向下滑动"),
    "swipe_left": _("向左滑动"),
    "swipe_right": _("向右滑动"),
    "back": _("返回"),
    "home": _("回到主屏幕"),
    "wait": _("等待"),
    "hand_over": _("请求人工接管:{label}"),
    "ask_choice": _("请坐席选择:{label}"),
    "note": _("记下内容:{label}"),
    "sum_up": _("归纳记录:{label}"),
    "launch": _("打开应用“{label}”"),
    "finish": _("结束任务:{label}"),
    "nameless": _("没有文字的控件"),
    "uncertain": _("[是否重做] {what} 的结果未知。Y:再做一次;N:不再重复,继续"),
    "finish_check": _("[确认完成] 模型报告:{what}(屏幕上没有可核对的依据)"),
    "field_changed": _("{label}:{old} → {new}"),
    "target_changed": _("点击处:{old} → {new}"),
    "screen_changed": _("画面已变化"),
    "question": _("请选择如何继续"),
    "takeover": _("需要人工操作"),
    "unreadable": _("模型的回复连续无法读取:{what}"),
    "denied": _("操作被拒绝:{what}"),
    "denied_app": _("前台应用不在流程允许之列:{what}"),
    "password": _("需要由人输入密码"),
    "secure_screen": _("屏幕受保护,无法查看,请人工操作"),
    "risk_control": _("应用要求人工验证或提示风险,请人工处理"),
    "acts_by_itself": _("页面会自动执行操作,请马上查看"),
    "stuck": _("多次尝试没有进展,请人工查看"),
    "same_question": _("同一个问题已经回答过 {what} 次,智能体仍然在问,请人工处理"),
    "outcome_unknown": _("不可撤销的操作之后出现了异常页面:是否已经生效还不清楚,请人工核实,不要直接重试"),
    "network": _("页面多次加载失败,请检查网络"),
    "no_evidence": _("模型认为已完成,但屏幕上没有看到:{what}"),
    "not_acted": _("屏幕上有完成的提示,但本次处理还没有做过提交:它可能是以前留下的"),
    "max_steps": _("达到步数上限 {what}"),
    "done": _("已完成"),
    # outcomes of steps
    "changed": _("画面已变化"),
    "unchanged": _("画面没有变化"),
    "on_route": _("按路线执行"),
    "route_done": _("已按路线完成"),
    "route_shows": _("已按路线完成,页面显示:{what}"),
    "route_read": _("已按路线查到:{what}"),
    "noted": _("已记录"),
    "summarised": _("已整理"),
    "challenged": _("没有看到完成的依据"),
    "cut_off_done": _("中断前已生效:屏幕上有完成的依据"),
    "cut_off_again": _("中断,重新观察后继续"),
    "cut_off_unknown": _("中断,结果未知"),
    # to the model
    "by_back": _("无法确认点击此处只是离开,系统已用 Back 代替点击。离开页面或关闭弹层请直接用 Back。"),
    "route_so_far": _("已按流程做完:{what}。请从现在的画面继续,不要从头开始。"),
    "route_opened": _("打开“{what}”"),
    "route_typed": _("输入“{what}”"),
    "route_tapped": _("点“{what}”"),
    "route_goal": _("流程记住的下一步是{what}。如果画面不同,请先回到能继续的页面。"),
    "no_effect": _("你的上一个动作 {what} 之后屏幕没有变化。请看清目标的位置,换一个位置或另一种做法。"),
    "failed": _("你的上一个动作 {what} 没有成功。{why}"),
    "scrolled": _("你在重复同样的动作却没有进展,系统已为你向下滚动。请重新寻找目标。"),
    "search_here": _("你在重复同样的动作却没有进展。屏幕上可以搜索的位置:{what}。请改用搜索,或换一个同义的入口。"),
    "nowhere_to_search": _("你在重复同样的动作却没有进展。请换一个含义相近的入口、图标或提示文字。"),
    "rolled_back": _("连续的动作没有达到目的,系统已退回之前的页面。请换一种做法。"),
    "popup": _("系统已关闭弹窗“{what}”,请继续任务。"),
    "retried": _("页面加载失败,系统已点击“{what}”。"),
    "keyboard": _("键盘挡住了你要点击的位置,系统已收起键盘。请按最新截图继续。"),
    "cut_off": _("执行曾被中断,动作 {what} 可能没有完成。请按最新截图继续。"),
    "left": _("坐席已同意,但手机已回到主屏幕。请按最新截图重新进行。"),
    "not_there": _("坐席同意再做一次,但目标已不在屏幕上。请按最新截图重新进行。"),
}

_ACTIONS = {
    Tap: "tap",
    DoubleTap: "double_tap",
    LongPress: "long_press",
    Swipe: "swipe",
    Type: "type",
    Launch: "launch",
    Finish: "finish",
    Wait: "wait",
    Back: "back",
    Home: "home",
    TakeOver: "hand_over",
    Interact: "ask_choice",
    Note: "note",
    CallApi: "sum_up",
}
_OWN_WORDS = ("text", "app", "message", "instruction")  # what an action says itself


def say(key: str, lang: str, **values: str) -> Said:
    return Said(catalogue.say(_TEXTS[key], lang, **values), Sentence(PREFIX + key, values))


def codes() -> tuple[str, ...]:
    return tuple(_TEXTS)


def describe(action: Action, label: str, lang: str) -> Said:
    """The action in words for people; `label` names its target."""
    if isinstance(action, Swipe) and not label:
        return say(f"swipe_{action.direction}", lang)
    own = "" if isinstance(action, Tap) else next((getattr(action, n) for n in _OWN_WORDS if hasattr(action, n)), "")
    return say(_ACTIONS[type(action)], lang, label=own or label or say("nameless", lang))


def summary(action: Action, label: str, fields: Sequence[FieldValue], *, only_fields: bool, lang: str) -> Said:
    """`[确认] 退款:¥399.00 | 补偿:¥50.00`.

    Preceded by the action if the fields are not the flow's own or not all could be read, since another control may be
    meant (a permission dialog).
    """
    values = [joined(":", [field.label, field.screen_value or say("unread", lang)]) for field in fields]
    enough = only_fields and values and all(field.screen_value for field in fields)
    parts = values if enough else [describe(action, label, lang), *values]
    return joined("", [say("confirm", lang), joined(" | ", parts)])
