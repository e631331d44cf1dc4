"""Money that comes back to the writer: the money or an amount of it, then the verb; nothing that says it is done."""

_MONEY = r"(?:(?:钱|货款)(?:[\d.一二两三四五六七八九十百千万零〇]+[元块]?)?|[元块][\d一二两三四五六七八九]?钱?)"
_SENDING = (
    r"(?:都|全部?|也|请|麻烦|你们|您|商家|卖家|给我|帮我|帮忙|直接|原路|尽快|赶紧|马上|立刻|先|再|一起|得|要|"
    r"必须|应该|应当|"
    r"该|可以|能|务必|一定|,)*"
)
PAID_BACK = (
    r"(?<!\d{6})(?<=\d)(?:全|都)?[退返](?:回来|给我|还我|回给我)(?![了过啦吗没?？]|来?了)|"
    rf"{_MONEY}{_SENDING}"
    r"(?:[退还返打转](?:回来|回给我|还给我|给我|回我|我|回)|退一下|退还)(?![了过啦吗没?？]|来?了)|"
    rf"{_MONEY}{_SENDING}[退返打转]到(?:我|原|卡|支付宝|微信|账)"
    r"(?![^,，。;；!！?？\n]{0,8}[了吗没?？])|"
    rf"把{_MONEY}退(?:了吧|了呗|掉吧)|(?:(?<=[想要请去来,，。;；!！?？ ])|(?<=[给帮]我)|(?<=麻烦)|^)把(?:货?款|钱|"
    rf"[\d.]{1, 9}[元块]钱?)退[了掉][吧呗]?(?=$|[,，。!！ ])|"
    rf"把?[\d一二两三四五六七八九十百千万.]{{1,9}}[元块]钱?还(?:给我|我|回来)(?![了过啦吗没?？]|来?了)|"
    r"钱(?:给我)?[要拿]回来?(?!来?了)|"
    r"[退还返](?:回|给)?我(?:的|那|这)?[^,，。;；!！?？不没货换]{0,8}?钱|"
    r"(?:全款|全额|全部|货款|款项)(?:都|给我|原路|直接)*[退返][回还](?!来?[了吗没?？])|"
    r"\b(?:yuan|rmb|cny|kuai|money|payment|amount) (?:to be |be )?(?:returned|refunded|paid back|sent back|back)"
    r"(?: to (?:me|my)\b|(?=[,.!]| for\b|$))|"
    r"\b(?:give|send|pay|return) (?:me )?(?:back )?(?:my|the) money\b|\bpay (?:me|us) back\b|"
    r"\b(?:give|send|pay) (?:me )?(?:back )?(?:my |the )?[¥￥]?[\d.,]+ ?(?:yuan|rmb|cny)? ?back\b|"
    r"\b(?:give|send|pay) (?:me )?back (?:my |the )?(?:[¥￥][\d.,]+|[\d.,]+ ?(?:yuan|rmb|cny|kuai))"
)
