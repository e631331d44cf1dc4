"""Why the gate decided as it did: stable codes with values, put into words where somebody reads them."""

from __future__ import annotations

from cs_agent.catalogue import _, say
from cs_agent.engine.run.state import Reason
from cs_agent.said import Said, Sentence

PREFIX = "gate."  # of the codes under which a reason is stored as a part of other texts

_TEXTS: dict[str, str] = {
    "commit_word": _("“{label}”可能无法撤销({word})"),
    "flow_word": _("“{label}”是流程规定必须确认的操作"),
    "affirms": _("“{label}”会确认页面上的内容"),
    "permission": _("“{label}”会授予系统权限"),
    "refuses": _("“{label}”会拒绝对方的请求"),
    "option": _("“{label}”在此页面上可能直接生效"),
    "opens_or_does": _("“{label}”在此页面上可能直接提交"),
    "advances": _("在涉及{nature}的页面上继续"),
    "retries": _("“{label}”可能把刚才的操作再做一次"),
    "hold": _("“{label}”需要按住或滑动才会执行"),
    "unproven": _("没有依据表明点击“{label}”是无害的"),
    "unnamed": _("点击处没有名称,无法判断它会做什么"),
    "corner": _("左上角的图标没有文字,无法判断它会做什么;离开页面请用系统返回"),
    "closing_mark": _("弹层边上的图标没有文字,无法判断它会做什么;关闭弹层请用系统返回"),
    "closing_answer": _("“{label}”可能不只是关闭弹窗;关闭弹窗请用系统返回"),
    "stale_tree": _("控件信息与画面不符,无法确认点击的是“{label}”"),
    "vouched": _("{word}:“{label}”无害"),
    "vouched_kind": _("无害的操作:{word}"),
    "risk_control": _("应用要求人工验证或提示风险:{label}"),
    "acts_by_itself": _("页面会自动执行操作:{label}"),
    "submits_itself": _("输入后页面可能自动提交"),
    "nowhere_to_type": _("页面上没有输入框"),
    "near_commit": _("点击处紧挨着“{label}”"),
    "overlay": _("点击处属于另一个应用的浮层({label})"),
    "switch": _("“{label}”是立即生效的开关"),
    "slider": _("拖动滑块"),
    "row_swipe": _("横向滑动可能删除或归档这一项"),
    "swipe_on_control": _("滑动经过“{label}”"),
    "newline": _("输入的换行可能会发送或提交"),
    "password": _("密码须由人来输入"),
    "password_maybe": _("无法确定是否在输入密码"),
    "amount_over_limit": _("金额 {label} 超过流程上限 {word}"),
    "read_only_flow": _("该流程只允许查询"),
    "app_not_allowed": _("应用 {label} 不在流程允许之列"),
    "launch_not_allowed": _("不允许打开应用 {label}"),
    "app_unknown": _("无法确定前台是哪个应用"),
    "model_flag": _("智能体判断涉及钱款或隐私"),
    "low_confidence": _("模型把握不足({word})"),
    "confidence_unknown": _("模型没有给出把握程度"),
    "model_takeover": _("模型请求人工操作"),
    "outcome_unknown": _("前一个不可撤销的操作是否生效还不清楚,“{label}”可能把它再做一次"),
    "route_commits": _("按流程的路线,此操作每次都要确认"),
    "model_question": _("模型请求人工选择"),
}

NATURES: dict[str, str] = {
    "payment": _("支付"),
    "transfer": _("转账"),
    "refund": _("退款"),
    "deletion": _("删除"),
    "authorisation": _("授权"),
    "permission": _("系统权限的授予"),
    "password": _("密码"),
    "compose": _("发送内容"),
    "selection": _("批量操作"),
    "submit": _("提交"),
    "failed": _("失败的操作"),
}


_KINDS: dict[str, str] = {
    "field": _("点选输入框"),
    "filled": _("点选表单中已填写的一项"),
    "back": _("返回上一页"),
    "leave": _("关闭弹窗,不作选择"),
    "search": _("点击刚输入内容的搜索框的按钮"),
    "clear": _("清空刚输入内容的搜索框"),
    "tab": _("切换标签"),
    "record": _("打开列表中的一条记录"),
    "choice": _("在选择器中选一项,之后还要点完成"),
    "launcher": _("从主屏幕打开应用"),
    "menu": _("打开应用的菜单或搜索"),
    "list": _("展开下拉列表"),
    "home": _("返回主屏幕"),
    "scroll": _("滚动页面"),
    "type": _("在输入框中输入,不提交"),
    "wait": _("只是等待"),
    "launch": _("打开流程允许的应用"),
}
_SOURCES: dict[str, str] = {
    "flow": _("流程列明的控件"),
    "route": _("已评审路线的第 {number} 步"),
    "editor": _("流程编辑者的认定(编号 {number})"),
}
_SENSITIVE = _("敏感操作")
_MOST_LABEL = 40  # characters of a caption that are told


def reason(code: str, *, label: str = "", word: str = "", natures: tuple[str, ...] = ()) -> Reason:
    given = {"label": label[:_MOST_LABEL], "word": word, "natures": ",".join(natures)}
    return Reason(code, {name: value for name, value in given.items() if value})


def voucher_reason(voucher: str, label: str) -> Reason:
    """Who or what vouches for an act: "kind:tab", "flow", "route:4", "editor:17"."""
    code = "vouched_kind" if voucher.startswith("kind:") else "vouched"
    return Reason(code, {"voucher": voucher, "label": label[:_MOST_LABEL]})


def told(reason: Reason, lang: str) -> Said:
    """The reason as a sentence in "zh" or "en"; as it was written down where an older release wrote sentences."""
    return Said(_text(reason, lang), Sentence(PREFIX + reason.code, reason.values))


def _text(reason: Reason, lang: str) -> str:
    values = reason.values
    if "zh" in values:
        return values.get(lang) or values["zh"]
    word = _voucher(values["voucher"], lang) if "voucher" in values else values.get("word", "")
    said = {"label": values.get("label", ""), "word": word, "nature": _natures(values.get("natures", ""), lang)}
    return say(_TEXTS.get(reason.code, reason.code), lang, **said)


def codes() -> tuple[str, ...]:
    return tuple(_TEXTS)


def _natures(natures: str, lang: str) -> str:
    named = [say(NATURES[nature], lang) for nature in natures.split(",") if nature in NATURES]
    return ("、" if lang == "zh" else ", ").join(named or [say(_SENSITIVE, lang)])


def _voucher(voucher: str, lang: str) -> str:
    source, _sep, which = voucher.partition(":")
    if source == "kind":
        return say(_KINDS.get(which, which), lang)
    number = str(int(which) + 1) if source == "route" else which
    return say(_SOURCES.get(source, voucher), lang, number=number)
