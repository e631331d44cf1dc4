"""Composes what is written back after a run's end, as configured by an administrator.

Rule: placeholders are in braces; unknown ones are refused on configuration. The mark is the last line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, Field, field_validator

from tickets.said import said_again

PLACES = ("ticket", "flow", "result", "link", "replay")
_PLACE = re.compile(r"\{(\w*)\}")
_MOST = 8000  # characters of one note


class Outcome(StrEnum):
    """The ends of a run, by the outbox's names."""

    SUCCEEDED = "run.succeeded"
    HANDED_OFF = "run.handed_off"
    FAILED = "run.failed"
    CANCELLED = "run.cancelled"


USUAL: Mapping[Outcome, str] = {
    Outcome.SUCCEEDED: gettext_noop("智能处理已完成({flow})。\n{result}\n工单 {ticket}:{link}"),
    Outcome.HANDED_OFF: gettext_noop("智能处理已转人工({flow})。\n{result}\n工单 {ticket}:{link}"),
    Outcome.FAILED: gettext_noop("智能处理没有成功({flow}),请人工处理。\n{result}\n工单 {ticket}:{link}"),
    Outcome.CANCELLED: gettext_noop("智能处理已停止({flow})。\n工单 {ticket}:{link}"),
}


class Part(BaseModel):
    """One outcome. `words` "": the usual ones. `status`, `tags` in the helpdesk's own words; empty for no change."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    note: bool = False
    words: str = Field(default="", max_length=2000)
    status: str = Field(default="", max_length=80)
    tags: list[str] = Field(default_factory=list, max_length=20)

    @field_validator("words")
    @classmethod
    def _known_places(cls, value: str) -> str:
        unknown = [name for name in _PLACE.findall(value) if name not in PLACES]
        if unknown:
            known = " ".join(f"{{{name}}}" for name in PLACES)
            raise ValueError(_("没有“{%(name)s}”这一项,可用:%(known)s") % {"name": unknown[0][:40], "known": known})
        return value

    @property
    def anything(self) -> bool:
        return self.note or bool(self.status) or bool(self.tags)


class WriteBack(BaseModel):
    """`site`: our own address as people there reach it, for the links. `language`: of the usual words.
    `asks`: questions that a flow calls harmless go to the customer without a person's yes."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    language: Literal["zh-hans", "en"] = "zh-hans"
    site: str = Field(default="", max_length=300)
    asks: bool = False
    succeeded: Part = Part(note=True)
    handed_off: Part = Part(note=True)
    failed: Part = Part(note=True)
    cancelled: Part = Part()

    def of(self, event: str) -> Part:
        """What to do at that event; nothing for one that is no end of a run."""
        found = {
            Outcome.SUCCEEDED: self.succeeded,
            Outcome.HANDED_OFF: self.handed_off,
            Outcome.FAILED: self.failed,
            Outcome.CANCELLED: self.cancelled,
        }
        return found[Outcome(event)] if event in set(Outcome) else Part()


def text_of(part: Part, outcome: Outcome, values: Mapping[str, str], language: str) -> str:
    with translation.override(language):
        words = part.words or _(USUAL[outcome])
        told = {name: said_again(value) for name, value in values.items()}
    text = _PLACE.sub(lambda found: told.get(found[1], ""), words)
    return text.strip()[:_MOST]


def marked(text: str, marker: str) -> str:
    return f"{text}\n\n{marker}"
