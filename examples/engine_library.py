"""The agent loop without the rest of the product: your own phone, your own model, your own confirmation.

    python examples/engine_library.py        asks for Y or N at the terminal

The phone here is a picture that is drawn in memory; put your device farm behind the same methods. The model answers by
a rule; put your model client behind `reply`. What the loop adds: the gate that stops before anything that cannot be
undone, the fields read from the screen, a yes that is bound to what was shown, a record before and after every act.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

from cs_agent.engine import (
    ConfirmationRequest,
    ConfirmField,
    Ended,
    EndStatus,
    Engine,
    FieldKind,
    FlowRules,
    Key,
    Message,
    PhoneError,
    Reply,
    RunState,
    StepRecord,
    human,
    load_prompt,
    start,
)
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import ForegroundApp, Role, Screenshot, UiNode
from cs_agent.vision.reader import RapidOcrReader
from cs_agent.vision.settle import SettleDetector

APP = "com.example.shop"
SIZE = Size(720, 1280)
BUTTON = Box(60, 1080, 660, 1180)
PAGES = {
    "form": (("Refund request", 60), ("Order  202405218876", 260), ("Refund amount  399.00", 380)),
    "done": (("Refund submitted", 60), ("The money is on its way.", 260)),
}


class DrawnPhone:
    """Implements `cs_agent.engine.Phone`. Points are device pixels; what cannot be done raises PhoneError."""

    def __init__(self) -> None:
        self.page = "form"
        self.submitted = 0
        self._pictures = 0

    def size(self) -> Size:
        return SIZE

    def screenshot(self) -> Screenshot:
        image = Image.new("RGB", (SIZE.width, SIZE.height), "white")
        draw = ImageDraw.Draw(image)
        for text, top in PAGES[self.page]:
            draw.text((40, top), text, fill="black", font=ImageFont.load_default(36))
        if self.page == "form":
            draw.rectangle((BUTTON.left, BUTTON.top, BUTTON.right, BUTTON.bottom), fill="#1c40a6")
            draw.text((250, BUTTON.top + 30), "Submit refund", fill="white", font=ImageFont.load_default(36))
        self._pictures += 1
        return Screenshot(image, time.time(), self._pictures)

    def foreground(self) -> ForegroundApp:
        return ForegroundApp(APP, f".{self.page}")

    def nodes(self) -> tuple[UiNode, ...] | None:
        """The accessibility tree; return None where your phone has none, and pictures decide."""
        texts = [
            UiNode(text, Box(40, top, 680, top + 44), role=Role.TEXT, package=APP) for text, top in PAGES[self.page]
        ]
        if self.page == "form":
            texts.append(UiNode("Submit refund", BUTTON, role=Role.BUTTON, package=APP, clickable=True))
        return tuple(texts)

    def tap(self, point: Point) -> None:
        if self.page == "form" and BUTTON.contains(point):
            self.submitted += 1
            self.page = "done"

    def double_tap(self, point: Point) -> None:
        self.tap(point)

    def long_press(self, point: Point, seconds: float = 1.0) -> None:
        self.tap(point)

    def swipe(self, start: Point, end: Point, seconds: float = 0.3) -> None:
        """The pages fit the screen: nothing moves."""

    def type_text(self, text: str) -> None:
        raise PhoneError("this app has no field to type into")

    def press(self, key: Key) -> None:
        """Neither page leads anywhere by a key."""

    def launch(self, app: str) -> None:
        if app != APP:
            raise PhoneError(f"there is no app {app}")


class RuleModel:
    """Implements `cs_agent.engine.Model`: submits the form, and says so once the next page is there."""

    name = "rule"

    def __init__(self) -> None:
        self._submitted = False

    def reply(self, messages: list[Message]) -> Reply:
        """Points in replies are thousandths of the screen, as in the language of AutoGLM-Phone."""
        text = (
            'finish(message="The refund was submitted.")' if self._submitted else 'do(action="Tap", element=[500, 883])'
        )
        self._submitted = True
        return Reply(text, token_probabilities=((text, 0.99),))


class PrintedJournal:
    """Implements `cs_agent.engine.Journal`; keep the state's JSON where a crash cannot take it."""

    def save(self, state: RunState, step: StepRecord) -> None:
        print(f"step {step.number}: {step.status}, {step.control or 'no control'} {step.outcome}")

    def check(self) -> None:
        """Raise Interrupted here to stop the run between two acts."""


RULES = FlowRules(
    success_evidence=(("Refund submitted",),),
    allowed_apps=(APP,),
    confirm_fields=(ConfirmField("refund", "Refund", ("Refund amount",), kind=FieldKind.MONEY, expected="399.00"),),
)


def run(phone: DrawnPhone, confirm: Callable[[ConfirmationRequest], bool]) -> Ended:
    """Drive the phone until the run ends; `confirm` is asked before anything that cannot be undone."""
    engine = Engine(
        phone=phone,
        model=RuleModel(),
        reader=RapidOcrReader(),
        journal=PrintedJournal(),
        rules=RULES,
        settle=SettleDetector,
        prompt=load_prompt("en"),
    )
    state = start("Submit the refund of order 202405218876", lang="en")
    while True:
        turn = engine.turn(state)
        state = turn.state
        if isinstance(turn.pause, Ended):
            return turn.pause
        if isinstance(turn.pause, ConfirmationRequest):
            if confirm(turn.pause):
                state = human.approve(state, turn.pause.action_digest)
            else:
                state = human.reject(state, "the operator said no", end=True)
                return Ended(EndStatus.REJECTED, state.message)
        elif turn.pause is not None:
            raise SystemExit(f"a person is needed: {turn.pause}")


def ask_at_the_terminal(request: ConfirmationRequest) -> bool:
    print(request.summary)
    return input("Y or N? ").strip().upper() == "Y"


if __name__ == "__main__":
    print(run(DrawnPhone(), ask_at_the_terminal))
    sys.exit(0)
