"""Questions that a look-up answers, beside the number that it needs: 20240523114908今晚能送来不, is … out for delivery.

Rule: who asks when, where or whether of an order by its number wants it looked up.
"""

from __future__ import annotations

NUMBER = r"(?<![A-Za-z\d])[A-Za-z]{0,8}-?\d{8,}[A-Za-z\d]{0,4}(?!\d)"
_STOP = r"[^,，。;；!！?？\n\d]"
_WHEN = (
    r"(?:什么时候|啥时候?|几时|何时|几[天点号]|多久|哪天|今[天晚]|明[天早晚]|[本这下]?周[一二三四五六日末]|月底|"
    r"[能会]|是不是|有没有|到底)"
)
WHEREABOUTS = (
    rf"{_WHEN}{_STOP}{{0,8}}?(?:送[到来达]?|到货?|收到|派[送件]?|签收)了?(?:[不没吗么呀呢?？]|(?=$|"
    rf"[,，。!！ ]))[?？!！~ ]{{0,3}}|"
    r"(?:送[到来达]|收到|派[送件]|签收|到货?)了?(?:不|没有?|吗|么)(?=$|[,，。!！?？呀啊 ])[?？!！~呀啊 ]{0,3}|"
    r"到哪(?:个|一)?(?:站|"
    r"了|里|儿)|[在到]谁那|"
    r"\bwhere(?:['’]?s| is| are)\b|\bout for delivery\b|\b(?:get|be|come) here\b|\barriv\w+\b|\b(?:be |been |"
    r"being )?delivered\b"
)
STATE = (
    r"(?:看|查|问|催)(?:一?下|看|询)?(?:的?当前|到)?的?(?:进度|状态|情况|进展)|当前(?:的)?(?:状态|进度)|"
    r"\bwhen (?:did|do|will) (?:you|they) (?:ship|send|dispatch)\w*|"
    rf"{_WHEN}{_STOP}{{0,6}}?(?:发货?|出库|付款?|处理|打包|取消|成功)(?:了?[不没吗么呀呢]|[?？])|"
    r"(?:发货|发出来?|出库|付款|下单|处理|打包|成功)了?(?:不|没有?|吗|么)(?=$|[,，。!！?？呀啊 ])|"
    r"\bbeing (?:processed|packed|prepared|shipped)\b|\b(?:is|has|was) it (?:been )?(?:paid|shipped|sent|"
    r"processed|confirmed)\b"
)
