"""Names by the place that they stand in: who speaks in a chat, and who signs a letter.

Rule: between a time and a colon stands somebody, unless it is a role, a machine or the level of a log; without a time
it must look like a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.names.han import COMMON, HAN, INTERFACE, NICKNAMED, WORDS_TOO, stands_alone
from cs_agent.vision.personal_data.names.latin import LETTER, NO_ENGLISH_NAME, THINGS, UPPER, names_a_person
from cs_agent.vision.personal_data.names.sentences import is_a_caption, is_known

_TIME = (
    r"(?:(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.月]\d{1,2}日?|昨天|今天|前天|星期.|周.|[Tt]oday(?: at)?"
    r"|[Yy]esterday(?: at)?)[T ]?\s?)?"
    r"(?:[上下]午|凌晨|晚上)?\s?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?:\s?[AaPp]\.?[Mm]\.?)?"
)
_SOMEBODY = rf"[{LETTER}{HAN[1:-1]}0-9_@][{LETTER}{HAN[1:-1]}0-9_.@'’ ·~-]{{0,28}}?"
_ROLE_BESIDE = (
    r"(?:\s?[((](?:客户|顾客|用户|买家|会员|卖家|客服|坐席"
    r"|[Cc]ustomer|[Cc]lient|[Uu]ser|[Bb]uyer|[Aa]gent|[Gg]uest|you)[))])"
)
_TIMED = re.compile(
    rf"^[ \t]*(?:[\[(]?{_TIME}[\])]?[ \t,，-]{{1,4}}(?P<after>{_SOMEBODY}){_ROLE_BESIDE}?(?:[ \t]?[:>](?=\S|[ \t])"
    rf"|[ \t]*$)"
    rf"|(?:[\[(]?{_TIME}[\])]?[ \t]{{1,4}})?‹(?P<angled>{_SOMEBODY})›(?=[ \t])"
    rf"|(?P<before>{_SOMEBODY}){_ROLE_BESIDE}?[ \t]{{1,4}}[—–-]?[ \t]?[\[(]?{_TIME}[\])]?[ \t]?(?::|$)"
    rf"|(?P<role>{_SOMEBODY}){_ROLE_BESIDE}[ \t]?:)",
    re.MULTILINE,
)
_ON_A_DAY = re.compile(  # of a list of conversations
    rf"^[ \t]*(?P<value>{HAN}{{2,4}}|[{UPPER}][{LETTER}'’-]+(?: [{UPPER}][{LETTER}.'’-]*){{1,2}})[ \t]{{1,4}}"
    r"(?:昨天|前天|星期[一二三四五六日天]|周[一二三四五六日]|Yesterday|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*|\d{1,2}[-/月]\d{1,2}日?"
    r"|\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?)[ \t]*$",
    re.MULTILINE,
)
_SAYS = re.compile(
    rf"(?:^|(?<=[/|;] )|(?<=[/|;])|(?<=[。!?] ))[ \t]*(?P<value>{HAN}{{2,4}}"
    rf"|[{UPPER}][{LETTER}'’-]+(?: [{UPPER}][{LETTER}.'’-]*){{1,2}}):"
    rf"[ \t]*(?=\S)",
    re.MULTILINE,
)
_NICK_SAYS = re.compile(rf"^[ \t]*(?P<value>[小老阿]{HAN}{{1,2}})(?::|[ \t]*说:)", re.MULTILINE)
_BY_ROLE = re.compile(
    rf"(?:^|[\s/|;])(?:买家|客户|顾客|用户|会员|旺旺)[ \t]?(?P<value>[A-Za-z][\w.-]{{3,24}}|{HAN}{{2,4}})[ \t]?:"
)
_CLOSING = (
    r"(?:此致|敬礼|祝好|顺颂商祺|顺祝商祺|谢谢|多谢|感谢|致敬|盼复|以上"
    r"|(?i:(?:best|kind|warm|kindest)(?: regards| wishes)?|regards|thanks(?: again| a lot)?|thank you|many thanks"
    r"|cheers|sincerely"
    r"|(?:sincerely )?yours(?: sincerely| truly| faithfully)?|respectfully|best|love|take care|sent from my \w+))"
)
_SIGNED = re.compile(
    rf"(?:^[ \t]*{_CLOSING}[ \t]*[,，.。!！]*[ \t]*\n+[ \t]*"
    rf"|^[ \t]*--[ \t]*\n[ \t]*|^[ \t]*(?:——|--|—|–)[ \t]?(?:来自|by )?[ \t]?|(?:签名|署名|落款|签字|签收人签字"
    rf"|[Ss]igned|[Ss]ignature)[ \t]?[:：][ \t]*"
    rf"|(?<=[.!?。!\n] )?(?i:(?:best|kind|warm) regards|regards|cheers|sincerely),?[ \t]+)"
    rf"(?=(?P<value>{HAN}{{2,4}}|[{UPPER}][{LETTER}.'’-]*(?: [{UPPER}][{LETTER}.'’-]*){{0,3}})(?:[ \t]*(?:$"
    rf"|[,，(（]|的留言)))",
    re.MULTILINE,
)
_NOBODY = re.compile(
    r"(?:.*(?:客服|系统|机器人|助手|管理员|公告|通知|消息|小助|官方|坐席|平台|旗舰店|步骤|说明|备注|注意|提示|错误|警告|时间|开始|结束"
    r"|下单|付款|发货|签收|送达|营业|截止|更新|到达|预计|航班|车次|首发|末班|状态|订单|支付|创建|完成).*"
    r"|(?i:info|warn(?:ing)?|error|debug|trace|fatal|critical|notice|bot|system|agent|assistant|ai|admin|support|server"
    r"|service|operator|root|kernel|note|step.*|tip|ps|from|to|date|subject|re|fw|time|status|start(?:ed)?|end|gate.*"
    r"|boarding.*|departs?|arriv\w*|open|closed?|delivered|shipped|ordered|updated|created|.*\b(?:at|by|on|until|from|to)"
    r"|http.*|get|post|put|delete|https?|[a-z_.]+\.(?:py|js|java|go)|build|version|today|yesterday|me|you|i)|\d+|[a-z]{1,2}\d*)"
    r"|[\d\W]+"
)


def speakers(text: str) -> Iterator[tuple[int, int]]:
    for match in _TIMED.finditer(text):
        group = match.lastgroup or "after"
        if _may_speak(text, match, match.group(group).strip(), timed_behind=group == "before"):
            yield match.span(group)
    for pattern in (_SAYS, _BY_ROLE):
        for match in pattern.finditer(text):
            value = match.group("value")
            if pattern is _BY_ROLE and (value in COMMON or INTERFACE.search(value)):  # 会员权益: …
                continue
            if pattern is _BY_ROLE or (_looks_like_a_name(value) and not _is_a_caption(value)):
                yield match.span("value")
    for match in _ON_A_DAY.finditer(text):
        value = match.group("value")
        if _looks_like_a_name(value) and not THINGS.search(value):
            yield match.span("value")
    for match in _NICK_SAYS.finditer(text):
        yield match.span("value")


def _is_a_caption(value: str) -> bool:
    """Whether `value: …` is rather a line of a form than what somebody says."""
    return is_a_caption(value) if re.match(HAN, value) else not names_a_person(value)


def _may_speak(text: str, match: re.Match[str], value: str, *, timed_behind: bool) -> bool:
    """A time behind something is that of many things; it is a message's where the message follows, or a name stands
    before it."""
    if _NOBODY.fullmatch(value) or INTERFACE.search(value):
        return False
    said = not timed_behind and match.group().rstrip().endswith((":", ">", "›"))
    return said or _looks_like_a_name(value) or (timed_behind and bool(_MESSAGE.match(text, match.end())))


_MESSAGE = re.compile(r"\n[^\n:\d]{1,200}(?:\n|\Z)")


def signers(text: str) -> Iterator[tuple[int, int]]:
    for match in _SIGNED.finditer(text):
        if _looks_like_a_name(match.group("value")):
            yield match.span("value")


def _looks_like_a_name(value: str) -> bool:
    if re.fullmatch(rf"{HAN}+", value):
        if NICKNAMED.match(value) and len(value) <= 3:
            return True
        return stands_alone(value) and (len(value) > 2 or value[0] not in WORDS_TOO or is_known(value))
    if NO_ENGLISH_NAME.search(value) or _NOBODY.fullmatch(value):
        return False
    return names_a_person(value) or not _is_of_a_status_bar(value)


def _is_of_a_status_bar(value: str) -> bool:
    """5G 73, LTE, Wi-Fi 66: what stands behind the time at the top of a phone."""
    return not re.search(rf"[{LETTER}]{{3}}", value) or value.isupper() or any(map(str.isdigit, value.split()))
