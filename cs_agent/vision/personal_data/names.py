"""Names of people beside the words that announce them: `收货人`, `姓名`, `我叫`, `先生`, `Recipient`, `Dear`.

Rule: in doubt hide. Beside a word that announces nothing but a name, whatever may be one is taken for one, unless it is
a word of the interface; beside a weaker one (`客户`, `快递员`) it must begin with a surname.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from cs_agent.vision.personal_data.kinds import DataKind, Span


@lru_cache(maxsize=1)
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    single, compound = (Path(__file__).parent / "surnames.txt").read_text("utf-8").splitlines()[:2]
    return frozenset(single), frozenset(compound.split())


def _surname(value: str) -> int:
    """The length of the surname that the text begins with; 0 for none."""
    single, compound = _surnames()
    if value[:2] in compound:
        return 2
    return 1 if value[:1] in single else 0


_SINGLE = "[" + "".join(sorted(_surnames()[0])) + "]"
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_ANNOUNCES = (
    r"(?:真实|客户|用户|会员|买家|顾客|联系人|收货人|收件人|寄件人|持卡人|开户|申请人|投保人|被保险?人|曾用"
    r"|您的?|本人|中文|英文|法人|学生|患者)?"
    r"姓名|(?<!别)名字|户名|开户名|收货人|收件人|收方|联系人|寄件人|发件人|寄方|签收人|取件人|提货人|自提人"
    r"|持卡人|开户人|收款人|付款人|汇款人"
    r"|申请人|投保人|被保险?人|受益人|乘客|乘车人|乘机人|旅客|入住人|患者|就诊人|机主|车主|户主|业主|购买人|房主|失主|货主|卡主|房客"
    r"|下单人|代收人|经办人|报修人|投诉人"
    r"|来电人|担保人|监护人|法定代表人|法人代表|昵称"
)
_MAY_ANNOUNCE = (
    r"客户|顾客|用户|会员|买家|卖家|快递员|派件员|派送员|配送员|送货员|外卖员|骑手|司机|客服(?:专员|代表"
    r"|人员)?|员工|操作[人员]|处理人|负责人|家属"
    r"|家长|学生|租客|房东|邻居|朋友|同事|护士|医生|律师|老师|销售|顾问|专员|坐席|维修员|安装工|工程师|师傅"
    r"|乘务员|收银员|店长|收货|收件|寄件|被访者|家长"
    r"|老公|老婆|爱人|丈夫|妻子|媳妇|妈妈|爸爸|[我他她]妈|[我他她]爸|父亲|母亲|儿子|女儿|哥哥|姐姐|弟弟|妹妹|[我他她][哥姐弟妹]|室友|婆婆|公公"
    r"|岳父|岳母|奶奶|爷爷|外婆|外公"
    r"|[\u4e00-\u9fff]{1,3}(?<![他别众每某个多少王账帐门])(?:人|员|方|者|户)"
)
_LABEL = re.compile(
    rf"(?P<only>{_ANNOUNCES})|(?P<may>{_MAY_ANNOUNCE})|(?P<said>我叫|名叫|叫做|姓名叫|我是|本人是?|我姓)",
)
_LINK = re.compile(
    r"(?:姓名|名称|名|信息|方)?(?:[ \u3000]*(?P<strong>[::=]|是|为|叫"
    r"|(?:请?帮?我?)?(?:改|换|变更?|更[正改])(?:成|为|到)?|写|填|\t|\n)"
    r"[ \u3000\t\n]*|(?P<space>[ \u3000]+)"
    r"|)[\"“「【\[(]?"
)
_VALUE = re.compile(rf"{_HAN}{{1,10}}(?:[·•・]{_HAN}{{1,10}}){{1,3}}|{_HAN}{{2,12}}")
_UPPER = r"A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽƠƯẠ-ỸЀ-Я"
_LETTER = r"A-Za-zÀ-ÖØ-öø-ɏḀ-ỿЀ-ӿ"
_LATIN = re.compile(
    rf"[{_UPPER}][{_LETTER}'’-]+(?: [{_UPPER}][{_LETTER}.'’-]*){{0,3}}"
)  # behind a label that announces only names
_TITLE = re.compile(
    r"先生|女士|小姐|太太|师傅|同志|阿姨|大爷|大妈|经理|老师|医生|律师|主任|总监"
    r"|总(?![\u4e00-\u9fff])"
)
_GREETED = re.compile(
    rf"(?:亲爱|尊敬)的(?!顾客|客户|用户|会员|买家|家人|朋友|同事|老师)(?P<value>{_HAN}{{2,4}})(?=[,，:!！ \n]|$)"
)
_OPEN_TITLE = re.compile(r"先生|女士|小姐|太太|师傅")
_OFFICIAL = re.compile(
    rf"(?:(?<!{_HAN})|(?<=联系)|(?<=物业)|(?<=[找请给叫向由和与跟让]))(?P<value>{_SINGLE}{_HAN}{{0,2}}?"
    r"(?:经理|主任|总监|老师|医生|大夫|教授|院长|队长|警官|律师|主管|班长|站长|店长|教练|护士|会计|总(?![\u4e00-\u9fff])))"
    rf"|(?<=[找叫])(?P<familiar>[小老]{_HAN})(?!{_HAN})|(?<!{_HAN})(?P<addressee>{_HAN}{{2,4}})(?=\s{{1,3}}(?:收|亲收"
    rf"|亲启|敬启)(?:\W|\Z))"
    rf"|(?<!{_HAN})致:\s?(?P<to>{_HAN}{{2,4}})(?!{_HAN})"
)
_DESCRIBED = re.compile(
    rf"(?:(?<!{_HAN})|(?<=[我是叫找]))(?P<value>{_HAN}{{2,4}})\s?[((,,]\s?[男女](?={_HAN}{{0,2}}[\s,,)、/;。]|\Z)"
)
_MAILBOX = re.compile(
    rf"(?<![{_LETTER}.'’-])(?P<value>(?<!{_HAN}){_HAN}{{2,4}}"
    rf"|[{_UPPER}][{_LETTER}.'’-]{{0,30}}(?: [{_UPPER}][{_LETTER}.'’-]{{0,30}}){{1,3}})[\"']?\s?<[^<>@\s]{{1,64}}@"
)
_NEVER_IN_NAMES = frozenset(
    "的了在要说请您你我他她它们是有已未不把被给对与及或从到退换申诉反投打问催联系收寄发签取购买下订吗呢吧么这那"
)
_NICKNAMED = re.compile(r"[小老阿](?=[^年板师人家区店时乡公总妹姐哥弟爷奶太外])")
_SAYS = re.compile(  # what goes on behind a name in a sentence
    r"来[电信访函]|致电|打[来过]|反[映馈]|表示|要求|投诉|咨询|申请|称|说|希望|购买|购|下单|预[订约]|签|的|先生|女士|收|退|催|问|想|已|于|在|把|未|没|向|给|对|然后|和|本人"
    r"|请|需|系|因|用|报|付|寄|发|买|换|要|登|注|身份证|电话|手机|地址|女|男|卡|住"
)
_MORE = re.compile(rf"\s?[、/和及与&]\s?(?P<value>{_HAN}{{2,4}})(?!{_HAN})")
_BEFORE_NUMBER = re.compile(
    rf"(?:^|[\s,,、:;|/(\[{{「【>\"'·.-])(?P<value>{_HAN}{{2,5}})[\s,,、|/()\]}}:;\"'「」【】-]{{0,6}}\Z"
)
_AFTER_NUMBER = re.compile(
    rf"[\s,,、|/()\[{{;「【-]{{1,4}}(?P<value>[小老阿]?{_HAN}{{1,3}})(?=[\s,,、|/()\]}};。!！收」】]|\Z)"
)
_REACH = 14  # characters between which a name and its number stand
_ABROAD = re.compile(
    r"(?:お名前|氏名|名前|お客様名|宛名|受取人|성명|이름|성함|수취인|수령인|받는\s?사람|\b(?:ФИО|имя|фамилия"
    r"|получатель|nombre(?: completo)?"
    r"|apellidos?|destinatario"
    r"|nom(?: complet)?|prénom|destinataire|vorname|nachname|empfänger|nome(?: completo)?|cognome"
    r"|họ(?: và)? tên|nama(?: lengkap)?|imię(?: i nazwisko)?|ad(?:ı)? soyad(?:ı)?)|ชื่อ|الاسم|اسم|שם)\s?[:\t]\s*"
    r"(?P<value>[^\s\d,;:|<>()/]+(?:[ '’・-][^\s\d,;:|<>()/]+){0,4}?)"
    r"(?=\s*(?:[,;|\n\t(。/]|\Z)|[ 　]+[^\s\d,;:|]+\s?[:\t]|[ 　]+[^\s\d,;:|]+\s?[+(]?\d)",
    re.IGNORECASE,
)
_INTERFACE = re.compile(
    r"请|未|暂无|无$|待|选择|输入|点击|添加|新增|编辑|修改|更换|必填|可选|选填|查看|查询|默认|同上|已|不"
    r"|本人签收|家人|门卫|前台|驿站|快递柜"
    r"|丰巢|物业|保安|全部|更多|详情|保存|取消|确定|确认|返回|提交|删除|搜索|管理|设置|登录|注册|中心|列表"
    r"|信息|资料|记录|服务|反馈|评价|要求"
    r"|电话|手机|号码|性别|民族|地址|金额|余额|操作|状态|时间|日期|类型|编号|年龄|备注|部门|职位|等级|级别"
    r"|积分|方式|单号|订单|商品|数量|价格"
    r"|明细|权限|角色|头像|证件|身份|账[号户]|帐[号户]|密码|验证|来源|渠道|区域|城市|标签|分组|原因|描述|说明"
    r"|内容|标题|进度|结果|意见|满意|投诉"
    r"|退款|换货|退货|售后|签收|派送|配送|匿名|保密|隐藏|公司|有限|商城|旗舰店|专营|中国|银行|平台|系统|在线"
    r"|人工|智能|安全|高级|常见|常用|成功|平台|文件|关闭|连接|时间|万元|水果|花园|安排|安装|何[时处种地]|全额|全程|高清"
)
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
    r"|signed\s(?:for\s)?by|guest|patient"
)
_ENGLISH = re.compile(
    rf"(?:^|(?<=[\n\t,;.,。;|/()\u4e00-\u9fff])|(?<=[\t,;.|0-9] ))(?:{_ROLE_EN})(?:[ ]*[:\t\n][ \t\n]*|[ ]*=[ ]*"
    rf"|[ ]{{1,3}}(?=(?-i:[{_UPPER}][{_LETTER}])|[\u4e00-\u9fff]))"
    rf"(?P<value>[{_LETTER}][{_LETTER}.'’/-]*(?:[ ]{{1,2}}[{_LETTER}][{_LETTER}.'’-]*){{0,3}}"
    rf"(?:, (?-i:[{_UPPER}][a-z]+)(?![a-z ]))?|[\u4e00-\u9fff]{{2,4}}(?![\u4e00-\u9fff]))",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\b(?:(?:Dear|Hi|Hello)(?= [A-Z])(?: (?:Mr|Mrs|Ms|Miss|Dr)\.?)?|Mr|Mrs|Ms|Miss|Dr|[Mm]y name is"
    r"|[Nn]ame is|[Tt]his is|I am|I'm|(?:[Ss]igned(?: for)?|[Pp]laced|[Oo]rdered|[Rr]equested|[Ss]ubmitted"
    r"|[Rr]eported) by|[Rr]egards,|[Ss]incerely,)\.?\s+"
    rf"(?P<value>[{_UPPER}][{_LETTER}'’-]+(?: (?:[{_UPPER}]\.|[{_UPPER}][{_LETTER}'’-]+)){{0,2}})"
)
_NO_ENGLISH_NAME = re.compile(
    r"(?:^|\b)(?:customers?|user|sir|madam|all|team|there|everyone|member|buyer|seller|guest|not|none|n/?a"
    r"|unknown|required|optional|please"
    r"|licen[cs]e|flat|apt|unit|room|apartment|suite|po|box|store|shop|warehouse|pickup|locker|home|office"
    r"|standard|webhooks?|server|system|software|api|inc|ltd|llc|gmbh|corp"
    r"|qty|quantity|price|total|size|colou?r|type|model|stock|category|description|value|title|role|city"
    r"|country|company"
    r"|phone|mobile|number|address|email|id|name|status|amount|date|time|order|account|details?|info"
    r"|information|service|support|center|edit|add"
    r"|change|save|select|enter|your|the|(?-i:an?)|is|was|has|wants?|asks?|asked|says?|said|complain\w*|request\w*"
    r"|reports?|will|can|cannot|to|for|and"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)


_OF_COMPANIES = re.compile(r"公司|集团|中心|银行|学校|大学|医院|工作室|事务所|商行|商店|厂$|店$|局$")


def names(text: str) -> Iterator[Span]:
    for start, end in (
        *_announced(text),
        *_greeted(text),
        *_titled(text),
        *_described(text),
        *_in_english(text),
        *_in_other_languages(text),
    ):
        yield Span(DataKind.NAME, start, end, text[start:end])


def names_beside(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """`张伟 138…`, `1001,张伟,138…`: two to four characters that begin with a surname and stand alone beside somebody's
    number or address."""
    for span in found:
        if span.kind not in _OF_SOMEBODY:
            continue
        before = _BEFORE_NUMBER.search(text[max(0, span.start - _REACH) : span.start])
        after = _AFTER_NUMBER.match(text[span.end : span.end + _REACH])
        for match, shift in ((before, max(0, span.start - _REACH)), (after, span.end)):
            if match is None:
                continue
            start, end = match.span("value")
            value = match.group("value")
            if value[0] in _HANDED_TO and not _stands_alone(value):
                start, value = start + 1, value[1:]
            if _stands_alone(value):
                yield Span(DataKind.NAME, start + shift, end + shift, value)


_HANDED_TO = "收找叫给是为到成"  # before a name: 收周晓彤
_OF_SOMEBODY = frozenset({DataKind.MOBILE, DataKind.PHONE, DataKind.ID_CARD, DataKind.ADDRESS, DataKind.BANK_CARD})


def _stands_alone(value: str) -> bool:
    """Whether the characters between two marks are a name."""
    if _NICKNAMED.match(value):
        return len(value) <= 3 and bool(_surname(value[1:]))
    surname = _surname(value)
    return (
        1 <= len(value) - surname <= 2
        and bool(surname)
        and not _INTERFACE.search(value)
        and not set(value[surname:]) & _NEVER_IN_NAMES
        and not _PLACE.search(value)
        and value not in _COMMON
    )


_COMMON = frozenset(
    (Path(__file__).parent / "not_names.txt").read_text("utf-8").split()
)  # words that begin like a name
_PLACE = re.compile(r"[省市区县镇乡村路街巷弄号栋楼室店厂部行]$|公司|电话|手机|座机|传真|热线|客服")


def _announced(text: str) -> Iterator[tuple[int, int]]:
    for label in _LABEL.finditer(text):
        link = _LINK.match(text, label.end())
        value = _VALUE.match(text, link.end()) if link else None
        sure = label.group("only") or label.group("said") or (link and link.group("strong"))
        latin = _LATIN.match(text, link.end()) if link and sure else None
        if latin and not _NO_ENGLISH_NAME.match(latin.group()):
            yield latin.span()
        if link is None or value is None:
            continue
        length = _name_length(value.group(), label, bool(link.group("strong")), bool(link.group("space")))
        if length:
            end = value.start() + length
            yield value.start(), end
            yield from _more(text, end)


def _more(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The further names of a list: `方志远、蒋欣`."""
    while (other := _MORE.match(text, end)) and _stands_alone(other.group("value")):
        yield other.span("value")
        end = other.end()


def _name_length(value: str, label: re.Match[str], strong: bool, space: bool) -> int:
    """How many characters from the beginning are a name; 0 for none."""
    if any(mark in value for mark in "·•・"):
        return len(value)
    if _OF_COMPANIES.search(value):
        return 0
    if _NICKNAMED.match(value) and _surname(value[1:]) and (len(value) == 2 or strong):
        return min(len(value), 2)
    title = _TITLE.search(value, 1, 5)
    surname = _surname(value)
    if title and surname and title.start() <= surname + 2:
        return title.end()
    whole = 2 <= len(value) <= 4
    if value[:2] in _COMMON and not label.group("only"):
        return 0
    if _INTERFACE.match(value) or (whole and _INTERFACE.search(value)):
        return 0
    if surname:
        return _with_given_name(
            value, surname, loose=strong or space or bool(label.group("only") or label.group("said"))
        )
    sure = label.group("only") and (strong or space)
    return len(value) if sure and whole and not set(value) & _NEVER_IN_NAMES else 0


_WORDS_TOO = frozenset(
    "能时于从向方高常成应安明施相单强全解连齐空广国路别步文原万易关包满终和都居计"
)  # surnames that are words as well


def _with_given_name(value: str, surname: int, *, loose: bool) -> int:
    """Surname and given name. A longer run of characters is cut where a word that is in no name begins."""
    for length in (1, 2):
        if _SAYS.match(value, surname + length):
            return surname + length
    given = value[surname : surname + 2]
    cut = next((place for place, char in enumerate(given) if char in _NEVER_IN_NAMES), len(given))
    told = cut < len(given) or surname + cut == len(value)  # where the name ends, by a word that follows or the end
    if not loose and value[0] in _WORDS_TOO and cut < 2:
        return 0
    return surname + cut if cut and (loose or told) else 0


def _greeted(text: str) -> Iterator[tuple[int, int]]:
    """亲爱的李雷, 尊敬的王小明 before a mark."""
    for match in _GREETED.finditer(text):
        if _surname(match.group("value")) and not _INTERFACE.search(match.group("value")):
            yield match.span("value")


def _titled(text: str) -> Iterator[tuple[int, int]]:
    """`王先生`, `欧阳小明女士`, wherever they stand."""
    for title in _OPEN_TITLE.finditer(text):
        for length in (4, 3, 2, 1):
            start = title.start() - length
            before = text[max(0, start) : title.start()]
            surname = _surname(before) if start >= 0 and re.fullmatch(rf"{_HAN}+", before) else 0
            if _LABEL.search(before):
                continue
            if surname and length - surname <= 2 and not set(before) & _NEVER_IN_NAMES:
                yield start, title.end()
                break


def _described(text: str) -> Iterator[tuple[int, int]]:
    """`贾经理`, `李娜(女,…)`, `Laura Palmer <laura@…>`."""
    for match in _OFFICIAL.finditer(text):
        group = match.lastgroup or "value"
        value = match.group(group)
        if _surname(value[1:] if group == "familiar" else value) and value[:2] not in _COMMON:
            yield match.span(group)
    for match in _DESCRIBED.finditer(text):
        if _stands_alone(match.group("value")):
            yield match.span("value")
    for match in _MAILBOX.finditer(text):
        if not _NO_ENGLISH_NAME.search(match.group("value")):
            yield match.span("value")


def _in_english(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_ENGLISH, _ADDRESSED):
        for match in pattern.finditer(text):
            value = match.group("value")
            other = _NO_ENGLISH_NAME.search(value)
            kept = value[: other.start()].rstrip() if other else value
            if len(kept) >= 2:
                yield match.start("value"), match.start("value") + len(kept)


def _in_other_languages(text: str) -> Iterator[tuple[int, int]]:
    for match in _ABROAD.finditer(text):
        yield match.span("value")
