"""网易七鱼: signed pushes in, its open interface back; where notes and statuses are written is set up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.protocol import Capability, State
from integrations.connectors.qiyu.connector import ALWAYS, QiyuConnector
from integrations.connectors.qiyu.settings import QiyuSettings

KIND = kinds.register(
    kinds.Kind(
        "qiyu",
        _("网易七鱼"),
        QiyuSettings,
        QiyuConnector,
        ALWAYS | {Capability.NOTE, Capability.REPLY, Capability.STATUS, Capability.DEEP_LINK},
        secrets=(kinds.SecretSpec("secret", "AppSecret", _("七鱼管理端“设置 → 开放接口”里的 AppSecret。")),),
        steps=(
            _("在七鱼管理端启用开放接口,记下 AppKey 和 AppSecret。"),
            _("把工单的消息推送地址设为 {hook}。"),
            _("写回的接口按您开通的七鱼文档填写在下面;不填的不写回。"),
        ),
        tried=_(
            "按七鱼文档的签名、查询和详情格式以及测试服务器试过;没有连接过真实的七鱼。推送的内容和写回的接口以您的七鱼文档为准。"
        ),
        states={
            "1": State.OPEN,
            "5": State.OPEN,
            "10": State.OPEN,
            "20": State.SOLVED,
            "50": State.PENDING,
        },
        priorities={"10": 1, "5": 2, "0": 3},
    )
)
