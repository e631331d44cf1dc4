"""Builds a connector from its row: settings validated by its kind, secrets from the secret store."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from integrations.connectors import errors, kinds, protocol
from integrations.connectors.kinds import Kind, Setup
from integrations.models import Connector
from tickets.errors import NotFound, SecretUnreadable
from tickets.permissions import Permission
from tickets.said import gettext_said as _
from tickets.services import secret_store

SCOPES = frozenset({Permission.VIEW_TICKETS, Permission.CREATE_TICKETS})  # the most a connector may do


class Unusable(errors.NotAllowed):
    """The set-up is unusable: an administrator must act; retrying does not help."""


def secret_name(key: str, name: str) -> str:
    return f"connector/{key}/{name}"


def kind_of(row: Connector) -> Kind:
    kind = kinds.of(row.kind)
    if kind is None:
        raise Unusable(_("没有安装“%s”这种连接器。") % row.kind)
    return kind


def build(row: Connector) -> protocol.Connector:
    """Raises Unusable if settings or a secret are missing or wrong."""
    kind = kind_of(row)
    try:
        settings = kind.settings.model_validate(row.options)
    except ValidationError as error:
        raise Unusable(_("连接器的设置不完整,请打开设置页补全:%s") % error.errors()[0]["msg"]) from error
    secrets = {spec.name: _secret(row.key, spec) for spec in kind.secrets}
    return kind.build(Setup(row.key, settings, lambda name: secrets.get(name, "")))


def actor(row: Connector) -> Any:
    """The account it acts as, restricted to SCOPES."""
    user: Any = row.acts_as
    if user is None or not user.is_active:
        raise Unusable(_("没有可用的执行账号,请在设置页选择一个。"))
    user.token_scopes = SCOPES
    return user


def _secret(key: str, spec: kinds.SecretSpec) -> str:
    try:
        return secret_store.get(secret_name(key, spec.name))
    except SecretUnreadable as error:
        raise Unusable(error.message) from error
    except NotFound as error:
        if spec.required:
            raise Unusable(_("还没有填写“%s”。") % spec.title) from error
        return ""
