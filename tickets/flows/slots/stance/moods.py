"""Whether a value is supposed, asked about, not sure, or only put up with."""

from __future__ import annotations

import re

from tickets.flows.slots.near import NEAR
from tickets.flows.slots.text import Doubt

_CONDITION = re.compile(
    r"只要[^,，]{0,12}就|如果|要是|假如|假若|倘若|若是|若(?!干)|如(?=[不无未没有能可需])(?!何)|万一|除非|否则|不然|(?<!退款)(?<!补偿)(?<!赔偿)的话|"
    r"一旦|要么|或者|"
    r"(?:不行|不能|不可以|不同意|不发货|不处理|不给|不换|不修|再不|还不).{0,8}就|"
    r"\b(?:if|unless|otherwise|in case|provided|either|or else|whether)\b",
    re.I,
)
# What the writer would put up with, or finds too little, is not what he asks for.
_PUT_UP_WITH = re.compile(
    r"\b(?:would|could|might|can|will|'d) (?:also |still |even )?(?:accept|do|suffice|be (?:fine|ok|okay|nice|"
    r"enough|good|acceptable))\b",
    re.I,
)
_TOO_LITTLE = re.compile(
    r"^[^,.;!?\n]{0,24}\b(?:isn'?t|is not|aren'?t|wasn'?t|won'?t|will not|is far from|is hardly|is too) (?:\w+ )?"
    r"(?:enough|fair|acceptable|ok|okay|do|sufficient|cover|little|low|right)\b|^[^,，。;；!！?？\n]{0,4}(?:太少|"
    r"不够|不行|不合理|不公平|打发|不满意|不同意)",
    re.I,
)
_POLITE = re.compile(
    r"(?:如果|要是)?(?:您|你们?)?(?:可以|方便|可能|行|能行)的话|如果(?:可以|方便|可能)|"
    r"\bif (?:it'?s |it is |at all )?(?:possible|ok|okay|you can(?!'?t|not)|you could(?!n)|that works|"
    r"you don'?t mind)\b",
    re.I,
)
_QUESTION = re.compile(
    r"能不能|可不可以|是不是|会不会|有没有|要不要|行不行|好不好|是否|能否|可否|难道|莫非|多少|怎么|"
    r"怎样|为什么|为啥|凭什么|"
    r"如何|什么时候|多久|几天|几时|还是|哪|吗|\b(?:can|could|may|would|will|shall|do|does|did|is|are|"
    r"was|should|how|what(?! (?:i|we) (?:want|need|expect|ask|am|would))|when|why) "
    r"(?:i|you|we|it|they|there|my|the|much|this|that)\b",
    re.I,
)
_HEDGE = re.compile(
    r"好像|似乎|以为|听说|据说|怀疑|疑似|感觉像|看着像|可能|也许|或许|大概(?!率)|应该是|估计|不确定|"
    r"不太确定|记不清|记得|忘了|不知道(?!为什么|怎么|为啥)|随便|"
    r"\b(?:maybe|perhaps|probably|possibly|"
    r"i think|i guess|not sure|i believe|might|seems?)\b",
    re.I,
)


_RHETORIC = re.compile(r"爱(.{1,2})不\1")  # 爱要不要: it is all the same to me


def without_politeness(text: str) -> str:
    """The text without conditions that are only polite: 可以的话, if possible."""
    return _POLITE.sub("", text)


def put_up_with(before: str, after: str) -> Doubt | None:
    if _PUT_UP_WITH.search(before) or _PUT_UP_WITH.search(after):
        return Doubt.CONDITION
    return Doubt.UNCLEAR if _TOO_LITTLE.search(after) else None


def conditional(sentence: str, after: str) -> Doubt | None:
    told = _POLITE.sub("", sentence)
    only = "只要" in told and "就" in after
    return Doubt.CONDITION if only or _CONDITION.search(told) or _CONDITION.search(_POLITE.sub("", after)) else None


def asked(clause: str, after: str, mark: str) -> Doubt | None:
    clause, after = _RHETORIC.sub("", clause), _RHETORIC.sub("", after)
    question = mark in {"?", "？"} or _QUESTION.search(clause) or _QUESTION.search(after)
    return Doubt.QUESTION if question else None


def hedged(before: str, after: str) -> Doubt | None:
    near = _HEDGE.search(NEAR.of(before)) or re.search(r"^.{0,4}(?:吧|不太?确定|记不清|左右)", after)
    return Doubt.HEDGED if near else None
