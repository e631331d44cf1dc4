"""Redmine: asked what changed; from 7.0 on its signed webhooks as well; notes and statuses back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.connectors import kinds
from integrations.connectors.redmine.connector import RedmineConnector, RedmineSettings

KIND = kinds.register(
    kinds.Kind(
        "redmine",
        "Redmine",
        RedmineSettings,
        RedmineConnector,
        RedmineConnector.can,
        secrets=(
            kinds.SecretSpec("key", _("API 访问键"), _("专用账号“我的账号”页右侧的 API 访问键。")),
            kinds.SecretSpec(
                "signing", _("Webhook 密钥"), _("Redmine 7.0 起才有 Webhook;没有就留空。"), required=False
            ),
        ),
        steps=(
            _("在“管理 → 配置 → API”里启用 REST 接口;为本产品建一个专用账号,加入要接入的项目。"),
            _("给它的角色“查看私有注释、设置注释为私有、添加注释、编辑问题”的权限。"),
            _("Redmine 7.0 起:以这个账号添加 Webhook {hook};更早的版本由本系统定时查询。"),
        ),
        tried=_("对 Debian 的 Redmine 5.0.4 真实服务器试过查询和写回;7.0 的 Webhook 只用测试服务器试过。"),
        real=True,
        priorities={"immediate": 1, "urgent": 1, "high": 2, "normal": 3, "low": 4},
    )
)
