"""Reads what a flow needs from a ticket: each value with the place it came from. Pure but for the ticket's rows.

Rule: what is not certain is not filled in. What is missing, ambiguous or doubtful is asked of the operator.
"""

from tickets.flows.slots.reading import apply_answers, read_slots
from tickets.flows.slots.spec import FoundSlot, SlotReading, SlotSpec, SlotState, parse_specs

__all__ = [
    "FoundSlot",
    "SlotReading",
    "SlotSpec",
    "SlotState",
    "apply_answers",
    "parse_specs",
    "read_slots",
]
