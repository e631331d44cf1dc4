"""The verbs of the trade, a pattern for each action; what is said to be done already is none."""

# Money that comes back to the writer: the money or an amount of it, then the verb.
_MONEY = r"(?:(?:钱|货款)(?:[\d.一二两三四五六七八九十百千万零〇]+[元块]?)?|[元块][\d一二两三四五六七八九]?钱?)"
_SENDING = (
    r"(?:能不能|可不可以|[能可]否|都|全部?|也|请|麻烦|你们|您|"
    r"商家|卖家|给我|帮我|帮忙|直接|原路|尽快|赶紧|马上|立刻|先|再|一起|得|要|"
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
    rf"[\d.]{{1,9}}[元块]钱?)退[了掉][吧呗]?(?=$|[,，。!！ ])|"
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

_SOME = r"(?:one|two|three|four|five|some|half|all|\d{1,2})"
# Each action has its own pattern; what stands first wins where two overlap.
ACTIONS = {
    "cancel": r"取消|撤单|\bcancel(?:l?ing|l?ation)?\b",
    "exchange": r"换货|调换|换新|换(?:一|个|双|件|台|条)+(?:新|好|大|小|别|同款|颜色)|换一?[双件台条]|"
    r"\b(?:exchange|replacement|swap|replace)\b",
    "repair": r"维修|返修|修一下|修理|(?<!维)修好|\brepair(?:ed|ing)?\b",
    "invoice": r"(?:补?开|重开|换开|要)(?:个|张|一张|具|电子|增值税?|专用|专|普|纸质)*(?:发?票)|开票|"
    r"\b(?:an?|the|my) invoice\b",
    "close": r"注销|销户|\b(?:close|delete|deactivate) (?:my|the|this) account\b",
    "lock": r"挂失|解冻|冻结|解封|找回(?:密码|账号)",
    "bind": r"解绑|换绑|解除绑定|\bunbind\b|\bunlink\b",
    "top_up": r"充值|充话费|\btop up\b",
    "withdraw": r"提现|转账|\bwithdraw(?:al)?\b",
    "subscribe": r"开通|续费|办(?:理)?(?:宽带|套餐|会员|卡)|\b(?:upgrade|subscribe|renew)\b",
    "balance": r"查余额|\bcheck my balance\b",
    "price": r"保价|补差价|\bprice match\b",
    "hold": r"延长收货|延迟发货|暂缓发货|\bhold (?:my|the) (?:order|parcel)\b",
    "urge": r"催(?:一?下|个)?发货",
    "complain": r"投诉(?:你们|这个|那个|一下)*的?(?:快递|客服|商家|卖家|店家|骑手|司机|你们|员工)|"
    r"\breport (?:the|this) seller\b",
    "export": r"(?:发|传|导)(?:给)?我[一两]份|导出|导(?:一|个|份)*[下份]|[拉出列](?:一|个|份|张)*(?:表格?|清单|报表)|"
    r"\bexport\b|\bdownload\b|"
    r"\b(?:spreadsheet|excel|csv)\b",
    "refund": r"(?<!退货)退款|退(?:我|还)? ?(?=[¥￥\d一二两三四五六七八九十百千万.]{1,9} ?(?:[元块]|就[行好成]))|"
    r"退[^,，。;；!！?？退不货换了过]{1,8}的钱|"
    r"退(?:还|回|一下)?差[价额](?=[¥￥\d一二两三四五六七八九十百千]|的|$|[,，。])|退(?:全|全部|一半|半)款|"
    r"退还(?:全部|全额|相应|剩余|[所已]付)*(?:货款|款项|费用|金额|货值)|(?<=再)退(?=一次|一下)|退(?:我|还|回|一下|一半|半|"
    r"全){0,3}的?钱|钱(?:都|全|也|请|给我)?退(?!不)|"
    rf"{PAID_BACK}|"
    r"\brefund\b|\b(?:get|be) refunded\b|(?<=yuan )refunded\b|(?<=rmb )refunded\b|"
    r"\b(?:want|like|have|get) (?:it|this|that|them|everything|my money) refunded\b|"
    r"\bmoney back\b|(?:\b(?:yuan|rmb|cny|kuai)|[¥￥][\d.,]+) back\b|\b(?:just|only|"
    r"want) my money\b|\breimburse\w*",
    "give_back": r"退掉|(?:(?<=[想要请烦忙])|(?<=帮我))把[^,，。;；!！?？退]{1,14}退(?:了|一下|回去?)(?![吗没?？])|"
    r"\b(?:give|hand|bring|take) (?:it|them|(?:the|this|these|those) (?:(?!money)\w+ ){0,2}?(?!money)\w+) back\b|"
    r"(?:给|帮)我退[了掉][^,，。;；!！?？没不]{0,12}[吧呗](?=$|[,，。!！ ])|"
    r"(?<=[能以想要我就请])退(?=[了吧吗么不,，。!！?？]|$)|"
    r"(?<=[,，。;；!！ ])退了吧|把(?![^,，。;；!！?？]{0,6}[钱款元块])[^,，。;；!！?？退]{1,24}退回(?:来|"
    r"去)?(?![了吗没?？])",
    "compensate": r"补偿|赔偿|赔(?:我|付|点|钱)|\bcompensat\w+",
    "return": r"(?:你们|派人|上门|请|麻烦|叫人|快递|师傅|小哥)来?(?:取|拿|拉|收)(?:走|回去?)|"
    r"(?:货|东西|商品)(?:我|也|都)?[要想得](?:退|寄)(?:给|还|回)(?!我)|"
    r"退货(?:并|和|加|/|、)?(?:退款)?|寄回|退回去|(?:申请|要求|想要?)退回(?=去|商|货|给|[,，。 ]|$)|"
    r"\b(?:need|want|like|wish|hoping|trying|ready|have) to return (?=(?:an?|some|one|two|both) )|"
    r"\b(?:arrange|organi[sz]e|request|register|book|log|raise|file|open|start|initiate|process|approve|open|"
    r"set up|make|need|want|like)(?:ing)?"
    r"(?: for)? (?:an?|the|my|this) return\b|\breturn (?:of )?(?:the|it|them|this|these|those|my|labels?|order|both|"
    rf"{_SOME} of)\b|"
    rf"\b(?:send|ship|post|give) back (?:the|it|them|this|these|those|my|both|order|{_SOME})\b(?! money)|"
    r"\b(?:send|ship|post) (?:it|them|(?:the|this|these|those|my|that) (?:\w+ ){0,2}?\w+|this|these|those) back\b",
    "resend": r"(?:再|重新?)(?:给我)?[发来](?:一?[个条次])?(?:新的?)?(?:验证)?码|"
    r"再(?:给我?)?[推传送来弄整搞给](?:我)?一?[次遍条个份](?:新的)?|重发|"
    r"重新发送?|补发|再发(?!货)|\bre-?send\b|"
    r"\bsend (?:\w+ ){0,4}(?:again|agn)\b|"
    r"\bsend (?:me )?(?:another|a new|a fresh)\b",
    "change": r"改(?:一?下)?(?:退款|退货|换货|补偿)的?(?=金额|原因|理由|方式|账[户号]|申请)|"
    r"(?<=[一-鿿])(?:写|填|选|打|输|弄|搞|留)错(?=了|成|啦|[,，。!！ ]|$)|"
    r"更新(?=[成为到])|更改|修改|变更|更换|更正|改(?!天|善|进|日|签|发|寄|送|派)|换(?!货|新|言)|"
    r"\b(?:have|get) (?:my|the) [\w ]{3,24}? (?:changed|updated|corrected|fixed)\b|"
    r"\b(?:change|(?<!any )(?<!an )(?<!some )update(?! on\b| about\b)|modify|correct|edit|switch|reset)\b",
    "verify": r"核验|核实|验证(?![码的要用时])|认证|\bverify\b|"
    r"\b(?:check|validate|review)(?= (?:my|the) (?:id|identity)\b)|"
    r"\bprove(?= who i am\b)",
    "delete": r"删除|删掉|\bdelete\b|\bremove\b",
}
