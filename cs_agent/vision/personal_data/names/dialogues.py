"""Who speaks in a conversation that tells no times: `Kofi Boateng: my parcel …`, in any script.

Rule: what stands before a colon speaks where a role of the trade (`Agent:`, `客服:`, `상담원:`) answers in the same
text, or where it comes again, or where what follows is said in the first person. A caption is no speaker: it is a word
of an interface or of things, or what follows it is no speech.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cs_agent.vision.personal_data.names.han import HAN, INTERFACE, stands_alone
from cs_agent.vision.personal_data.names.latin import LETTER, NO_ENGLISH_NAME, THINGS, UPPER
from cs_agent.vision.personal_data.names.sentences import is_a_caption

_TURN = re.compile(
    r"^[ \t]*(?P<who>[^\W\d_][^\n:<>|{}\[\]\"=/\\,;()#]{1,39}?)[ \t]?:[ \t]*(?P<said>\S[^\n]*)$", re.MULTILINE
)
_ROLE = re.compile(
    r"(?:customer|client|user|buyer|seller|agent|support|operator|assistant|bot|ai|service|shop|store|rep|representative|advisor|helpdesk|host|guest"
    r"|visitor|admin|system|me|you|staff|cs|kunde|kundin|kundenservice|mitarbeiter|cliente|agente|soporte|atendente|suporte|conseiller|vendeur"
    r"|assistenza|operatore|klant|medewerker|klient|konsultant|obsługa|müşteri|destek|temsilci|hỗ trợ|nhân viên"
    r"|khách(?: hàng)?|pelanggan|cs admin"
    r"|оператор|поддержка|клиент|менеджер|продавец|покупатель|консультант|(?:чат-?)?бот|саппорт|الدعم|العميل"
    r"|خدمة العملاء|الموظف|البائع"
    r"|שירות|נציג|לקוח|เจ้าหน้าที่|ลูกค้า|แอดมิน"
    r"|[\u4e00-\u9fff]{0,6}(?:客服|坐席|客户|买家|卖家|顾客|机器人|商家|店家|店铺|小二|助手|掌柜)[\u4e00-\u9fff]{0,3}"
    r"|サポート|オペレーター?|お客さ?[様样]|担当者?|店員|スタッフ|ショップ|상담[원사봇]|챗봇|고객(?:센터)?|판매자|구매자|직원)\s?\d{0,3}",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"[?!？！。؟…]|[.]\s*\Z|(?:\S{1,40}\s{1,4}){4}\S|[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]{6}"
    r"|[가-힣][가-힣 ]{3,}[요다까죠]\s*\Z"
)
_READ = 300  # characters of what is said tell whether it is speech
_FIRST_PERSON = re.compile(
    r"\b(?:I|I'm|I’m|I've|I’ve|I'd|my|me|mine|[Ww]e're|[Hh]ello|[Hh]i|[Hh]ey|[Gg]ood (?:morning|afternoon|evening"
    r"|day)|[Tt]hanks"
    r"|[Hh]ola|[Bb]onjour|[Hh]allo|[Gg]uten (?:Tag|Morgen|Abend)|[Oo]lá|[Cc]iao|[Mm]erhaba|[Xx]in chào)\b",
)
_WORDS = rf"[{UPPER}][{LETTER}.'’-]*(?:[ ](?:[a-zà-ÿ]{{1,3}}[ ])?[{UPPER}][{LETTER}.'’-]*){{0,4}}"
_CAPITALS = re.compile(_WORDS)
_ASIAN = re.compile(
    r"[\u3040-\u30ff\u4e00-\u9fff々]{2,8}(?:[ \u3000][\u3040-\u30ff\u4e00-\u9fff]{1,8})?|[가-힣]{2,5}(?: [가-힣]{1,4})?"
)
_OTHER = re.compile(
    r"[\u0590-\u06ff]{2,}(?:[ -][\u0590-\u06ff]{2,}){1,4}"
    r"|[\u0900-\u0dff\u0e00-\u0eff\u1000-\u137f]{2,30}(?: [\u0900-\u0dff\u0e00-\u0eff\u1000-\u137f]{2,30}){1,2}"
)
_JAPANESE = re.compile(r"[\u3040-\u30ff]")


def talkers(text: str) -> Iterator[tuple[int, int]]:
    """Of a text that was made plain."""
    turns = list(_TURN.finditer(text))
    answered = any(_ROLE.fullmatch(turn["who"]) and _SPEECH.search(turn["said"][:_READ]) for turn in turns)
    again = {who for who, count in Counter(turn["who"] for turn in turns).items() if count > 1}
    answered = answered or _all_talk(text, turns, again)
    spoken = {who for who in again if _all_speak(turns, who)} if len({turn["who"] for turn in turns}) > 1 else set()
    for turn in turns:
        who = turn["who"]
        if _ROLE.fullmatch(who) or not _may_be_called(who, text):
            continue
        if (answered and (who in again or " " in who or not who.isascii())) or who in spoken or _says_i(turn):
            yield turn.span("who")


def _all_talk(text: str, turns: Sequence[re.Match[str]], again: set[str]) -> bool:
    """Whether the text is nothing but what at least two say."""
    lines = sum(bool(line.strip()) for line in text.splitlines())
    spoken = all(turn["who"] in again or _SPEECH.search(turn["said"][:_READ]) for turn in turns)
    return len({turn["who"] for turn in turns}) > 1 and len(turns) == lines and spoken


def _all_speak(turns: Sequence[re.Match[str]], who: str) -> bool:
    return all(_SPEECH.search(turn["said"][:_READ]) for turn in turns if turn["who"] == who)


def _says_i(turn: re.Match[str]) -> bool:
    return " " in turn["who"] and bool(_FIRST_PERSON.search(turn["said"]))


def _may_be_called(who: str, text: str) -> bool:
    if _CAPITALS.fullmatch(who):
        return not NO_ENGLISH_NAME.search(who) and not THINGS.search(who) and not who.isupper()
    if re.fullmatch(rf"{HAN}+", who):
        return stands_alone(who) or (
            bool(_JAPANESE.search(text)) and not INTERFACE.search(who) and not is_a_caption(who)
        )
    return bool(_ASIAN.fullmatch(who) or _OTHER.fullmatch(who))
