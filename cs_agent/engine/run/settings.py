"""The engine's bounds: every loop, wait and retry has one. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineSettings:
    max_steps: int = 100
    settle_cap_s: float = 10.0  # a screen that never rests is used as it is
    dark_s: float = 3.0  # how long a screen may show nothing, as an app's start does, before it is believed
    expected_s: float = 2.0  # how long a page that a route expects is waited for on a screen that rests
    answer_s: float = 4.0  # how long a page that shows nothing yet of what cannot be undone is waited for
    poll_s: float = 0.04  # between two looks at a moving screen
    fresh_s: float = 0.4  # a settled frame this young is not captured again
    stale_s: float = 0.6  # after so long a think, the touch point is looked at once more
    slow_tree_s: float = 1.2  # a phone whose tree takes longer is asked for it only where it matters
    quick_tree_s: float = 0.4  # a phone whose tree takes no longer is asked for it while its screen still moves
    slow_page_s: float = 8.0  # how long a page that says it is loading is waited for
    retry_pauses_s: tuple[float, ...] = (0.3, 1.0)  # before a phone is tried again; a model has its own
    unreadable_replies: int = 2  # shown back to the model; the next goes to a human
    denials: int = 2  # the model is told; the next goes to a human
    failed_acts: int = 3  # in a row
    challenges: int = 1  # of a finish without evidence
    page_retries: int = 3  # of a "network error, try again" page
    popups: int = 3  # closings of the same pop-up
    no_effect: int = 3  # acts in a row that changed nothing
    scrolls: int = 4  # in each direction, to find the fields of a confirmation
    token_budget: int = 16_000
