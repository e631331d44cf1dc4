"""What an address looks like. Rule: a place and a number on it, or places one in the other, and no word of speech."""

from __future__ import annotations

import re

from tickets.flows.slots.writing.places import words_before_place
from tickets.flows.slots.writing.starts import MOST

CHINESE_PART = re.compile(
    r"省|自治区|市|区|县|镇|乡|村|街道|街|路|巷|弄|胡同|道|大道|号|栋|幢|楼|座|单元|室|层|户|小区|"
    r"花园|公寓|大厦|广场|中心|园|苑|城|里|庄|组|社区|"
    r"大学|学院|学校|医院|酒店|宾馆|厂|公司|工业区|产业园|科技园|驿站|门牌|期|排|院"
)
PLACE = re.compile(
    r"省|自治区|市|区|县|镇|乡|村|路|街|道|巷|弄|小区|花园|公寓|大厦|广场|园|苑|社区|大学|学院|医院|酒店"
)
_STREET = re.compile(r"镇|乡|村|路|街|道|巷|弄|小区|花园|公寓|大厦|广场|园|苑|社区|大学|学院|医院|酒店|\d")
ENGLISH_PART = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|parkway|pkwy|highway|hwy|way|square|sq|plaza|court|ct|place|terrace|crescent|row|quay|"
    r"gardens|estate|mansions?|tower|building|bldg|block|floor|"
    r"room|rm|unit|apt|apartment|suite|district|"
    r"city|province|county|town|village|no)\b|\d",
    re.I,
)
_ENGLISH_HOUSE = re.compile(
    r"(?:[A-Z][a-z]+ \w+, )?\d+[A-Za-z]? (?:[A-Z][a-z']+ ?){1,4}, (?:[A-Z][a-z]+ ?){1,3}[\d,A-Z]"
)
SPEECH = re.compile(
    r"^ ?(?:我|您|你|请|谢|麻烦|尽快|希望|别|不|就|可以|行|吗|哈(?!尔)|辛苦|另外|然后|因为|由于|如果|快递|"
    r"包裹|货|东西|多谢|拜托|急|能|要|是|这|那|已经?|还|"
    r"\d{1,2} ?[点时:：]|上面|之前|以前|现在|目前|原来|旧|老|后面|今天|明天|后天|下周|周[一二三四五六日末]|星期|晚上|"
    r"到时|发货|尽量|最好|thank|don['’]?t |do not |change |update |send |ship |deliver |"
    r"please|my |i |the |old|will |would |was |"
    r"isn['’]?t\b|is not |because|as |since|and |it|instead|not )",
    re.I,
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
_TALK_TAIL = re.compile(r"[后再打时被要能会没不就才却但了吗过退给等]")
_DIGIT = re.compile(r"[0-9零一二三四五六七八九十]")


def is_address(value: str) -> bool:
    """A place and a number on it, or two places one in the other, and no word of speech."""
    if not 5 <= len(value) <= MOST or _NOT_ADDRESS.search(value) or SPEECH.match(value) or words_before_place(value):
        return False
    if value.isascii():
        if _ENGLISH_HOUSE.match(value):
            return True
        return bool(re.search(r"\d", value)) and len(ENGLISH_PART.findall(re.sub(r"\d", "", value))) > 0
    if re.search(r"或者?|还是|\bor\b", value):
        return False
    last = max((match.end() for match in re.finditer(rf"{CHINESE_PART.pattern}|\d", value)), default=0)
    if _TALK_TAIL.search(value[last:]) or len(value) - last > 8:
        return False
    places = len(PLACE.findall(value))
    if places >= 3:
        return bool(_STREET.search(value))
    return places >= 1 and bool(_DIGIT.search(value))
