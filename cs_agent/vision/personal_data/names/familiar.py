"""Familiar names in sentences: 问下老冯, 昨天是小廖接的电话, 客服小陈答应的.

Rule: 小 or 老 and what is nothing but a surname; with another character, or 阿, what the dictionary does not know as a
word (小米, 老花), where a word takes a person or somebody does something. What the run of characters goes on to is told
apart first: 小龙虾 holds no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.names.han import HAN, SAYS, surname_of
from cs_agent.vision.personal_data.names.sentences import TAKES_A_PERSON, Word, in_dictionary, is_a_word, told_apart

_RUN = re.compile(rf"{HAN}{{2,200}}")
_FAMILIAR = re.compile("[小老阿]")
# Surnames that make no other word with 小 or 老; 小马 may be a horse.
_SURNAMES_ONLY = frozenset(
    "王李张刘陈杨赵周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯董程曹袁邓许沈曾彭吕苏卢蒋蔡贾丁魏薛阎余潘杜戴钟汪姜范姚谭廖邹崔陆尹贺龚邵赖"
)
_ROLE = re.compile(r"(?:客服|快递|快递员|同事|经理|师傅|店员|司机|骑手|负责人|朋友|邻居|你们的?|我们?|咱们?)\Z")
_ACTS = re.compile(r"[接让叫帮跟和给告答回催来去那]|答应|他|她|[昨今明]天|刚|也|都|就|又|已|先|一直")
_BEFORE = re.compile(r"(?:托|让|叫|转告|通知|交给|[给找问跟向和是由])(?:了|一下|下)?\Z")


def familiar(text: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text):
        marks = list(_FAMILIAR.finditer(run.group()))
        words = told_apart(run.group()) if marks else []
        for mark in marks:
            if _is_name(run.group(), words, mark.start()):
                yield run.start() + mark.start(), run.start() + mark.start() + 2


def _is_name(run: str, words: list[Word], place: int) -> bool:
    value, before, behind = run[place : place + 2], run[:place], run[place + 2 :]
    if len(value) < 2 or (value[0] != "阿" and not surname_of(value[1:])) or not _stands_apart(words, place):
        return False
    if value[0] in "小老" and value[1] in _SURNAMES_ONLY:
        return True
    if is_a_word(value):
        return False
    taken = TAKES_A_PERSON.search(before) or _BEFORE.search(before) or _ROLE.search(before)
    acts = SAYS.match(behind) or _ACTS.match(behind)
    return bool(taken and (acts or not behind or behind[0] in "了的吧呢啊")) or bool(not before and acts)


def _stands_apart(words: list[Word], place: int) -> bool:
    """Whether no word of the dictionary reaches over either end of the two characters: not 小龙 in 小龙虾."""
    for word in words:
        end = word.start + len(word.text)
        crosses = word.start < place < end or word.start < place + 2 < end
        if crosses and in_dictionary(word.text):
            return False
    return True
