"""Language models: set up, checked and chosen; and the client settings for a run.

Rules: only administrators change them, and every change is audited; an API key is kept in the secret store and never
shown. A model that is asked in another way counts as unchecked. Without a choice the settings of the environment apply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.model.check import ModelCheck, check_family
from cs_agent.engine.model.client import OpenAIModel
from cs_agent.engine.model.families import ACTING, FAMILIES, GROUNDING, PLANNING, Family, Overrides
from cs_agent.engine.model.settings import ModelSettings
from tickets.errors import Conflict, Invalid, NotFound, SecretUnreadable
from tickets.models import FlowTemplate, LanguageModel, ModelChoice
from tickets.permissions import Permission, require
from tickets.services import secret_store
from tickets.services.evidence import audit

_FIELDS = ("name", "family", "base_url", "model", "local", "coordinates", "max_pixels", "max_tokens")
_ASKED = tuple(name for name in _FIELDS if name != "name")  # what a check depends on, besides the key
_PRICES = ("price_sent", "price_received")
_CHECK_S = 45.0  # a page waits for it


@dataclass(frozen=True, slots=True)
class Speaker:
    """The client settings of one model: its address, its protocol, and whether it runs on the company's own
    machines."""

    base_url: str
    api_key: str
    model: str
    family: Family
    overrides: Overrides
    local: bool

    def client(self, check: Callable[[], None] = lambda: None, **changes: Any) -> OpenAIModel:
        chosen = self.family.settings(replace(base_settings(), direct=self.local, **changes), self.overrides)
        return OpenAIModel(self.base_url, self.api_key, self.model, chosen, check=check)


def base_settings() -> ModelSettings:
    return ModelSettings(
        first_token_timeout_s=settings.CS_AGENT["CS_AGENT_MODEL_TIMEOUT_S"],
        max_pixels=settings.CS_AGENT["CS_AGENT_MODEL_MAX_PIXELS"],
    )


def of_environment() -> Speaker:
    """The model that the settings name."""
    values = settings.CS_AGENT
    overrides = Overrides(
        coordinates=Coordinates(values["CS_AGENT_MODEL_COORDINATES"]), prompt_file=values["CS_AGENT_PROMPT_FILE"]
    )
    return Speaker(
        settings.MODEL_BASE_URL,
        values["CS_AGENT_MODEL_API_KEY"],
        values["CS_AGENT_MODEL_NAME"],
        FAMILIES[values["CS_AGENT_MODEL_FAMILY"]],
        overrides,
        values["CS_AGENT_MODEL_LOCAL"],
    )


def of_flow(template_id: int | None) -> tuple[Speaker, Speaker | None]:
    """(the model for runs of that flow, its grounding model or None): the flow's choice, else the installation's, else
    the environment's."""
    choice = _choice(template_id)
    if choice is None:
        return of_environment(), None
    return speaker(choice.model), speaker(choice.grounder) if choice.grounder else None


@dataclass(frozen=True, slots=True)
class Price:
    """In yuan for a million tokens sent to a model, and for a million received from it."""

    sent: Decimal
    received: Decimal

    def of(self, sent: int, received: int) -> Decimal:
        return (self.sent * sent + self.received * received) / 1_000_000


def price_of(template_id: int | None) -> Price | None:
    """The price of the flow's current model; None if unknown, or if two models of different prices share the work, as
    their tokens are counted together."""
    choice = _choice(template_id)
    rows = [row for row in (choice.model, choice.grounder) if row] if choice else []
    prices = {
        Price(row.price_sent, row.price_received)
        if row.price_sent is not None and row.price_received is not None
        else None
        for row in rows
    }
    return prices.pop() if len(prices) == 1 else None


def speaker(row: LanguageModel) -> Speaker:
    key = secret_store.get(row.secret_name) if secret_store.has(row.secret_name) else ""
    coordinates = Coordinates(row.coordinates) if row.coordinates else None
    overrides = Overrides(coordinates, row.max_pixels, row.max_tokens)
    return Speaker(row.base_url, key, row.model, FAMILIES[row.family], overrides, row.local)


def rows(user: Any) -> list[LanguageModel]:
    require(user, Permission.MANAGE_INTEGRATIONS)
    return list(LanguageModel.objects.order_by("name"))


def row_of(user: Any, model_id: int) -> LanguageModel:
    require(user, Permission.MANAGE_INTEGRATIONS)
    row = LanguageModel.objects.filter(pk=model_id).first()
    if row is None:
        raise NotFound(_("没有这个模型。"), code="no_model")
    return row


def save(user: Any, row: LanguageModel, api_key: str | None = None) -> LanguageModel:
    """Save a new or changed row; `api_key`: None keeps the key, "" deletes it. Another host is not sent the key of the
    first: it has to be given again."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    _validate(row)
    if api_key is None and _is_elsewhere(row):
        text = _("地址换了主机:请重新填写 API key,原来的不会发给另一台主机。")
        raise Invalid(text, code="model_key_again", field="api_key")
    made = row.pk is None
    try:
        with transaction.atomic():
            _keep_check(row, api_key)
            row.save()
            _keep_key(user, row, api_key)
            details = {name: getattr(row, name) for name in _FIELDS}
            details |= {name: str(price) for name in _PRICES if (price := getattr(row, name)) is not None}
            audit.record("model.added" if made else "model.changed", user=user, obj=row, details=details)
    except IntegrityError:
        raise Conflict(_("已有同名的模型。"), code="model_name", field="name") from None
    return row


def _is_elsewhere(row: LanguageModel) -> bool:
    """Whether the row has a key and no longer the host that it was given for."""
    before = LanguageModel.objects.filter(pk=row.pk).first() if row.pk else None
    if before is None or not secret_store.has(before.secret_name):
        return False
    return urlsplit(before.base_url).netloc.lower() != urlsplit(row.base_url).netloc.lower()


def _keep_check(row: LanguageModel, api_key: str | None) -> None:
    """The last check holds while the model would be asked in the same way: a name and a price change nothing."""
    before = LanguageModel.objects.select_for_update().filter(pk=row.pk).first() if row.pk else None
    same_key = before is not None and (api_key is None or api_key == _stored_key(before))
    if before is not None and same_key and all(getattr(before, name) == getattr(row, name) for name in _ASKED):
        row.usable, row.checked_at, row.report = before.usable, before.checked_at, before.report
    else:
        row.usable, row.checked_at, row.report = None, None, {}


def _stored_key(row: LanguageModel) -> str | None:
    """None where it cannot be read any more."""
    try:
        return secret_store.get(row.secret_name) if secret_store.has(row.secret_name) else ""
    except SecretUnreadable:
        return None


def delete(user: Any, row: LanguageModel) -> None:
    """Delete the model; Conflict if a flow or the installation uses it."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    try:
        with transaction.atomic():
            name, secret = row.name, row.secret_name
            audit.record("model.deleted", user=user, obj=row, details={"name": name})
            row.delete()
            secret_store.forget(secret, user=user)
    except ProtectedError:
        raise Conflict(_("这个模型正在使用,请先改选其他模型。"), code="model_in_use") from None


def choose(user: Any, flow: FlowTemplate | None, model: LanguageModel | None, grounder: LanguageModel | None) -> None:
    """Choose the model for the flow's runs, or for the installation if `flow` is None. `model` None removes the
    choice."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    if model is not None:
        _validate_choice(model, grounder)
    with transaction.atomic():
        ModelChoice.objects.filter(flow=flow).delete()
        if model is not None:
            ModelChoice.objects.create(flow=flow, model=model, grounder=grounder if model.family in PLANNING else None)
        details = {
            "flow": flow.slug if flow else "",
            "model": model.name if model else "",
            "grounder": grounder.name if grounder and model else "",
        }
        audit.record("model.chosen", user=user, obj=model, details=details)


def check(user: Any, row: LanguageModel, lang: str = "zh") -> ModelCheck:
    """Test the model with a known screen, and store the result."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    asked = speaker(row)
    client = asked.client(attempts=1, first_token_timeout_s=_CHECK_S, total_timeout_s=_CHECK_S)
    try:
        found = check_family(client, asked.family, lang=lang)
    finally:
        client.close()
    report = {
        "problem": found.problem[:500],
        "advice": found.advice[:500],
        "action": found.action_text[:200],
        "on_target": found.on_target,
        "listed": found.listed,
        "streaming": found.streaming,
        "logprobs": found.logprobs,
        "first_token_s": round(found.first_token_s, 2),
        "total_s": round(found.total_s, 2),
    }
    with transaction.atomic():
        row.usable, row.checked_at, row.report = found.usable, timezone.now(), report
        row.save(update_fields=["usable", "checked_at", "report"])
        audit.record(
            "model.checked",
            user=user,
            obj=row,
            result="success" if found.usable else "failure",
            details={"name": row.name, "problem": found.problem[:200]},
        )
    return found


def choices() -> dict[int | None, ModelChoice]:
    """The choices by flow id; under None the installation's."""
    return {choice.flow_id: choice for choice in ModelChoice.objects.select_related("flow", "model", "grounder")}


def _choice(template_id: int | None) -> ModelChoice | None:
    kept = ModelChoice.objects.select_related("model", "grounder")
    own = kept.filter(flow_id=template_id).first() if template_id else None
    return own or kept.filter(flow=None).first()


def _validate(row: LanguageModel) -> None:
    row.name, row.model, row.base_url = row.name.strip(), row.model.strip(), row.base_url.strip().rstrip("/")
    if not row.name:
        raise Invalid(_("请填写名称。"), code="model_name", field="name")
    if row.family not in FAMILIES:
        raise Invalid(_("没有这个模型家族。"), code="model_family", field="family")
    if not row.model:
        raise Invalid(_("请填写模型名,与服务中的名称一致。"), code="model_model", field="model")
    if not _is_address(row.base_url):
        raise Invalid(_("接口地址应像 http://gpu-host:8000/v1。"), code="model_address", field="base_url")
    if row.coordinates and row.coordinates not in set(Coordinates):
        raise Invalid(_("坐标含义只能是 normalized 或 pixel。"), code="model_coordinates", field="coordinates")
    for name, least in (("max_pixels", 50_000), ("max_tokens", 64)):
        value = getattr(row, name)
        if value is not None and not least <= value <= 100_000_000:
            raise Invalid(_("应不小于 %s。") % least, code=f"model_{name}", field=name)
    if (row.price_sent is None) != (row.price_received is None):
        field = "price_received" if row.price_received is None else "price_sent"
        raise Invalid(_("两个单价要一起填,或都留空。"), code="model_price", field=field)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        plain = "@" not in parts.netloc and not parts.query and not parts.fragment  # a key stands in its own field
        return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and (parts.port or 1) > 0
    except ValueError:
        return False


def _validate_choice(model: LanguageModel, grounder: LanguageModel | None) -> None:
    if model.family not in (*ACTING, *PLANNING):
        raise Invalid(_("这个模型只会定位,不能单独操作手机。"), code="model_role", field="model")
    if model.family in PLANNING and grounder is None:
        raise Invalid(_("规划模型需要另选一个定位模型。"), code="model_grounder", field="grounder")
    if model.family in PLANNING and grounder is not None and grounder.family not in GROUNDING:
        raise Invalid(_("这个模型不会定位。"), code="model_grounder", field="grounder")


def _keep_key(user: Any, row: LanguageModel, api_key: str | None) -> None:
    if api_key:
        secret_store.put(row.secret_name, api_key, user=user)
    elif api_key is not None:
        secret_store.forget(row.secret_name, user=user)
