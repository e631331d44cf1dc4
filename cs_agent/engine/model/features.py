"""What a server has been found to take, and what is left out or renamed when it refuses.

Rule: a server that names what it dislikes is believed; otherwise the least needed goes first, one at a time. What had
to be given up is remembered only once an answer came without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

_RENAMED = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
# Least needed first. `stream` goes last: without it a long answer cannot be watched.
_OPTIONAL = ("stream_options", "logprobs", "frequency_penalty", "top_p", "temperature", "tool_choice", "stream")
_WORDS = {
    "stream_options": r"stream[ _]?options|include_usage",
    "logprobs": r"log ?prob",
    "tool_choice": r"tool[ _]choice",
    "stream": r"\bstream(?:ing)?\b(?![ _]?options)",
}


@dataclass(frozen=True, slots=True)
class Features:
    """`dropped`: fields that are not sent. `limit`: the field's name for the most tokens of an answer."""

    dropped: frozenset[str] = field(default_factory=frozenset)
    limit: str = "max_tokens"

    @property
    def stream(self) -> bool:
        return "stream" not in self.dropped

    def arguments(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The request's fields as this server takes them."""
        kept = {name: value for name, value in wanted.items() if name not in self.dropped}
        if not self.stream:
            kept.pop("stream_options", None)
            kept["stream"] = False
        if "max_tokens" in kept:
            kept[self.limit] = kept.pop("max_tokens")
        return kept

    def without(self, refusal: str, sent: dict[str, Any]) -> Features | None:
        """What to try after a refusal of a request with these fields; None when nothing is left to leave out."""
        if (named := self.without_named(refusal, sent)) is not None:
            return named
        left = [name for name in _OPTIONAL if name in sent and name not in self.dropped and sent[name] is not False]
        return self.leaving_out(left[0]) if left else None

    def without_named(self, refusal: str, sent: dict[str, Any]) -> Features | None:
        """The same where the refusal names the field; an unknown field of the installation's own counts too."""
        if self.limit in sent and re.search(rf"\b{self.limit}\b", refusal) and self.limit == "max_tokens":
            return replace(self, limit=_RENAMED[self.limit])
        given = [
            name for name in sent if name not in ("model", "messages", "tools", self.limit) and sent[name] is not False
        ]
        ordered = sorted(given, key=lambda name: _OPTIONAL.index(name) if name in _OPTIONAL else -1)
        named = [
            name for name in ordered if re.search(_WORDS.get(name, rf"\b{re.escape(name)}\b"), refusal, re.IGNORECASE)
        ]
        return self.leaving_out(named[0]) if named else None

    def leaving_out(self, name: str) -> Features:
        return replace(self, dropped=self.dropped | {name})
