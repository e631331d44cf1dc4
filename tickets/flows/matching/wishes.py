"""The actions that a text wants done, whatever flows there are: a verb of the trade and the thing it is done to.

Rule: flows are compared with wishes by action and thing, so that "地址也要改" is what the keyword "改地址" names, and a
wish that a flow's keywords do not name is one that the flow does not serve.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from tickets.flows.matching.actions import ACTIONS
from tickets.flows.matching.plain import JOINT
from tickets.flows.matching.spot import Standing
from tickets.flows.matching.standing import standing_of
from tickets.flows.matching.things import THING, any_of
from tickets.flows.matching.untold import LACK, STATE, named, untold
from tickets.flows.slots.text import clause_after, clause_before, sentence_before

MOST_ACTIONS = 16  # of a text that are judged
_REACH = {True: 30, False: 8}  # characters from a verb to the thing behind it: English, Chinese
_SENTENCES_BEFORE = 80  # characters, of earlier sentences too
_BEFORE = 40  # characters from a thing to the verb behind it; a transcript has no marks

ACCESS = {"identity", "code", "records", "password", "account"}  # nothing to do with an order and its goods
FACTS = {LACK, STATE}  # told by what is amiss
_STEMS = {
    "change": "改换",
    "refund": "退",
    "return": "退",
    "give_back": "退",
    "compensate": "补赔",
    "resend": "发",
    "export": "导",
}
_NEEDS_THING = {"cancel", "change", "verify", "delete"}  # 取消 or 改 alone says nothing
_SENT = {"code", "goods", "parcel", "invoice"}  # what can be sent again
_FOR_GOODS = {"refund", "return", "give_back", "compensate", "exchange", "cancel", "resend"}
_BOUGHT = {"goods", "order", "parcel"}
_SAYS_ALL = {"refund", "compensate", "return"}
# What a flow for a thing does to it.
_FOR_THINGS = {
    ("resend", "code"),
    (LACK, "code"),
    (LACK, "parcel"),
    ("verify", "identity"),
    ("change", "identity"),
    ("export", "records"),
    ("export", "parcel"),
}
# Who returns goods wants his money for them; 退 alone may be either.
_IMPLIED = {"refund": {"return"}, "give_back": {"refund", "return"}}
# What may stand between a verb and its thing in a plain wish; over other words the verb alone is judged.
_BETWEEN = re.compile(
    r"(?:[的个下我也都要得想再把给请帮忙一过 ]|收货|默认|账号|\b(?:my|the|your|that|this|an?|new|our|other|another|"
    r"delivery|shipping|verification|sms|me)\b)*",
    re.I,
)


_AND = re.compile(
    r" ?(?:,|，|、|&|\band\b|和|跟|与|以?及|还有) ?(?:(?:my|the|your|delivery|收货|收件)(?: |(?<![a-z])))?", re.I
)


_ACTION = any_of(ACTIONS, r"(?=[一-鿿]|\b[a-z])")  # blanks and digits are passed over at once


@dataclass(frozen=True, slots=True)
class Action:
    """`thing` "" where the verb says it all, or no thing of the trade is named."""

    verb: str
    thing: str


@dataclass(frozen=True, slots=True)
class Wish:
    """An action that stands at `start:end` of the text, and is wanted."""

    action: Action
    start: int
    end: int
    words: str
    polite: bool = False  # in the form of a question: 能改地址吗


_CANCELLED = re.compile(r"取消|\bcancel", re.I)  # if it has not shipped, cancel it
_MONEY_BACK = re.compile("退款|退钱|退了?[0-9]")
_OPEN = Action("give_back", "amount")  # 邻居家退款成功了,我也想退: the goods, or the money


def wishes(text: str) -> list[Wish]:
    """What the writer wants done; what is refused, asked about, done, supposed or reported is left out."""
    found = []
    for wish in _actions(text):
        standing = standing_of(text, wish.start, wish.end, action=True)
        if standing in {Standing.WANTED, Standing.POLITE}:
            action = (
                _OPEN
                if wish.action.verb == "give_back" and wish.words == "退" and _MONEY_BACK.search(text)
                else wish.action
            )
            found.append(replace(wish, action=action, polite=standing is Standing.POLITE))
    return found + _without_actions(text, {wish.action.verb for wish in found})


def _without_actions(text: str, actions: Collection[str]) -> list[Wish]:
    """What is wanted in other words; goods that did not come are no wish beside what is wanted for them."""
    every = list(untold(text))
    told = {each.verb for each in every}
    return [
        Wish(Action(each.verb, each.thing), each.start, each.end, text[each.start : each.end])
        for each in every
        if not (each.verb in FACTS and (_FOR_GOODS if each.thing != "code" else {"resend"}) & set(actions))
        and not (text.startswith("呢", each.end - 2) and STATE in told)
        and not (each.verb == STATE and _CANCELLED.search(text))
        and standing_of(text, each.start, each.end, questions=True) is Standing.WANTED
    ]


def _actions(text: str) -> Iterator[Wish]:
    found = list(islice(_ACTION.finditer(text), MOST_ACTIONS))
    for number, match in enumerate(found):
        past = found[number - 1].end() if number else 0
        following = found[number + 1].start() if number + 1 < len(found) else len(text)
        verb, thing = match.lastgroup or "", _thing_beside(text, match, past, following)
        if thing is None and verb in _NEEDS_THING:
            continue
        if thing and thing.start() > match.start() and _done(text, match, thing):
            continue  # 我换了手机, 换手机号了: it is done
        start, end = match.span()
        if thing and _BETWEEN.fullmatch(text, min(end, thing.end()), max(start, thing.start())):
            start, end = min(start, thing.start()), max(end, thing.end())
        for name in _things(text, thing, joined=verb in _NEEDS_THING):
            yield Wish(Action(verb, name), start, end, text[start:end])


def _done(text: str, verb: re.Match[str], thing: re.Match[str]) -> bool:
    made = re.match("[好完对]了?的", text[verb.end() :][:3])  # 改好的地址
    return bool(
        made or re.match("了|过(?!个)", text[verb.end() :][:2]) or re.match("了(?!吧)", text[thing.end() :][:2])
    )


def _things(text: str, first: re.Match[str] | None, *, joined: bool) -> Iterator[str]:
    """The thing of an action and those that are joined to it: my address and phone number."""
    yield (first.lastgroup or "") if first else ""
    while joined and first and (joint := _AND.match(text, first.end())):
        first = THING.match(text, joint.end())
        if first:
            yield first.lastgroup or ""


def _thing_beside(text: str, match: re.Match[str], past: int, following: int) -> re.Match[str] | None:
    """The thing behind the verb, else the one before it, in the verb's clause and not beyond another verb; of what is
    to be sent again, the one that the sentence spoke of last."""
    start, end = match.span()
    english = match[0].isascii()
    if inside := match.lastgroup in {"change", "resend"} and THING.search(text, start, end):
        return inside  # have my address changed
    joint = JOINT.search(text, end, following)
    stop = min(joint.start() if joint else following, end + len(clause_after(text, end, _REACH[english])))
    if match.lastgroup == "change" and (_IT.match(text, end) or _SET_RIGHT.match(text, end)):
        spoken_of = THING.finditer(text, max(0, start - _SENTENCES_BEFORE), start)
        return max(
            (thing for thing in spoken_of if not _GIVEN.match(text, thing.end())), key=re.Match.start, default=None
        )
    into = match.lastgroup == "change" and text[end : end + 1] in set("成为到至")  # 地址选错了,改成…
    behind = THING.search(text, end, stop)
    if behind and match.lastgroup == "resend" and behind.lastgroup not in _SENT:
        behind = None  # 再来一条 手机…: where it is sent to
    if (behind and not into) or (english and match.lastgroup != "resend"):
        return behind
    look = sentence_before if match.lastgroup in {"resend", "export"} or into else clause_before
    before = len(look(text, start, _BEFORE))
    spoken_of = THING.finditer(text, max(past, start - before), start)
    sent = (thing for thing in spoken_of if match.lastgroup != "resend" or thing.lastgroup in _SENT)
    return max(sent, key=re.Match.start, default=behind) or _spoken_of_last(text, match, past)


_GIVEN = re.compile(r"[号码是: ]*\d")  # 手机133…: whom to call
_SET_RIGHT = re.compile(r"(?:过来|回来|一下|掉|正)(?=$|[^一-鿿]|[吧呗啊呀嘛了])")  # 我地址不是…,给我改过来
_IT = re.compile(r" (?:it|that|this|them)\b(?! to\b)", re.I)  # my address is now …, please update it


def _spoken_of_last(text: str, match: re.Match[str], past: int) -> re.Match[str] | None:
    """The thing of an earlier sentence: no login text. Nothing. Send again, please."""
    sent = _SENT if match.lastgroup == "resend" else {"records"} if match.lastgroup == "export" else {"address"}
    if match.lastgroup not in {"resend", "export", "change"}:
        return None
    earlier = THING.finditer(text, max(past, match.start() - _SENTENCES_BEFORE), match.start())
    return max((thing for thing in earlier if thing.lastgroup in sent), key=re.Match.start, default=None)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a flow is for, by its keywords: actions, and things that it is for whatever is to be done to them."""

    actions: frozenset[Action]
    things: frozenset[str]

    @property
    def stems(self) -> tuple[str, ...]:
        """How Chinese verbs for its actions begin, where one may stand without its thing: 不用改了."""
        return tuple(_STEMS.get(own.verb, "") for own in self.actions)

    def names(self, action: Action) -> bool:
        """Whether the flow is certainly for this: by action and thing, or by an action that says it all."""
        if (action.verb, action.thing) in _FOR_THINGS:
            return self.serves(action)
        if action.verb == "give_back":
            return action.thing in {"", *_BOUGHT} and any(own.verb == "return" for own in self.actions)
        says_all = action.verb in _SAYS_ALL
        thing = "" if says_all and action.thing in _BOUGHT else action.thing
        return any(own.verb == action.verb and own.thing == thing for own in self.actions) and (bool(thing) or says_all)

    def serves(self, action: Action) -> bool:
        """Whether a wish for the action is no other wish than the flow's."""
        if action.thing in self.things and (action.verb, action.thing) in _FOR_THINGS:
            return True
        if action.verb == "export" and action.thing in {"", "order"} and "parcel" in self.things:
            return True  # 物流凭证导一份
        verbs = {action.verb, *_IMPLIED.get(action.verb, ())}
        return any(own.verb in verbs and _same_thing(own, action) for own in self.actions)


def _same_thing(own: Action, wanted: Action) -> bool:
    return not wanted.thing or wanted.thing == own.thing or (not own.thing and own.verb in _SAYS_ALL)


NO_PURPOSE = Purpose(frozenset(), frozenset())


@lru_cache(maxsize=256)
def purpose(keywords: tuple[str, ...], strong: tuple[str, ...]) -> Purpose:
    """Of a flow with these keywords, of which the `strong` ones make it fit by themselves."""
    told = (Action(each.verb, each.thing) for word in keywords for each in named(word))
    actions = frozenset([*(wish.action for word in keywords for wish in _actions(word)), *told])
    bare = (word for word in strong if not _ACTION.search(word))
    return Purpose(actions, frozenset(match.lastgroup or "" for word in bare for match in THING.finditer(word)))
