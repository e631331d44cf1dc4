"""A small closed loop for tests: a page in a mobile viewport, the pilot behind its HTTP API, and a little between.

It does what an engine does (screenshot, ask, parse, act) and nothing more: no gate, no recovery, so that what succeeds
here is the pilot's own doing.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.values import Action, Back, Finish, Interact, Launch, Swipe, TakeOver, Tap, Type, Wait
from cs_agent.geometry import Point, Size

WIDTH, HEIGHT, SCALE = 412, 915, 2.625
SCREEN = Size(1081, 2401)
PHONE = {
    "viewport": {"width": WIDTH, "height": HEIGHT},
    "device_scale_factor": SCALE,
    "is_mobile": True,
    "has_touch": True,
}


@dataclass
class Run:
    """What came of one run."""

    end: Action | None = None
    ledger: list[Any] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        return isinstance(self.end, Finish)


class Conversation:
    """Messages as the engine sends them: one picture, the newest; the texts stay."""

    def __init__(self, instruction: str, app: str, system: str = "You operate a phone.") -> None:
        self.app = app
        self._texts: list[dict[str, Any]] = [{"role": "system", "content": system}]
        self._pending: list[str] = [instruction]
        self._first = True

    def say(self, words: str) -> None:
        """The engine's or an operator's word before the next screen."""
        self._pending.append(words)

    def request(self, jpeg: bytes) -> list[dict[str, Any]]:
        heading = [] if self._first else ["** Screen Info **"]
        text = "\n\n".join([*self._pending, *heading, json.dumps({"current_app": self.app}, ensure_ascii=False)])
        self._user = text
        url = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
        parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": text}]
        return [*self._texts, {"role": "user", "content": parts}]

    def answered(self, reply: str) -> None:
        self._texts += [{"role": "user", "content": self._user}, {"role": "assistant", "content": reply}]
        self._pending, self._first = [], False


def drive(page: Any, client: Any, instruction: str, *, app: str, max_steps: int = 40, home: Any = None) -> Run:
    """Until the pilot finishes, gives up or the steps run out."""
    talk, run = Conversation(instruction, app), Run()
    for _ in range(max_steps):
        settle(page)
        jpeg = page.screenshot(type="jpeg", quality=80)
        started = time.monotonic()
        answer = client.chat.completions.create(model="pilot", messages=talk.request(jpeg), logprobs=True)
        run.seconds.append(time.monotonic() - started)
        reply = answer.choices[0].message.content
        parsed = parse_reply(reply)
        talk.answered(reply)
        run.actions.append(parsed.action)
        run.thoughts.append(parsed.thought)
        run.confidences.append(min(2.718281828**entry.logprob for entry in answer.choices[0].logprobs.content))
        if isinstance(parsed.action, Finish | TakeOver | Interact):
            run.end = parsed.action
            break
        act(page, parsed.action, talk)
    run.ledger = page.evaluate("window.ledger || []")
    return run


def settle(page: Any) -> None:
    """Until two looks at the page's text and scroll place agree, for two seconds at most."""
    probe = "document.documentElement.outerHTML.length + ':' + scrollY"
    before, deadline = None, time.monotonic() + 2
    while time.monotonic() < deadline:
        now = page.evaluate(probe)
        if now == before:
            return
        before = now
        page.wait_for_timeout(120)


def act(page: Any, action: Action, talk: Conversation) -> None:
    match action:
        case Tap(element, _):
            page.touchscreen.tap(*_css(element.to_point(SCREEN)))
        case Type(text):
            _type(page, text)
        case Swipe(start, end):
            (_, y1), (_, y2) = _css(start.to_point(SCREEN)), _css(end.to_point(SCREEN))
            page.mouse.move(*_css(start.to_point(SCREEN)))
            page.mouse.wheel(0, y1 - y2)
        case Launch(app):
            talk.app = app
        case Wait(seconds):
            page.wait_for_timeout(int(seconds * 500))
        case Back():
            page.evaluate("window.goBack ? goBack() : 0")


def _type(page: Any, text: str) -> None:
    if not page.evaluate("['INPUT','TEXTAREA'].includes(document.activeElement.tagName)"):
        return
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text.rstrip("\n"))
    if text.endswith("\n"):
        page.keyboard.press("Enter")


def _css(point: Point) -> tuple[float, float]:
    return point.x / SCALE, point.y / SCALE
