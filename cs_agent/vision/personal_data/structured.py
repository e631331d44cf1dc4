"""Personal data in what programs write: JSON, XML, addresses of pages, logs, and tables with a line of headings.

Rule: a name such as `receiver_name`, or the heading of a column, says of a value what a label in front of it would say,
so the value is searched as if that label stood there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from cs_agent.vision.personal_data.kinds import DataKind, Span
from cs_agent.vision.personal_data.names.han import INTERFACE, stands_alone
from cs_agent.vision.personal_data.names.latin import LETTER, NO_ENGLISH_NAME, UPPER
from cs_agent.vision.personal_data.names.sentences import is_a_caption

_QUOTED = re.compile(
    r"(?P<quote>\\?[\"'])(?P<key>[A-Za-z_][\w.-]{0,40})(?P=quote)\s{0,3}[:=]\s{0,3}"
    r"(?:\\?[\"'](?P<text>[^\"'\\\n]{1,200})\\?[\"']|(?P<number>-?\d[\d.]{2,24}))"
)
_ASSIGNED = re.compile(
    r"(?<![\w.-])(?P<key>[A-Za-z_][\w.-]{0,40})=(?:[\"'](?P<quoted>[^\"'\n]{1,200})[\"']"
    r"|(?P<text>[^\s&;,|\"'<>{}()\[\]]{1,200}))"
)
_ELEMENT = re.compile(r"<(?P<key>[A-Za-z_\u4e00-\u9fff][\w:.-]{0,40})(?:\s[^<>\n]{0,100})?>(?P<text>[^<>\n]{1,200})</")
_HEADER = re.compile(r"(?<![\w-])(?P<key>(?:[A-Za-z]+[-_]){1,4}[A-Za-z]+):[ \t]+(?P<text>[^\s,;\"']{4,200})")
_SETTING = re.compile(r"^[ \t-]*(?P<key>[a-z]+(?:_[a-z]+)+):[ \t]+(?P<text>[^\s\"'{\[|>][^\n#]{0,120})$", re.MULTILINE)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_PEOPLE = (
    "real|full|first|last|family|given|middle|sur|true|receiver|recipient|consignee|contact|customer|client"
    "|cust|buyer|sender|shipper"
    "|payee|payer|holder|cardholder|owner|member|guest|passenger|patient|student|driver|courier|rider|insured"
    "|applicant|legal|link"
    "|person|borrower|traveller|traveler|staff|employee|operator|account"
)
_THINGS = (
    "class|tag|file|table|column|host|event|method|function|type|package|module|product|goods|item|sku|shop|store|font"
    "|image|domain|field|node|param|key|db|database|schema|server|brand|model|category"
)
_NICKNAME = "昵称"
_SOME_NAME = "客户"  # announces a name, but not every name is a person's
_OF_PEOPLE = frozenset({"电话", "出生日期", "证件号码", "护照号码", "地址", "微信", "邮箱"})
_RECORD_ENDS = re.compile(r"\}|\n(?![ \t]+[\"'<])")
_NEAR = 300  # characters between the fields of one record
# What the words of a name say, and the label that stands for it; the first that fits counts.
_MEANINGS = tuple(
    (re.compile(pattern), label)
    for pattern, label in (
        (r"(?:.* )?(?:pass|password|passwd|pwd|passphrase|secret|credentials?|signature|sign|pin)", "密码"),
        (r"(?:.* )?(?:token|api ?key|access ?key(?: id| secret)?|secret ?key|private ?key|session(?: ?id)?|jsessionid"
         r"|phpsessid|sid|cookie|auth|authorization|authkey)", "令牌"),
        (r"(?:.* )?(?:sms|verify|verification|auth|captcha|check|valid|dynamic|login|security|v) ?code|otp"
            r"|captcha", "验证码"),
        (r"(?:.* )?(?:pick ?up|voucher|coupon|redeem|gift|pay|take) ?code|cvv2?|cvc2?|cvn2?", "取件码"),
        (r"(?:.* )?(?:mobile|phone|tel|telephone|cellphone|cell|msisdn|fax)(?: ?(?:no|number|num|\d))?", "电话"),
        (r"(?:.* )?(?:birth|birthday|birthdate|dob|born)(?: (?:date|day|on))?", "出生日期"),
        (r"(?:.* )?(?:id ?card|identity|id|cert|certificate|national id|citizen id)(?: card)? ?(?:no|number|num|code)"
         r"|(?:.* )?id ?card|ssn|nric|cpf|ic ?(?:no|number)|sfz|national id", "证件号码"),
        (r"(?:.* )?passport(?: ?(?:no|number|num))?", "护照号码"),
        (r"(?:.* )?(?:bank ?card|card|bank ?account|account|acct|iban)(?: ?(?:no|number|num))", "银行卡号"),
        (r"iban", "银行卡号"),
        (r"(?:.* )?(?:lat|latitude|lng|lon|longitude)", "经纬度"),
        (r"(?:.* )?(?:location|coordinates?|coords?|geo|gps|position)", "坐标"),
        (r"(?:.* )?(?:plate|license plate|licence plate|car|vehicle)(?: ?(?:no|number|num))|(?:.* )?plate", "车牌号"),
        (r"(?:.* )?(?:wechat|weixin|wx|qq|telegram|whatsapp|alipay)(?: ?(?:id|no|number|account|num))?", "微信"),
        (r"(?:address |addr )?line \d", "地址"),
        (r"(?!(?:.* )?(?:ip|mac|email|mail|web|url|server|host|contract|memory|wallet) )(?:.* )?"
         r"(?:address|addr|street|detail(?: ?(?:address|addr))?)(?: ?(?:detail|line|info|\d))*", "地址"),
        (r"(?:.* )?(?:nick|nick ?name|screen ?name|display ?name|user ?nick)", _NICKNAME),
        (rf"(?:.* )?(?:{_PEOPLE}) ?(?:name|person)|xingming|fullname|realname|surname|consignee|receiver|recipient"
            rf"|addressee|linkman"
         r"|contacts?|payee|person", "姓名"),
        (r"(?:.* )?email(?: ?address)?", "邮箱"),
        (rf"(?!(?:.* )?(?:{_THINGS}) name$)(?:.* )?name", _SOME_NAME),
    )
)  # fmt: off
_NO_SECRET = frozenset(
    [
        "true",
        "false",
        "null",
        "none",
        "undefined",
        "required",
        "optional",
        "bearer",
        "basic",
        "hidden",
        "enabled",
        "disabled",
        "yes",
        "no",
        "ok",
    ]
)

_HEADING = re.compile(
    r"(?:客户|用户|会员|买家|收货|收件|寄件|联系|紧急联系|下单|申请|真实|员工|学生|患者)?(?:人|者)?(?:姓名|名字|名称|电话|手机|手机号码?|联系方式|电话号码|地址|住址)"
    r"|(?:收货|收件|寄件|联系|下单|申请|持卡|投诉|经办|入住|就诊|被保险|投保|报修|购买|付款|收款|签收|取件|提货|负责|发件)人|乘客|旅客|患者|客户"
    r"|买家|顾客|会员|骑手|司机|户名|会员名|用户名|昵称|客户名|买家名"
    r"|(?:收货|详细|家庭|联系|配送)?地址|住址|(?:身份)?证件?号码?|身份证号?码?|护照号?码?|银行?卡号|账号|邮箱|电子邮箱|E-?mail"
    r"|出生日期|生日|车牌号?码?|微信号?|QQ号?|密码|验证码|取件码|券码|联系电话|手机号"
    r"|(?:(?:customer|client|full|first|last|contact|recipient|guest|buyer|shipping|delivery|home) )?(?:name"
    r"|phone|mobile|tel|address)"
    r"|(?:phone|mobile) (?:no\.?|number)|passport(?: no\.?)?|dob|date of birth|birthday|card (?:no\.?|number)"
    r"|iban|recipient|customer|passenger|buyer|client|receiver|consignee|sender|shipper|owner|payee|payer|guest|patient"
    r"|contact(?: (?:person|name))?|assignee|requester|reporter|member|cardholder|attendee|employee|driver|courier",
    re.IGNORECASE,
)
_EDGES = (
    re.compile(r"\t+"),
    re.compile(r"[ \t]*\|[ \t]*"),
    re.compile(r"[,;，]"),
    re.compile(r" {2,}"),
    re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])"),
)
_ONE_SPACE = re.compile(r" ")  # divides the lines below headings in Han characters that one space divides
_IN_QUOTES = re.compile(r"(?:(?<=^)|(?<=[,;\t]))\"[^\"\n]*\"(?=[,;\t\n]|$)")  # edges inside divide nothing
_MOST_CELL = 90  # characters; what is longer is prose
_MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Named:
    """text[start:end] stands where `label` says what it is."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Structure:
    """Values with the labels that stand for their names and headings, and where lines of nothing but headings are."""

    values: tuple[Named, ...]
    headings: tuple[tuple[int, int], ...]


def structure_of(text: str) -> Structure:
    """`text` is as it was written: tags and quotation marks still stand."""
    headings: list[tuple[int, int]] = []
    cells = tuple(_cells(text, headings))
    return Structure((*_fields(text), *cells), tuple(headings))


def in_values(text: str, values: Iterable[Named], search: Callable[[str], Iterable[Span]]) -> Iterator[Span]:
    """What `search` finds in them behind their labels."""
    for value in values:
        label = f"{value.label}:"
        shift = value.start - len(label)
        inside = text[value.start : value.end]
        if whole_kind := _as_a_whole(value.label, inside):
            yield Span(whole_kind, value.start, value.end, inside)
            continue
        for span in search(label + inside):
            whole = span.start == len(label) and span.end + shift == value.end
            if span.start >= len(label) and (whole or value.label != _SOME_NAME):
                yield Span(span.kind, span.start + shift, span.end + shift, span.value)


def _as_a_whole(label: str, inside: str) -> DataKind | None:
    """Names and passwords of several words: `Kim, Soo-ah`, `correct horse battery`."""
    if label == "姓名" and _ENCODED.fullmatch(inside):
        return DataKind.NAME
    if label == "姓名" and _WORDS_OF_A_NAME.fullmatch(inside) and not NO_ENGLISH_NAME.search(inside):
        return DataKind.NAME
    if label == _NICKNAME and not INTERFACE.search(inside):
        return DataKind.NAME
    if label == "密码" and inside.count(" ") >= 2 and not _SENTENCE.match(inside):
        return DataKind.PASSWORD
    return None


_ENCODED = re.compile(r"(?:[A-Za-z.+-]{0,20}%[0-9A-Fa-f]{2}){1,40}[A-Za-z.+-]{0,20}")  # of an address of a page
_WORDS_OF_A_NAME = re.compile(rf"[{UPPER}][{LETTER}.'’-]*(?:,? [{LETTER}.'’-]{{1,24}}){{0,4}}")
_SENTENCE = re.compile(
    r"(?:is|must|can|should|the|this|your|please|enter|may|has|was|a|an|too|not|required)\b", re.IGNORECASE
)


def _fields(text: str) -> Iterator[Named]:
    """A field that is called `name` and nothing else is a person's beside a field of a person."""
    fields = []
    for pattern in (_QUOTED, _ASSIGNED, _ELEMENT, _HEADER, _SETTING):
        for match in pattern.finditer(text):
            label = label_of(match.group("key"))
            group = next(name for name in ("text", "quoted", "number") if match.groupdict().get(name) is not None)
            if label and match.group(group).lower() not in _NO_SECRET:
                fields.append(Named(label, *match.span(group)))
    of_people = sorted(field.start for field in fields if field.label in _OF_PEOPLE)
    for field in fields:
        if field.label == _SOME_NAME and _in_one_record(text, of_people, field.start):
            field = replace(field, label="姓名")
        yield field


def _in_one_record(text: str, places: list[int], place: int) -> bool:
    """Whether one of the places is near, with no end of a record and no new line of a log between."""
    at = bisect_left(places, place)
    return any(
        abs(other - place) <= _NEAR and not _RECORD_ENDS.search(text, min(place, other), max(place, other))
        for other in places[max(0, at - 1) : at + 1]
    )


def label_of(key: str) -> str | None:
    """The label that says in words what a name in a program says: `receiverPhone` → 电话."""
    if not key.isascii():
        return key
    words = " ".join(word.lower() for word in _WORDS.findall(key))
    return next((label for pattern, label in _MEANINGS if pattern.fullmatch(words)), None)


def _cells(text: str, lines: list[tuple[int, int]]) -> Iterator[Named]:
    """The cells below a line of headings that has at least one heading of personal data; the places of such lines are
    added to `lines`."""
    headings: list[str] = []
    edge = _EDGES[0]
    place = 0
    for line in text.splitlines(keepends=True):
        cells = list(_split(line, _ONE_SPACE if edge is _EDGES[-1] else edge)) if headings else []
        if headings and len(cells) == len(headings):
            for heading, (start, end) in zip(headings, cells, strict=True):
                if heading and start < end <= start + _MOST_CELL:
                    yield Named(heading, place + start, place + end)
        else:
            edge, headings = _headings(line)
            if sum(map(bool, headings)) * 2 > len(headings):  # else it may be labels with their values
                lines.append((place, place + len(line)))
        place += len(line)


def _headings(line: str) -> tuple[re.Pattern[str], list[str]]:
    """How the line is divided into headings, and those of personal data ("" for another); none for other lines."""
    for edge in _EDGES:
        names = [line[start:end].strip() for start, end in _split(line, edge)]
        labels = [_heading_label(name) for name in names]
        if set(labels) <= {"", _SOME_NAME}:  # a list of things has names too
            continue
        if _OF_PEOPLE & set(labels):
            labels = ["姓名" if label == _SOME_NAME else label for label in labels]
        if any(stands_alone(name) and not is_a_caption(name) for name in names):  # 姓名 王建国: a label with its value
            continue
        if 2 <= len(names) <= _MOST_COLUMNS and any(labels) and not any(char.isdigit() for char in "".join(names)):
            return edge, labels
    return _EDGES[0], []


def _heading_label(name: str) -> str:
    name = name.strip("\"'“”*# ")
    if _HEADING.fullmatch(name):
        return label_of(name) or name
    return (label_of(name) or "") if re.fullmatch(r"[A-Za-z]+(?:_[A-Za-z]+)+|[a-z]+(?:[A-Z][a-z]+)+", name) else ""


def _split(line: str, edge: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where the line's cells are, without the quotation marks and spaces around them."""
    end = len(line.rstrip())
    start = 0
    quoted = [found.span() for found in _IN_QUOTES.finditer(line)]
    edges = (found for found in edge.finditer(line, 0, end) if not any(a < found.start() < b for a, b in quoted))
    for match in (*edges, None):
        stop = match.start() if match else end
        raw = line[start:stop]
        left, right = start + len(raw) - len(raw.lstrip(" \t\"'")), start + len(raw.rstrip(" \t\"'"))
        if match is None or stop > 0:  # the edge at the beginning of a line divides nothing
            yield left, max(left, right)
        start = match.end() if match else end
