"""How the writer stands to a value: wishes it, doubts it, refuses it, reports it, or speaks of another person or time.

Rule: only what nothing around it speaks against is taken. Every look is into a bounded piece of the same sentence.
"""

from tickets.flows.slots.stance.denial import (
    REFUSED,
    called_off,
    corrected,
    refused,
    retracted,
    unclear_denial,
    without_idioms,
)
from tickets.flows.slots.stance.moods import asked, conditional, hedged, without_politeness
from tickets.flows.slots.stance.sources import (
    ENGLISH_PERSON_WORDS,
    PERSON,
    PERSON_WORDS,
    REPORTED,
    chosen_for,
    hearsay,
    other_person,
)
from tickets.flows.slots.stance.wishes import done, doubt_about_fact, doubt_about_wish

__all__ = [
    "ENGLISH_PERSON_WORDS",
    "PERSON",
    "PERSON_WORDS",
    "REFUSED",
    "REPORTED",
    "asked",
    "called_off",
    "chosen_for",
    "conditional",
    "corrected",
    "done",
    "doubt_about_fact",
    "doubt_about_wish",
    "hearsay",
    "hedged",
    "other_person",
    "refused",
    "retracted",
    "unclear_denial",
    "without_idioms",
    "without_politeness",
]
