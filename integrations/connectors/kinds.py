"""The registry of connector kinds. Each kind's package registers itself on import, all at the first question for one.

Rule: a kind describes its settings by a pydantic model and a list of secrets; form, validation and docs are generated
from these, so that a kind needs no page of its own.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from integrations.connectors.errors import Text
from integrations.connectors.protocol import Capability, Connector, RemoteTicket, State
from integrations.webhooks import guard
from integrations.webhooks.endpoints import address_fault
from tickets.services.panels.entries import Entry


class Settings(BaseModel):
    """What is set up for one connector of a kind. `title` and `description` of a field are Chinese message ids
    (`gettext_noop`); `json_schema_extra={"rows": 6}` asks for a larger box. Secrets never stand here."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class WebSettings(Settings):
    """Of a helpdesk that is reached over HTTP: `Http(settings.url, networks=settings.networks, headers=…)`."""

    url: str = Field(title=_("地址"), description=_("如 https://help.example.com"), max_length=500)
    networks: list[str] = Field(
        default_factory=list,
        title=_("允许的内网"),
        description=_("对方在内网时填写,每行一个,如 10.0.0.0/8;不填只连接公网地址。"),
    )

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, value: list[str]) -> list[str]:
        return checked_networks(value)

    @model_validator(mode="after")
    def _is_address(self) -> WebSettings:
        fault = base_fault(self.url, bool(self.networks))
        if fault:
            raise ValueError(fault)
        return self


def base_fault(url: str, private: bool) -> str:
    """As `address_fault`, for an address below which everything is called: a key in it would be kept readable."""
    if "?" in url:
        return gettext("地址中不要写 “?” 及其后的内容;密钥请填在密钥栏。")
    return address_fault(url, private)


def checked_networks(texts: Iterable[str]) -> list[str]:
    """The networks in their usual form; ValueError for what is none."""
    try:
        return [str(network) for network in guard.networks(text for text in texts if text.strip())]
    except ValueError as error:
        raise ValueError(gettext("内网要写成 10.0.0.0/8 或 192.168.1.7 的形式。")) from error


@dataclass(frozen=True, slots=True)
class SecretSpec:
    """A secret the connector needs. `made_here`: ours to make (shown once, to be entered there); else theirs."""

    name: str
    title: Text
    help: Text = ""
    required: bool = True
    made_here: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """What a connector is built from: the key it goes by in addresses and in `ExternalRef.connector`, its settings (of
    the kind's own model, checked) and its secrets by name ("" for one that is not set)."""

    key: str
    settings: Any
    secret: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What one event of a pasted body would become. `ignored`: the settings leave it out. `unfound`: title and
    expression of settings that find nothing in it. `strange_time`: what stands for its time and is none."""

    remote: RemoteTicket
    event: Mapping[str, Any]
    ignored: bool = False
    gone: bool = False
    merged_into: str = ""
    unfound: tuple[tuple[Text, str], ...] = ()
    strange_time: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`tried`: what was tried against a real system and what was not, shown on its page; `real`: whether any was.

    `steps`: what to do at the helpdesk, in order; a step may hold {hook} for the address it shall call.
    `preview`: what a pasted body would become, where settings say how bodies are read (Refused for one that is none).
    `entry`: how its own frames say which ticket they show, by the settings; None until they hold what that needs.
    `states`: what its statuses mean, unless the set-up says otherwise. `priorities`: its words → 1 (urgent) … 4 (low).
    """

    kind: str
    title: Text
    settings: type[Settings]
    build: Callable[[Setup], Connector]
    capabilities: frozenset[Capability]
    secrets: tuple[SecretSpec, ...] = ()
    steps: tuple[Text, ...] = ()
    tried: Text = ""
    real: bool = False
    states: Mapping[str, State] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)
    preview: Callable[[Any, bytes], Sequence[Preview]] | None = None
    entry: Callable[[Any], Entry | None] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _kinds[kind.kind] = kind
    return kind


def of(kind: str) -> Kind | None:
    _load_all()
    return _kinds.get(kind)


def everyone() -> list[Kind]:
    _load_all()
    return sorted(_kinds.values(), key=lambda kind: kind.kind)


@cache
def _load_all() -> None:
    package = import_module("integrations.connectors")
    for found in pkgutil.iter_modules(package.__path__):
        if found.ispkg:
            import_module(f"{package.__name__}.{found.name}")
