"""Addresses.

Rule: an address goes on over commas as long as what follows is a part of an address, and ends where another field or
another sentence begins; 旧地址 is never taken for the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from tickets.flows.slots.text import BEGINS, MOST_PLACES, SENTENCE_END, Doubt, Span, clause_before, sentence_before
from tickets.flows.slots.writing.freely import is_name
from tickets.flows.slots.writing.places import words_before_place
from tickets.flows.slots.writing.starts import EDGES, MOST, doubt_about, starts, trimmed

_CHINESE_PART = re.compile(
    r"省|自治区|市|区|县|镇|乡|村|街道|街|路|巷|弄|胡同|道|大道|号|栋|幢|楼|座|单元|室|层|户|小区|"
    r"花园|公寓|大厦|广场|中心|园|苑|城|里|庄|组|社区|"
    r"大学|学院|学校|医院|酒店|宾馆|厂|公司|工业区|产业园|科技园|驿站|门牌|期|排|院"
)
_PLACE = re.compile(
    r"省|自治区|市|区|县|镇|乡|村|路|街|道|巷|弄|小区|花园|公寓|大厦|广场|园|苑|社区|大学|学院|医院|酒店"
)
_STREET = re.compile(r"镇|乡|村|路|街|道|巷|弄|小区|花园|公寓|大厦|广场|园|苑|社区|大学|学院|医院|酒店|\d")
_ENGLISH_PART = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|building|bldg|block|floor|"
    r"room|rm|unit|apt|apartment|suite|district|"
    r"city|province|county|town|village|no)\b|\d",
    re.I,
)
_FIELD = re.compile(
    r"(?:[旧原老新]|以前|之前|原来|现在|目前|收货|收件)?的?(?:收货|收件)?地址|收件人|收货人|联系人|"
    r"联系电话|联系方式|电话|手机号?|姓名|邮编|备注|订单号?|"
    r"\b(?:phone|tel|mobile|contact|recipient|postcode|zip|old address|instead of|not)\b",
    re.I,
)
_ENGLISH_HOUSE = re.compile(
    r"(?:[A-Z][a-z]+ \w+, )?\d+[A-Za-z]? (?:[A-Z][a-z']+ ?){1,4}, (?:[A-Z][a-z]+ ?){1,3}[\d,A-Z]"
)
_SPEECH = re.compile(
    r"^ ?(?:我|您|你|请|谢|麻烦|尽快|希望|别|不|就|可以|行|吗|哈(?!尔)|辛苦|另外|然后|因为|由于|如果|快递|"
    r"包裹|货|东西|多谢|拜托|急|能|要|是|这|那|已经?|还|"
    r"\d{1,2} ?[点时:：]|上面|之前|以前|现在|目前|原来|旧|老|后面|今天|明天|后天|下周|周[一二三四五六日末]|星期|晚上|"
    r"到时|发货|尽量|最好|thank|please|my |i |the |old|will |would |was |"
    r"isn['’]?t\b|is not |because|as |since|and |it|instead|not )",
    re.I,
)
_OLD = re.compile(
    r"[旧原老]的?(?:收货|收件)?$|(?:以前|之前|原来|从前|原先|上次|曾经|\bold|\bprevious|"
    r"\bformer)的?(?:\s?(?:收货|收件|delivery|shipping))?\s*$",
    re.I,
)
_OLD_ASIDE = re.compile(  # the other one, or a remark
    r"[（(](?:[旧原老]|更正|应|改|错|以前|之前|不是|非|old|was|not|formerly|别|不要|请|勿|放|送|麻烦)", re.I
)
_NOT_ADDRESS = re.compile(
    r"^(?:暂定|暂时|大概|应该|可能|好像|先|或)|附件|截图|图片|稍后|待会|一会|如下|下面|上面|那边|这边|公司$|家里|哪|什么|怎么|多少|同上|不变|"
    r"\bsame\b|\bjust\b|附近|旁边|隔壁|周边|一带|[东南西北]边的|错|不是|不对|(?:更?改|换|变更?|修改)(?:成|为|到|至)|"
    r"as follows|[那这]个|那家|"
    r"\b(?:but|might|will|would|should|because|though|however|again|maybe|probably|we|you)\b|"
    r"attached|below|later|"
    r"\b(?:from|until|starting|effective) ",
    re.I,
)
_MOVE = re.compile(
    r"[从由]([^,，。;；!！?？\n]{2,60}?)(?:更?改|换|变更?|修改|更新|调整)(?:成|为|到|至)\s{0,3}[:：]?\s{0,3}|"
    r"\bfrom ([^;；!！?？\n]{2,80}?) to (?=[A-Z\d])",
    re.I,
)
# 地址选错了,改成…: of what stands before it in the sentence.
_INTO = re.compile(
    rf"{BEGINS}(?:(?<!地址)(?<!应)(?:更?改|换|变更|修改|更新)(?:成|为|到|至)\s{{0,3}}[:：]?\s{{0,3}}|"
    r"\b(?:change|update|switch|correct) (?:it|that|this) to (?=[A-Z\d]))",
    re.I,
)
_SENT_TO = re.compile(
    r"\b(?:change|update|set|switch|correct|amend) (?:[\w' ]{0,30}? )?address (?!from)[\w' ]{1,30}? to (?=[A-Z\d])|"
    r"\b(?:have|get) (?:[\w#]+ ){1,6}?(?:delivered|sent|shipped|redirected) to (?=[A-Z\d])",
    re.I,
)
_REDIRECTED = re.compile(r"(?<![不没别])[改转](?:寄|送|派送|配送)(?:到|去|往|至|给)?\s?[:：]?\s?(?=[一-鿿])")
_SUBJECT = re.compile(r"地址|address|(?:送货|收货|收件|寄送|配送)的?(?:地方|地点|位置)", re.I)
# 地址写错了!应该是…
_SHOULD_BE = re.compile(
    r"地址[^,，。!！\n]{0,6}(?:错|不对|有误|[少漏没]写|不完整|[填写选留]成[^,，。!！\n]{1,8}了)[^,，。!！\n]{0,4}[,，。!！\s]{0,3}(?:就是|就|那个|嗯|呃){0,2}"
    r"(?:应该?|正确的?(?:地址)?|完整的?(?:地址)?|其实|实际)(?:是|为)\s?[:：]?\s?|"
    r"\bwrong (?:address|house|street|flat|unit|apartment|room)(?: number| name)?"
    r"[^.!?\n]{0,16}?(?:it |that )?should (?:be|read) "
)
_LABEL = re.compile(r"[一-鿿]{1,4}[:：] ?(?=[一-鿿])")  # 公司:江苏省…
_CITY = re.compile(r"[A-Z][A-Za-z.'-]*(?: [A-Z0-9][\w.'-]*){0,3}|[A-Z]{0,2} ?\d{4,6}")
_PARTICLES = re.compile(
    r"(?:[,， ]*(?:吧|哈|哦|啊|呢|呀|就行|就好|即可|谢谢[你您]?[啦了哈]?|啊|啦|please|thanks?|instead))+$", re.I
)
_TALK = re.compile(r"有|放|没|等|找|打|走|看|给|被|来|去|拿|取|在|是")
# The next line of an address that is written in lines.
_GOES_ON = re.compile(
    rf"\n(?=[^\n:：,，。!！?？]{{2,40}}(?:\n|$))(?!{_SPEECH.pattern.removeprefix('^')})[^\n]*?(?:{_PLACE.pattern}|\b(?:street|road|"
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
_TALK_TAIL = re.compile(r"[后再打时被要能会没不就才却但了吗过退给等]")
_DIGIT = re.compile(r"[0-9零一二三四五六七八九十]")
_CUT = re.compile(r"[,，、]")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


def addresses(text: str, words: Sequence[str]) -> list[Span]:
    """The addresses behind one of the words; "" with a doubt where one is spoken of that is none."""
    found = []
    for start, at in [*starts(text, words), *_moves(text, words)]:
        if _OLD.search(clause_before(text, start)):
            continue
        label = _LABEL.match(text, at)
        at = label.end() if label else at
        end, sure = _end_of_address(text, at)
        span = trimmed(text, at, at + len(_PARTICLES.sub("", text[at:end])))
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


def _moves(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """从 A 改成 B: where it begins and where B begins; A is an address, or the clause says that it is about one."""
    if not any(re.search("地址|address", word, re.I) for word in words):
        return
    for match in islice(_SHOULD_BE.finditer(text), MOST_PLACES):
        yield match.start(), match.end()
    for match in islice(_SENT_TO.finditer(text), MOST_PLACES):
        yield match.start(), match.end()
    for match in islice(_REDIRECTED.finditer(text), MOST_PLACES):
        yield match.start(), match.end()
    for match in islice(_INTO.finditer(text), MOST_PLACES):
        if _SUBJECT.search(sentence_before(text, match.start())):
            yield match.start(), match.end()
    for match in islice(_MOVE.finditer(text), MOST_PLACES):
        old, before = match[1] or match[2], clause_before(text, match.start(), 30)
        if is_address(old.strip(EDGES)) or re.search("地址|address", before + match[0][:6], re.I):
            yield match.start(), match.end()


def _end_of_address(text: str, at: int) -> tuple[int, bool]:
    """Where the address ends, and whether that is certain."""
    stop = SENTENCE_END.search(text, at, at + MOST)
    end = stop.start() if stop else min(len(text), at + MOST)
    for mark in (_FIELD.search(text, at, end), _MOBILE.search(text, at, end), _GOES_OVER.search(text, at, end)):
        end = min(end, mark.start()) if mark else end
    sure = (bool(stop) or end < at + MOST) and not _GOES_ON.match(text, end)
    cuts = [*(cut.start() for cut in _CUT.finditer(text, at, end)), end]
    for cut, following in pairwise(cuts):
        piece = _PARTICLES.sub("", text[cut + 1 : following].strip())
        if not piece:
            continue
        goes_on = _CHINESE_PART.search(piece) or _ENGLISH_PART.search(piece) or _CITY.fullmatch(piece)
        if _REMARK.match(piece) and not goes_on:
            return cut, sure
        if _TALK.search(piece) and not re.match(r"不|别|请|谢|麻烦|尽快|我|希望", piece):
            return cut, False
        if _SPEECH.match(piece):
            told = re.match(r"不|别|请|谢|麻烦|尽快|希望", piece)
            return cut, sure and not (goes_on and len(piece) < 8 and not told)
        if not goes_on:
            return cut, sure and is_name(piece) and bool(_MOBILE.match(text, following + 1))
    talk = _TALK_BEHIND.search(text, at, end)
    end = talk.start() if talk else end
    tail = text[at:end].rstrip(EDGES)
    blank = tail.rfind(" ")
    loose = (
        blank > 0 and not tail.isascii() and not (_CHINESE_PART.search(tail[blank:]) or re.search(r"\d", tail[blank:]))
    )
    return end, sure and not loose


def is_address(value: str) -> bool:
    """A place and a number on it, or two places one in the other, and no word of speech."""
    if not 5 <= len(value) <= MOST or _NOT_ADDRESS.search(value) or _SPEECH.match(value) or words_before_place(value):
        return False
    if value.isascii():
        if _ENGLISH_HOUSE.match(value):
            return True
        return bool(re.search(r"\d", value)) and len(_ENGLISH_PART.findall(re.sub(r"\d", "", value))) > 0
    if re.search(r"或者?|还是|\bor\b", value):
        return False
    last = max((match.end() for match in re.finditer(rf"{_CHINESE_PART.pattern}|\d", value)), default=0)
    if _TALK_TAIL.search(value[last:]) or len(value) - last > 8:
        return False
    places = len(_PLACE.findall(value))
    if places >= 3:
        return bool(_STREET.search(value))
    return places >= 1 and bool(_DIGIT.search(value))
