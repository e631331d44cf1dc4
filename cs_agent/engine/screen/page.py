"""What kind of page this is: payment, refund, deletion, permission …, from every text that is on it.

Rule: a page may have several natures; its words can add natures, never remove one.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.text import amounts, fold, squash
from cs_agent.engine.screen.vocabulary.titles import is_handing_over
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.observation import Observation, Role, UiNode


class Nature(StrEnum):
    PAYMENT = "payment"
    TRANSFER = "transfer"
    REFUND = "refund"
    DELETION = "deletion"
    AUTHORISATION = "authorisation"
    PERMISSION = "permission"  # the system asks whether an app may do something
    PASSWORD = "password"  # noqa: S105
    COMPOSE = "compose"  # something written here is about to be sent or published
    SELECTION = "selection"  # several things are marked for what comes next
    SUBMIT = "submit"  # a form with a button that submits it
    FAILED = "failed"  # an act failed: trying again would repeat it
    PICKER = "picker"  # choosing pictures, dates, filters: 确定 only closes it


SENSITIVE = frozenset(Nature) - {Nature.PICKER}
MONEY = frozenset({Nature.PAYMENT, Nature.TRANSFER, Nature.AUTHORISATION, Nature.DELETION, Nature.PASSWORD})


def _patterns() -> dict[Nature, re.Pattern[str]]:
    source = Path(__file__).with_name("vocabulary") / "pages.toml"
    table = tomllib.loads(source.read_text("utf-8"))
    return {Nature(name): re.compile("|".join(lines.split("\n")[:-1])) for name, lines in table.items()}


_WORDS = _patterns()
_PERMISSION_TEXT = re.compile(
    "(?:要?允许|是否允许).{1,40}(?:访问|使用|拍摄|录制|发送|获取|拨打|管理|读取|查找|定位|吗|[?])"
    r"|\ballow\b.{1,60}\b(?:to|access)\b.{1,60}"
)
_QUESTION = re.compile(
    r"(?:确定|确认|是否|要不要|真的|您要).{0,40}(?:吗|么|[?])|吗[?]?$|\bare you sure\b|^(?:do|would) you .*\?"
)
_SEARCH = re.compile(r"搜索|查询|查找|search|find|query")
_MAKES = re.compile(
    r"(?:或|并|和|及|后|/)(?:者|且)?.{0,2}(?:新建|新增|创建|添加|发送|提交|呼叫|派|录入|入库|出库|核销)"
    r"|\b(?:or|and|&|/|to) ?(?:create|make|new|add|call|send|submit|start|assign|book|order|invite)\b"
)  # a field that makes what it does not find
_SEARCH_BUTTON = re.compile(r"^(?:搜索|查询|查找|search|find|go)$")
_FORM_HINT = re.compile(r"^(?:请输入|请选择|请填写|请上传|\*|必填|选填|补充描述|please (?:enter|select|describe))")
_KEYPAD = frozenset("0 1 2 3 4 5 6 7 8 9".split())  # noqa: SIM905
_KEYS_OF_A_PAD = 9


@dataclass(frozen=True, slots=True)
class Page:
    natures: frozenset[Nature]
    dialog: bool = False  # asks a yes-or-no question
    form: bool = False  # holds something filled in or chosen
    picker: bool = False  # its title says that something is chosen here
    keypad: bool = False  # a pad of digits for a password
    amounts: tuple[float, ...] = ()

    @property
    def sensitive(self) -> bool:
        return bool(self.natures & SENSITIVE)

    @property
    def about_money(self) -> bool:
        return bool(self.natures & MONEY)


def read_page(observation: Observation) -> Page:
    texts = [fold(text) for text in dict.fromkeys(observation.texts)]
    kinds = {sense(text).kind for text in texts}
    found = {nature for nature, words in _WORDS.items() if any(words.search(text) for text in texts)}
    found |= _natures_of_controls(observation, texts, kinds)
    return Page(
        natures=frozenset(found),
        dialog=_is_dialog(texts, kinds),
        form=_has_form(observation, texts),
        picker=any(_WORDS[Nature.PICKER].search(fold(text)) for text in _titles(observation)),
        keypad=len(_KEYPAD & set(texts)) >= _KEYS_OF_A_PAD,
        amounts=tuple(dict.fromkeys(value for text in texts for value in amounts(text))),
    )


def is_search_field(node: UiNode, typed: str = "") -> bool:
    """Whether its role, name or hint says so. Text that was `typed` into it does not count, nor does a field that also
    adds or sends its content."""
    hint = "" if typed and squash(node.text) == squash(typed) else node.text
    said = fold(f"{hint} {node.description} {node.resource_id}")
    if node.role is not Role.SEARCH and not _SEARCH.search(said):
        return False
    return not adds_what_it_holds(node, typed)


def adds_what_it_holds(field: UiNode, typed: str = "") -> bool:
    """Its hint says that its content is added, sent or handed over."""
    hint = "" if typed and squash(field.text) == squash(typed) else field.text
    said = f"{hint} {field.description}"
    return is_handing_over(said) or bool(_MAKES.search(fold(said)))


def is_search_word(text: str) -> bool:
    return bool(_SEARCH.search(fold(text)))


def is_search_page(observation: Observation) -> bool:
    """Whether all fields on the page are for searching: they say so, or a single one is beside a search button."""
    texts = [fold(text) for text in observation.texts]
    fields = [node for node in observation.nodes or () if node.editable]
    if len(fields) > 1:
        return all(is_search_field(node) for node in fields)
    if fields and is_search_field(fields[0]):
        return True
    if fields:
        return any(_SEARCH_BUTTON.match(text) for text in texts)
    return any(_SEARCH.search(text) for text in texts)


def _titles(observation: Observation) -> list[str]:
    lowest = HEAD * observation.size.height
    nodes = [node.label for node in observation.nodes or () if node.label and node.box.bottom <= lowest]
    return nodes + [line.text for line in observation.lines if line.box.bottom <= lowest]


def _natures_of_controls(observation: Observation, texts: list[str], kinds: set[LabelKind]) -> set[Nature]:
    found = set()
    if LabelKind.COMMIT in kinds and any(re.search("提交|submit", text) for text in texts):
        found.add(Nature.SUBMIT)
    if observation.app.asks_permission or _asks_permission(texts, kinds):
        found.add(Nature.PERMISSION)
    if any(node.password for node in observation.nodes or ()):
        found.add(Nature.PASSWORD)
    return found


def _asks_permission(texts: list[str], kinds: set[LabelKind]) -> bool:
    asked = any(_PERMISSION_TEXT.search(text) for text in texts)
    return asked and LabelKind.AFFIRM in kinds and bool(kinds & {LabelKind.REFUSE, LabelKind.SAFE})


def _is_dialog(texts: list[str], kinds: set[LabelKind]) -> bool:
    answers = kinds & {LabelKind.AFFIRM, LabelKind.COMMIT} and kinds & {LabelKind.SAFE, LabelKind.REFUSE}
    return bool(answers) and any(_QUESTION.search(text) for text in texts)


def _has_form(observation: Observation, texts: list[str]) -> bool:
    for node in observation.nodes or ():
        if node.checkable and node.role is not Role.SWITCH:
            return True
    fields = [node for node in observation.nodes or () if node.editable]
    if fields and not is_search_page(observation):
        return True
    return sum(
        bool(_FORM_HINT.search(text)) and not _SEARCH.search(text) for text in texts
    ) >= 1 and not _is_only_search(texts)


def _is_only_search(texts: list[str]) -> bool:
    """Whether the texts are one hint and a search button: a search box that says 请输入订单号."""
    hints = [text for text in texts if _FORM_HINT.search(text)]
    return len(hints) == 1 and any(_SEARCH.search(text) for text in texts)
