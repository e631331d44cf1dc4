"""The moves the pilot makes and the short thoughts that announce them, in the language of the instruction.

Rule: a thought can be read back. It carries which goal of how many, the signature of the page, the move and the name of
what was touched, so that the conversation alone says how far the pilot is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from cs_agent.engine.actions.values import Action


class Move(StrEnum):
    LAUNCH = "launch"
    FIELD = "field"  # tap a field to type into
    TYPE = "type"
    SEARCH = "search"  # run a search that was typed
    ITEM = "item"  # open what was found
    EXPAND = "expand"  # open a list of choices
    MARK = "mark"  # choose or tick
    ATTACH = "attach"  # open the picker of files
    MEDIA = "media"  # pick a file
    TAKE = "take"  # confirm a pick
    TARGET = "target"  # tap what the goal names
    CONFIRM = "confirm"  # in a dialog the last tap brought up
    LEAD = "lead"  # a control that leads towards the goal
    CLOSE = "close"  # a dialog that has nothing to do with the task
    ALLOW = "allow"  # a permission the goal needs
    RETRY = "retry"
    DOWN = "down"
    UP = "up"
    WAIT = "wait"
    BACK = "back"
    HOME = "home"
    ASK = "ask"
    TAKE_OVER = "take_over"
    FINISH = "finish"


PHRASES: dict[Move, tuple[str, str]] = {
    Move.LAUNCH: ("打开应用", "Open the app"),
    Move.FIELD: ("点输入框", "Tap the field"),
    Move.TYPE: ("输入", "Type"),
    Move.SEARCH: ("开始查找", "Run the search with"),
    Move.ITEM: ("进入结果", "Open the result"),
    Move.EXPAND: ("展开选项", "Open the choices at"),
    Move.MARK: ("选上", "Select"),
    Move.ATTACH: ("添加附件,点", "Add the attachment with"),
    Move.MEDIA: ("选用文件", "Use the file"),
    Move.TAKE: ("选好了,点", "Take the pick with"),
    Move.TARGET: ("点击", "Tap"),
    Move.CONFIRM: ("在弹窗中确认", "Confirm in the dialog with"),
    Move.LEAD: ("先经过", "Go by way of"),
    Move.CLOSE: ("关闭无关弹窗", "Close the pop-up with"),
    Move.ALLOW: ("允许所需权限", "Allow what is needed with"),
    Move.RETRY: ("页面出错,重试", "Retry after the error with"),
    Move.DOWN: ("向下翻找", "Scroll down for"),
    Move.UP: ("向上翻找", "Scroll up for"),
    Move.WAIT: ("页面还没好,等待", "Wait for the page:"),
    Move.BACK: ("返回,换条路找", "Go back to look elsewhere for"),
    Move.HOME: ("回到桌面", "Go to the home screen"),
    Move.ASK: ("询问坐席", "Ask the operator"),
    Move.TAKE_OVER: ("请人工处理", "Ask a human to act"),
    Move.FINISH: ("任务完成", "Task done"),
}

_MARKER = re.compile(r"(?:目标|Goal )\s*(\d{1,3})/(\d{1,3})\s*[〔\[]([0-9a-f]{8})[〕\]]\s*(.*)", re.DOTALL)
_LABEL = re.compile('“([^”]*)”|"([^"]*)"')
_BY_LENGTH = sorted(
    ((phrase, move) for move, both in PHRASES.items() for phrase in both), key=lambda pair: -len(pair[0])
)
MAX_LABEL_CHARS = 40


@dataclass(frozen=True, slots=True)
class Decision:
    """`confidence` is how sure the pilot is of the action; `label` what it touches; `why` a remark for people.

    `unseen`: made because something was not to be seen, so that a closer look might change it.
    """

    move: Move
    action: Action
    confidence: float
    label: str = ""
    why: str = ""
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Announced:
    """What a thought of the pilot's own says. `goal` counts from 0."""

    goal: int
    total: int
    signature: str
    move: Move
    label: str


def thought(decision: Decision, goal: int, total: int, signature: str, lang: str) -> str:
    """`目标3/8〔1a2b3c4d〕选上“…”,…。`"""
    zh = lang == "zh"
    head = f"目标{goal + 1}/{total}〔{signature}〕" if zh else f"Goal {goal + 1}/{total} [{signature}] "
    label = plain(decision.label)
    named = "" if not label else f"“{label}”" if zh else f' "{label}"'
    why = ("," if zh else ", ") + plain(decision.why, 120) if decision.why else ""
    return head + PHRASES[decision.move][0 if zh else 1] + named + why + ("。" if zh else ".")


def plain(text: str, limit: int = MAX_LABEL_CHARS) -> str:
    """A text that can stand in a thought: on one line, without quotes or marks of the reply format."""
    line = re.sub(r"[“”\"<>\s]+", " ", text).strip()[:limit]
    return re.sub(r"\b(do|finish)\s*[((]", r"\1 ", line, flags=re.IGNORECASE)


def read_thought(text: str) -> Announced | None:
    """Inverse of `thought`; None for a thought that is not the pilot's."""
    found = _MARKER.search(text)
    if not found:
        return None
    goal, total, signature, rest = found.groups()
    move = next((move for phrase, move in _BY_LENGTH if rest.startswith(phrase)), None)
    if move is None or int(goal) < 1:
        return None
    label = _LABEL.search(rest)
    return Announced(int(goal) - 1, int(total), signature, move, (label[1] or label[2] or "") if label else "")
