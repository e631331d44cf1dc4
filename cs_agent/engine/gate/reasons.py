"""Why the gate decided as it did: stable codes, each with its words in Chinese and English."""

from __future__ import annotations

from cs_agent.engine.run.state import Reason

_TEXTS: dict[str, tuple[str, str]] = {
    "commit_word": ("“{label}”可能无法撤销({word})", "“{label}” may not be undoable ({word})"),
    "flow_word": ("“{label}”是流程规定必须确认的操作", "the flow demands a confirmation for “{label}”"),
    "affirms": ("“{label}”会确认页面上的内容", "“{label}” says yes to what the page asks"),
    "permission": ("“{label}”会授予系统权限", "“{label}” grants a system permission"),
    "refuses": ("“{label}”会拒绝对方的请求", "“{label}” turns a request down"),
    "option": ("“{label}”在此页面上可能直接生效", "“{label}” may take effect at once on this page"),
    "opens_or_does": ("“{label}”在此页面上可能直接提交", "“{label}” may submit at once on this page"),
    "advances": ("在涉及{nature}的页面上继续", "goes on from a page about {nature}"),
    "retries": ("“{label}”可能把刚才的操作再做一次", "“{label}” may do the last thing once more"),
    "hold": ("“{label}”需要按住或滑动才会执行", "“{label}” is carried out by holding or sliding"),
    "unproven": ("没有依据表明点击“{label}”是无害的", "nothing vouches that “{label}” is harmless"),
    "unnamed": ("点击处没有名称,无法判断它会做什么", "what is touched has no name; what it does cannot be told"),
    "corner": (
        "左上角的图标没有文字,无法判断它会做什么;离开页面请用系统返回",
        "an icon without words in the corner; what it does cannot be told, and the system's Back leaves the page",
    ),
    "stale_tree": (
        "控件信息与画面不符,无法确认点击的是“{label}”",
        "the tree is not of this picture; it is not certain that “{label}” is touched",
    ),
    "vouched": ("{word}:“{label}”无害", "{word}: “{label}” is harmless"),
    "vouched_kind": ("无害的操作:{word}", "harmless by its kind: {word}"),
    "risk_control": ("应用要求人工验证或提示风险:{label}", "the app asks for a person or warns of a risk: {label}"),
    "acts_by_itself": ("页面会自动执行操作:{label}", "the page is about to act by itself: {label}"),
    "submits_itself": ("输入后页面可能自动提交", "the page may submit by itself once this is typed"),
    "nowhere_to_type": ("页面上没有输入框", "there is no field on the page"),
    "near_commit": ("点击处紧挨着“{label}”", "the touch point is right beside “{label}”"),
    "overlay": ("点击处属于另一个应用的浮层({label})", "the touch point belongs to another app's overlay ({label})"),
    "switch": ("“{label}”是立即生效的开关", "“{label}” is a switch that takes effect at once"),
    "slider": ("拖动滑块", "a slider is moved"),
    "row_swipe": ("横向滑动可能删除或归档这一项", "a sideways swipe may delete or archive this entry"),
    "swipe_on_control": ("滑动经过“{label}”", "the swipe starts or ends on “{label}”"),
    "newline": ("输入的换行可能会发送或提交", "the typed line break may send or submit"),
    "password": ("密码须由人来输入", "passwords are for a person to enter"),
    "password_maybe": ("无法确定是否在输入密码", "this may be a password field"),
    "amount_over_limit": ("金额 {label} 超过流程上限 {word}", "the amount {label} is above the flow's limit {word}"),
    "read_only_flow": ("该流程只允许查询", "this flow may only look things up"),
    "app_not_allowed": ("应用 {label} 不在流程允许之列", "the app {label} is not on the flow's list"),
    "launch_not_allowed": ("不允许打开应用 {label}", "the app {label} may not be opened"),
    "app_unknown": ("无法确定前台是哪个应用", "the foreground app is not known"),
    "model_flag": ("智能体判断涉及钱款或隐私", "the model marked it as money, payment or privacy"),
    "low_confidence": ("模型把握不足({word})", "the model is not sure enough ({word})"),
    "confidence_unknown": ("模型没有给出把握程度", "the model gave no confidence"),
    "model_takeover": ("模型请求人工操作", "the model asks a person to act"),
    "outcome_unknown": (
        "前一个不可撤销的操作是否生效还不清楚,“{label}”可能把它再做一次",
        "it is not known whether the last act, which cannot be undone, took effect; “{label}” may do it again",
    ),
    "route_commits": ("按流程的路线,此操作每次都要确认", "by the flow's route this act is confirmed every time"),
    "model_question": ("模型请求人工选择", "the model asks a person to choose"),
}

NATURES: dict[str, tuple[str, str]] = {
    "payment": ("支付", "payment"),
    "transfer": ("转账", "a transfer"),
    "refund": ("退款", "a refund"),
    "deletion": ("删除", "deletion"),
    "authorisation": ("授权", "authorisation"),
    "permission": ("系统权限", "a permission"),
    "password": ("密码", "a password"),
    "compose": ("发送内容", "sending something"),
    "selection": ("批量操作", "several chosen things"),
    "submit": ("提交", "submitting"),
    "failed": ("失败的操作", "a failed deed"),
}


def reason(code: str, *, label: str = "", word: str = "", natures: tuple[str, ...] = ()) -> Reason:
    zh, en = _TEXTS[code]
    named = [NATURES[nature] for nature in natures if nature in NATURES] or [("敏感操作", "a sensitive matter")]
    return Reason(
        code,
        _put(zh, label, word, "、".join(one for one, _ in named)),
        _put(en, label, word, ", ".join(one for _, one in named)),
    )


_KINDS: dict[str, tuple[str, str]] = {
    "field": ("点选输入框", "a field is touched"),
    "back": ("返回", "going back"),
    "leave": ("关闭弹窗,不作选择", "a dialog is left without an answer"),
    "search": ("点击刚输入内容的搜索框的按钮", "the button of the search field that was just typed into"),
    "tab": ("切换标签", "another tab is shown"),
    "record": ("打开列表中的一条记录", "an entry of a list of records is opened"),
    "choice": ("在选择器中选一项,之后还要点完成", "a choice in a picker whose own end is still to be pressed"),
    "launcher": ("从主屏幕打开应用", "an app is opened from the home screen"),
    "list": ("展开下拉列表", "a drop-down list is opened"),
    "home": ("回到主屏幕", "going to the home screen"),
    "scroll": ("滚动页面", "the page is scrolled"),
    "type": ("在输入框中输入,不提交", "a field is filled in, and nothing is submitted"),
    "wait": ("等待", "waiting"),
    "launch": ("打开流程允许的应用", "an app that the flow allows is opened"),
}
_SOURCES: dict[str, tuple[str, str]] = {
    "flow": ("流程列明的控件", "a control that the flow names"),
    "route": ("已评审路线的第 {number} 步", "step {number} of the reviewed route"),
    "editor": ("流程编辑者的认定(编号 {number})", "a flow editor's word (number {number})"),
}


def voucher_reason(voucher: str, label: str) -> Reason:
    """Who or what vouches for an act, in words: "kind:tab", "flow", "route:4", "editor:17"."""
    source, _, which = voucher.partition(":")
    if source == "kind":
        code, (zh, en) = "vouched_kind", _KINDS.get(which, (which, which))
    else:
        number = str(int(which) + 1) if source == "route" else which
        code, (zh, en) = "vouched", _SOURCES.get(source, (voucher, voucher))
        zh, en = zh.replace("{number}", number), en.replace("{number}", number)
    texts = _TEXTS[code]
    return Reason(code, _put(texts[0], label, zh, ""), _put(texts[1], label, en, ""))


def codes() -> tuple[str, ...]:
    return tuple(_TEXTS)


def _put(text: str, label: str, word: str, nature: str) -> str:
    for key, value in (("{nature}", nature), ("{word}", word), ("{label}", label[:40])):
        text = text.replace(key, value)
    return text
