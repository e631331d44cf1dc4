"""Names of people beside the words that announce them: `收货人`, `姓名`, `我叫`, `先生`, `Recipient`, `Dear`.

Rule: in doubt hide. Beside a word that announces nothing but a name, whatever may be one is taken for one, unless it is
a word of the interface; beside a weaker one (`客户`, `快递员`) it must begin with a surname.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from cs_agent.vision.personal_data.kinds import DataKind, Span

_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_ANNOUNCES = (
    r"(?:真实|客户|用户|会员|买家|顾客|联系人|收货人|收件人|寄件人|持卡人|开户|申请人|投保人|被保险?人|曾用"
    r"|您的?|本人|中文|英文|法人|学生|患者)?"
    r"姓名|(?<!别)名字|户名|开户名|收货人|收件人|收方|联系人|寄件人|发件人|寄方|签收人|取件人|提货人|自提人"
    r"|持卡人|开户人|收款人|付款人|汇款人"
    r"|申请人|投保人|被保险?人|受益人|乘客|乘车人|乘机人|旅客|入住人|患者|就诊人|机主|车主|户主|业主|购买人"
    r"|下单人|代收人|经办人|报修人|投诉人"
    r"|来电人|担保人|监护人|法定代表人|法人代表|昵称"
)
_MAY_ANNOUNCE = (
    r"客户|顾客|用户|会员|买家|卖家|快递员|派件员|派送员|配送员|送货员|外卖员|骑手|司机|客服(?:专员|代表"
    r"|人员)?|员工|操作[人员]|处理人|负责人|家属"
    r"|家长|学生|租客|房东|邻居|朋友|同事|护士|医生|律师|老师|销售|顾问|专员|坐席|维修员|安装工|工程师|师傅"
    r"|乘务员|收银员|店长"
    r"|[\u4e00-\u9fff]{1,3}(?<![他别众每某个多少王])(?:人|员|方|者|户)"
)
_LABEL = re.compile(
    rf"(?P<only>{_ANNOUNCES})|(?P<may>{_MAY_ANNOUNCE})|(?P<said>我叫|名叫|叫做|姓名叫|我是|本人是?|我姓)",
)
_LINK = re.compile(
    r"(?:姓名|名称|名|信息|方)?(?:[ \u3000]*(?P<strong>[::=]|是|为|叫|\t|\n)[ \u3000\t\n]*|(?P<space>[ \u3000]+)"
    r"|)[\"“「【\[(]?"
)
_VALUE = re.compile(rf"{_HAN}{{1,10}}(?:[·•・]{_HAN}{{1,10}}){{1,3}}|{_HAN}{{2,12}}")
_LATIN = re.compile(r"[A-Z][A-Za-z'’-]+(?: [A-Z][A-Za-z.'’-]*){1,3}")  # behind a label that announces only names
_TITLE = re.compile(
    r"先生|女士|小姐|太太|师傅|同志|阿姨|大爷|大妈|经理|老师|医生|律师|主任|总监"
    r"|总(?![\u4e00-\u9fff])"
)
_GREETED = re.compile(
    rf"(?:亲爱|尊敬)的(?!顾客|客户|用户|会员|买家|家人|朋友|同事|老师)(?P<value>{_HAN}{{2,4}})(?=[,，:!！ \n]|$)"
)
_OPEN_TITLE = re.compile(r"先生|女士|小姐|太太|师傅")
_NEVER_IN_NAMES = frozenset(
    "的了在要说请您你我他她它们是有已未不把被给对与及或从到退换申诉反投打问催联系收寄发签取购买下订吗呢吧么这那"
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
    r"|traveller|applicant|insured|beneficiary|owner)(?:'s)?\s)?(?:sur)?name"
    r"|recipient|receiver|consignee|card\s?holder|payee|payer|passenger|contact(?:\sperson)?|attn"
    r"|ship(?:ped)?\sto|deliver(?:ed)?\sto"
    r"|bill(?:ed)?\sto|sold\sto|customer|client|buyer|sender|shipper|driver|courier|caller"
    r"|signed\s(?:for\s)?by|guest|patient"
)
_ENGLISH = re.compile(
    rf"(?:^|(?<=[\n\t,;.,。;|/()\u4e00-\u9fff])|(?<=[,;.|] ))(?:{_ROLE_EN})(?:[ ]*[:\t\n][ \t\n]*|[ ]*=[ ]*"
    rf"|[ ]{{1,3}}(?=[A-Z][a-z]|[\u4e00-\u9fff]))"
    r"(?P<value>[A-Za-z][A-Za-z.'’-]*(?:[ ]{1,2}[A-Za-z][A-Za-z.'’-]*){0,3}|[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff]))",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\b(?:(?:Dear|Hi|Hello)(?= [A-Z])(?: (?:Mr|Mrs|Ms|Miss|Dr)\.?)?|Mr|Mrs|Ms|Miss|Dr|[Mm]y name is"
    r"|[Nn]ame is|[Tt]his is|I am|I'm|[Ss]igned(?: for)? by|[Rr]egards,|[Ss]incerely,)\.?\s+"
    r"(?P<value>[A-Z][a-z'’-]+(?: (?:[A-Z]\.|[A-Z][a-z'’-]+)){0,2})"
)
_NO_ENGLISH_NAME = re.compile(
    r"(?:^|\b)(?:customers?|user|sir|madam|all|team|there|everyone|member|buyer|seller|guest|not|none|n/?a"
    r"|unknown|required|optional|please"
    r"|phone|mobile|number|address|email|id|name|status|amount|date|time|order|account|details?|info"
    r"|information|service|support|center|edit|add"
    r"|change|save|select|enter|your|the|an?|is|was|has|wants?|asks?|asked|says?|said|complain\w*|request\w*"
    r"|reports?|will|can|cannot|to|for|and"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)


def names(text: str) -> Iterator[Span]:
    for start, end in (*_announced(text), *_greeted(text), *_titled(text), *_in_english(text)):
        yield Span(DataKind.NAME, start, end, text[start:end])


def _announced(text: str) -> Iterator[tuple[int, int]]:
    for label in _LABEL.finditer(text):
        link = _LINK.match(text, label.end())
        value = _VALUE.match(text, link.end()) if link else None
        if link and label.group("only") and (latin := _LATIN.match(text, link.end())):
            yield latin.span()
        if link is None or value is None:
            continue
        length = _name_length(value.group(), label, bool(link.group("strong")), bool(link.group("space")))
        if length:
            yield value.start(), value.start() + length


def _name_length(value: str, label: re.Match[str], strong: bool, space: bool) -> int:
    """How many characters from the beginning are a name; 0 for none."""
    if any(mark in value for mark in "·•・"):
        return len(value)
    title = _TITLE.search(value, 1, 5)
    surname = _surname(value)
    if title and surname and title.start() <= surname + 2:
        return title.end()
    whole = 2 <= len(value) <= 4
    if _INTERFACE.match(value) or (whole and _INTERFACE.search(value)):
        return 0
    if surname:
        return _with_given_name(
            value, surname, loose=strong or space or bool(label.group("only") or label.group("said"))
        )
    sure = label.group("only") and (strong or space)
    return len(value) if sure and whole and not set(value) & _NEVER_IN_NAMES else 0


def _with_given_name(value: str, surname: int, *, loose: bool) -> int:
    """Surname and given name. A longer run of characters is cut where a word that is in no name begins."""
    given = value[surname : surname + 2]
    cut = next((place for place, char in enumerate(given) if char in _NEVER_IN_NAMES), len(given))
    told = cut < len(given) or surname + cut == len(value)  # where the name ends, by a word that follows or the end
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
            if surname and length - surname <= 2 and not set(before) & _NEVER_IN_NAMES:
                yield start, title.end()
                break


def _in_english(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_ENGLISH, _ADDRESSED):
        for match in pattern.finditer(text):
            value = match.group("value")
            other = _NO_ENGLISH_NAME.search(value)
            kept = value[: other.start()].rstrip() if other else value
            if len(kept) >= 2:
                yield match.start("value"), match.start("value") + len(kept)


def _surname(value: str) -> int:
    """The length of the surname that the text begins with; 0 for none."""
    single, compound = _surnames()
    if value[:2] in compound:
        return 2
    return 1 if value[:1] in single else 0


@lru_cache(maxsize=1)
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    single, compound = (Path(__file__).parent / "surnames.txt").read_text("utf-8").splitlines()[:2]
    return frozenset(single), frozenset(compound.split())
