"""Names of people beside the words that announce them: `收货人`, `姓名`, `我叫`, `先生`, `Recipient`, `Dear`.

Rule: in doubt hide. Beside a word that announces nothing but a name, whatever may be one is taken for one, unless it is
a word of the interface; beside a weaker one (`客户`, `快递员`) it must begin with a surname.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.kinds import DataKind, Span
from cs_agent.vision.personal_data.names.abroad import in_other_languages
from cs_agent.vision.personal_data.names.by_shape import by_shape
from cs_agent.vision.personal_data.names.dialogues import talkers
from cs_agent.vision.personal_data.names.familiar import familiar
from cs_agent.vision.personal_data.names.han import (
    COMMON,
    HAN,
    INTERFACE,
    NEVER_IN_NAMES,
    NICKNAMED,
    SAYS,
    SINGLE,
    WORDS_TOO,
    stands_alone,
    surname_of,
)
from cs_agent.vision.personal_data.names.latin import LETTER, NO_ENGLISH_NAME, THINGS, UPPER, in_latin
from cs_agent.vision.personal_data.names.sentences import in_sentences
from cs_agent.vision.personal_data.names.speakers import signers, speakers

_ANNOUNCES = (
    r"(?:真实|客户|用户|会员|买家|顾客|联系人|收货人|收件人|寄件人|持卡人|开户|申请人|投保人|被保险?人|曾用"
    r"|您的?|本人|中文|英文|法人|学生|患者)?"
    r"姓[ \u3000]{0,4}名|(?<![\u4e00-\u9fff])[姓名]\s?\((?:拼音|英文|中文|汉字)\)"
    r"|(?<!别)名字|户名|开户名|收货人|收件人|收方|联系人|寄件人|发件人|寄方|签收人|取件人|提货人|自提人"
    r"|持卡人|开户人|收款人|付款人|汇款人"
    r"|申请人|投保人|被保险?人|受益人|乘客|乘车人|乘机人|旅客|入住人|患者|就诊人|机主|车主|户主|业主|购买人|房主|失主|货主|卡主|房客"
    r"|下单人|代收人|经办人|报修人|投诉人"
    r"|抬头(?:[ \u3000]?[:：]?[ \u3000]?个人)?"
    r"|来电人|担保人|监护人|法定代表人|法人代表|昵称"
)
_MAY_ANNOUNCE = (
    r"客户经理|客户|顾客|用户|会员|买家|卖家|快递员|派件员|派送员|配送员|送货员|外卖员|骑手|司机|客服(?:专员|代表"
    r"|人员)?|员工|操作[人员]|处理人|负责人|家属"
    r"|家长|孩子|小孩|宝宝|学员|学生|租客|房东|邻居|朋友|同事|护士|医[生师]|律师|老师|甲方|乙方|丙方|销售|顾问|专员|坐席|维修员|安装工|工程师|师傅"
    r"|乘务员|收银员|店长|收货|收件|寄件|被访者|家长"
    r"|老公|老婆|爱人|丈夫|妻子|媳妇|妈妈|爸爸|[我他她]妈|[我他她]爸|父亲|母亲|儿子|女儿|哥哥|姐姐|弟弟|妹妹|[我他她][哥姐弟妹]|室友|婆婆|公公"
    r"|岳父|岳母|奶奶|爷爷|外婆|外公"
    r"|[\u4e00-\u9fff]{1,3}(?<![他别众每某个多少王账帐门])(?:人|员|方|者|户)"
)
_LABEL = re.compile(
    rf"(?P<only>{_ANNOUNCES})|(?P<may>{_MAY_ANNOUNCE})|(?P<said>我叫|名叫|叫做|姓名叫|我是|本人是?|我姓)",
)
_LINK = re.compile(
    r"(?:姓名|名称|名|信息|方)?(?:\s?\([\u4e00-\u9fff]{1,8}\))?(?:[ \u3000]*(?P<strong>[::=]|是|为|叫"
    r"|(?:请?帮?我?)?(?:改|换|变更?|更[正改])(?:成|为|到)?|写|填|\t|\n)"
    r"[ \u3000\t\n]*|(?P<space>[ \u3000]+)"
    r"|)[\"“「【\[(]?"
)
_VALUE = re.compile(rf"{HAN}{{1,10}}(?:[·•・]{HAN}{{1,10}}){{1,3}}|{HAN}{{2,12}}")
_APART = re.compile(
    rf"(?P<surname>{HAN}{{1,2}})[ \u3000]{{1,4}}(?P<given>{HAN}(?:[ \u3000]{{0,4}}{HAN})?)(?!{HAN})"
)  # 张 三
_LATIN = re.compile(
    rf"[{UPPER}][{LETTER}'’-]+/[{UPPER}][{LETTER}'’-]+(?: [{UPPER}]+)*"
    rf"|[{UPPER}][{LETTER}'’-]+(?: [{UPPER}][{LETTER}.'’-]*){{0,3}}"
)  # behind a label that announces only names
_TITLE = re.compile(
    r"先生|女士|小姐|太太|师傅|同志|阿姨|大爷|大妈|经理|老师|医生|律师|主任|总监"
    r"|总(?![\u4e00-\u9fff])"
)
_GREETED = re.compile(
    rf"(?:亲爱|尊敬)的(?!顾客|客户|用户|会员|买家|家人|朋友|同事|老师)(?P<value>{HAN}{{2,4}})(?=[,，:!！ \n]|$)"
)
_OPEN_TITLE = re.compile(r"先生|女士|小姐|太太|师傅")
_OFFICIAL = re.compile(
    rf"(?:(?<!{HAN})|(?<=联系)|(?<=物业)|(?<=[找请给叫向由和与跟让]))(?P<value>{SINGLE}{HAN}{{0,2}}?"
    r"(?:经理|主任|总监|老师|医生|大夫|教授|院长|队长|警官|律师|主管|班长|站长|店长|教练|护士|会计|总(?![\u4e00-\u9fff])))"
    rf"|(?<=[找叫])(?P<familiar>[小老]{HAN})(?!{HAN})|(?<!{HAN})(?P<addressee>{HAN}{{2,4}})(?=\s{{1,3}}(?:收|亲收"
    rf"|亲启|敬启)(?:\W|\Z))"
    rf"|(?<!{HAN})致:\s?(?P<to>{HAN}{{2,4}})(?!{HAN})"
)
_DESCRIBED = re.compile(
    rf"(?:(?<!{HAN})|(?<=[我是叫找]))(?P<value>{HAN}{{2,4}})\s?[((,,]\s?[男女](?={HAN}{{0,2}}[\s,,)、/;。]|\Z)"
)
_MAILBOX = re.compile(
    rf"(?<![{LETTER}.'’-])(?P<value>(?<!{HAN}){HAN}{{2,4}}"
    rf"|[{UPPER}][{LETTER}.'’-]{{0,30}}(?: [{UPPER}][{LETTER}.'’-]{{0,30}}){{1,3}})[\"']?\s?<[^<>@\s]{{1,64}}@"
)
_QUOTED_MAILBOX = re.compile(r"\"(?P<value>[^\"<>@\n]{2,60})\"\s?<[^<>@\s]{1,64}@")  # "Wójcik, Tomasz" <…@…>
_HANDED = re.compile(
    rf"(?<!{HAN})(?:[由从给向跟与和找被让请]|转[给交]|指派给|分配给|移交给?|抄送)"
    rf"[ \u3000]{{1,2}}(?P<value>{HAN}{{2,4}})(?!{HAN})"
)
_INSIDE = re.compile(rf"{HAN}{{1,4}}[ ]?[((](?P<value>{HAN}{{2,4}})[))]")  # 本人(张三)
_SPELT = re.compile(rf"[ ]?[/((][ ]?(?P<value>[{UPPER}]{{2,}}(?: [{UPPER}]{{2,}}){{1,2}})")  # 张三/ZHANG SAN
_MORE = re.compile(rf"\s?[、/和及与&]\s?(?P<value>{HAN}{{2,4}})(?!{HAN})")
_ROLE_EN = (
    r"(?:(?:full|first|last|given|family|middle|legal|real|customer|client|contact|recipient|receiver"
    r"|consignee|card\s?holder"
    r"|account(?:\sholder)?|payee|payer|buyer|passenger|guest|patient|user|sender|shipper|driver|courier|your"
    r"|my|caller|member"
    r"|requester|reporter|patient|emergency\scontact|traveller|applicant|insured|beneficiary"
    r"|owner)(?:'s)?\s)?(?:sur)?name"
    r"|reporter|recipient|receiver|consignee|card\s?holder|payee|payer|passenger|(?:emergency\s)?contact(?:\sperson)?"
    r"|attn|requester|insured"
    r"|ship(?:ped)?\sto|deliver(?:ed)?\sto"
    r"|bill(?:ed)?\sto|sold\sto|customer|client|buyer|sender|shipper|driver|courier|caller"
    r"|beneficiary|remitter|attendees?|employee|applicant|policy\s?holder|(?:resume|cv)\sof"
    r"|signed\s(?:for\s)?by|guest|patient"
)
_ENGLISH = re.compile(
    rf"(?:^|(?<=[\n\t,;.,。;|/()\u4e00-\u9fff])|(?<=[\t,;.|0-9] )"
    rf"|(?<=[ \u3000]{{2}}))(?:{_ROLE_EN})(?:[ ]*[:\t\n][ \t\n]*|[ ]*=[ ]*"
    rf"|[ ]{{1,3}}(?=(?-i:[{UPPER}][{LETTER}])|[\u4e00-\u9fff]))"
    rf"(?P<value>[{LETTER}][{LETTER}.'’/-]*(?:[ ]{{1,2}}[{LETTER}][{LETTER}.'’-]*){{0,3}}"
    rf"(?:, (?-i:[{UPPER}][a-z]+)(?![a-z ]))?|[\u4e00-\u9fff]{{2,4}}(?![\u4e00-\u9fff]))",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\b(?:(?:Dear|Hi|Hello)(?= [A-Z])(?: (?:Mr|Mrs|Ms|Miss|Dr)\.?)?|Mr|Mrs|Ms|Miss|Dr|[Mm]y name is"
    r"|[Nn]ame is|[Tt]his is|I am|I'm|(?:[Ss]igned(?: for)?|[Pp]laced|[Oo]rdered|[Rr]equested|[Ss]ubmitted"
    r"|[Rr]eported) by|[Aa]sk(?:ed)? for|[Rr]egards,|[Ss]incerely,)\.?\s+"
    rf"(?P<value>[{UPPER}][{LETTER}'’-]+(?: (?:[{UPPER}]\.|[{UPPER}][{LETTER}'’-]+)){{0,2}})"
)
_OF_COMPANIES = re.compile(r"公司|集团|中心|银行|学校|大学|医院|工作室|事务所|商行|商店|厂$|店$|局$")


def names(text: str) -> Iterator[Span]:
    for start, end in (
        *_announced(text),
        *_greeted(text),
        *_titled(text),
        *_described(text),
        *_in_english(text),
        *in_other_languages(text),
    ):
        yield Span(DataKind.NAME, start, end, text[start:end])


def names_in_context(text: str) -> Iterator[Span]:
    """Names that no label announces: of speakers and signers, and in sentences."""
    for start, end in (
        *speakers(text),
        *talkers(text),
        *signers(text),
        *by_shape(text),
        *in_latin(text),
        *in_sentences(text),
        *familiar(text),
    ):
        yield Span(DataKind.NAME, start, end, text[start:end])


def _announced(text: str) -> Iterator[tuple[int, int]]:
    for label in _LABEL.finditer(text):
        link = _LINK.match(text, label.end())
        value = _VALUE.match(text, link.end()) if link else None
        sure = label.group("only") or label.group("said") or (link and link.group("strong"))
        latin = _LATIN.match(text, link.end()) if link and sure else None
        if latin and not NO_ENGLISH_NAME.match(latin.group()):
            yield latin.span()
        if link is not None and sure and (apart := _length_apart(text, link.end())):
            yield link.end(), link.end() + apart
            continue
        if link is None or value is None:
            continue
        if sure and (inside := _INSIDE.match(text, link.end())) and stands_alone(inside["value"]):
            yield inside.span("value")
        length = _name_length(value.group(), label, bool(link.group("strong")), bool(link.group("space")))
        if length:
            end = value.start() + length
            yield value.start(), end
            yield from _more(text, end)


def _length_apart(text: str, start: int) -> int:
    """The length of a name that is written with blanks in it; 0 for none."""
    match = _APART.match(text, start)
    if match is None or surname_of(match["surname"]) != len(match["surname"]):
        return 0
    whole = re.sub(r"\s", "", match[0])
    if INTERFACE.search(whole) or whole in COMMON or set(match["given"]) & NEVER_IN_NAMES:
        return 0
    return len(match[0])


def _more(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The further names of a list, `方志远、蒋欣`, and the same name in Latin letters."""
    if spelt := _SPELT.match(text, end):
        yield spelt.span("value")
    while (other := _MORE.match(text, end)) and stands_alone(other.group("value")):
        yield other.span("value")
        end = other.end()


def _name_length(value: str, label: re.Match[str], strong: bool, space: bool) -> int:
    """How many characters from the beginning are a name; 0 for none."""
    if any(mark in value for mark in "·•・"):
        return len(value)
    if _OF_COMPANIES.search(value):
        return 0
    if NICKNAMED.match(value) and surname_of(value[1:]) and (len(value) == 2 or strong or SAYS.match(value, 2)):
        return len(value) if label.group("only") and len(value) <= 4 and (strong or space) else 2
    title = _TITLE.search(value, 1, 5)
    surname = surname_of(value)
    if title and surname and title.start() <= surname + 2:
        return title.end()
    whole = 2 <= len(value) <= 4
    if value[:2] in COMMON and not label.group("only"):
        return 0
    if INTERFACE.match(value) or (whole and INTERFACE.search(value)):
        return 0
    if surname:
        return _with_given_name(
            value, surname, loose=strong or space or bool(label.group("only") or label.group("said"))
        )
    sure = label.group("only") and (strong or space)
    return len(value) if sure and whole and not set(value) & NEVER_IN_NAMES else 0


def _with_given_name(value: str, surname: int, *, loose: bool) -> int:
    """Surname and given name. A longer run of characters is cut where a word that is in no name begins."""
    for length in (1, 2):
        if SAYS.match(value, surname + length):
            return surname + length
    given = value[surname : surname + 2]
    cut = next((place for place, char in enumerate(given) if char in NEVER_IN_NAMES), len(given))
    told = cut < len(given) or surname + cut == len(value)  # where the name ends, by a word that follows or the end
    if not loose and value[0] in WORDS_TOO and cut < 2:
        return 0
    return surname + cut if cut and (loose or told) else 0


def _greeted(text: str) -> Iterator[tuple[int, int]]:
    """亲爱的李雷, 尊敬的王小明 before a mark."""
    for match in _GREETED.finditer(text):
        if surname_of(match.group("value")) and not INTERFACE.search(match.group("value")):
            yield match.span("value")


def _titled(text: str) -> Iterator[tuple[int, int]]:
    """`王先生`, `欧阳小明女士`, wherever they stand."""
    for title in _OPEN_TITLE.finditer(text):
        for length in (4, 3, 2, 1):
            start = title.start() - length
            before = text[max(0, start) : title.start()]
            surname = surname_of(before) if start >= 0 and re.fullmatch(rf"{HAN}+", before) else 0
            if _LABEL.search(before):
                continue
            if surname and length - surname <= 2 and not set(before) & NEVER_IN_NAMES:
                yield start, title.end()
                break


def _described(text: str) -> Iterator[tuple[int, int]]:
    """`贾经理`, `李娜(女,…)`, `Laura Palmer <laura@…>`."""
    for match in _OFFICIAL.finditer(text):
        group = match.lastgroup or "value"
        value = match.group(group)
        titled = surname_of(value[1:] if group == "familiar" else value) and value[:2] not in COMMON
        if titled and not _LABEL.search(value):
            yield match.span(group)
    for match in _DESCRIBED.finditer(text):
        if stands_alone(match.group("value")):
            yield match.span("value")
    for match in _HANDED.finditer(text):
        group = match.lastgroup or "value"
        if stands_alone(match.group(group)):
            yield match.span(group)
    for match in _QUOTED_MAILBOX.finditer(text):
        if not NO_ENGLISH_NAME.search(match.group("value")) and not INTERFACE.search(match.group("value")):
            yield match.span("value")
    for match in _MAILBOX.finditer(text):
        if not NO_ENGLISH_NAME.search(match.group("value")):
            yield match.span("value")


def _in_english(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_ENGLISH, _ADDRESSED):
        for match in pattern.finditer(text):
            value = match.group("value")
            other = NO_ENGLISH_NAME.search(value) or THINGS.match(value)
            kept = value[: other.start()].rstrip() if other else value
            if len(kept) >= 2:
                yield match.start("value"), match.start("value") + len(kept)
