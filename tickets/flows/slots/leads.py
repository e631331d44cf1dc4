"""Whether what leads up to a value is understood: read backwards, word by word, up to a mark or another phrase.

Rule: what is not known leaves the value open. The readers bring the words that may stand before their values.
"""

from __future__ import annotations

import re

from tickets.flows.slots.numerals import NUMERALS

# A mark, a number, a unit or a particle: what stands before it is another phrase. A blank is one only behind Chinese.
_ENDS = re.compile(
    rf"(?:^|[^一-鿿A-Za-z ]|[一-鿿] |[{NUMERALS}了过啊嘛呢吧呀哈啦元块角毛分钱整款费]|\d[A-Za-z-]{{0,6}}|"
    r"\b(?:yuan|rmb|cny|kuai)) ?$",
    re.I,
)

# What a wish is led up to with, in either language.
_ASKED_PARTY = r"(?:要求|请求?|恳请|希望|望|让|叫|麻烦)(?:你们|您|贵司|贵店|商家|卖家|店家|店铺|平台|客服|官方|厂家)"
WISH_LEAD = (
    rf"{_ASKED_PARTY}|你们|您们|你|您|贵司|贵店|我们|咱们?|我|俺|本人|客户诉求|诉求|客户|用户|顾客|买家|老板|给|帮|"
    rf"替|把|"
    rf"将|跟|和|与|及|以及|"
    r"并且?|且|外加|另外?|再|还|也|又|同时|然后|所以|因此|故|现在?|特|就|只|仅|按我说的|剩下的|剩余的?|多余的?|"
    r"多收的?|多扣的?|"
    r"需要|须|要|想要?|得|必须|应该|应当?|理应|务必|一定|尽快|赶紧|赶快|马上|立即|立刻|直接|先|首先|至|都|统统|全部?|"
    r"一共|总共|合计|共计?|烦请|麻烦|请求?|恳请|求|希望|盼|望|要求|申请|安排|协调|强烈|坚决|正式|提出|办理?|发起|处理|"
    r"那就|那个|那|这个|这次|这回|这单|这笔|这|就是说?|的话|是|嗯+|呃+|啊|哦|哎|喂|亲|你好|您好|谢谢|拜托|能|可以|可|"
    r"款项?|钱|金额|费用?|货款|货|本金|差价|差额|部分|一次性|经济|精神|现金|保价|补|元|我的要求|我(?:要求|想要?|申请)的(?:就|就只)?是|我说的是|我?要的是|"
    r"要求|其中|兹|特此|按照?|"
    r"更?改成|更?改为|变更为|换成|变成|改|除了|以外|今天|本次|此次|本单|第[一二三四五六]|其[一二三]|"
    r"[一二三四五六]是|单|"
    r"我的|(?:你们|您|商家|平台|我)?(?:多|重复|错|误)?(?:扣|收|付|支付|花|交)了?的|"
    r"花呗|白条|微信|支付宝|银行卡|信用卡|余额|个|下|一下|哈|呢|嘛|呀|吧|是说|说|意思|的?订单编?号?|订单|内|"
    r"个?工作日|小时|天|于|在|"
    r"退货|退|赔礼道歉|道歉|换货|向|他们|对方"
)
ENGLISH_WISH_LEAD = (
    r"\b(?:please|pls|plz|kindly|just|simply|only|i|we|i'm|i am|i'd|i'll|i would|we would|like|love|want|wants|"
    r"wanted|need|needs|require|"
    r"wish|hope|expect|demand|request|requested|requesting|demanding|asking|ask|seek|seeking|claim|claiming|apply|"
    r"applying|"
    r"looking|hereby|formally|must|should|would|could|can|may|you|u|to|the|a|an|my|me|us|for|of|and|plus|also|then|so|"
    r"now|at once|"
    r"immediately|asap|get|be|have|receive|issue|process|give|gimme|make|send|pay|arrange|provide|do|initiate|full|"
    r"partial|"
    r"complete|grateful|obliged|if(?= you)|entire|total|whole|exact|back|money|cash|in|this time|instead|with|add|"
    r"appreciate|another|further|"
    r"some|as|is|"
    r"say|said i|insist|on|"
    r"happy with|satisfied with|settle for|re|order|number|no|customer|buyer)\b\.?"
)


def understood(lead: str, last_word: re.Pattern[str]) -> bool:
    """`last_word` finds one known word at the end of what is left, with a blank behind it."""
    while not _ENDS.search(lead):
        found = last_word.search(lead)
        if not found:
            return False
        lead = lead[: found.start()]
    return True
