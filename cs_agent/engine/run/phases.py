"""The transitions of a run's phase, as one table: what may happen in which phase and where it leads.

Rule: a transition that the table does not hold raises IllegalTransition and changes nothing.
"""

from __future__ import annotations

from enum import StrEnum

from cs_agent.engine.run.state import Phase


class Event(StrEnum):
    """What happens to a run. The first group is the engine's doing, the second a person's."""

    INTEND = "intend"  # the intent of an act is written
    OUTCOME = "outcome"  # what the act came to is written
    NOTE = "note"  # a turn without an act: an unreadable reply, a note, a challenge
    PROPOSE = "propose"  # an action is put to a human
    DOUBT = "doubt"  # an irreversible act was cut off between intent and outcome
    ASK = "ask"
    NEED_HUMAN = "need_human"
    END = "end"

    APPROVE = "approve"
    REJECT = "reject"
    REJECT_AND_END = "reject_and_end"
    CORRECT = "correct"
    ANSWER = "answer"
    TAKE_OVER = "take_over"
    HAND_BACK = "hand_back"


TRANSITIONS: dict[tuple[Phase, Event], Phase] = {
    (Phase.READY, Event.INTEND): Phase.ACTING,
    (Phase.READY, Event.NOTE): Phase.READY,
    (Phase.READY, Event.PROPOSE): Phase.CONFIRMING,
    (Phase.READY, Event.ASK): Phase.ASKING,
    (Phase.READY, Event.NEED_HUMAN): Phase.TAKEN_OVER,
    (Phase.READY, Event.END): Phase.ENDED,
    (Phase.READY, Event.TAKE_OVER): Phase.TAKEN_OVER,
    (Phase.ACTING, Event.OUTCOME): Phase.READY,
    (Phase.ACTING, Event.DOUBT): Phase.CONFIRMING,
    (Phase.ACTING, Event.TAKE_OVER): Phase.TAKEN_OVER,
    (Phase.CONFIRMING, Event.APPROVE): Phase.READY,
    (Phase.CONFIRMING, Event.REJECT): Phase.READY,
    (Phase.CONFIRMING, Event.REJECT_AND_END): Phase.ENDED,
    (Phase.CONFIRMING, Event.CORRECT): Phase.READY,
    (Phase.CONFIRMING, Event.TAKE_OVER): Phase.TAKEN_OVER,
    (Phase.ASKING, Event.ANSWER): Phase.READY,
    (Phase.ASKING, Event.TAKE_OVER): Phase.TAKEN_OVER,
    (Phase.TAKEN_OVER, Event.TAKE_OVER): Phase.TAKEN_OVER,
    (Phase.TAKEN_OVER, Event.HAND_BACK): Phase.READY,
}


class IllegalTransition(Exception):
    """The run's phase does not allow the transition."""

    retryable = False
    advice = "Look at the run again: it has moved on since."

    def __init__(self, phase: Phase, event: Event, detail: str = "") -> None:
        self.phase = phase
        self.event = event
        super().__init__(detail or f"{event} is not possible while a run is {phase}")


def after(phase: Phase, event: Event) -> Phase:
    """The next phase; IllegalTransition if the table has none."""
    try:
        return TRANSITIONS[(phase, event)]
    except KeyError:
        raise IllegalTransition(phase, event) from None
