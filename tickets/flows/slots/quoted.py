"""Which stretches of a text are not the writer's own words of now: quoted letters, signatures, the service's lines of a
chat.

Rule: what stands there is offered and never taken. Where the text is nothing but a forwarded letter, the letter is the
writer's own; a stretch whose end cannot be told goes on to the end of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tickets.flows.slots.text import Span

Stretch = tuple[int, int]

_WROTE = r"(?:wrote|a écrit|schrieb|escribió|ha scritto|写道|寫道)"
_HEADER = r"(?:from|sent|date|to|cc|subject|发件人|寄件者|发送时间|收件人|收件者|日期|主题|主旨|抄送)"
QUOTE_HEADS = re.compile(
    r"^\s*(?:[-_]{2,}\s*(?:&nbsp;)?\s*(?:original message|原始邮件|转发的?邮件|forwarded message).*|"
    r"begin forwarded message:|on\b.{5,200}\bwrote:|"
    r"[在于].{5,150}(?:写道|寫道)[::]?|(?:发件人|寄件者|from)\s*[::].{3,}|_{10,})\s*$",
    re.I | re.M,
)
SIGNATURE = re.compile(r"^-- ?$", re.M)
# In one line, or broken into two; a line of the writer's own above the head is none of it.
WROTE_LINE = re.compile(
    rf"^(?=.*[\d@])(?:[^\n]{{4,160}}|[ \t>]*(?:(?:on|at|am|le|el|il)\b|[在于])[^\n]{{4,160}}\n[^\n]{{0,120}}){_WROTE}"
    r"\s*[:：]?[ ]*$",
    re.I | re.M,
)
_HEADER_LINE = re.compile(rf"^\s*\**{_HEADER}\**\s*[:：]", re.I)
_SENDER_LINE = re.compile(r"^\s*\**(?:发件人|寄件者|from)\**\s*[:：]", re.I)
_MAIL_ONLY = re.compile(r"^\s*\**(?:sent|date|subject|发送时间|日期|主题|主旨)\**\s*[:：]", re.I)
_FORWARDED = re.compile(r"^\s*(?:转发|转寄|fwd?|fw|主题|subject)\s*[:：]", re.I)
_QUOTED_BELOW = re.compile(r"\s*>")
_MOST_HEADERS, _MOST_SIGNED = 12, 24  # lines of a letter's head, and from a closing to the end of the text
_CLOSING = re.compile(
    r"^\s*(?:(?:with )?(?:best|kind|warm)(?: (?:regards|wishes))?|(?:thanks (?:and|&) )?regards|(?:yours )?sincerely|"
    r"此致|敬礼|顺颂商祺|商祺|祝好)[ ,，.。!！]*$",
    re.I,
)
# Any line by which a letter is known; most texts have none.
_OF_LETTERS = re.compile(
    "|".join((r"^[^\S\n]*>", _SENDER_LINE.pattern, QUOTE_HEADS.pattern, SIGNATURE.pattern, _CLOSING.pattern)),
    re.I | re.M,
)
_SENT_FROM = re.compile(
    r"(?:^|(?<=[\s。!！,，;；]))(?:sent from my|get outlook for|发自|来自)(?: ?我的)?(?! ?(?:客户|买家|用户))"
    r"[^\n,，。:：]{2,24}[.。]?$",
    re.I | re.M,
)

_NAME = r"(?:(?!说|称|讲|回复|答复|表示|承诺|答应|告知|告诉|建议|提出)[一-鿿A-Za-z0-9_·]){0,6}"  # 客服昨天回复: is told
_SERVICE = r"[一-鿿]{0,4}客服|客服|坐席|座席|机器人|小二|自动回复|agent|support|bot|operator|assistant|csr?"
_MAYBE_SERVICE = (
    r"商家|卖家|店家|店主|店铺|掌柜|平台|系统|官方|售后|主管|经理|shop|store|system|seller|merchant|staff|service|rep"
)
_WRITER = (
    r"我|本人|用户|客户|买家|顾客|会员|来电人|消费者|访客|游客|me|i|customer|client|user|buyer|caller|visitor|guest"
)
_SPEAKER = re.compile(
    rf"(?:^|(?<=[\s。.!！?？;；,，\]】)）|]))[\[【(（]?(?:(?P<service>(?!尊敬|敬爱|亲爱|[你您]好|各位|致)(?:{_SERVICE}))|"
    rf"(?P<maybe>{_MAYBE_SERVICE})|"
    rf"(?P<writer>{_WRITER}))"
    rf"[ ·_-]?{_NAME}(?:[\]】)）]?(?: ?[\[(（]?\d[\d:/. -]{{3,18}}[\])）]?)? ?[:：]|(?<=[一-鿿A-Za-z0-9])"
    rf"[\]】](?! ?(?:已|的|说|回)))",
    re.I | re.M,
)


_ACCEPTED = re.compile(
    r"(?:^|[:：,，。!！?？\n\]】]) ?(?:那就?|嗯+|也)?(?:好[的吧了啊]?|行[吧啊]?|可以|同意|成交?|接受|没问题|就这样|"
    r"就?按你)(?![^,，。\n]{0,2}[不没])|"
    r"[:：\n] ?那就|\b(?:ok|okay|deal|fine|sure|agreed|yes|accept(?:ed)?|alright|sounds good)\b",
    re.I,
)


def elsewhere(text: str) -> list[Stretch]:
    """The stretches, as start and end, in order and apart from each other."""
    return list(_elsewhere(text))


@lru_cache(maxsize=2)  # a text is read for its flow and for its slots
def _elsewhere(text: str) -> tuple[Stretch, ...]:
    if not text.strip():
        return ()
    found = sorted([*_letters(text), *_chat(text)])
    joined: list[Stretch] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def touches(stretches: list[Stretch], span: Span) -> bool:
    """Whether the span stands in one of the stretches, or reaches into it."""
    return any(span.start < end and start < span.end for start, end in stretches)


def gave_way(text: str, stretches: list[Stretch], own: list[Span], others: list[Span]) -> bool:
    """Whether the service offered something else after the writer's own value, and the writer says yes to it."""
    sure = [span for span in own if span.doubt is None]
    offers = [each for each in others if any(each.start > span.end and each.value != span.value for span in sure)]
    return bool(offers) and bool(_ACCEPTED.search(without(text, stretches), max(each.end for each in offers)))


def without(text: str, stretches: list[Stretch]) -> str:
    """The text with the stretches blanked, at the same length; where one was, a sentence ends."""
    return _without(text, tuple(stretches)) if stretches else text


@lru_cache(maxsize=2)  # each slot of a flow asks for the same
def _without(text: str, stretches: tuple[Stretch, ...]) -> str:
    parts, at = [], 0
    for start, end in stretches:
        blank = ("。" + " " * (end - start - 2) + "。")[: end - start]
        parts += [text[at:start], blank]
        at = end
    return "".join([*parts, text[at:]])


def own(text: str) -> str:
    """Only the writer's own words of now, at the same length."""
    smooth = without_senders(text)
    return without(smooth, elsewhere(smooth))


def without_senders(text: str) -> str:
    """The text without the lines that mail programs add (发自我的iPhone), which speak of no telephone."""
    return without(text, [match.span() for match in _SENT_FROM.finditer(text)])


def _letters(text: str) -> Iterator[Stretch]:
    """Quoted lines, what stands below the head of a quoted letter, and signatures."""
    wrote = {match.start(): match.end() for match in WROTE_LINE.finditer(text)}
    if not wrote and not _OF_LETTERS.search(text):
        return
    lines = [match.span() for match in re.finditer(r"[^\n]*\n?", text) if match[0]]
    written = False  # something of the writer's own stands above
    past = 0
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        if not line.strip() or start < past:
            continue
        if line.lstrip().startswith(">"):
            yield start, end
            continue
        past = _end_of_head(text, lines, number, wrote)
        if past:
            quoted_below = bool(_QUOTED_BELOW.match(text, past))
            if written and not quoted_below:
                yield start, len(text)
                return
            yield start, past
        elif written and _is_signature(text, lines, number):
            yield start, len(text)
            return
        elif not _FORWARDED.match(line):
            written = True


def _end_of_head(text: str, lines: list[Stretch], number: int, wrote: dict[int, int]) -> int:
    """Where the head of a quoted letter ends that begins with this line; 0 where none does."""
    start, end = lines[number]
    if start in wrote:
        return wrote[start]
    line = text[start:end].rstrip("\n")
    sender, head = _SENDER_LINE.match(line), QUOTE_HEADS.match(line)
    if not sender and not head:
        return 0
    below = (text[first:last] for first, last in lines[number + 1 : number + 6])
    mail = any(_MAIL_ONLY.match(each) for each in below)
    if not mail and (sender or re.fullmatch(r"\s*_{10,}\s*", line)):
        return 0  # the sender of a parcel, or a rule
    for first, last in lines[number + 1 : number + 1 + _MOST_HEADERS]:
        if text[first:last].strip() and not _HEADER_LINE.match(text[first:last]):
            break
        end = last
    return end


def _is_signature(text: str, lines: list[Stretch], number: int) -> bool:
    line = text[slice(*lines[number])].rstrip("\n")
    if SIGNATURE.match(line):
        return True
    if not _CLOSING.match(line) or len(lines) - number > _MOST_SIGNED:
        return False
    following = [each for each in lines[number + 1 :] if text[slice(*each)].strip()]
    return len(following) <= 8


def _chat(text: str) -> Iterator[Stretch]:
    """What the service says in a chat: in a dialogue up to the next speaker, else to the end of the line."""
    labels = list(_SPEAKER.finditer(text))
    last_writer = max((label.start() for label in labels if label["writer"]), default=-1)
    first_other = min((label.start() for label in labels if not label["writer"]), default=len(text))
    for number, label in enumerate(labels):
        answered = label.start() < last_writer
        if label["writer"] or (label["maybe"] and not answered):
            continue
        end = len(text) if answered else _line_end(text, label.end())
        if number + 1 < len(labels):
            end = min(end, labels[number + 1].start())
        if last_writer >= 0 and first_other < label.start() and number + 1 == len(labels):
            end = len(text)  # the last speaker of a dialogue
        yield label.start(), end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)
