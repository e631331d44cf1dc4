"""What an examination finds on a phone of any kind.

Rule: a finding and its remedy are sentences of the catalogue; a `fix` is one whole command for a terminal of the
computer that the phone hangs on, to be copied as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cs_agent.catalogue import say


class CheckStatus(StrEnum):
    OK = "ok"
    WARN = "warn"  # works, but slower or less surely than it could
    FAULT = "fault"  # runs on this phone will fail


@dataclass(frozen=True, slots=True)
class Check:
    """One finding and its remedy; `remedy` is empty where nothing needs doing, `fix` where no command can do it."""

    code: str
    status: CheckStatus
    finding: str
    remedy: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    fix: str = ""

    def told(self, lang: str) -> str:
        return say(self.finding, lang, **self.values)

    def remedy_in(self, lang: str) -> str:
        return say(self.remedy, lang, **self.values)


def is_usable(checks: tuple[Check, ...]) -> bool:
    return all(check.status is not CheckStatus.FAULT for check in checks)
