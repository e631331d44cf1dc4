"""What a text on a screen names by its words: a picker, people, papers, a state, a place that every app has.

Rule: each is one entry of titles.toml, read on the folded text. What a control would do is told by `screen.words`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from cs_agent.engine.screen.text import fold

_OF_A_PAPER = ("days", "sums", "numbers")
_LONG_NUMBER = re.compile(r"(?<![\d+])(?!1[3-9]\d{9}(?!\d)|0)\d{5,}")  # but a telephone's
_EVERYTHING = re.compile(r"^(?:全部|所有|all)(?:订单|记录|单据| orders| tickets| cases)?\W*\d*\W*$")
_SOMEBODY_DOES = re.compile(
    r"^(?!(?:The|This|That|It|We|Your|There|What|App)\b)(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[A-Z]\w+ (?:[A-Z]\w+ )?"
    r"(?:is|has|was|will|(?!(?:th|h)?is\b|its\b)[a-z]+[a-rt-z]s)\b(?= \w)(?! (?:and|or|for|in)\b)"
    "|^(?:小|阿)(?!程序|助手|贴士|时|红|组)[\u4e00-\u9fff]"
)  # Mia counters with less; as it is written, since names have capitals


def _title_patterns() -> dict[str, re.Pattern[str]]:
    source = Path(__file__).with_name("titles.toml")
    table = tomllib.loads(source.read_text("utf-8"))
    return {name: re.compile("|".join(lines.split("\n")[:-1])) for name, lines in table.items()}


_TITLES = _title_patterns()


def is_picker_title(text: str) -> bool:
    return bool(_TITLES["picker"].search(fold(text)))


def is_handing_over(text: str) -> bool:
    """The heading of a list whose entries, when touched, receive or lose something instead of opening."""
    return bool(_TITLES["handing_over"].search(fold(text)))


def is_still_to_do(head: str) -> bool:
    """待发药: a touch on an entry may do it."""
    return bool(_TITLES["still_to_do"].search(fold(head)))


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
    """How many marks of a paper an entry has: a date, an amount, a number of its own. 0 if a long number is all it
    has."""
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


def is_action_elsewhere(text: str) -> bool:
    """Bids in one of the languages of which few words are known."""
    return bool(_TITLES["actions"].search(fold(text)))


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
