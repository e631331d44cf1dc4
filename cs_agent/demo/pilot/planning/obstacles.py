"""What stands between the pilot and any goal: loading pages, errors, pop-ups, permissions, log-ins, human checks.

Rule: waiting and retrying are bounded; a pop-up that has nothing to do with the task is closed, never agreed to;
passwords, codes and captchas are a human's.
"""

from __future__ import annotations

import re

from cs_agent.demo.pilot.goals.goal import GoalKind
from cs_agent.demo.pilot.goals.lexicon import HUMAN_CHECK, LOGIN_WALL, NETWORK_ERROR, PASSWORD, Concept
from cs_agent.demo.pilot.planning.moves import Decision, Move
from cs_agent.demo.pilot.planning.situation import Situation, act, take_over, tap, tap_item, wait
from cs_agent.demo.pilot.planning.tapping import on_home_screen
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.page import Item
from cs_agent.demo.pilot.sight import IconKind
from cs_agent.engine.actions.values import Back

MAX_WAITS = 8
MAX_RETRIES = 3
_PERMISSION = re.compile(
    r"(?:允许|授权).{0,16}(?:访问|获取|使用|拍摄|读取|录制|发送|拨打)|权限"
    r"|allow .{1,40} to (?:access|take|record|send|make)",
    re.IGNORECASE,
)
_CLOSERS = (Concept.CLOSE, Concept.SKIP, Concept.CANCEL)
_CROSSES = frozenset({"x", "X", "×", "✕", "✖", "╳"})


def clear(sit: Situation) -> Decision | None:
    """What to do before anything else; None where nothing is in the way."""
    return _loading(sit) or _human_only(sit) or _network(sit) or _permission(sit)


def _loading(sit: Situation) -> Decision | None:
    if not sit.page.loading or on_home_screen(sit):
        return None
    waits = 0
    for turn in reversed(sit.recent()):
        if turn.move is not Move.WAIT:
            break
        waits += 1
    if waits >= MAX_WAITS:
        return take_over(sit, sit.say("页面一直没有加载出来", "The page never finishes loading"))
    return wait(sit)


def _human_only(sit: Situation) -> Decision | None:
    if sit.page.matching(HUMAN_CHECK):
        return take_over(sit, sit.say("页面要求人机验证,请坐席操作", "The page asks for a human check: please do it"))
    fields = [place for place in sit.page.fields if PASSWORD.search(place.text) or _asks_code(place.text)]
    button = any(item.button and _says_login(item.text) for item in sit.page.items)
    if (fields and button) or (button and sit.page.matching(LOGIN_WALL) and sit.page.fields):
        return take_over(
            sit, sit.say("页面要求登录,请坐席登录后交还", "A log-in is required: please log in and hand back")
        )
    return None


def _asks_code(prompt: str) -> bool:
    return Concept.CODE in matching.concepts(prompt)


def _says_login(text: str) -> bool:
    return len(text) <= 14 and Concept.LOGIN in matching.concepts(text)


def _network(sit: Situation) -> Decision | None:
    """An error page: its own button, else back."""
    said = sit.page.matching(NETWORK_ERROR)
    if not said or len(sit.page.items) > 14:
        return None
    retries = len(sit.turns(Move.RETRY))
    if retries >= MAX_RETRIES:
        return take_over(sit, sit.say(f"多次重试后仍然:{said[0].text}", f"Still after several tries: {said[0].text}"))
    for item in sit.page.items:
        if (
            len(item.text) <= 12
            and Concept.RETRY in matching.concepts(item.text)
            and not NETWORK_ERROR.search(item.text)
        ):
            return tap_item(sit, Move.RETRY, item, 0.97)
    return wait(sit, said[0].text) if retries == 0 and sit.last_move() is not Move.WAIT else act(Move.BACK, Back())


def _permission(sit: Situation) -> Decision | None:
    """Files may be read when a file is to be attached; every other permission is declined."""
    if sit.page.dialog is None or not _PERMISSION.search(sit.page.text):
        return None
    if sit.goal.kind is GoalKind.UPLOAD and sit.done(Move.ATTACH):
        for item in sit.page.items:
            words = item.text.strip()
            if (
                Concept.ALLOW in matching.concepts(words)
                and len(words) <= 14
                and not re.match(r"不|don|deny", words, re.I)
            ):
                return tap_item(sit, Move.ALLOW, item, 0.93)
    refuse = next(
        (item for item in sit.page.items if re.match(r"(?:不允许|拒绝|禁止|deny|don.?t allow)", item.text, re.I)), None
    )
    return tap_item(sit, Move.CLOSE, refuse, 0.93) if refuse else close_dialog(sit)


def close_dialog(sit: Situation) -> Decision | None:
    """A pop-up the goal has no use for: by its closing word, its cross, or the Back key."""
    if sit.page.dialog is None or len(sit.turns(Move.CLOSE)) >= 4:
        return None
    closer = _closing_text(sit)
    if closer is not None:
        return tap_item(sit, Move.CLOSE, closer, 0.92)
    crosses = sit.page.icon(IconKind.CLOSE)
    if crosses:
        return tap(sit, Move.CLOSE, crosses[0].box.center, "×", 0.9)
    return act(Move.CLOSE, Back(), "", 0.9)


def _closing_text(sit: Situation) -> Item | None:
    short = [item for item in sit.page.items if len(item.text) <= 14 and not sit.tried(item.text, Move.CLOSE)]
    for concept in _CLOSERS:
        for item in short:
            if concept in matching.concepts(item.text):
                return item
    return next((item for item in short if item.text.strip() in _CROSSES), None)
