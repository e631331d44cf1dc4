"""Recommends a flow for a ticket with a score and reasons, or that a person should handle it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import Any, Generic, TypeVar

from tickets.flows.matching.clauses import unproven
from tickets.flows.matching.clauses.rule import matter
from tickets.flows.matching.clauses.staff import as_told
from tickets.flows.matching.fit import Fit, fit_of
from tickets.flows.matching.spelling import spelt
from tickets.flows.matching.wishes import ACCESS, FACTS, Action, Wish, wishes
from tickets.flows.slots.markup import plain
from tickets.flows.slots.quoted import own
from tickets.flows.slots.text import CLAUSE_END, clause_start, even
from tickets.models import FlowVersion, Ticket
from tickets.said import Said, said
from tickets.services.releasing.releases import Catalogue

Flow = TypeVar("Flow")
MOST_JOINTS = 4  # conjunctions of a text that are examined
BESIDE = 200  # characters examined on either side of a conjunction
MOST_READ = 12_000  # characters of the writer's own words in which a request is looked for
LOW_FIT = 0.5  # below it no flow is recommended


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign that a person should handle the ticket, whatever the flow."""

    code: str  # of `tickets.said`
    patterns: tuple[re.Pattern[str], ...]

    def words(self, text: str) -> str:
        return next((match[0] for pattern in self.patterns if (match := pattern.search(text))), "")


def _signal(code: str, *patterns: str) -> Signal:
    """Chinese and English apart: where letters have no two cases, what begins no sign is passed over at once."""
    return Signal(code, tuple(re.compile(each, re.I if each.isascii() else 0) for each in patterns))


_CHARGES = "person.charges"
_HUMAN_SIGNALS = (
    _signal(
        "person.upset",
        "呵呵|替你们(?:不好意思|害臊|脸红|丢人|着急)|笑死|了个寂寞|我服了|气死|忍无可忍|太过分|欺人太甚|骗子|垃圾公司|无耻|再也不买|受够了|一肚子火|滚蛋",
        r"furious|outrageous|disgusting|\bscam|fed up",
    ),
    _signal(
        "person.complaint",
        "12315|12300|工信部|消协|消费者协会|曝光|媒体|记者|律师|起诉|法院|报警",
        r"lawyer|\bsue\b|lawsuit|consumer council|\bthe press\b",
    ),
    _signal(
        _CHARGES,
        "资费|乱扣费|乱收费|多扣|莫名.{0,4}扣|套餐[^,，。;；]{0,8}(?:扣|费|不符)|流量费|违约金|话费[^,，。;；]{0,6}(?:争议|不对|异常)",
        "overcharged|billing dispute|tariff",
    ),
    _signal(
        "person.safety",
        "受伤|冒用|盗用|起火|爆炸|触电|烫伤|未成年|孩子.{0,6}(?:充值|误)",
        r"\binjur|caught fire|explod",
    ),
    _signal(
        "person.asked_for",
        "转人工|人工客服|要求.{0,4}人工",
        "speak to a (?:person|human)|human agent",
    ),
)
_TWO, _OTHER = "person.two_wishes", "person.other_wish"
_JOINTS = re.compile(
    r"还要|又要|也要|还想|并且|同时|另外|顺便|然后(?=告诉|帮|再|看|查)|以及|再帮|"
    r"\b(?:and also|also|as well as|additionally|in addition)\b",
    re.I,
)
_NEW_ADDRESS = Action("change", "address")
_ADDRESS_GIVEN = re.compile(r"地址(?:也?(?:改|换|变更?)[成为到]|是|为|[:：])|\baddress(?: is|:)", re.I)
# The customer's number is another one by now.
_NUMBER_GONE = re.compile(
    r"(?:旧|老|以前的?|之前的?|原[来先]?的?)(?:手机|电话)?号码?|"
    r"(?:手机|电话)?号码?(?:早就?|已经?|都)*(?:不用|停用|注销|弃用|换掉?|丢)了|换(?:了|过|个|新)+(?:手机|电话)?号(?!再)|"
    r"\b(?:old|previous|former) (?:phone |mobile )?number|"
    r"\b(?:changed|lost|no longer (?:have|use|own)|don'?t (?:have|use)) (?:my |that |this |the )?(?:old )?"
    r"(?:phone |mobile )?number",
    re.I,
)
# Of a note of staff, what is left to do: 换绑银行卡,身份一致。待办:身份核验.
_TASK = re.compile(r"(?:待办|诉求|需求|请求|申请事项|to do)[:：]", re.I)
_SHOUTING = re.compile("[!！]{3,}")


@dataclass(frozen=True, slots=True)
class Advice(Generic[Flow]):
    """`flow` is None if nothing fits; it may be set even if a `person` should handle the ticket."""

    flow: Flow | None
    fit: float
    person: bool
    reasons: list[Said] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """`fit` is 0-1. `flow_version` is None if nothing fits; it may be set even if a person is recommended."""

    flow_version: FlowVersion | None
    fit: float
    human_recommended: bool
    reasons: list[Said] = field(default_factory=list)


def recommend(ticket: Ticket) -> Recommendation:
    return _recommend(ticket, Catalogue.load().versions(ticket))


def recommend_each(tickets: Iterable[Ticket]) -> dict[int, Recommendation]:
    """By the ticket's primary key; the flows are read once for all of them."""
    catalogue = Catalogue.load()
    return {ticket.pk: _recommend(ticket, catalogue.versions(ticket)) for ticket in tickets}


def weigh(text: str, flows: Iterable[tuple[Flow, Mapping[str, Any]]]) -> Advice[Flow]:
    """The best of the `(flow, definition)` pairs for a text, and whether a person should handle the ticket.

    The request is read from the writer's own words, and from no more than the first `MOST_READ` characters: of a longer
    text a person is told. Signs for a person are searched in the whole text.
    """
    told = own(even(plain(text).text)).rstrip(" \n。")
    words, flows = spelt(as_told(told[:MOST_READ])), list(flows)
    wanted = wishes(words)
    fits = [(flow, flow_fit(item, words, wanted)) for flow, item in flows]
    best = max(fits, key=lambda each: _rank(each[1], wanted), default=None)
    others = (
        said("person.too_long") if len(told) > MOST_READ else None,
        second_wish(words, flows),
        torn(words, [fit for _flow, fit in fits]),
        _unsettled(words, best[1]) if best else None,
        unserved(words, wanted, best[1], [fit for _flow, fit in fits]) if best else None,
    )
    signals = [*filter(None, others), *human_signals(text, best[1].words if best else ())]
    if best is None or best[1].fit < LOW_FIT:
        nearest = max((fit for _flow, fit in fits), key=lambda fit: len(fit.discounted), default=None)
        low = said("fit.none")
        return Advice(None, best[1].fit if best else 0.0, True, [low, *(nearest.reasons if nearest else []), *signals])
    flow, fit = best
    return Advice(flow, min(1.0, fit.fit), bool(signals), [*fit.reasons, *signals])


def _rank(fit: Fit, wanted: Sequence[Wish]) -> tuple[float | bool, ...]:
    """What is to be done comes before what is asked: 订单还没发,帮我改地址."""
    done = any(wish.action.verb not in FACTS and fit.purpose.serves(wish.action) for wish in wanted)
    return _serves_all(fit, wanted), fit.fit >= 1 and done, fit.fit, fit.questions, len(fit.telling)


def _serves_all(fit: Fit, wanted: Sequence[Wish]) -> bool:
    """Whether a flow that fits does more than one of the wanted actions: a return, where money is wanted too."""
    actions = {wish.action.verb for wish in wanted if wish.action.verb not in FACTS and fit.purpose.serves(wish.action)}
    return fit.fit >= 1 and len(actions) > 1


def _unsettled(text: str, fit: Fit) -> Said | None:
    """That the customer took back what he wished, or has yet to decide; a flow that only looks something up may run."""
    if fit.turned:
        return said("person.because", why=said("person.undecided"), words=fit.turned)
    if fit.questions:
        return None
    actions = fit.purpose.actions
    things = {*(each.thing for each in actions), *fit.purpose.things}
    return unproven(
        text, matter({each.verb for each in actions}, things, fit.keys, " ".join(fit.words), text), fit.strong
    )


def flow_fit(definition: Mapping[str, Any], text: str, wanted: Sequence[Wish] = ()) -> Fit:
    """How well a text fits one flow's definition; `wanted` are the text's wishes."""
    return fit_of(definition["match"], text, wanted, questions=_by_questions(definition))


def human_signals(text: str, handled: Collection[str] = ()) -> list[Said]:
    """Why a person should handle this ticket; empty for an ordinary one. `handled`: the words by which a flow fits; a
    dispute about charges that is such a word is what the flow is for."""
    found = [
        said("person.because", why=said(signal.code), words=words)
        for signal in _HUMAN_SIGNALS
        if (words := signal.words(text)) and not (signal.code == _CHARGES and any(words in word for word in handled))
    ]
    if not found and _SHOUTING.search(text):
        found.append(said("person.shouting"))
    return found


def second_wish(text: str, flows: Iterable[tuple[Flow, Mapping[str, Any]]]) -> Said | None:
    """A signal if the text asks for one flow before a conjunction and another one after it."""
    for joint in islice(_JOINTS.finditer(text), MOST_JOINTS):
        first, second = text[max(0, joint.start() - BESIDE) : joint.start()], text[joint.start() :][:BESIDE]
        wanted = [(flow_fit(item, first).fit >= 1, flow_fit(item, second)) for _flow, item in flows]
        new = [fit for before, fit in wanted if fit.fit >= 1 and not before]
        if new and any(before and fit.fit < 1 for before, fit in wanted):
            return said("person.because", why=said("person.two_wishes"), words=new[0].words[0])
    return None


def torn(text: str, fits: Sequence[Fit]) -> Said | None:
    """That two flows are wanted in clauses of their own, each speaking against the other: 退款,然后重发验证码."""
    clauses: set[str] = set()
    for first, second in combinations(fits, 2):
        ours, theirs = set(second.against) & set(first.words), set(first.against) & set(second.words)
        if not ours or not theirs:
            continue
        clauses = clauses or set(CLAUSE_END.split(text.lower()))
        if _stands_apart(clauses, ours, theirs) and _stands_apart(clauses, theirs, ours):
            return said("person.because", why=said("person.two_wishes"), words=min(theirs))
    return None


def _stands_apart(clauses: Collection[str], words: set[str], others: set[str]) -> bool:
    """Whether a clause holds one of the words and none of the others."""
    return any(
        any(word.lower() in clause for word in words) and not any(word.lower() in clause for word in others)
        for clause in clauses
    )


def unserved(text: str, wanted: Sequence[Wish], best: Fit, fits: Sequence[Fit]) -> Said | None:
    """That something is wanted which the flow that fits best does not do: an action (帮我取消订单), or something of
    another flow that has nothing to do with it (退款,还有验证码收不到)."""
    task = max((match.end() for match in _TASK.finditer(text)), default=0)
    task = task if any(at >= task for at in best.strong) else 0
    for wish in wanted:
        if (
            wish.start >= task
            and wish.action.verb not in FACTS
            and not best.purpose.serves(wish.action)
            and not _goes_with(text, wish, best)
        ):
            served = any(fit.purpose.serves(wish.action) for fit in fits)
            return said("person.because", why=said(_TWO if served else _OTHER), words=wish.words)
    gone = _NUMBER_GONE.search(text) if "code" in best.purpose.things else None
    if gone:  # a code sent again would go there too
        return said("person.because", why=said(_OTHER), words=gone[0])
    facts = {wish.action.thing for wish in wanted if wish.action.verb in FACTS}
    if facts >= {"code", "parcel"}:
        return said("person.because", why=said(_TWO), words=wanted[-1].words)
    own = {clause_start(text, at) for at in best.strong}
    for fit in fits:
        apart = fit.purpose.things & ACCESS and not best.purpose.things & fit.purpose.things
        if apart and any(clause_start(text, at) not in own for at in fit.strong):
            return said("person.because", why=said(_TWO), words=fit.words[0])
    return None


def _goes_with(text: str, wish: Wish, best: Fit) -> bool:
    """收件人换成李梅,地址是…: who receives it is a part of the address that is given."""
    part = wish.action.verb == "change" and wish.action.thing in {"recipient", "phone"}
    return part and best.purpose.serves(_NEW_ADDRESS) and bool(_ADDRESS_GIVEN.search(text))


def _recommend(ticket: Ticket, released: list[FlowVersion]) -> Recommendation:
    advice = weigh(f"{ticket.subject}\n{ticket.text}", ((version, version.definition) for version in released))
    return Recommendation(advice.flow, advice.fit, advice.person, advice.reasons)


def _by_questions(definition: Mapping[str, Any]) -> bool:
    """Whether a question about the subject counts as a request: the definition's own setting, else for read-only
    flows."""
    said = definition["match"].get("questions")
    return bool(definition.get("engine", {}).get("read_only")) if said is None else bool(said)
