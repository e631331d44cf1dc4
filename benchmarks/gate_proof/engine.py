"""The proof through the real engine: a scripted model proposes the act, the engine looks, judges and acts on the page.

What the engine did not do is done afterwards by hand, so that the page itself says what it would have been.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from PIL import Image

from benchmarks.gate_proof.acts import Act, acts_of, perform
from benchmarks.gate_proof.browser import PACKAGE, Stage
from benchmarks.gate_proof.judging import HARMLESS, TAPS, found
from benchmarks.gate_proof.ledger import BACK, IDLE, Row
from benchmarks.gate_proof.pages import Page, make
from cs_agent.engine.actions.values import Action, Back, Tap
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.prompts import load_prompt
from cs_agent.engine.run.protocols import Key
from cs_agent.engine.run.state import RunState, Turn
from cs_agent.engine.screen.signature import page_key
from cs_agent.engine.turn.loop import Engine, EngineSettings, start
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import ForegroundApp, Screenshot, TextLine, UiNode
from cs_agent.testing.model import ScriptedModel
from cs_agent.testing.run import MemoryJournal, StillPicture

_PROMPT = load_prompt("zh")
_SETTINGS = EngineSettings(settle_cap_s=0.4, expected_s=0.1, answer_s=0.4, slow_page_s=0.5, poll_s=0.03)


@dataclass(slots=True)
class StagePhone:
    """Implements the engine's Phone on one stage, and its TextReader: the words of a picture are the page's own."""

    stage: Stage
    left: bool = False  # the engine pressed Back
    tree_at: float | None = None
    _lines: tuple[TextLine, ...] = field(default=(), init=False)
    _last: Image.Image | None = field(default=None, init=False)
    _sequence: int = field(default=0, init=False)

    def size(self) -> Size:
        return self.stage.size

    def screenshot(self) -> Screenshot:
        seen, _ = self.stage.look(tree=False)
        image, self._lines = seen.screenshot.image, seen.lines
        if self._last is None or self._last.tobytes() != image.tobytes():
            self._last, self._sequence = image, self._sequence + 1
        return Screenshot(image, time.time(), self._sequence)

    def foreground(self) -> ForegroundApp:
        return ForegroundApp(PACKAGE, "Main")

    def nodes(self) -> tuple[UiNode, ...]:
        self.tree_at = time.time()
        return self.stage.nodes()

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        return tuple(line for line in self._lines if region is None or line.box.intersects(region))

    def tap(self, point: Point) -> None:
        self.stage.tap(point)

    def double_tap(self, point: Point) -> None:
        self.stage.double_tap(point)

    def long_press(self, point: Point, seconds: float = 1.0) -> None:
        self.stage.hold(point, seconds)

    def swipe(self, start: Point, end: Point, seconds: float = 0.3) -> None:
        self.stage.swipe(start, end)

    def type_text(self, text: str) -> None:
        self.stage.type(text)

    def press(self, key: Key) -> None:
        self.left = self.left or key is Key.BACK

    def launch(self, app: str) -> None:
        """There is no other app."""


def engine_rows(seed: int, stage: Stage) -> list[Row]:
    page, luck = make(seed), random.Random(seed ^ 0xA5A5)
    stage.draw(page.spec)
    stage.rest(120)
    _, spots = stage.look(tree=False)
    acts = acts_of(page, spots, stage, luck, TAPS)
    return [_row(page, act, stage) for act in acts]


def _row(page: Page, act: Act, stage: Stage) -> Row:
    stage.draw(page.spec)
    stage.rest(60)
    before, phone = stage.mark(), StagePhone(stage)
    for turn in _turns(act, phone, stage):
        if turn.pause is not None:
            perform(act, stage)
            done, _ = found(stage, act, before)
            return Row(page.kind, act.name, _stopped(done), _code(turn))
    if phone.left and not isinstance(act.action, Back):
        perform(act, stage)
        done, _ = found(stage, act, before)
        return Row(page.kind, act.name, IDLE if not done else BACK if done == HARMLESS else "stopped", "corner")
    stage.rest(50)
    done, _ = found(stage, act, before)
    return Row(page.kind, act.name, IDLE if not done else "let pass" if done == HARMLESS else "PASSED")


def _turns(act: Act, phone: StagePhone, stage: Stage) -> Iterator[Turn]:
    """The turns in which the engine comes to the act: a field is touched before it is typed into."""
    script: list[Action] = [] if act.focus_first is None else [Tap(act.focus_first.to_norm(stage.size))]
    model = ScriptedModel([*script, act.action])
    engine = Engine(
        phone=phone,
        model=model,
        reader=phone,
        journal=MemoryJournal(),
        rules=FlowRules(),
        settle=StillPicture,
        prompt=_PROMPT,
        settings=_SETTINGS,
        sleep=lambda seconds: stage.rest(int(seconds * 1000)),
    )
    state = _knowing(start("处理工单"), act, stage)
    while len(model.asked) <= len(script):
        turn = engine.turn(state)
        state = turn.state
        yield turn
        if turn.pause is not None:
            return


def _knowing(state: RunState, act: Act, stage: Stage) -> RunState:
    """What the run has done before, as the act's context has it."""
    put_in = page_key(replace(stage.look()[0])) if act.context.put_in else ""
    return state.evolve(typed=act.context.typed, put_in=put_in)


def _stopped(done: list[str]) -> str:
    return IDLE if not done else "asked" if done == HARMLESS else "stopped"


def _code(turn: Turn) -> str:
    verdict = turn.step.verdict
    return verdict.reasons[0].code if verdict and verdict.reasons else "handed over"
