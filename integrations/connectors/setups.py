"""Administration of connectors: create, configure, test, switch and delete, all audited.

Rule: a set-up is saved whole or not at all; a connector that cannot be built is not switched on. Secrets are kept in
the secret store and never shown, except once when one is generated here.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel

from integrations.connectors import kinds
from integrations.connectors.build import SCOPES, Unusable, actor, build, kind_of, secret_name
from integrations.connectors.errors import ConnectorError
from integrations.connectors.fields.mapping import Mapping
from integrations.connectors.protocol import Finding, Level, RemoteTicket
from integrations.intake import deliveries
from integrations.models import Connector, IncomingDelivery, IntakeRule, LinkedTicket
from integrations.webhooks.endpoints import new_secret
from integrations.writeback.carrier import lane
from integrations.writeback.words import WriteBack
from tickets.errors import Invalid, NotFound
from tickets.models import Department
from tickets.permissions import Permission, has, require
from tickets.said import gettext_said
from tickets.services import secret_store
from tickets.services.evidence import audit
from tickets.services.outbox import drain
from tickets.services.people import names
from tickets.services.tickets import external

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Rule:
    queue: str
    tag: str
    department: Department | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A validated set-up of one connector. `secrets`: only those to be replaced."""

    name: str
    options: BaseModel
    mapping: Mapping
    write_back: WriteBack
    department: Department | None = None
    acts_as: Any = None
    poll_s: int = 120
    rules: Sequence[Rule] = ()
    secrets: Map[str, str] = field(default_factory=dict)


def all_of(user: Any) -> list[Connector]:
    require(user, Permission.MANAGE_INTEGRATIONS)
    return list(Connector.objects.select_related("acts_as", "department"))


def get(user: Any, pk: int) -> Connector:
    require(user, Permission.MANAGE_INTEGRATIONS)
    row = Connector.objects.select_related("acts_as", "department").filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def make(user: Any, kind: str, name: str = "", site: str = "") -> Connector:
    """Create a connector, switched off and without settings."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    found = kinds.of(kind)
    if found is None:
        raise Invalid(_("没有安装“%s”这种连接器。") % kind[:40], code="no_kind", field="kind")
    with transaction.atomic():
        row = Connector.objects.create(key=_free_key(kind), kind=kind, name=name.strip()[:80] or str(found.title))
        row.write_back = WriteBack(site=site).model_dump(mode="json")
        row.save(update_fields=["write_back"])
        _record("connector.added", row, user)
    return row


def change(row: Connector, user: Any, draft: Draft) -> Connector:
    """Save the draft; a changed address resets the cursor, and another host is not sent the secrets of the first."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    _check(draft)
    home = _home(row.kind, draft.options)
    _ask_for_secrets_again(row, home, draft)
    with transaction.atomic():
        if home != row.home:
            row.cursor, row.polled_at = "", None
        row.name, row.home, row.options = draft.name, home, draft.options.model_dump(mode="json")
        row.mapping, row.write_back = draft.mapping.model_dump(mode="json"), draft.write_back.model_dump(mode="json")
        row.department, row.acts_as, row.poll_s = draft.department, draft.acts_as, draft.poll_s
        row.save()
        row.rules.all().delete()
        IntakeRule.objects.bulk_create(
            IntakeRule(connector=row, place=place, queue=rule.queue, tag=rule.tag, department=rule.department)
            for place, rule in enumerate(draft.rules)
        )
        for name, value in draft.secrets.items():
            secret_store.put(secret_name(row.key, name), value, user=user)
        _record("connector.changed", row, user)
    return row


def make_secret(row: Connector, user: Any, name: str) -> str:
    """Generate a secret, shown only now. The previous one becomes invalid at once."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    if not any(spec.name == name and spec.made_here for spec in kind_of(row).secrets):
        raise NotFound
    secret = new_secret()
    secret_store.put(secret_name(row.key, name), secret, user=user)
    return secret


def has_secret(row: Connector, name: str) -> bool:
    return secret_store.has(secret_name(row.key, name))


def switch(row: Connector, user: Any, on: bool) -> None:
    """On only if it can be built and its account is usable. Off: calls are refused, waiting deliveries are given up."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    if on:
        try:
            build(row)
            actor(row)
        except Unusable as error:
            raise Invalid(error.text, code="unusable") from error
        if row.department is None and not row.rules.exclude(department=None).exists():
            raise Invalid(_("还没有说明工单进入哪个部门。"), code="no_department")
    with transaction.atomic():
        Connector.objects.filter(pk=row.pk).update(enabled=on, rest_until=None)
        row.enabled = on
        if not on:
            drain.close(lane(row), gettext_said("已停用"))
        _record("connector.switched_on" if on else "connector.switched_off", row, user)


def delete(row: Connector, user: Any) -> None:
    """Delete the connector; its tickets stay, and a later connector of the same helpdesk adopts them."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    with transaction.atomic():
        external.forget_helpdesk(row.key, row.home)
        drain.close(lane(row), gettext_said("已删除"))
        for spec in getattr(kinds.of(row.kind), "secrets", ()):
            secret_store.forget(secret_name(row.key, spec.name), user=user)
        _record("connector.deleted", row, user)
        row.delete()


def test(row: Connector, user: Any) -> list[Finding]:
    """Test the set-up, then the helpdesk itself."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    findings: list[Finding] = []
    try:
        actor(row)
        findings += build(row).test()
    except ConnectorError as error:
        findings.append(Finding(Level.PROBLEM, error.text, _("补全设置并保存,然后再测试。")))
    if row.refused and (row.heard_at is None or (row.refused_at and row.refused_at > row.heard_at)):
        text = _("最近一次调用被拒绝:%s") % row.refusal
        findings.append(Finding(Level.WARNING, text, _("核对对方填写的签名密钥和地址。")))
    result = "failure" if any(each.level is Level.PROBLEM for each in findings) else "success"
    audit.record("connector.tested", user=user, obj=row, result=result, details={"name": row.name})
    return findings


def read_one(row: Connector, user: Any, external_id: str) -> RemoteTicket:
    """The ticket as the helpdesk has it now, under the saved set-up; ConnectorError where it cannot be read."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    return build(row).fetch(external_id)


def read_again(row: Connector, user: Any, linked: int) -> None:
    require(user, Permission.MANAGE_INTEGRATIONS)
    found = LinkedTicket.objects.filter(connector=row, pk=linked).first()
    if found is None:
        raise NotFound
    with transaction.atomic():
        LinkedTicket.objects.filter(pk=found.pk).update(tries=0)
        deliveries.poke(row, [found.external_id])
        details = {"name": row.name, "external_id": found.external_id}
        audit.record("connector.read_again", user=user, obj=row, result="success", details=details)


def last_calls(row: Connector) -> list[IncomingDelivery]:
    return list(row.deliveries.order_by("-pk")[:_SHOWN])


def in_trouble(row: Connector) -> list[LinkedTicket]:
    """Tickets that could not be read, newest first."""
    return list(row.linked.exclude(fault="").select_related("ticket").order_by("-pk")[:_SHOWN])


def accounts() -> list[Any]:
    """Accounts that a connector may act as: those that may create tickets."""
    users = get_user_model().objects.filter(is_active=True).order_by(names.log_in())
    return [user for user in users if has(user, Permission.CREATE_TICKETS)]


def _check(draft: Draft) -> None:
    if not draft.name.strip():
        raise Invalid(_("请填写名称。"), code="no_name", field="name")
    if draft.acts_as is not None and not all(has(draft.acts_as, scope) for scope in SCOPES):
        raise Invalid(_("这个账号不能新建工单,请换一个。"), code="bad_account", field="acts_as")
    departments = {draft.department, *(rule.department for rule in draft.rules)} - {None}
    for department in departments:
        if draft.acts_as is not None and not _belongs(draft.acts_as, department):
            values = {"who": draft.acts_as.get_username(), "where": department}
            text = _("执行账号 %(who)s 不属于部门“%(where)s”,工单无法进入该部门。")
            raise Invalid(text % values, code="not_in_department", field="acts_as")


def _ask_for_secrets_again(row: Connector, home: str, draft: Draft) -> None:
    if not row.home or _host(home) == _host(row.home):
        return
    for spec in kind_of(row).secrets:
        if not spec.made_here and spec.name not in draft.secrets and has_secret(row, spec.name):
            text = _("地址换了主机:请重新填写“%s”,原来的不会发给另一台主机。") % spec.title
            raise Invalid(text, code="secret_again", field=f"s-{spec.name}")


def _host(home: str) -> str:
    return home.partition("/")[0]


def _belongs(user: Any, department: Any) -> bool:
    return bool(user.is_superuser or department.members.filter(pk=user.pk).exists())


def _free_key(kind: str) -> str:
    """An unused key, since tickets of deleted connectors keep theirs."""
    from tickets.models import ExternalRef

    base, number = kind.replace("_", "-")[:30], 1
    while (
        Connector.objects.filter(key=f"{base}-{number}").exists()
        or ExternalRef.objects.filter(connector=f"{base}-{number}").exists()
    ):
        number += 1
    return f"{base}-{number}"


def _home(kind: str, options: BaseModel) -> str:
    """The helpdesk's identity, which reveals a second set-up of it; "" for a kind without an address."""
    parts = urlsplit(str(getattr(options, "url", "")))
    return f"{kind}:{parts.netloc.lower()}{parts.path.rstrip('/')}" if parts.netloc else ""


def _record(type: str, row: Connector, user: Any) -> None:
    details = {"name": row.name, "kind": row.kind, "key": row.key, "home": row.home}
    audit.record(type, user=user, obj=row, result="success", details=details)
