"""The words that lead up to the writer's own telephone number. Rule: behind any other word it may be somebody else's
(财务的手机), or not the one that is meant."""

from __future__ import annotations

import re

from tickets.flows.slots import leads

_WORDS = (
    r"手机号码?|手机|电话号?码?|电话|号码|号|本机|联系方式|联系|尾号|我们?|本人|自己|亲|您好|你好|喂|嗯|呃|啊|"
    r"核验|核实|验证|认证|实名|身份|注册|登录|登陆|绑定|预留|预定|下单|购买|常用|平时|平常|日常|现在|现|目前|当前|现用|在用|使用|正在|用|主|新|换|"
    r"正确|实际|"
    r"收短信|收码|接收|收|短信|验证码|微信|支付宝|银行|银行卡|账号|账户|会员|移动|联通|电信|广电|客户|用户|业务|"
    r"办理|申请|"
    r"昨天|今天|刚才|刚刚|以前|之前|这次|这回|这个|那个|这|那|就|是|为|叫|在|的|把|将|给|帮|替|请|麻烦|烦请|再|又|"
    r"还|也|都|重新|重发|补发|发送|发|寄|打|拨|有事|"
    r"到|至|往|成|改|更?改|变更|更换|修改|不是|从|由|旧|老|原来?|临时|前面加|时候?|应该|应|写的?|填的?|留|输入?|上|"
    r"里|边|"
    r"这边|我方|"
    r"需要|导出?|查询?|查一下|调取|拉|"
    r"收不到|没收到|未收到|不到|没有?|个|条|下|一下|试试|微信同|同|座机|手机卡|卡|业务号|登记|系统|资料|档案|机主|"
    r"\b(?:my|mine|our|mobile|mob|phone|cell|cellphone|tel|telephone|number|no|num|nr|is|was|are|the|a|this|that|it|"
    r"them|to|on|at|for|"
    r"with|from|of|and|or|in|new|own|registered|current|correct|right|account|login|primary|main|main|contact|call|"
    r"text|send|sent|"
    r"resend|use|using|please|pls|plz|kindly|me|i|i'm|it's|am|you|can|could|would|have|has|otp|code|codes|sms|"
    r"verification|message|"
    r"received|receive|receiving|getting|changed|came|come|comes|any|coming|arriving|not|no|never|didn't|doesn't|"
    r"instead|again|now|"
    r"hi|hello|user|customer|client|"
    r"reach|ring|verify|confirm|check|identity|id|"
    r"try|entered|should|be|but|used|complaints?|records?|needs|an|want|need|get|got|work|working|still|number's|phone's|cell's|mobile's)\b\.?"
)
_LAST = re.compile(rf"(?:{_WORDS}) ?$", re.I)


def understood(lead: str) -> bool:
    """Whether every word of the clause before the number is known."""
    return leads.understood(lead.rstrip(" +"), _LAST)
