"""Recommends a flow for a ticket with a score and reasons, or that a person should handle it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import Any, Generic, TypeVar

from tickets.flows.matching import Fit, fit_of, withdrawn
from tickets.flows.slots.markup import plain
from tickets.flows.slots.quoted import own
from tickets.flows.slots.stance import refused
from tickets.flows.slots.text import CLAUSE_END, clause_before, even
from tickets.models import FlowVersion, Ticket
from tickets.said import Said, said
from tickets.services.releasing.releases import Catalogue

Flow = TypeVar("Flow")
MOST_DEEDS = 12  # deeds of a text that are looked at
MOST_JOINTS = 4  # conjunctions of a text that are examined
BESIDE = 200  # characters examined on either side of a conjunction
LOW_FIT = 0.5  # below it no flow is recommended


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign that a person should handle the ticket, whatever the flow."""

    code: str  # of `tickets.said`
    pattern: re.Pattern[str]


def _signal(code: str, *patterns: str) -> Signal:
    return Signal(code, re.compile("|".join(patterns), re.I))


_HUMAN_SIGNALS = (
    _signal(
        "person.upset",
        "呵呵|我服了|气死|忍无可忍|太过分|欺人太甚|骗子|垃圾公司|无耻|再也不买|受够了|一肚子火|滚蛋",
        r"furious|outrageous|disgusting|\bscam|fed up",
    ),
    _signal(
        "person.complaint",
        "12315|12300|工信部|消协|消费者协会|曝光|媒体|记者|律师|起诉|法院|报警",
        r"lawyer|\bsue\b|lawsuit|consumer council|\bthe press\b",
    ),
    _signal(
        "person.charges",
        "资费|乱扣费|乱收费|多扣|莫名.{0,4}扣|套餐.{0,8}(?:扣|费|贵|不符)|流量费|违约金|话费.{0,6}(?:争议|不对|异常)",
        "overcharged|billing dispute|tariff",
    ),
    _signal(
        "person.safety",
        "受伤|起火|爆炸|触电|烫伤|未成年|孩子.{0,6}(?:充值|误)",
        r"\binjur|caught fire|explod",
    ),
    _signal(
        "person.asked_for",
        "转人工|人工客服|要求.{0,4}人工",
        "speak to a (?:person|human)|human agent",
    ),
)
# Deeds of the trade that a flow may or may not be there for, and what announces that one is wanted.
_DEEDS = re.compile(
    r"取消订单|取消这个订单|换货|换新|换一?[个双件台条](?!地址|号)|维修|修一下|修理|(?:补?开|重开)(?:个|张|"
    r"一张)?发票|开票|注销(?:账[号户])?|"
    r"投诉(?:快递|客服|商家|骑手|司机|你们)|充话费|充值|办(?:理)?(?:宽带|套餐|会员|卡)|查余额|提现|转账|保价|"
    r"延长收货|催发货|"
    r"\b(?:replacement|exchange (?:it|for)|replace (?:it|the|this|them)|cancel (?:my|the|this|that) order|"
    r"repair(?:ed)?|an? invoice|close my account|"
    r"delete my account|top up|upgrade my)\b",
    re.I,
)
_WANTED_DEED = re.compile(
    r"(?:帮忙?我?|给我|替我|我要|我想要?|要求|申请|请|麻烦|需要|必须|只想|还想|也想|还要|也要|还是|就)(?:你们|直接|尽快|先|再|把它?|"
    r"给我|能|去|做|办)*$|"
    r"\b(?:want|need|please|like|you|get|have|request)(?: (?:a|an|to|it|the|my|me|just|be))*\s*$",
    re.I,
)
_JOINTS = re.compile(
    r"还要|又要|也要|还想|并且|同时|另外|顺便|以及|再帮|\b(?:and also|also|as well as|additionally|in addition)\b", re.I
)
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

    The request is read from the writer's own words; signs for a person are searched in the whole text.
    """
    words, flows = own(even(plain(text).text)), list(flows)
    fits = [(flow, flow_fit(item, words)) for flow, item in flows]
    others = (
        withdrawn(words),
        second_wish(words, flows),
        torn(words, [fit for _flow, fit in fits]),
        unserved(words, flows),
    )
    signals = [*filter(None, others), *human_signals(text)]
    best = max(fits, key=lambda each: each[1].fit, default=None)
    if best is None or best[1].fit < LOW_FIT:
        nearest = max((fit for _flow, fit in fits), key=lambda fit: len(fit.discounted), default=None)
        low = said("fit.none")
        return Advice(None, best[1].fit if best else 0.0, True, [low, *(nearest.reasons if nearest else []), *signals])
    flow, fit = best
    return Advice(flow, min(1.0, fit.fit), bool(signals), [*fit.reasons, *signals])


def flow_fit(definition: Mapping[str, Any], text: str) -> Fit:
    """How well a text fits one flow's definition."""
    return fit_of(definition["match"], text, questions=_by_questions(definition))


def human_signals(text: str) -> list[Said]:
    """Why a person should handle this ticket; empty for an ordinary one."""
    found = [
        said("person.because", why=said(signal.code), words=match[0])
        for signal in _HUMAN_SIGNALS
        if (match := signal.pattern.search(text))
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


def unserved(text: str, flows: Iterable[tuple[Flow, Mapping[str, Any]]]) -> Said | None:
    """That a deed is wanted which no flow's words name: 帮我取消订单."""
    known = [word.lower() for _flow, item in flows for word, weight in item["match"]["keywords"].items() if weight > 0]
    for deed in islice(_DEEDS.finditer(text), MOST_DEEDS):
        before = clause_before(text, deed.start(), 24)
        served = any(word in deed[0].lower() and len(word) > 2 for word in known)
        if _WANTED_DEED.search(before) and not served and not refused(before, ""):
            return said("person.because", why=said("person.other_wish"), words=deed[0])
    return None


def _recommend(ticket: Ticket, released: list[FlowVersion]) -> Recommendation:
    advice = weigh(f"{ticket.subject}\n{ticket.text}", ((version, version.definition) for version in released))
    return Recommendation(advice.flow, advice.fit, advice.person, advice.reasons)


def _by_questions(definition: Mapping[str, Any]) -> bool:
    """Whether a question about the subject counts as a request: the definition's own setting, else for read-only
    flows."""
    said = definition["match"].get("questions")
    return bool(definition.get("engine", {}).get("read_only")) if said is None else bool(said)
