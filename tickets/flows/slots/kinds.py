"""The kinds of slots a flow can have. Rule: a new kind is one entry of `KINDS`, and nothing else names the kinds.

The definition's check, its JSON schema, the audit trail's data categories and the readers all go by this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`category`: the kind of personal data, for the audit trail; `needs`: of each group of keys a slot of this kind
    must have one."""

    name: str
    category: str = ""
    needs: tuple[tuple[str, ...], ...] = ()


ORDER_NUMBER = Kind("order_number", "order")
MOBILE = Kind("mobile", "mobile_number")
MONEY = Kind("money", "payment", needs=(("words", "full"),))
CHOICE = Kind("choice", needs=(("options",),))  # one of the flow's own values, recognised by phrases
ATTACHMENT = Kind("attachment", "attachment", needs=(("media",),))
TEXT = Kind("text", needs=(("words",),))  # what stands behind one of the slot's words
ID_CARD = Kind("id_card", "id_card")
DATE_RANGE = Kind("date_range")

KINDS = {kind.name: kind for kind in (ORDER_NUMBER, MOBILE, MONEY, CHOICE, ATTACHMENT, TEXT, ID_CARD, DATE_RANGE)}
