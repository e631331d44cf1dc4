"""A model that answers from a script: for tests and benchmarks of what cannot be had from a real one on demand.

It implements `protocols.Model`; the answers are given beforehand, and what it was asked is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cs_agent.engine.actions.values import Action, render
from cs_agent.engine.run.protocols import Message, ModelError, Reply

Answer = str | Action | Reply | ModelError | Callable[[list[Message]], "str | Action | Reply"]


class ScriptOver(ModelError):
    """A scripted model was called more often than its script permits."""

    retryable = False
    advice = "the script has no more replies"


class ScriptedModel:
    """Gives the answers in order: a text, an action (said in the documented form), a whole Reply, an error to
    raise, or a function of the messages. `asked` holds every request; `probability` is that of each token of
    texts and actions (None: the server gives none)."""

    def __init__(self, answers: Iterable[Answer], *, name: str = "scripted", probability: float | None = 1.0) -> None:
        self.name = name
        self.asked: list[list[Message]] = []
        self._answers = iter(answers)
        self._probability = probability

    def reply(self, messages: list[Message]) -> Reply:
        self.asked.append(list(messages))
        try:
            answer = next(self._answers)
        except StopIteration:
            raise ScriptOver(f"the script ended after {len(self.asked) - 1} replies") from None
        if isinstance(answer, ModelError):
            raise answer
        return self._reply(answer(messages) if callable(answer) else answer)

    def _reply(self, answer: str | Action | Reply) -> Reply:
        if isinstance(answer, Reply):
            return answer
        text = answer if isinstance(answer, str) else documented(answer)
        tokens = None if self._probability is None else tuple((char, self._probability) for char in text)
        return Reply(text, token_probabilities=tokens, completion_tokens=len(text))


def documented(action: Action, thought: str = "") -> str:
    """The reply of a well-behaved model for that action."""
    return f"<think>{thought}</think><answer>{render(action)}</answer>"
