"""What to do about an error code of WeCom.

Rule: the code decides, never WeCom's words, which change. What each code means here (try again, give up, lacks a right)
is a setting; this only advises.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from tickets.said import Said, gettext_said

_SECRET = _("核对企业 ID 和微信客服的 Secret(管理后台 → 微信客服 → API);重置过 Secret 的话,请在连接器里重新填写。")
_ACCOUNT = _("核对“客服账号”里的 open_kfid:它要还在,并且在“微信客服 → API”里交给了这个应用管理。")
_RIGHT = _("在管理后台“微信客服 → API → 可调用接口的应用”里选上这个应用,并给它所缺的接口权限。")
_APP = _("核对通知应用的 AgentId 和 Secret,并让要通知的成员在它的可见范围里。")
_ENDED = _("会话已经结束:客户再次发来消息后才能回复,现在请用别的方式联系。")
_STATE = _("这个会话状态不能这样改:要改成的状态是否允许,以及会话是否已经结束。")
_FULL = _("客户每发一次消息,48 小时内最多回复 5 条。等客户再次发来消息,或用别的方式联系。")
_FREQUENT = _("设置没有问题,是调用太多:到时会自动继续;若常常这样,请加大“每隔多少秒主动查看变化”。")

_ADVICE: Mapping[int, str] = {
    **dict.fromkeys((40001, 40013, 40014, 41001, 41002, 41004, 42001), _SECRET),
    **dict.fromkeys((40056, 301002, 60011, 81013), _APP),
    **dict.fromkeys((48002, 48004, 95017), _RIGHT),
    **dict.fromkeys((45009, 45011, 45033), _FREQUENT),
    **dict.fromkeys((95000, 95004), _ACCOUNT),
    **dict.fromkeys((95001, 95002), _FULL),
    **dict.fromkeys((95014, 95016), _STATE),
    60020: _("把错误里写的 IP(本系统的出口)加入这个应用的“企业可信 IP”,几分钟后生效。"),
    95011: _("这个客服账号在企业微信里由人接待:到“微信客服 → API”里交给 API 管理。"),
    95012: _("企业还没有启用微信客服:先在管理后台启用。"),
    95013: _ENDED,
}


def advice_of(code: int) -> Said | None:
    """None for a code that nobody told us of."""
    found = _ADVICE.get(code)
    return gettext_said(found) if found else None
