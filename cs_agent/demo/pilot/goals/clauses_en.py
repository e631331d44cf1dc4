"""Reads the clauses of an English instruction.

Rule: the first pattern that fits a clause decides; quoted pieces arrive as single private-use characters (goal.QUOTED).
"""

# ruff: noqa: E501  a pattern is read in one piece

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cs_agent.demo.pilot.goals.goal import QUOTED as Q
from cs_agent.demo.pilot.goals.goal import Goal, GoalKind

_VERB = (
    r"(?:find|search|look|track|open|launch|start|go|enter|type|fill|input|write|set|change|choose|select|pick|tick|check|"
    r"untick|uncheck|upload|attach|add|submit|send|resend|tap|click|press|confirm|make|verify|ensure|tell|report|read|"
    r"wait|return|book|place|apply|get|show|mark|switch|turn|see|request)\b"
)
_CUT = re.compile(
    rf"[;\n!?]|[,。](?!\d)|\.(?=\s|$)|\b(?:and then|then|after that|afterwards|finally|next)\b(?=[\s,]|$)"
    rf"|\band\s+(?={_VERB})",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^(?:\d{1,2}[.)]\s+|step \d+:?|task:|please|kindly|first(?:ly)?|then|and|also|next|finally|now|lastly|"
    r"(?:can|could|would) you|you (?:need|have) to|i (?:need|want|would like)(?: you)? to|help (?:me|the customer)(?: to)?|to\b|\s|,)+\s*",
    re.IGNORECASE,
)
_CODE = r"#?[A-Za-z0-9]*\d[A-Za-z0-9\-_]{2,}"
_END = r"[\s.]*$"
_FIELDS = r"(?:field|box|input|text ?box|search (?:box|bar)|area|column)"

Builder = Callable[[re.Match[str], bool], Iterator[Goal]]


def cut(text: str) -> list[str]:
    """Clauses without their connectives, in order."""
    return [piece.strip() for piece in _CUT.split(text) if piece and piece.strip()]


def read(clause: str, *, first: bool) -> Iterator[Goal]:
    """The goals of one clause. `first`: nothing came before it, so that what it opens is an app."""
    clause = _LEAD_IN.sub("", clause.strip()).strip()
    if not clause:
        return
    for pattern, build in _PATTERNS:
        if found := pattern.match(clause):
            yield from build(found, first)
            return
    yield from _unread(clause)


def _in_app(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.OPEN_APP, _app(found["app"]))
    if rest := found["rest"].strip(" ,"):
        yield from read(rest, first=False)


def _trailing_app(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.OPEN_APP, _app(found["app"]))
    yield from read(found["rest"], first=False)


def _open_app(found: re.Match[str], first: bool) -> Iterator[Goal]:
    if first or found["app_word"]:
        yield Goal(GoalKind.OPEN_APP, _app(found["app"]))
    else:
        yield from _tap_named(found["app"])


def _app(name: str) -> str:
    return re.sub(r"^(?:the|my|an?)\s+|\s+(?:app|application)$", "", name.strip(), flags=re.IGNORECASE)


def _item(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.OPEN_ITEM, (found.groupdict().get("thing") or "").strip())


def _enter(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.ENTER, found["value"], field=_field(found.groupdict().get("field") or ""))


def _field(name: str) -> str:
    trimmed = re.sub(r"^(?:the|a|an|as|for|my|his|her|their|its|new)\s+", "", name.strip(), flags=re.IGNORECASE)
    return re.sub(rf"\s*\b{_FIELDS}$", "", trimmed, flags=re.IGNORECASE)


def _find(found: re.Match[str], first: bool) -> Iterator[Goal]:
    name = re.sub(r"^(?:for|up|the|a|an|of|with|by)\b\s*", "", (found["name"] or "").strip(), flags=re.IGNORECASE)
    name = re.sub(
        r"^(?:for|the|a|an)\s+|\s+(?:with|by|whose|is|no|number|named|called)$", "", name, flags=re.IGNORECASE
    )
    yield Goal(GoalKind.FIND, found["value"].lstrip("#"), field=name)


def _find_words(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.FIND, re.sub(r"^(?:the|a|an)\s+", "", found["value"].strip(), flags=re.IGNORECASE))


def _choose(found: re.Match[str], first: bool) -> Iterator[Goal]:
    field = _field(found.groupdict().get("field") or "")
    for piece in _several(found["value"]):
        yield Goal(GoalKind.CHOOSE, piece, field=field)


def _tick(found: re.Match[str], first: bool) -> Iterator[Goal]:
    off = found["verb"].lower().startswith(("un", "clear"))
    for piece in _several(re.sub(r"\s+(?:check ?box(?:es)?|options?|box(?:es)?)$", "", found["value"])):
        yield Goal(GoalKind.TICK, piece, on=not off)


def _several(text: str) -> list[str]:
    pieces = re.split(r",|\band\b|&", text) if re.search(Q, text) else [text]
    return [re.sub(r"^(?:the|both|option)\s+", "", piece.strip()) for piece in pieces if piece.strip()]


def _upload(found: re.Match[str], first: bool) -> Iterator[Goal]:
    what = next((piece for piece in found.groups() if piece), "")
    what = re.sub(r"\s+(?:provided|sent|supplied|given|taken|uploaded|from|as|to|that|which|for)\b.*$", "", what)
    yield Goal(
        GoalKind.UPLOAD,
        re.sub(r"^(?:the|an?)?\s*(?:(?:user|customer|client)(?:'s)?\s+)?", "", what.strip(), flags=re.IGNORECASE),
    )


def _submit(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.SUBMIT, re.sub(r"\s+(?:button)$|^(?:tap|click|press)\s+(?:on\s+)?", "", found[0]).strip())


def _tap(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield from _tap_named(found["what"])


def _tap_named(name: str) -> Iterator[Goal]:
    text = re.sub(r"^(?:on|the|to)\s+|^(?:on|the)\s+", "", name.strip(), flags=re.IGNORECASE)
    text = re.sub(r"^(?:the)\s+|\s+(?:button|icon|link|tab|menu|page|screen|option)$", "", text, flags=re.IGNORECASE)
    yield Goal(GoalKind.TAP, text)


def _deed(found: re.Match[str], first: bool) -> Iterator[Goal]:
    """A button named by the sentence itself: "resend the verification code"."""
    yield Goal(GoalKind.TAP, re.sub(r"\b(?:the|a|an)\s+", "", found[0]))


def _check(found: re.Match[str], first: bool) -> Iterator[Goal]:
    what = re.sub(
        r"^(?:that|it|the page|the screen|shows?|says?|you see|the|if|whether|message|text|\s)+\b"
        r"|\s+(?:is|are)?\s*(?:shown|displayed|visible|appears?|on the screen|there|to appear)$",
        "",
        found["what"].strip(),
        flags=re.IGNORECASE,
    )
    quoted = re.findall(Q, what)
    for piece in quoted or [what]:
        yield Goal(GoalKind.CHECK, piece)


def _report(found: re.Match[str], first: bool) -> Iterator[Goal]:
    what = re.sub(
        r"^(?:me|us|the customer|what|which|is|are|says?|about|\s)+\b|\s+(?:is|says|are)$",
        "",
        found["what"].strip(),
        flags=re.IGNORECASE,
    )
    coded = re.match(
        rf"(?P<what>.+?)\s+(?:of|for|from)\s+(?P<name>[a-z ]*?)\s*(?P<value>{Q}|{_CODE}){_END}", what, re.I
    )
    if coded:
        name = re.sub(r"^(?:the|a)\s+|\s*\b(?:no|number)$", "", coded["name"].strip(), flags=re.IGNORECASE)
        yield Goal(GoalKind.FIND, coded["value"].lstrip("#"), field=name)
        what = coded["what"]
    yield Goal(GoalKind.REPORT, re.sub(r"^(?:the)\s+", "", what, flags=re.IGNORECASE))


def _back(_: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.BACK, "")


def _home(_: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.HOME, "")


def _unread(clause: str) -> Iterator[Goal]:
    if pieces := re.findall(Q, clause):
        yield from (Goal(GoalKind.TAP, piece, weak=True) for piece in pieces)
    elif re.search(r"[A-Za-z0-9\u3400-\u9fff]", clause) and len(clause) <= 60:
        yield Goal(GoalKind.TAP, re.sub(r"\b(?:the|a|an)\s+", "", clause, flags=re.IGNORECASE), weak=True)


_PATTERNS: tuple[tuple[re.Pattern[str], Builder], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (r"(?:report|raise|file|open|start) an? (?:problem|issue|claim|complaint|dispute|return|request)\b.*$", _deed),
        (rf"(?:go|return|get) (?:back )?to (?:the )?(?:phone'?s? )?home ?screen{_END}", _home),
        (rf"(?:go|navigate) back{_END}|back{_END}", _back),
        (
            rf"(?:in|on|using|with|from|inside|within) (?P<app>(?:the |my )?(?:{Q}|[\w .&'+-]{{1,30}}?) app(?:lication)?)\b[\s,:]*(?P<rest>.*)$",
            _in_app,
        ),
        (
            rf"(?:in|on|using|inside|within) (?P<app>(?:the )?(?:{Q}|[A-Z][\w.&'+-]{{1,30}}))[\s,:]*(?P<rest>.*)$",
            _in_app,
        ),
        (
            rf"(?P<rest>.+?) (?:in|on|using|with|inside|within) (?P<app>(?:the |my )(?:{Q}|[\w.&'+-]{{1,30}}(?: [\w.&'+-]{{1,30}})?) app(?:lication)?){_END}",
            _trailing_app,
        ),
        (
            rf"(?:open|launch|start|go to|switch to) (?P<app>(?:the |my )?(?:{Q}|[\w .&'+-]{{1,40}}?))(?P<app_word> app(?:lication)?){_END}",
            _open_app,
        ),
        (
            rf"(?:tap |click |press )?(?:on )?submit(?: \w+){{0,5}}{_END}",
            _submit,
        ),
        (
            rf"(?:make sure|verify|confirm|ensure|check|wait until|wait for|wait till|see|until)(?: that| if| whether)? "
            rf"(?P<what>.*(?:{Q}.*|(?:is|are) (?:shown|displayed|visible)|appears?|succe\w+|says? .*|shows? .*))$",
            _check,
        ),
        (r"(?:wait (?:until|for|till)|make sure|verify|ensure) (?P<what>.+)$", _check),
        (
            rf"(?:open|enter|go (?:in)?to|view|tap|select|visit)(?: on)? (?:its|the|that|this|their|his|her|the first|the matching)"
            rf"(?: (?:order|item|user|customer|result|first|matching|product|found|book|parcel|booking|record))*"
            rf"(?P<thing> (?:details?|detail page|details page|result|order|item|user|customer|record|info(?:rmation)?))(?: page| screen| view)?{_END}",
            _item,
        ),
        (rf"(?:open|enter|view) (?:it|this|that){_END}", _item),
        (r"(?:upload|attach)(?P<what>.*)$|add (?P<what2>.*(?:attachment|photo|video|picture|file).*)$", _upload),
        (
            rf"(?P<verb>tick|untick|uncheck|mark|clear|check(?= (?:the )?(?:box|option|{Q}))) (?:the )?(?:box(?:es)? |options? )?(?:for |of )?(?P<value>.+)$",
            _tick,
        ),
        (
            rf"(?:enter|type|input|write|fill(?: in)?|put|key in) (?P<value>{Q}|{_CODE}|.+?) (?:in(?:to)?|as|for) (?P<field>.+)$",
            _enter,
        ),
        (
            r"(?:fill(?: in| out)?|complete|set|change|update|edit) (?P<field>.+?) (?:with|to|as|=) (?P<value>.+)$",
            _enter,
        ),
        (rf"(?:enter|type|input) (?P<field>[a-z ]{{1,30}}?)[ :]+(?P<value>{Q}|{_CODE}){_END}", _enter),
        (r"(?:enter|type|input) (?P<value>.+)$", _enter),
        (
            r"(?:choose|select|pick)(?: the)? (?P<value>.+?) (?:as|for|from|under|in)(?: the| a)? (?P<field>.+)$",
            _choose,
        ),
        (
            rf"(?:choose|select|pick)(?: the)? (?P<field>[a-z ]{{2,30}}) (?P<value>{Q}(?:(?:,| and|, and) {Q})*){_END}",
            _choose,
        ),
        (rf"(?:choose|select|pick)(?: the| option)? (?P<value>{Q}(?:(?:,| and|, and) {Q})*)(?P<field>.*)$", _choose),
        (r"(?:choose|select|pick)(?: the| a| an)? (?P<value>.+)$", _choose),
        (
            r"(?:tell|report|give|inform|read out|read|let me know|find out|check|get|what is|what's|show)(?P<what> .+)$",
            _report,
        ),
        (
            rf"(?:find|search(?: for)?|look up|look for|locate|track|query)\b(?P<name>[a-z# ]{{0,40}}?)[ :]*(?P<value>{Q}|{_CODE})(?P<more>.*)$",
            _find,
        ),
        (r"(?:find|search(?: for)?|look up|look for|locate) (?P<value>.+)$", _find_words),
        (r"(?:tap|click|press|hit|choose|go to|navigate to|switch to)(?P<what> .+)$", _tap),
        (rf"(?:open|launch|start) (?P<app>.+?)(?P<app_word> app)?{_END}", _open_app),
        (r"(?:resend|re-send|send|cancel|delete|save|export|download|place|book|confirm|request|apply)\b.*$", _deed),
    )
)
