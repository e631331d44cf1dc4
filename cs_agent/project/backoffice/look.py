"""How the back office looks: the product's name and colours, and the links of its side bar."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_OUTSIDE = {"active": False}  # unfold takes `/tickets/` for the page it is on wherever a path holds it
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("CS Agent 后台"),
    "SITE_HEADER": _("CS Agent 后台"),
    "SITE_URL": reverse_lazy("setup"),
    "SITE_ICON": lambda request: static("console/mark.svg"),
    "SHOW_VIEW_ON_SITE": True,
    "STYLES": [lambda request: static("console/backoffice/page.css")],
    "SCRIPTS": [lambda request: static("console/backoffice/page.js")],
    "COLORS": {
        "primary": {
            "50": "#f1f5fe",
            "100": "#e8eefc",
            "200": "#cad8f8",
            "300": "#9db6f1",
            "400": "#8fb0ff",
            "500": "#4a73dc",
            "600": "#2450c8",
            "700": "#1c40a6",
            "800": "#1a3784",
            "900": "#182f69",
            "950": "#101d42",
        }
    },
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "title": _("控制台"),
                "items": [
                    {"title": _("管理"), "icon": "checklist", "link": reverse_lazy("setup")} | _OUTSIDE,
                    {"title": pgettext_lazy("several", "工单"), "icon": "inbox", "link": reverse_lazy("ticket-list")}
                    | _OUTSIDE,
                    {"title": _("看板"), "icon": "grid_view", "link": reverse_lazy("status")} | _OUTSIDE,
                ],
            },
            {
                "title": _("人员"),
                "separator": True,
                "items": [
                    {"title": _("人员"), "icon": "person", "link": reverse_lazy("admin:auth_user_changelist")},
                    {"title": _("角色"), "icon": "badge", "link": reverse_lazy("admin:auth_group_changelist")},
                    {
                        "title": pgettext_lazy("several", "部门"),
                        "icon": "groups",
                        "link": reverse_lazy("admin:tickets_department_changelist"),
                    },
                ],
            },
            {
                "title": _("手机与流程"),
                "items": [
                    {
                        "title": pgettext_lazy("several", "手机"),
                        "icon": "smartphone",
                        "link": reverse_lazy("admin:tickets_phone_changelist"),
                    },
                    {
                        "title": pgettext_lazy("several", "流程"),
                        "icon": "account_tree",
                        "link": reverse_lazy("admin:tickets_flowtemplate_changelist"),
                    },
                ],
            },
            {
                "title": _("记录"),
                "items": [
                    {"title": _("工单记录"), "icon": "list", "link": reverse_lazy("admin:tickets_ticket_changelist")},
                    {
                        "title": _("处理记录"),
                        "icon": "play_circle",
                        "link": reverse_lazy("admin:tickets_run_changelist"),
                    },
                    {
                        "title": _("审计事件"),
                        "icon": "receipt_long",
                        "link": reverse_lazy("admin:tickets_auditevent_changelist"),
                    },
                ],
            },
        ],
    },
}
