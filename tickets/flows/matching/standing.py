"""How the writer stands to a word at its place in the text.

What refuses it is looked for first, then what says that it is done, then what leaves it open.
"""

from __future__ import annotations

import re

from tickets.flows.matching import asking, past, refusals, reservations
from tickets.flows.matching.plain import is_borne, is_needed, is_plain
from tickets.flows.matching.spot import Spot, Standing
from tickets.flows.matching.things import thing_named
from tickets.flows.slots import stance
from tickets.flows.slots.text import mark_after

BARE = 4  # characters beside a keyword that say nothing: 实名身份验证
# 快递员, 快递费, 快递让我…: not the parcel.
_WHO_SERVES = re.compile(r"员|小哥|师傅|公司|费|柜|盒|袋|单号?[填写输打]错|让我|叫我|说|告诉我|给我打|打电话")
_ANOTHERS = re.compile(
    rf"(?:{stance.PERSON_WORDS}|别人|[他她])的$|\b(?:{stance.ENGLISH_PERSON_WORDS})['’]?s $|\b(?:his|her|their) $", re.I
)
# 快递走到哪里了, 快递是不是丢了: what such a flow is for
_WHERE = re.compile(
    r"(?:现在|已经|都|走|送|运|跑|到|在|去)*哪|(?:是不是|不会是?|会不会|该不会)[^,，]{0,4}[丢没卡停漏错]"
)
# Refund it or put me on another flight: one of two.
_OR_ELSE = re.compile(r"[^,.;!?]{0,60}\bor (?!else|otherwise|so\b|i\b|any)[a-z]", re.I)
_SUPPOSED = re.compile(
    r"[不没][^,，]{1,4}再(?:[走去来]|申请|要求?|办)*$|[不没][^,，]{1,6}(?:就|[那我]*只[好能])(?:要求?|想|申请)?$|"
    r"(?<!退款)(?<!退货)(?<!补偿)的话|如果|要是|"
    r"假如|倘若|万一|否则|不然|除非|再不|"
    r"还不[^,，]{0,10}(?:我就|就)|\b(?:if|unless|"
    r"otherwise|in case|in the event|provided|assuming|supposing|as long as)\b",
    re.I,
)
_SUPPOSED_AFTER = re.compile(
    r"\b(?:unless|in case|in the event|provided that|as long as|only (?:if|when|once|after)|if (?:it|you|they|the|"
    r"that|this|"
    r"nothing|my) (?:\w+ ){0,3}?(?:\w+n['’]t|not|cannot|never|fails?|is|are|breaks?|still))\b",
    re.I,
)
_DEMANDED = re.compile(
    r"说(?:是)?(?:要|得|需要?|必须|让我?)[^,，]{0,4}$"
)  # the page says that it wants a thing: 说要实名
_OTHERS = r"(?:客服|商家|卖家|店家|你们|平台|朋友|同事|邻居|网友|别人|网上|[他她]们?)"
_REPORTED = re.compile(
    r"(?<![我想跟要])(?:说|讲|听说|看到|看见|据说|让我|叫我|催我|(?<![^,，。 ])要我)[^,，]{0,6}$|\b(?:she|he|they|"
    rf"my \w+) (?:wants?|needs?|asked|would like)\b|{_OTHERS}(?:[也就正]?(?:想要?|打算)[^,，]{{0,4}}$|"
    r".{0,6}(?:说|讲|答应|承诺|表示|告诉|建议|让我|回复|保证))|"
    r"\b(?:agent|support|seller|friend|they|colleague|someone|neighbou?r)\b.{0,12}\b(?:said|says|told|"
    r"promised|offered|suggested|got)\b",
    re.I,
)


def standing_of(
    text: str, start: int, end: int, *, questions: bool = False, strong: bool = True, action: bool = False
) -> Standing:
    """How the writer stands to the word at `start:end`. `questions`: asking about it is wanting it; `strong`: the word
    alone makes a flow fit; `action`: it names an action in any case."""
    spot = Spot(text, start, end, action=action)
    if spot.word == "退款" and spot.before.endswith("退货"):
        return Standing.UNCLEAR  # 退货退款 is a return
    if refusals.refused(spot, questions=questions):
        return Standing.REFUSED
    if past.done(spot):
        return Standing.DONE
    if not questions and asking.asked(spot):
        return Standing.ASKED
    if _SUPPOSED.search(stance.without_politeness(spot.condition)) or (
        _REPORTED.search(spot.before[-24:]) and not (_DEMANDED.search(spot.before) and not spot.action)
    ):
        return Standing.SUPPOSED
    if past.long_ago(spot, strong=strong):
        return Standing.DONE
    if spot.action and _SUPPOSED_AFTER.search(stance.without_politeness(spot.after)):
        return Standing.SUPPOSED
    if held := reservations.held_back(spot, questions=questions):
        return held
    return Standing.WANTED if questions else _wanted(spot)


def _wanted(spot: Spot) -> Standing:
    """WANTED, where what is said of the thing or the action says so."""
    if _WHO_SERVES.match(spot.after) or _ANOTHERS.search(spot.before):
        return Standing.UNCLEAR
    thing = _thing(spot)
    alone = len(spot.text if is_borne(thing) else spot.before + spot.word + spot.after) <= len(spot.word) + BARE
    if thing and not alone and not is_needed(thing, spot.sentence + spot.word + spot.behind):
        return Standing.UNCLEAR
    lost = spot.carried and _WHERE.match(spot.after)
    if asking.is_question(spot.word) or lost:
        return Standing.WANTED
    if spot.action and _OR_ELSE.match(spot.after):
        return Standing.UNCLEAR
    standing = asking.questioned(spot.before, spot.after, spot.sentence, mark_after(spot.text, spot.end))
    if standing is Standing.WANTED and spot.action and not _is_plain(spot):
        return Standing.UNCLEAR
    return standing


def _thing(spot: Spot) -> str:
    """The thing that the word names, of which people also speak when nothing is amiss; other words of a flow (少送,
    character was deleted) say by themselves what is."""
    return "" if spot.action else thing_named(spot.word)


def _is_plain(spot: Spot) -> bool:
    """No parcel, no refund: what is lacking is complained of."""
    return is_plain(spot.text, spot.start, spot.end) and not re.search(r"\bno $", spot.before, re.I)
