"""The demo's accounts and data. Created only by `manage.py load_demo`, never in production mode."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model

PASSWORD = "cs-agent-demo"  # noqa: S105 - printed by the demo, refused in production
MAIL_DOMAIN = "demo.invalid"  # which distinguishes demo accounts from real ones
DEPARTMENT = "售后服务部"
OTHER_DEPARTMENT = "企业客户部"
# A project that lacks our settings is to hear of it from a check, not from an import.
FIXTURES = Path(getattr(settings, "CS_AGENT_ASSETS", "")) / "fixtures"


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    full_name: str
    group: str = ""
    administrator: bool = False
    staff: bool = False  # may enter the back office


ACCOUNTS = (
    Account("admin", "管理员", administrator=True, staff=True),
    Account("lin", "坐席 林", "operator"),
    Account("bo", "坐席 薄", "operator"),
    Account("supervisor", "主管 孙", "supervisor"),
    Account("viewer", "质检 魏", "viewer"),
    Account("auditor", "审计 沈", "auditor"),
    Account("editor", "流程编辑 费", "flow_editor", staff=True),
    Account("reviewer", "流程评审 罗", "flow_editor"),  # who writes a version may not review it
)


def accounts_present() -> bool:
    """Whether a demo account can log in; production refuses to start with one."""
    return get_user_model().objects.filter(email__endswith=f"@{MAIL_DOMAIN}", is_active=True).exists()


def retire_accounts() -> int:
    """Deactivate all demo accounts, keeping their audit events; returns how many."""
    accounts = get_user_model().objects.filter(email__endswith=f"@{MAIL_DOMAIN}", is_active=True)
    return accounts.update(is_active=False)
