"""The checklist of a new installation, computed at each request, with links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets import demo
from tickets.models import Department, FlowVersion, LanguageModel, Phone, PhoneState, Run, RunStatus
from tickets.services.evidence import audit

_ONLINE = timedelta(minutes=2)
_SECRET = ("KEY", "TOKEN", "PASSWORD", "SECRET")
HIDDEN = "••••••"


@dataclass(frozen=True, slots=True)
class Item:
    done: bool
    words: str
    more: str
    url: str


def checklist() -> list[Item]:
    """In the order in which a first day goes."""
    online = Phone.objects.filter(state=PhoneState.READY, last_seen_at__gt=timezone.now() - _ONLINE)
    operators = get_user_model().objects.filter(is_active=True, groups__name="operator", departments__isnull=False)
    supervisors = get_user_model().objects.filter(is_active=True, groups__name="supervisor", departments__isnull=False)
    users, verified = office("auth_user_changelist"), audit.verified()
    return [
        Item(
            Department.objects.exists(),
            _("建立部门"),
            _("工单和人员都属于部门"),
            office("tickets_department_changelist"),
        ),
        Item(operators.exists(), _("添加坐席"), _("角色“坐席”,并加入部门"), users),
        Item(supervisors.exists(), _("添加主管"), _("超时的确认会升级给主管"), users),
        Item(online.exists(), _("连接手机"), _("USB 调试已授权,状态为可用"), reverse("phones")),
        Item(
            LanguageModel.objects.filter(usable=True).exists(),
            _("添加并检查模型"),
            _("检查通过后选为默认模型"),
            reverse("models"),
        ),
        Item(
            FlowVersion.objects.filter(template__active=True).exists(),
            _("发布流程"),
            _("演练通过后再发布"),
            reverse("flows"),
        ),
        Item(
            Run.objects.serving().filter(status=RunStatus.SUCCEEDED).exists(),
            _("完成第一张工单"),
            _("在虚拟手机或测试账号上试一遍"),
            reverse("ticket-list"),
        ),
        Item(
            verified.at is not None and verified.good, _("核验审计链"), _("每晚自动核验,也可立即核验"), reverse("audit")
        ),
        Item(not demo.accounts_present(), _("停用演示账号"), "manage.py load_demo --retire-accounts", users),
    ]


def office(name: str) -> str:
    """A page of the back office; "" inside a project that has none for our rows."""
    try:
        return reverse(f"admin:{name}")
    except NoReverseMatch:
        return ""


def shown(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The effective settings, without secrets and without passwords in addresses."""
    return [(name, _value(name, value)) for name, value in sorted(values.items())]


def _value(name: str, value: Any) -> str:
    if value in ("", None) or value == ():
        return "—"
    if any(word in name for word in _SECRET):
        return HIDDEN
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value))
    return _without_password(str(value))


def _without_password(text: str) -> str:
    try:
        parts = urlsplit(text)
        password = parts.password
    except ValueError:
        return HIDDEN
    return text.replace(f":{password}@", f":{HIDDEN}@") if password else text
