"""The words that a wish for money is said in. Rule: what is not known here leaves the wish open.

Three stretches of the clause are looked at: what leads to the wish, what stands between its word and its amount, and
what follows. A lead is read backwards and what follows forwards, word by word, up to a mark or another phrase.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tickets.flows.slots import leads
from tickets.flows.slots.money.words import Words
from tickets.flows.slots.text import Doubt, clause_after, clause_before

_REACH = 40
_GAP = (
    r"[一两\d][个件包盒瓶袋双条份]的|[ :：=>→/\"'“”【】\[\]|(（)）✅.、-]|金额|款项|诉求|要求|申请(?=[:：])|"
    r"项|款|数额|数目|总额|金|给|我|咱|们|你们|人民币|大写|小写|单位|"
    r"元|币种|人|为|是|的话|的|"
    r"就|只|共计?|一?个|下|一|了|啊|呃|嗯|嘛|钱|要|作为|当作?|以作|作|经济|现金|精神|损失费?|误工费?|件|货款|"
    r"多[收扣付交]的|额|剩余的?|余下的?|多余的?|费用?|余额|"
    r"(?:amount|sum|total|value|requested|request|wanted|expected|is|of|me|us|in|to|the|a|an|as|worth|for|my|money|"
    r"back|CN|RMB|CNY|just|only|"
    r"fee|due|extra|remaining|other|full|difference|balance|remainder)\b|[a-z]_|_[a-z]+"
)
_TAIL = (
    r"整|元|钱|块|吧|呗|啊|呀|嘛|哦|哈|啦|了|嗯|呃|哎|的|得了|拉倒|"
    r"算了|完事|意思意思|即可|为止|为准|足矣|行了|款项?|费用?|人民币"
)
_TAIL_OPENS = (
    r"然后|接着|就|给|到|至|回|入|进|打|转|作|当|做|并|和|及|与|外加|另|再|加|还|货款|误工|精神|损失|差价|运费|邮费|第|含|"
    r"不含|包括|"
    r"包含|其中|现金|请|麻烦|谢|拜托|尽快|马上|立[即刻]|今天|我(?!不?同意|不?接受)|可以|行|好|够|订单|单号|以|改|"
    r"否则|不然|如果|不要|不用|不是|不过分|返还|还给|"
    r"这|那|听|赶|快|多的|其他|其它|剩|客[户服]|你们|您|商家|平台|来|吗|呢|多谢|退|补|赔|因|由|用|\d|"
    r"[一二三四五六七八九]|走|原路|的?(?:订单|诉求)"
)
_ENGLISH_TAIL = (
    r" *(?:please|pls|plz|thanks?|thx|ty|cheers|for|to|and|plus|in|by|as|now|asap|today|back|on|onto|with|of|from|"
    r"into|or|"
    r"immediately|right|via|because|since|due|that|which|order|only|total|if|unless|not|instead|at|it|i|we|you|the|"
    r"my|no|"
    r"compensation|refund\w*|only|each|per|so|but|be)\b"
)
_TAIL_ENDS = re.compile(r"$|[^一-鿿A-Za-z]")
_NEXT = re.compile(rf"(?:{_TAIL})")
_OPENS = re.compile(rf"(?:{_TAIL_OPENS})")
_ENGLISH_NEXT = re.compile(_ENGLISH_TAIL, re.I)


_I_WANT = re.compile(r"(?<![和跟给让问])我(?:们|就|只|也|还|这次|这回|现在|必须|一定|强烈)?(?:要求|申请|希望|想要?|要)")


def doubt(text: str, start: int, end: int, words: Words) -> Doubt | None:
    """UNCLEAR where what leads to the wish at `start:end`, or what follows it, is not understood."""
    lead, tail = clause_before(text, start, _REACH), clause_after(text, end, _REACH)
    return None if is_led_up_to(lead, words) and follows(tail, words) else Doubt.UNCLEAR


def is_led_up_to(lead: str, words: Words) -> bool:
    """What the writer says he wants is a wish whatever stands before it (…漏得厉害我要退款); `stance` judges that."""
    wanted = [match.start() for match in _I_WANT.finditer(lead)]
    return leads.understood(lead[wanted[-1] :] if wanted else lead, _last_word(words.pattern))


def follows(tail: str, words: Words) -> bool:
    own = _word(words.pattern)
    while tail:
        if _OPENS.match(tail) or own.match(tail) or _ENGLISH_NEXT.match(tail):
            return True
        found = _NEXT.match(tail)
        if not found:
            return bool(_TAIL_ENDS.match(tail)) and not re.match(r" *[A-Za-z]", tail)
        tail = tail[found.end() :]
    return True


def joins(gap: str) -> bool:
    """Whether a word and its amount belong together over what stands between them."""
    return bool(_BETWEEN.fullmatch(gap))


_BETWEEN = re.compile(rf"(?>{_GAP})*+", re.I)


@lru_cache(maxsize=64)
def _last_word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{leads.WISH_LEAD}|{words}|{leads.ENGLISH_WISH_LEAD}) ?$", re.I)


@lru_cache(maxsize=64)
def _word(words: str) -> re.Pattern[str]:
    return re.compile(rf" ?(?:{words})", re.I)
