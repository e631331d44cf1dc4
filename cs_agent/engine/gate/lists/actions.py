"""What does something: words of doing in a bar, a page that is called by one, buttons in the entries of a list."""

from __future__ import annotations

import re

from cs_agent.engine.screen.structure import inside_of, is_reacting, texts_of
from cs_agent.engine.screen.text import fold
from cs_agent.engine.screen.vocabulary.titles import filters_a_list, is_action_elsewhere
from cs_agent.engine.screen.words import WEIGHTY, LabelKind, names_a_state, names_a_value, sense
from cs_agent.observation import UiNode

_NAME_CHARS = 8  # of a page's name in Chinese; three times as many letters
_KEEPS_IN_ORDER = re.compile(
    r"^(?:删除|移除|编辑|修改|重命名|置顶|停用|启用|归档|复制|分享|隐藏)(?:地址|模板|卡片?|此项)?$|^设为默认$"
    r"|^(?:delete|remove|edit|rename|(?:un)?pin|(?:un)?share|(?:un)?archive|copy|duplicate|hide|enable|disable)"
    r"(?: (?:address|card|template|item))?$|^(?:set|make)(?: as)? default$"
)
_ACTS = (LabelKind.COMMIT, LabelKind.HOLD)


def does_something(text: str) -> bool:
    """A word of doing, or one that says yes, unless it names a state."""
    return (sense(text).kind in WEIGHTY and not names_a_state(text)) or is_action_elsewhere(text)


def names_an_action(head: str) -> bool:
    """A page that is called by what is done on it: 转账, 抢单, Confirm order."""
    meant, text = sense(head, button=True), fold(head)
    if filters_a_list(text.rstrip(".…")):  # a state: 删除中…
        return False
    if meant.kind is LabelKind.OPEN:
        return meant.word == text
    called = text.startswith(meant.word) and len(text) <= _NAME_CHARS * (1 if meant.word[:1] > "~" else 3)
    return meant.kind in (*_ACTS, LabelKind.OPTION) and called and not names_a_value(head)


def has_buttons(nodes: tuple[UiNode, ...], root: int) -> bool:
    """Controls that are called by words stand in the entry; a sign may be what entries are put in order by."""
    inside = (index for index in inside_of(nodes, root) if is_reacting(nodes[index]))
    return any(any(map(str.isalnum, text)) for index in inside for text in texts_of(nodes, index))


def is_done_by_a_button(nodes: tuple[UiNode, ...], root: int) -> bool:
    """One of the entry's buttons does something, so that a touch on the entry need not: beside Edit, Delete or
    Archive, which keep the list itself in order, it may take the entry."""
    inside = (index for index in inside_of(nodes, root) if is_reacting(nodes[index]))
    said = (text for index in inside for text in texts_of(nodes, index))
    return any(does_something(text) and not _KEEPS_IN_ORDER.match(fold(text)) for text in said)
