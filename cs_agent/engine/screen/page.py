"""What kind of page this is: payment, refund, deletion, permission …, from every text that is on it.

Rule: a page may have several natures; its words can add natures, never remove one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.text import amounts, fold, squash
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
_OF_A_PAPER = ("days", "sums", "numbers")
_LONG_NUMBER = re.compile(r"(?<![\d+])(?!1[3-9]\d{9}(?!\d)|0)\d{5,}")  # but a telephone's
_QUESTION = re.compile(
    r"(?:确定|确认|是否|要不要|真的|您要).{0,40}(?:吗|么|[?])|吗[?]?$|\bare you sure\b|^(?:do|would) you .*\?"
)
_SEARCH = re.compile(r"搜索|查询|查找|search|find|query")
_MAKES = re.compile(
    r"(?:或|并|和|及|后|/)(?:者|且)?.{0,2}(?:新建|新增|创建|添加|发送|提交|呼叫|派|录入|入库|出库|核销)"
    r"|\b(?:or|and|&|/|to) ?(?:create|make|new|add|call|send|submit|start|assign|book|order|invite)\b"
)  # a field that makes what it does not find
_EVERYTHING = re.compile(r"^(?:全部|所有|all)(?:订单|记录|单据| orders| tickets| cases)?\W*\d*\W*$")
_SOMEBODY_DOES = re.compile(
    r"^(?!(?:The|This|That|It|We|Your|There|What|App)\b)(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[A-Z]\w+ (?:[A-Z]\w+ )?"
    r"(?:is|has|was|will|(?!(?:th|h)?is\b|its\b)[a-z]+[a-rt-z]s)\b(?= \w)(?! (?:and|or|for|in)\b)"
    "|^(?:小|阿)(?!程序|助手|贴士|时|红|组)[\u4e00-\u9fff]"
)  # Mia counters with less; as it is written, since names have capitals
_SEARCH_BUTTON = re.compile(r"^(?:搜索|查询|查找|search|find|go)$")
_FORM_HINT = re.compile(r"^(?:请输入|请选择|请填写|请上传|\*|必填|选填|补充描述|please (?:enter|select|describe))")
_KEYPAD = frozenset("0 1 2 3 4 5 6 7 8 9".split())  # noqa: SIM905
_KEYS_OF_A_PAD = 9


def _title_patterns() -> dict[str, re.Pattern[str]]:
    source = Path(__file__).with_name("vocabulary") / "titles.toml"
    table = tomllib.loads(source.read_text("utf-8"))
    return {name: re.compile("|".join(lines.split("\n")[:-1])) for name, lines in table.items()}


_TITLES = _title_patterns()


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


def is_picker_title(text: str) -> bool:
    return bool(_TITLES["picker"].search(fold(text)))


def is_handing_over(text: str) -> bool:
    """The heading of a list whose entries, when touched, receive or lose something instead of opening."""
    return bool(_TITLES["handing_over"].search(fold(text)))


def is_on_offer(text: str) -> bool:
    """An entry that can be taken, such as a time, a seat or a coupon; one touch may take it."""
    return bool(_TITLES["on_offer"].search(fold(text)))


def names_a_due_day(text: str) -> bool:
    """Until when something can be had or done."""
    return bool(_TITLES["due"].search(fold(text)))


def names_a_deadline(text: str) -> bool:
    """By when something is still to be done."""
    return bool(_TITLES["deadlines"].search(fold(text)))


def costs(text: str) -> bool:
    """Whether a look-up on this page is charged for."""
    return bool(_TITLES["costs"].search(fold(text)))


def is_acted_on(text: str) -> bool:
    """Names people, devices, places or a queue: touching an entry of such a list may act on it."""
    return bool(_TITLES["acted_on"].search(fold(text)))


def is_entry_acted_on(text: str) -> bool:
    """An entry with attributes that only a person, a device or a place has."""
    return bool(_TITLES["acted_on_entry"].search(fold(text)))


def is_of_a_paper(text: str) -> bool:
    """A date, an amount or a document number: a record of something that happened."""
    return any(_TITLES[name].search(fold(text)) for name in _OF_A_PAPER)


def count_paper_marks(texts: Iterable[str]) -> int:
    """How many of these an entry has: a date, an amount, a number of its own; 0 where a long number is all."""
    folded = [fold(text) for text in texts]
    day, sums, named = (any(_TITLES[name].search(text) for text in folded) for name in _OF_A_PAPER)
    numbered = named or any(_LONG_NUMBER.search(text) for text in folded)
    return day + sums + numbered if day or sums or named else 0


def names_customers(text: str) -> bool:
    """Names customers, whose records are opened by a touch."""
    return bool(_TITLES["customers"].search(fold(text)))


def goes_on(text: str) -> bool:
    """Something is ringing, waiting or in progress; leaving its window ends it."""
    return bool(_TITLES["goes_on"].search(fold(text)))


def somebody_asks(text: str) -> bool:
    """Another person wants, offers or does something; putting it off may turn them down."""
    return bool(_TITLES["somebody_asks"].search(fold(text)) or _SOMEBODY_DOES.search(text.strip()))


def accepts(answer: str) -> bool:
    """Takes what somebody gives or asks for, so that the other answer turns it down."""
    return bool(_TITLES["accepts"].search(fold(answer)))


def is_deed_elsewhere(text: str) -> bool:
    """Bids in one of the languages of which few words are known."""
    return bool(_TITLES["deeds"].search(fold(text)))


def is_question(text: str) -> bool:
    """A yes-or-no question; 怎么处理? and What next? are not."""
    folded = fold(text)
    return bool(_TITLES["asks"].search(folded)) and not _TITLES["asks_which"].search(folded)


def continues(answer: str) -> bool:
    """An answer that continues what is in progress, so that the other answer may end it."""
    return bool(_TITLES["continues"].search(fold(answer)))


def filters_a_list(text: str) -> bool:
    """A tab that filters a list: a state, a time, or everything."""
    return bool(_TITLES["filters"].search(fold(text)))


def names_everything(text: str) -> bool:
    """全部, All: a tab that filters nothing."""
    return bool(_EVERYTHING.match(fold(text)))


def names_none(text: str) -> bool:
    """不接收, Nobody, Mentions only: the end of a scale that is set, where a filter leaves something."""
    return bool(_TITLES["none"].search(fold(text)))


def names_own_place(text: str) -> bool:
    """A page that every app has: its first one, its settings, what is the user's own."""
    return bool(_TITLES["own_places"].search(fold(text)))


def names_contents(text: str) -> bool:
    """History, 明细: what a page holds."""
    return bool(_TITLES["contents"].search(fold(text)))


def names_a_near_day(text: str) -> bool:
    """Today, 明天."""
    return bool(_TITLES["near_days"].search(fold(text)))


def names_an_attribute(head: str) -> bool:
    """发货状态, Stage: how something stands."""
    return bool(_TITLES["attributes"].search(fold(head)))


def switches_a_mode(texts: Iterable[str]) -> bool:
    """A tab bar that switches a mode: one of its names says so, and none says that it shows everything."""
    names = [fold(text) for text in texts]
    return any(_TITLES["modes"].search(name) for name in names) and not any(map(_EVERYTHING.match, names))


def names_a_key(text: str) -> bool:
    """What is typed into a search field: a number, a name."""
    return bool(_TITLES["keys"].search(fold(text)))


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
