"""For every system that has no connector of its own: Standard Webhooks in, REST back, all of it set up on the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.generic.connector import GenericConnector, preview
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.protocol import Capability

KIND = kinds.register(
    kinds.Kind(
        "generic",
        _("通用(Webhook + REST)"),
        GenericSettings,
        GenericConnector,
        frozenset(Capability) - {Capability.IDENTITY},
        secrets=(
            kinds.SecretSpec(
                "signing",
                _("签名密钥"),
                _("Standard Webhooks 的格式为 whsec_…;其他方式填对方给的密钥、令牌,或 Basic 的 用户名:密码。"),
                made_here=True,
            ),
            kinds.SecretSpec(
                "aes_key",
                "EncodingAESKey",
                _("钉钉、企业微信应用的加密回调才有,43 个字符;飞书的 Encrypt Key 和它们的 Token 填在“签名密钥”里。"),
                required=False,
            ),
            kinds.SecretSpec(
                "token", _("访问令牌"), _("我们调用对方接口时放在请求头里的内容,如 Bearer …"), required=False
            ),
        ),
        steps=(
            _("在对方系统里添加 Webhook:{hook}"),
            _("选择工单新建、更新和删除的事件。能按 Standard Webhooks 签名时用下面的密钥,否则选择对方的签名方式。"),
            _("粘贴一段真实的内容,核对“试一试”里的预览;需要写回时再填写 REST 的各项。"),
        ),
        tried=_(
            "用测试服务器试过各种签名、重复、乱序、限流和写回,也用仿照二十三种系统公开文档写的内容试过接收;"
            "对真实的 django-helpdesk 2.6.1(接口和 Webhook)试过。"
            "没有连接过其他真实系统,字段和路径以您的系统为准。"
        ),
        real=True,
        preview=preview,
    )
)
