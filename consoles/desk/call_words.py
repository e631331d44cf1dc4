"""The words of a call on the desktop: short, for a corner of the screen that others may see too.

Rule: what people who only look may not see is masked there.
"""

from __future__ import annotations

from collections.abc import Iterator

from consoles.templatetags.console import flow_name
from consoles.templatetags.console_values import slot_label
from cs_agent.engine.run.flow import FieldKind
from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.redaction import Audience, RedactionPolicy, redact_text
from tickets.models import FlowVersion
from tickets.said import readers_language
from tickets.services.evidence.redaction import policy_of
from tickets.services.runs.attention import Item, Why

_LONGEST_SUBJECT = 30


def call_words(item: Item) -> str:
    """What it is about and whose it is: 退款 ¥399.00 · 李**."""
    version = item.run.flow_version if item.run else None
    policy = policy_of(version.definition if version else None)
    if version is not None and item.why is Why.CONFIRMATION:
        about = list(_amounts(item, version)) or [flow_name(version.template, readers_language() == "en")]
    else:
        about = [redact_text(item.ticket.subject, policy, Audience.VIEWER)[:_LONGEST_SUBJECT]]
    return " · ".join(part for part in (*about, _masked(item.ticket.customer_name, policy)) if part)


def _amounts(item: Item, version: FlowVersion) -> Iterator[str]:
    fields = version.definition.get("engine", {}).get("confirm_fields") or ()
    money = {field["name"] for field in fields if field.get("kind") == FieldKind.MONEY}
    for field in item.source.fields:
        if field.get("name") in money and field.get("screen_value"):
            yield f"{slot_label(field, version)} {field['screen_value']}"


def _masked(name: str, policy: RedactionPolicy) -> str:
    return f"{name[0]}**" if name and DataKind.NAME in policy.hidden_from(Audience.VIEWER) else name
