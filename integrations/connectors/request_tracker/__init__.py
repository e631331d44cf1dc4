"""Request Tracker 5, asked over REST2 what changed; registers itself among the kinds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors.kinds import Kind, SecretSpec, register
from integrations.connectors.protocol import Capability, State
from integrations.connectors.request_tracker.connector import ALWAYS, RequestTracker
from integrations.connectors.request_tracker.settings import TOKEN, RequestTrackerSettings

KIND = register(
    Kind(
        kind="request_tracker",
        title="Request Tracker 5",
        settings=RequestTrackerSettings,
        build=RequestTracker,
        capabilities=ALWAYS | {Capability.TAGS},
        secrets=(
            SecretSpec(
                TOKEN, _("授权令牌"), _("以本系统所用的账号登录 Request Tracker,在 /Prefs/AuthTokens.html 新建。")
            ),
        ),
        steps=(
            _("在 Request Tracker 里为本系统建立一个特权账号,时区设为 UTC。"),
            _(
                "在要处理的队列里给它 SeeQueue、ShowTicket、ShowTicketComments、CommentOnTicket、"
                "ReplyToTicket 和 ModifyTicket 权限。"
            ),
            _("给它 ManageAuthTokens 权限,登录后新建一个授权令牌,填在这里。"),
        ),
        tried=_(
            "对 Debian 的 Request Tracker 5.0.3 真实服务器测试过:查询、附件、备注、回复、状态、标签和权限不足。"
            "没有试过其他版本和数据库、自定义的生命周期和单点登录。"
        ),
        real=True,
        states={
            "new": State.OPEN,
            "open": State.OPEN,
            "stalled": State.PENDING,
            "resolved": State.SOLVED,
            "rejected": State.CLOSED,
            "deleted": State.CLOSED,
        },
        priorities={"100": 1, "50": 2, "0": 3},
    )
)
