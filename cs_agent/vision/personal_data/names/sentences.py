"""Chinese names that nothing announces, in sentences: `昨天李建国来过电话`, `包裹被杨柳青领走了`.

Rule: the words of the sentence are told apart first, so that no name is cut out of two words. A name that the
dictionary knows counts where a sentence goes on beside it; one that it does not know also needs a word that takes a
person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from cs_agent.vision.personal_data.names.han import (
    COMMON,
    HAN,
    INTERFACE,
    NEVER_IN_NAMES,
    SAYS,
    SINGLE,
    WORDS_TOO,
    stands_alone,
    surname_of,
)

_RUN = re.compile(rf"{HAN}{{2,200}}")
OF_NAMES = frozenset({"nr", "nrt", "nrfg"})
_OF_THINGS = re.compile(r"[nbmjl]|[a-z]g|a")  # tags of nouns and of what stands before nouns
_UNKNOWN = "x"
TAKES_A_PERSON = re.compile(
    r"(?:(?<!申)请|[据把让找问给跟和与同由被帮替叫听托等见陪害为向对骂夸谢是姓按]|[寄退转送交发还汇打补付卖赔借租][给到]|[通告转]知|告诉|转告|转达|联系|麻烦|委托|代替|替换|收货的?是|签收的?是"
    r"|[打问说聊等接送加见遇骂](?:了|过|到)|退还|交还|归还|[找问催]过|通过|根据|关于|属于|代表|回复|怀疑|核实|收件的?是|名叫|就是|还有|以及|同事|朋友|邻居|客户|家属)\Z"
)
_SAID = re.compile(
    r"(?:[来打]过?[电来]|来[过了找拿取问]|[反][映馈]|[昨今明]天|上周|上午|下午|刚[才刚]|要求|投诉|咨询|申请|表示|说|讲|问|催|想|要|已经?[付收退下签拿取]|没[有收拿下付]|签收|下单|付款|态度"
    r"|[本先女]|打电话|同意|拒绝|确认|回复|打来|寄来|发来|买了|退了|付了|收[到了]|领[走了取]|拿[走了]|取[走了])"
)

_BETWEEN = re.compile(
    rf"(?:(?<!申)请|[让找问跟叫帮替听托由与]|联系|麻烦|转告|告诉|通知|[寄退转送交发还][给到])(?P<value>{SINGLE}{HAN}{{1,2}}?)"
    r"(?=来|去|核实|处理|说|回电|打|查|签|收|取|拿|本人|的|跟|和|与|领|确认|退|发|联系|再|尽快|马上|今天|明天|\Z)"
)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    tag: str  # part of speech
    start: int


def in_sentences(text: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text):
        words = told_apart(run.group())
        yield from ((run.start() + start, run.start() + end) for start, end in _taken(run.group()))
        alone = _is_whole_line(text, run)
        place = 0
        while place < len(words):
            length = _name_at(words, place, alone=alone)
            if length:
                start = run.start() + words[place].start
                yield start, start + length
                while place < len(words) and words[place].start < start + length - run.start():
                    place += 1
            else:
                place += 1


def _taken(run: str) -> Iterator[tuple[int, int]]:
    """Names between a word that takes a person and one that a person does, where the two grew into the name's words:
    找田馥|甄|核实."""
    for match in _BETWEEN.finditer(run):
        start, end = match.span("value")
        value = match.group("value")
        known = _segmenter().has_word
        if value[0] not in WORDS_TOO and stands_alone(value) and not known(value[:2]) and not known(value):
            yield start, end


def told_apart(run: str) -> list[Word]:
    """The words of a run of Han characters, in order."""
    words, place = [], 0
    for text, tag in _segmenter().tag(run):
        words.append(Word(text, tag, place))
        place += len(text)
    return words


def is_known(name: str) -> bool:
    """Whether the dictionary has it as somebody's name."""
    return _segmenter().has_word(name) and told_apart(name)[0].tag in OF_NAMES


def in_dictionary(text: str) -> bool:
    return bool(_segmenter().has_word(text))


def is_a_word(text: str) -> bool:
    """Whether the dictionary has it as something else than a name."""
    return in_dictionary(text) and told_apart(text)[0].tag not in OF_NAMES


def is_a_caption(text: str) -> bool:
    """Whether the dictionary knows the word as no name (颜色, 车型), or it ends as what is measured or numbered does
    (成交价, 白名单)."""
    if _segmenter().has_word(text):
        return told_apart(text)[0].tag not in OF_NAMES or text[-1] in _ENDS_OF_CAPTIONS + _ENDS_OF_NAMES_TOO
    return text[-1] in _ENDS_OF_CAPTIONS


_ENDS_OF_CAPTIONS = "期价率额型号类单表码费款式"
_ENDS_OF_NAMES_TOO = "语品度量数值票"  # 刘思语 is a name, 祝福语 a word


def is_a_thing(text: str) -> bool:
    """Whether the text begins with a noun, a number or a saying, and is no word of an interface."""
    first = told_apart(text)[0]
    return bool(re.match(r"[nilmt]", first.tag)) and not INTERFACE.search(text) and first.text not in _ASKS


def is_no_word(text: str) -> bool:
    """Whether the text begins with a person's name, or with a character alone, and so is no word of the dictionary."""
    first = told_apart(text)[0]
    return first.tag.startswith("nr") or len(first.text) == 1


_ASKS = frozenset({"多少", "几位", "数字", "字母", "大小写", "特殊字符", "空", "纯数字"})


@cache
def _segmenter() -> Any:
    import rjieba  # its dictionary takes memory that most processes never need

    return rjieba


def _is_whole_line(text: str, run: re.Match[str]) -> bool:
    start, end = text.rfind("\n", 0, run.start()) + 1, text.find("\n", run.end())
    return (
        run.start() - start < 4
        and not text[start : run.start()].strip()
        and not text[run.end() : end if end >= 0 else None][:4].strip()
    )


def _name_at(words: list[Word], place: int, *, alone: bool) -> int:
    """How many characters from that word on are a name; 0 for none."""
    value, known = _candidate(words, place)
    if not value or not stands_alone(value) or value[:2] in COMMON:
        return 0
    before = "".join(word.text for word in words[:place])
    behind = "".join(word.text for word in words)[words[place].start + len(value) :]
    taken = bool(TAKES_A_PERSON.search(before)) or bool(_SAID.match(behind))
    if value[0] in WORDS_TOO and not (len(value) > 2 and known and (before or behind)):
        return 0
    if not known:
        return len(value) if taken else 0
    if not before and not behind:
        return len(value) if alone else 0
    return len(value) if taken or _is_in_a_sentence(words, place, value) else 0


def _candidate(words: list[Word], place: int) -> tuple[str, bool]:
    """The characters that may be a name, and whether the dictionary calls them one."""
    word = words[place]
    surname = surname_of(word.text)
    if not surname:
        return "", False
    following = words[place + 1 :]
    if len(word.text) == surname:  # the given name's characters stand by themselves
        if following and len(following[0].text) == 2 and not SAYS.match(following[0].text):
            both = word.tag in OF_NAMES and following[0].tag in OF_NAMES
            return ("" if _segmenter().has_word(word.text + following[0].text) else word.text + following[0].text), both
        given = ""
        for other in following[:2]:
            if len(given + other.text) > 2 or not _may_be_given(other):
                break
            given += other.text
        return (word.text + given, False) if given else ("", False)
    known = word.tag in OF_NAMES and (word.text[0] not in WORDS_TOO or _segmenter().has_word(word.text))
    if word.tag not in OF_NAMES | {_UNKNOWN}:
        return "", False
    if len(word.text) == surname + 1 and len(following) == 1 and len(following[0].text) == 1:  # 孙悦·然, at the end
        last = following[0].text
        if last not in NEVER_IN_NAMES and last not in _PARTICLES:
            return word.text + last, known
    if len(word.text) == surname + 1 and following and following[0].text == word.text[-1]:  # 亮·亮
        return word.text + following[0].text, known
    return word.text, known


_PARTICLES = frozenset("来去过会也都就又还很再才上下里外中到着得地啊呀吗呢吧嘛哦收取拿")


def _may_be_given(word: Word) -> bool:
    return word.tag in OF_NAMES | {_UNKNOWN} or (len(word.text) == 1 and word.text not in _PARTICLES | NEVER_IN_NAMES)


def _is_in_a_sentence(words: list[Word], place: int, value: str) -> bool:
    """Whether more than the name of a thing stands beside it: `马应龙麝香膏` is a thing."""
    end = words[place].start + len(value)
    after = next((word for word in words if word.start >= end), None)
    before = words[place - 1] if place else None
    if after is None:
        return before is not None and not _OF_THINGS.match(before.tag)
    if SAYS.match(after.text):
        return True
    return not _OF_THINGS.match(after.tag)
