"""Addresses.

Rule: an address goes on over commas as long as what follows is a part of an address, and ends where another field or
another sentence begins; 旧地址 is never taken for the new one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise

from tickets.flows.slots.text import MOST_PLACES, SENTENCE_END, Doubt, Span, clause_before
from tickets.flows.slots.writing.freely import is_name
from tickets.flows.slots.writing.moves import moves
from tickets.flows.slots.writing.places import beginnings
from tickets.flows.slots.writing.shape import CHINESE_PART, ENGLISH_PART, PLACE, SPEECH, is_address
from tickets.flows.slots.writing.starts import EDGES, MOST, doubt_about, starts, trimmed

_FIELD = re.compile(
    r"(?:[旧原老新]|以前|之前|原来|现在|目前|收货|收件)?的?(?:收货|收件)?地址|收件人|收货人|联系人|"
    r"(?:变更|更改|修改|更正)[前后]|联系电话|联系方式|电话|手机号?|姓名|邮编|备注|订单号?|"
    r"\b(?:phone|tel|mobile|contact|recipient|postcode|zip|old address|instead of|not)\b",
    re.I,
)
_OLD = re.compile(
    r"[旧原老]的?(?:收货|收件)?$|(?:以前|之前|原来|从前|原先|上次|曾经)(?:都?是)?$|"
    r"(?:以前|之前|原来|从前|原先|上次|曾经|\bold|\bprevious|"
    r"\bformer)的?(?:\s?(?:收货|收件|delivery|shipping))?\s*$",
    re.I,
)
_LABELLED = re.compile(r"地址[是为:： ]*$|\baddress(?: is| was)?[: ]*$", re.I)
_OLD_ASIDE = re.compile(  # the other one, or a remark
    r"[（(](?:[旧原老]|更正|应|改|错|以前|之前|不是|非|old|was|not|formerly|别|不要|请|勿|放|送|麻烦)", re.I
)
_CALLED_NEW = re.compile(  # 四川省…1号,这是新地址
    r"[,，。 (（]{0,2}(?:这|以上|上面|前面)?(?:个|才|就|都)*是(?:我的?|我们的?)?"
    r"(?:最?新|正确)(?:的|地址|的?(?:收货|收件)地址)"
)
_LABEL = re.compile(  # 公司:江苏省…, my office: 5 …
    r"[一-鿿]{1,4}[:：] ?(?=[一-鿿])|"
    r"(?:my|our|the) (?:new )?(?:office|home|house|flat|apartment|workplace|work|place)[:,] ?(?=[A-Z\d])"
)
_CITY = re.compile(r"[A-Z][A-Za-z.'-]*(?: [A-Z0-9][\w.'-]*){0,3}|[A-Z]{0,2} ?\d{4,6}")
_PARTICLES = re.compile(
    r"(?:[,， ]*(?:吧|哈|哦|啊|呢|呀|就行|就好|即可|谢谢[你您]?[啦了哈]?|啊|啦|please|thanks?|instead| and| but))+$",
    re.I,
)
_TALK = re.compile(r"有|放|没|等|找|打|走|看|给|被|来|去|拿|取|在|是")
# The next line of an address that is written in lines.
_GOES_ON = re.compile(
    rf"\n(?=[^\n:：,，。!！?？]{{2,40}}(?:\n|$))(?!{SPEECH.pattern.removeprefix('^')})[^\n]*?(?:{PLACE.pattern}|\b(?:street|road|"
    r"avenue|district|city|province|county|town)\b)",
    re.I,
)
_TALK_BEHIND = re.compile(
    r"(?<=[\d号室楼]) (?:白天|上午|中午|下午|晚上?|平时|周末|工作日|家里|我|请|麻烦|"
    r"最好|尽量|到了|来)[^\n省市区县路街]*$"
)
_REMARK = re.compile(r"(?:工作日|周末)[^,，]{0,4}$|到了(?:给我)?打|来之前")
# A transcript has no mark behind the address: …B座1205然后你们帮我改一下.
_GOES_OVER = re.compile(r"(?<=[\d号室楼座栋层])(?=然后|你们|帮我|麻烦|谢谢|就这个|就行|就可以|嗯)")
_PARTS = re.compile(f"(?:{CHINESE_PART.pattern})+")
_CUT = re.compile(r"[,，、]")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


def addresses(text: str, words: Sequence[str], labels: Sequence[str] = (), rivals: Sequence[str] = ()) -> list[Span]:
    """The addresses behind one of the words, up to the next of the `labels` of other values or of the `rivals`, which
    announce another address; "" with a doubt where one is spoken of that is none."""
    label_of_others = _labelled(labels, rivals)
    found = []
    announced = {at: start for start, at in [*moves(text, words), *starts(text, words)]}
    for at, start in announced.items():
        if _OLD.search(clause_before(text, start)):
            continue
        label = _LABEL.match(text, at)
        at = label.end() if label else at
        end, sure = _end_of_address(text, at, label_of_others)
        span = trimmed(text, at, at + len(_without_particles(text[at:end]).rstrip(" .")))
        whole, sure = is_address(span.value), sure and not _OLD_ASIDE.search(span.value)
        if not whole and not re.search("地址|address", text[start:at], re.I):
            continue  # 送到的时候: the word alone announces nothing
        doubt = None if whole and sure else Doubt.UNREADABLE
        found.append(
            Span(span.value if whole else "", span.start, max(span.end, at), doubt).doubted(
                doubt_about(text, start, span)
            )
        )
    return found


def unannounced(text: str) -> list[Span]:
    """Addresses that stand in the text with no word before them that says what they are: to choose from. One that is
    called the new one behind it is meant."""
    found: list[Span] = []
    for at in islice(beginnings(text), MOST_PLACES):
        lead = _LABELLED.sub("", clause_before(text, at))
        if (found and at < found[-1].end) or _OLD.search(lead):
            continue
        end, _sure = _end_of_address(text, at)
        span = trimmed(text, at, at + len(_without_particles(text[at:end]).removesuffix("是")))
        if is_address(span.value):
            named = _CALLED_NEW.match(text, span.end)
            found.append(span.doubted(doubt_about(text, at, span) if named else Doubt.UNCLEAR))
    return found


def _without_particles(text: str) -> str:
    return _PARTICLES.sub("", text.rstrip())


def _is_short_or_english(piece: str) -> bool:
    """1203, or a part of an English address; 柜子坏了赔300 is neither."""
    return bool(ENGLISH_PART.search(piece)) and (piece.isascii() or len(piece) < 5)


def _labelled(labels: Sequence[str], rivals: Sequence[str]) -> re.Pattern[str]:
    """A mark and one of the labels behind it, one that could be a part of an address only where a colon follows; or a
    word that announces another address, mark or not."""
    plain = [re.escape(each) for each in labels if not _may_be_a_part(each)]
    every = [*plain, rf"(?:{'|'.join(map(re.escape, labels))})\s?[:：]"] if labels else []
    marked = [rf"[ ,，;；、]\s?(?:{'|'.join(every)})"] if every else []
    return re.compile("|".join([*marked, *map(re.escape, rivals)]) or "(?!)", re.I)


def _may_be_a_part(label: str) -> bool:
    """小区, 单元 and room begin parts of addresses."""
    return " " not in label if label.isascii() else bool(_PARTS.fullmatch(label))


def _end_of_address(text: str, at: int, label_of_others: re.Pattern[str] = _FIELD) -> tuple[int, bool]:
    """Where the address ends, and whether that is certain."""
    stop = SENTENCE_END.search(text, at, at + MOST)
    end = stop.start() if stop else min(len(text), at + MOST)
    for pattern in (label_of_others, _FIELD, _MOBILE, _GOES_OVER):
        mark = pattern.search(text, at, end)
        end = min(end, mark.start()) if mark else end
    sure = (bool(stop) or end < at + MOST) and not _GOES_ON.match(text, end)
    cuts = [*(cut.start() for cut in _CUT.finditer(text, at, end)), end]
    for cut, following in pairwise(cuts):
        piece = _without_particles(text[cut + 1 : following].lstrip())
        if not piece:
            continue
        goes_on = CHINESE_PART.search(piece) or _CITY.fullmatch(piece) or _is_short_or_english(piece)
        if _REMARK.match(piece) and not goes_on:
            return cut, sure
        if _TALK.search(piece) and not re.match(r"不|别|请|谢|麻烦|尽快|我|希望", piece):
            return cut, False
        if SPEECH.match(piece):
            told = re.match(r"不|别|请|谢|麻烦|尽快|希望", piece)
            return cut, sure and not (goes_on and len(piece) < 8 and not told)
        if not goes_on:
            return cut, sure and is_name(piece) and bool(_MOBILE.match(text, following + 1))
    talk = _TALK_BEHIND.search(text, at, end)
    end = talk.start() if talk else end
    tail = text[at:end].rstrip(EDGES)
    blank = tail.rfind(" ")
    loose = (
        blank > 0 and not tail.isascii() and not (CHINESE_PART.search(tail[blank:]) or re.search(r"\d", tail[blank:]))
    )
    return end, sure and not loose
