"""The engine's own words to people and to the model, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence

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

_TEXTS: dict[str, tuple[str, str]] = {
    # to people
    "confirm": ("[确认] ", "[Confirm] "),
    "content": ("内容", "Text"),
    "unread": ("(未读到)", "(not readable)"),
    "tap": ("点击“{label}”", "tap “{label}”"),
    "double_tap": ("双击“{label}”", "double-tap “{label}”"),
    "long_press": ("长按“{label}”", "long-press “{label}”"),
    "swipe": ("滑动“{label}”", "swipe “{label}”"),
    "type": ("输入“{label}”", "type “{label}”"),
    "swipe_up": ("向上滑动", "swipe up"),
    "swipe_down": ("向下滑动", "swipe down"),
    "swipe_left": ("向左滑动", "swipe left"),
    "swipe_right": ("向右滑动", "swipe right"),
    "back": ("返回", "go back"),
    "home": ("回到主屏幕", "go to the home screen"),
    "wait": ("等待", "wait"),
    "hand_over": ("请求人工接管:{label}", "ask for a takeover: {label}"),
    "ask_choice": ("请坐席选择:{label}", "ask the operator: {label}"),
    "note": ("记下内容:{label}", "note: {label}"),
    "sum_up": ("归纳记录:{label}", "sum up: {label}"),
    "launch": ("打开应用“{label}”", "open the app “{label}”"),
    "finish": ("结束任务:{label}", "finish: {label}"),
    "nameless": ("没有文字的控件", "a control without words"),
    "uncertain": (
        "[是否重做] {what} 的结果未知。Y:再做一次;N:不再重复,继续",
        "[Do it again?] the outcome of {what} is unknown. Y: do it again; N: go on without repeating it",
    ),
    "finish_check": (
        "[确认完成] 模型报告:{what}(屏幕上没有可核对的依据)",
        "[Confirm the end] the model reports: {what} (nothing on the screen proves it)",
    ),
    "field_changed": ("{label}:{old} → {new}", "{label}: {old} → {new}"),
    "target_changed": ("点击处:{old} → {new}", "touch point: {old} → {new}"),
    "screen_changed": ("画面已变化", "the screen has changed"),
    "question": ("请选择如何继续", "How should it go on?"),
    "takeover": ("需要人工操作", "a person is needed"),
    "unreadable": ("模型的回复连续无法读取:{what}", "the model's replies cannot be read: {what}"),
    "denied": ("操作被拒绝:{what}", "refused: {what}"),
    "denied_app": ("前台应用不在流程允许之列:{what}", "the foreground app is not on the flow's list: {what}"),
    "password": ("需要由人输入密码", "a password has to be entered by a person"),
    "secure_screen": (
        "屏幕受保护,无法查看,请人工操作",
        "the screen is protected and cannot be seen; a person must act",
    ),
    "risk_control": (
        "应用要求人工验证或提示风险,请人工处理",
        "the app asks for a person or warns of a risk; a person must act",
    ),
    "acts_by_itself": (
        "页面会自动执行操作,请马上查看",
        "the page is about to act by itself; please look now",
    ),
    "stuck": ("多次尝试没有进展,请人工查看", "several attempts led nowhere; please look"),
    "same_question": (
        "同一个问题已经回答过 {what} 次,智能体仍然在问,请人工处理",
        "the same question was answered {what} times and is asked again; a person must act",
    ),
    "outcome_unknown": (
        "不可撤销的操作之后出现了异常页面:是否已经生效还不清楚,请人工核实,不要直接重试",
        "after an act that cannot be undone the page shows an error: whether it took effect is not known; "
        "a person must find out before anything is tried again",
    ),
    "network": ("页面多次加载失败,请检查网络", "the page failed to load several times; check the network"),
    "no_evidence": (
        "模型认为已完成,但屏幕上没有看到:{what}",
        "the model says it is done, but the screen does not show: {what}",
    ),
    "not_acted": (
        "屏幕上有完成的提示,但本次处理还没有做过提交:它可能是以前留下的",
        "the screen speaks of success, but nothing was committed in this run: it may be left from before",
    ),
    "max_steps": ("达到步数上限 {what}", "the limit of {what} steps is reached"),
    "done": ("已完成", "done"),
    # outcomes of steps
    "changed": ("画面已变化", "the screen changed"),
    "unchanged": ("画面没有变化", "the screen did not change"),
    "on_route": ("按路线执行", "as the route goes"),
    "route_done": ("已按路线完成", "done as the route goes"),
    "route_read": ("已按路线查到:{what}", "found as the route goes: {what}"),
    "noted": ("已记录", "noted"),
    "summarised": ("已整理", "summarised"),
    "challenged": ("没有看到完成的依据", "no evidence of success"),
    "cut_off_done": ("中断前已生效:屏幕上有完成的依据", "it had taken effect: the evidence is on the screen"),
    "cut_off_again": ("中断,重新观察后继续", "cut off; looked afresh and went on"),
    "cut_off_unknown": ("中断,结果未知", "cut off; the outcome is unknown"),
    # to the model
    "by_back": (
        "左上角的图标没有文字,系统已用 Back 代替点击。离开页面请直接用 Back。",
        "The icon in the corner has no words; Back was done instead of touching it. Leave a page by Back.",
    ),
    "route_goal": (
        "流程记住的下一步是{what}。如果画面不同,请先回到能继续的页面。",
        "The next act the flow remembers is to {what}. If the screen is another, find the way back to it first.",
    ),
    "no_effect": (
        "你的上一个动作 {what} 之后屏幕没有变化。请看清目标的位置,换一个位置或另一种做法。",
        "After your last action {what} the screen did not change. Look where the target is; try another place or way.",
    ),
    "failed": ("你的上一个动作 {what} 没有成功。{why}", "Your last action {what} failed. {why}"),
    "scrolled": (
        "你在重复同样的动作却没有进展,系统已为你向下滚动。请重新寻找目标。",
        "You repeat the same actions without progress, so the page has been scrolled for you. "
        "Look for the target again.",
    ),
    "search_here": (
        "你在重复同样的动作却没有进展。屏幕上可以搜索的位置:{what}。请改用搜索,或换一个同义的入口。",
        "You repeat the same actions without progress. Places to search on this screen: {what}. "
        "Use the search, or another entry with a similar name.",
    ),
    "nowhere_to_search": (
        "你在重复同样的动作却没有进展。请换一个含义相近的入口、图标或提示文字。",
        "You repeat the same actions without progress. Try an entry, an icon or a hint text of similar meaning.",
    ),
    "rolled_back": (
        "连续的动作没有达到目的,系统已退回之前的页面。请换一种做法。",
        "Several actions led nowhere, so the last known page has been returned to. Find another way.",
    ),
    "popup": ("系统已关闭弹窗“{what}”,请继续任务。", "A pop-up was closed with “{what}”. Go on with the task."),
    "retried": ("页面加载失败,系统已点击“{what}”。", "The page failed to load; “{what}” was pressed."),
    "keyboard": (
        "键盘挡住了你要点击的位置,系统已收起键盘。请按最新截图继续。",
        "The keyboard covered the place you wanted to touch, so it was put away. Go on from the newest screenshot.",
    ),
    "cut_off": (
        "执行曾被中断,动作 {what} 可能没有完成。请按最新截图继续。",
        "The run was interrupted; {what} may not have been carried out. Go on from the newest screenshot.",
    ),
    "not_there": (
        "坐席同意再做一次,但目标已不在屏幕上。请按最新截图重新进行。",
        "The operator agreed to do it again, but the target is no longer on the screen. Find it again.",
    ),
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


def say(key: str, lang: str, **values: str) -> str:
    zh, en = _TEXTS[key]
    text = zh if lang == "zh" else en
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def describe(action: Action, label: str, lang: str) -> str:
    """The action as a person would say it; `label` names its target."""
    if isinstance(action, Swipe) and not label:
        return say(f"swipe_{action.direction}", lang)
    own = "" if isinstance(action, Tap) else next((getattr(action, n) for n in _OWN_WORDS if hasattr(action, n)), "")
    return say(_ACTIONS[type(action)], lang, label=own or label or say("nameless", lang))


def summary(action: Action, label: str, fields: Sequence[FieldValue], *, only_fields: bool, lang: str) -> str:
    """`[确认] 退款:¥399.00 | 补偿:¥50.00`; with the action in front where the fields are not the flow's own, or not all
    could be read: it may be something else that is to be touched (a permission)."""
    values = [f"{field.label}:{field.screen_value or say('unread', lang)}" for field in fields]
    enough = only_fields and values and all(field.screen_value for field in fields)
    parts = values if enough else [describe(action, label, lang), *values]
    return say("confirm", lang) + " | ".join(parts)
