"""What a flow version says to the engine: evidence of success, allowed apps, what to confirm, limits.

The same JSON (a FlowVersion's `definition["engine"]`) is what a flow editor edits; `FlowRules.from_json` validates it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FieldKind(StrEnum):
    TEXT = "text"
    MONEY = "money"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class ConfirmField:
    """A value to read from the screen before an irreversible action.

    `screen_labels` are the captions it may stand beside; `screen_sentences` name it within a text, e.g. a dialog's
    question, by "{}": "will be sent to {}". `expected` is the ticket's value ("" = none);
    `full_of` names captions whose value must equal it when the ticket asks for the full amount ("全额").
    """

    name: str
    label: str
    screen_labels: tuple[str, ...]
    kind: FieldKind = FieldKind.TEXT
    expected: str = ""
    full_of: tuple[str, ...] = ()
    required: bool = True
    screen_sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowRules:
    """Rules of one run: the flow version's, with the run's slot values filled in."""

    success_evidence: tuple[tuple[str, ...], ...] = ()  # all groups must be seen; any text of a group will do
    allowed_apps: tuple[str, ...] = ()  # packages; empty = any
    app_names: tuple[str, ...] = ()  # what Launch may name; empty = any installed
    sensitive_words: tuple[str, ...] = ()  # the flow's own list, besides the gate's
    navigation_words: tuple[str, ...] = ()  # whole labels that its editor says only lead on or choose
    confirm_fields: tuple[ConfirmField, ...] = ()
    amount_limit: float | None = None  # CNY; above it two people must confirm, or the gate denies
    read_only: bool = False  # nothing irreversible belongs in this flow at all
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: dict[str, Any], slots: dict[str, str]) -> FlowRules:
        """Fill `{slot}` placeholders in texts; ValueError names the key that is wrong."""
        known = {
            "success_evidence", "allowed_apps", "app_names", "sensitive_words", "navigation_words",
            "confirm_fields", "amount_limit", "read_only",
        }  # fmt: skip
        unknown = set(data) - known
        if unknown:
            raise ValueError(f"engine rules: unknown key {sorted(unknown)[0]!r}")
        return cls(
            success_evidence=tuple(
                tuple(_fill(text, slots) for text in group) for group in data.get("success_evidence", [])
            ),
            allowed_apps=tuple(data.get("allowed_apps", [])),
            app_names=tuple(data.get("app_names", [])),
            sensitive_words=tuple(data.get("sensitive_words", [])),
            navigation_words=tuple(data.get("navigation_words", [])),
            confirm_fields=tuple(_confirm_field(item, slots) for item in data.get("confirm_fields", [])),
            amount_limit=data.get("amount_limit"),
            read_only=bool(data.get("read_only", False)),
        )


def _confirm_field(item: dict[str, Any], slots: dict[str, str]) -> ConfirmField:
    return ConfirmField(
        name=item["name"],
        label=item["label"],
        screen_labels=tuple(item["screen_labels"]),
        kind=FieldKind(item.get("kind", "text")),
        expected=slots.get(item.get("slot", ""), ""),
        full_of=tuple(item.get("full_of", [])),
        required=bool(item.get("required", True)),
        screen_sentences=tuple(item.get("screen_sentences", [])),
    )


def _fill(text: str, slots: dict[str, str]) -> str:
    for name, value in slots.items():
        text = text.replace("{" + name + "}", value)
    return text
