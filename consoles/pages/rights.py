"""The labels of permissions; a test ensures that the list is complete."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.permissions import Permission

RIGHTS: dict[Permission, Promise] = {
    Permission.VIEW_TICKETS: _("查看工单"),
    Permission.VIEW_REPLAYS: _("观看回放"),
    Permission.VIEW_AUDIT: _("查看审计"),
    Permission.EXPORT_AUDIT: pgettext_lazy("right", "导出审计"),
    Permission.CREATE_TICKETS: _("新建和修改工单"),
    Permission.START_RUNS: _("启动智能处理"),
    Permission.DECIDE: _("确认与回答"),
    Permission.STOP_RUNS: _("停止处理、改派工单"),
    Permission.TAKE_OVER: _("接管手机"),
    Permission.EDIT_FLOWS: _("编辑流程"),
    Permission.TEACH: _("用手机示教流程"),
    Permission.RUN_BATCHES: _("批量或按计划处理工单"),
    Permission.REQUEST_FLOWS: pgettext_lazy("right", "提出流程需求"),
    Permission.REVIEW_FLOWS: _("评审流程"),
    Permission.RELEASE_FLOWS: _("发布和停用流程"),
    Permission.MANAGE_PHONES: _("管理手机"),
    Permission.PAUSE_ALL: _("暂停全部智能处理"),
    Permission.MANAGE_DESK: _("管理常用回复和团队视图"),
    Permission.MANAGE_INTEGRATIONS: _("管理接入、模型与设置"),
}
