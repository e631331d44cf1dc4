"""What the words that lead to a call say of it: not to do it, that it was done, only on a condition, or as an example.

Rule: a call is meant where the words before it do not take it back. In doubt it is refused: the model is asked again.
"""

from __future__ import annotations

import re

_END = re.compile(r"[.!?;>`\u3002\uff01\uff1f\uff1b\u2026]|[,:\n\uff0c\uff1a]")
_NEGATION = re.compile(
    r"\b(?:not|never|cannot|without|avoid|instead of|rather than|unable|refuse|forbidden|prohibited"
    r"|no (?:need|longer))\b|n['’]t\b|不|别|勿|无[法需须从]|没|未|莫|甭|禁止|严禁|避免|拒绝|停止|而非",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"\b(?:(?:do|must|should|may|shall) not|never|avoid|forbidden|prohibited)\b|n['’]t\b"
    r"|不[要能可应许得必准该用]|\A\s*不|别|勿|无需|无须|禁止|严禁|避免|拒绝",
    re.IGNORECASE,
)
_FAILED = re.compile(r"没|未|无|失败|\b(?:no|not|fail\w*|nothing)\b", re.IGNORECASE)
_REPORTED = re.compile(
    r"\b(?:already|previous(?:ly)?|earlier|last (?:step|action|turn|time)|before(?:hand)?)\b"
    r"|上一?[步个次]|刚[才刚]|之前|先前|已经?(?:执行|调用|点击|输入|做|试|用)过?|已经?\s*\Z",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(?:for (?:example|instance)|e\.g|such as|examples?|format|syntax)\b|例如|比如|譬如|格式|示例|形如",
    re.IGNORECASE,
)
_REPEATED = re.compile(
    r"^\s*(?:for|while)\b|\b(?:repeat|twice|(?:\d+|two|three|four|five) times)\b|重复|循环|连续"
    r"|(?<!第)(?<![第十\d])[两二三四五六七八九十\d]+\s*[次遍]",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^\s*(?:otherwise|else|if|when(?:ever)?|once|unless|until|in case|provided|should the|assuming|subject to"
    r"|pending|only (?:after|if|when)|after"
    r"|alternatively|optionally|maybe|perhaps)\b"
    r"|^\s*(?:如果|如[要需有遇无未]|假如|倘若|若|一旦|除非|否则|要是|万一|必要时|需要时)",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"(?:之?后|以后|的时候|[一-鿿]时)\s*(?:再|才)?\s*\Z|等(?!待?\s*\Z).*(?:再|才)\s*\Z|(?:\bonce|\bafter|\bwhen)\b[^,]*\Z",
    re.IGNORECASE,
)
_AWAITED = re.compile(r"^\s*等(?!待).*(?:完成?|完毕|好|了|到|后|出现)\s*\Z|(?:之后|以后|的时候)\s*\Z")
_SUPPOSED = re.compile(r"\b(?:suppose|supposing|imagine|hypothetical(?:ly)?)\b|假设|假定|设想", re.IGNORECASE)
_QUOTED_FROM = re.compile(  # what the page, the customer or another model says is no order
    r"(?:写着|写道|写了|显示着?|标着|要求我?|[让叫请]我|建议[^,，]{0,8}|回复|回答"
    r"|\b(?:says?|said|reads?|states?|shows?|displays?|wrote|replied|answered|suggest(?:s|ed)?|recommend(?:s|ed)?"
    r"|(?:asks?|tells?|wants?|told|asked) (?:me|you|us|the agent)(?: to)?))\s*\Z",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"可能|也许|或许|大概|理论上|是否|能否|能不能|要不要|该不该|危险|不安全|备选|模拟|\b(?:maybe|perhaps|possibly"
    r"|might|could|whether|theoretically|simulat\w*|dry run|unsafe|dangerous)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(  # of an answer: `Action:`, `最终动作:`, `Step 3:`
    r"[\W_]*(?:(?:the|my|final|next|best|correct|chosen|so|now|then|therefore|first|here is|最终|最后|下一步|接下来"
    r"|当前|本步|我的|所以|因此|现在|首先|那么)[\W_]*)*"
    r"(?:(?:action|answer|output|response|reply|call|command|operation|step|tool call|动作|操作|行动|答案|回答|输出"
    r"|指令|命令|调用|执行|步骤|步|结论|第)"
    r"[\W_]*(?:is|as follows|to take|如下|为|是|应为|应该是)?[\W_]*)*(?:(?:step\W*)?\d{1,3}"
    r"|[一二三四五六七八九十]+步?)?[\W_]*",
    re.IGNORECASE,
)
_DOES = re.compile(  # what is done on a phone, in words
    r"点|按|触|输入|填|键入|选|勾|滑|翻|返回|回到|打开|启动|进入|等|搜索|查看|关闭|切换|展开|提交|确认|发送|复制|拖|记|总结|接管"
    r"|请人|结束|完成|退出|继续|执行|操作|调用|使用|登录|查|看|找|去|跳转|重试|刷新|尝试|变化|没有|出现"
    r"|\b(?:tap|click|press|type|typing|enter|input|fill|select|choos|swip|scroll|go|open|launch|wait|back|return|search|clos"
    r"|switch|submit|confirm|send|drag|long|double|hold|not(?:e|ing)|finish|done|complet|tak|log|sign|continu|proceed"
    r"|dismiss|check|view|look|start|home|us|perform|execut|call|do|try|retry|need|will|should|must|let|now|next|then|so"
    r"|therefore|first|finally)\w*",
    re.IGNORECASE,
)
_SOMEBODY_DID = re.compile(
    r"(?:用户|客户|顾客|有人|别人|他们?|她|\b(?:user|customer|someone|somebody|another agent|he|she"
    r"|they)\b)[^,，。]{0,16}(?:[了过让叫]你?|ed)\s*\Z",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"(?:\bor|或者?|要么|\beither)\s*\Z", re.IGNORECASE)
_COMMENTED = re.compile(r"(?:#|//|<!--)[ \t]*\Z")
_OPENED = re.compile(r"[“(\uff08]\s*\Z|\A[^\"]*(?:\"[^\"]*\"[^\"]*)*\"\s*\Z|(?<!\w)'\s*\Z")
_TURN = re.compile(r"\b(?:so|now|therefore|then|next)\b|现在|所以|因此|接下来|于是|然后", re.IGNORECASE)
_MOST_HEADING = 60  # characters of a line that may announce the call below it
_MOST_LABEL = 18  # of a heading that says whose act follows: `上一步的动作:`
_LOOKED_AT = 400  # characters before a call


def says_not_to(before: str) -> bool:
    """Whether the clause that leads to the call, or its heading, forbids it: `Do not finish()`, `严禁:finish()`."""
    clause, heading, _ = _leading(before)
    return bool(_NEGATION.search(clause) or _FORBIDS.search(heading))


def only_tells_of(before: str) -> bool:
    """Whether the call is no order for now: reported, an example, on a condition, repeated, one of two or commented
    out."""
    clause, heading, condition = _leading(before)
    clause = _TURN.split(clause)[-1]
    reported = heading if len(heading) <= _MOST_LABEL and not _FAILED.search(heading) else ""
    if any(_REPORTED.search(part) for part in (clause, reported)):
        return True
    if any(pattern.search(part) for pattern in (_EXAMPLE, _REPEATED) for part in (clause, heading)):
        return True
    if any(_SUPPOSED.search(part) or _QUOTED_FROM.search(part) for part in (clause, heading)):
        return True
    if (
        _DOUBTED.search(clause)
        or _DOUBTED.search(heading)
        or _SOMEBODY_DID.search(clause)
        or _AWAITED.search(condition)
    ):
        return True
    if any(_CONDITION.search(part) for part in (clause, heading, condition)):
        return True
    return any(pattern.search(before[-_LOOKED_AT:]) for pattern in (_ALTERNATIVE, _COMMENTED, _OPENED)) or bool(
        _AFTERWARDS.search(clause)
    )


def leads_to_no_act(before: str) -> bool:
    """Whether words stand directly before the call, or name it, that neither announce an answer nor tell of an act on
    the phone: `短信内容:`, `Option A:`, `Pending:`."""
    text = before[-_LOOKED_AT:].rstrip(" \t\n`*")
    colon = text.endswith((":", "\uff1a"))
    clause, _, _ = _leading(text.rstrip(":\uff1a ") if colon else before)
    words = clause.strip()
    return bool(words) and not _LABEL.fullmatch(words) and not _DOES.search(words)


def _leading(before: str) -> tuple[str, str, str]:
    """The clause that the call ends; the line or clause with a colon that announces it; and the clause that a comma
    parts from it, which may be a condition."""
    text = before[-_LOOKED_AT:]
    ends = list(_END.finditer(text))
    if not ends:
        return text, "", ""
    clause = text[ends[-1].end() :]
    last = ends[-1].group()
    start = ends[-2].end() if len(ends) > 1 else 0
    other = text[start : ends[-1].start()]
    announces = not clause.strip() and (last in ":\uff1a" or (last == "\n" and len(other) <= _MOST_HEADING))
    return clause, other if announces else "", other if last in ",\uff0c" else ""
