"""The kinds of slots a flow can have, each with its readers. Rule: a new kind is one entry of `KINDS`, and nothing else
names the kinds.

The definition's check, its JSON schema, the audit trail's data categories, what is read from a ticket and how an
operator's answer is taken all go by this table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from cs_agent.vision.personal_data.numbers.checks import is_id_card
from tickets.flows.slots import choices, money, periods, writing
from tickets.flows.slots.numbers import amounts, id_cards, orders, phone_mentions, phones
from tickets.flows.slots.text import Doubt, Span, distinct, even

if TYPE_CHECKING:
    from tickets.flows.slots.spec import SlotSpec


@dataclass(frozen=True, slots=True)
class Scene:
    """What a reader reads: the ticket's text made even, the flow's slots, and today's date."""

    text: str
    specs: Sequence[SlotSpec]
    today: date


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operator typed, as it is kept; `unusual`: it has not the form that a ticket's value would have.
    "" = it says nothing of this kind at all."""

    value: str
    unusual: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """`read`: what the text says for a slot; `answer`: an operator's words for it, kept as typed but for blanks and
    forms that have one reading. `category`: the kind of personal data, for the audit trail; `verbatim`: the value is
    the ticket's own characters, not made even; `needs`: of each group of keys a slot of this kind must have one.
    """

    name: str
    read: Callable[[SlotSpec, Scene], list[Span]]
    answer: Callable[[SlotSpec, str, date], Answer]
    category: str = ""
    verbatim: bool = False
    needs: tuple[tuple[str, ...], ...] = ()


def _others(spec: SlotSpec, scene: Scene) -> list[SlotSpec]:
    """The flow's other slots."""
    return [each for each in scene.specs if each.name != spec.name]


def _orders(spec: SlotSpec, scene: Scene) -> list[Span]:
    rivals = [each.words for each in _others(spec, scene) if KINDS[each.kind].read is _orders]
    return orders.orders(scene.text, spec.words, rivals)


def _mobile(spec: SlotSpec, scene: Scene) -> list[Span]:
    """A number that bears another slot's noun (户号3301123456) is no telephone that could not be read."""
    named = [
        span for each in scene.specs if each.words and KINDS[each.kind].read is _orders for span in _orders(each, scene)
    ]
    taken = {span.start for span in named if span.value and span.doubt is None}
    found = [span for span in phones.phones(scene.text) if span.value or span.start not in taken]
    sure = [span for span in found if span.doubt is None]
    if sure and phones.on_behalf_of_another(scene.text, found):
        unclear = {None, Doubt.OTHER_PERSON}
        return [replace(span, doubt=Doubt.UNCLEAR) if span.doubt in unclear else span for span in found]
    return found if sure or not spec.from_customer else [*found, *phone_mentions.mentions(scene.text)]


def _money(spec: SlotSpec, scene: Scene) -> list[Span]:
    rivals = [word for each in _others(spec, scene) if each.kind == spec.kind for word in each.words]
    found = money.wished(scene.text, spec.words, rivals, full=spec.full, half=spec.half)
    if found or spec.required:
        return found
    free = money.unclaimed(scene.text, [*spec.words, *rivals])
    return free or money.unnamed(scene.text, spec.words, rivals)


def _choice(spec: SlotSpec, scene: Scene) -> list[Span]:
    found = choices.options(scene.text, spec.options, spec.ignore)
    sure = [span for span in found if span.doubt is None]
    if not spec.first_counts or not sure:
        return found
    rank = [option.value for option in spec.options].index(sure[0].value)
    rivals = [option.value for option in spec.options[:rank]]
    return [sure[0], *(span for span in found if span.doubt and not span.doubt.excludes and span.value in rivals)]


def _id_card(spec: SlotSpec, scene: Scene) -> list[Span]:
    return id_cards.id_cards(scene.text)


def _period(spec: SlotSpec, scene: Scene) -> list[Span]:
    return periods.date_ranges(scene.text, scene.today, f"{spec.labels.zh} {spec.labels.en}")


def _text(spec: SlotSpec, scene: Scene) -> list[Span]:
    if spec.to_line_end:
        return distinct(writing.lines_behind(scene.text, spec.words))
    rest = _others(spec, scene)
    others = {word for each in rest for word in each.words} - {*spec.words}
    others |= {label + colon for each in rest for label in (each.labels.zh, each.labels.en) if label for colon in ":："}
    return distinct(writing.behind(scene.text, spec.words, sorted(others, key=len, reverse=True)))


def _address(spec: SlotSpec, scene: Scene) -> list[Span]:
    """Where the text announces none that could be read, and the flow needs one, those that it names are offered."""
    rest = _others(spec, scene)
    labels = {word for each in rest for word in (each.labels.zh, each.labels.en, *each.words) if len(word) > 1}
    labels |= {each.labels.zh + phrase for each in rest for option in each.options for phrase in option.phrases}
    rivals = {word for each in rest if KINDS[each.kind].read is _address for word in each.words} - {*spec.words}
    announced = distinct(writing.addresses(scene.text, spec.words, sorted(labels), sorted(rivals)))
    if not spec.required or any(span.value for span in announced):
        return announced
    others = distinct(writing.unannounced(scene.text))
    return others if any(span.doubt is None for span in others) else [*announced, *others]


def _name(spec: SlotSpec, scene: Scene) -> list[Span]:
    return distinct(writing.names(scene.text, spec.words))


def _nothing(spec: SlotSpec, scene: Scene) -> list[Span]:
    return []


def _as_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    return Answer(text)


def _marked(text: str) -> Answer:
    """Kept as it was typed, with a mark, where it speaks of a number at all."""
    return Answer(text, unusual=True) if amounts.speaks_of_a_number(even(text)) else Answer("")


def _order_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    found = orders.orders("订单号" + even(text))
    certain = len(found) == 1 and found[0].doubt is None and found[0].end >= len("订单号" + text)
    return Answer(found[0].value) if certain else _marked(text)


def _mobile_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    found = phones.phones(even(text))
    certain = len(found) == 1 and found[0].doubt is None and not re.search(r"[^\d +-]", even(text))
    return Answer(found[0].value) if certain else _marked(text)


def _id_card_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    whole = re.sub(r"[ -]", "", even(text)).upper()
    return Answer(whole) if is_id_card(whole) else _marked(text)


def _money_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    value = money.read_one(even(text))
    if (value == money.FULL and not spec.full) or (value == money.HALF and not spec.half):
        return Answer("")
    return Answer(value or "")  # words around an amount could change it, and a phone would be given them as they are


def _choice_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    if any(option.value == text for option in spec.options):
        return Answer(text)
    meant = {span.value for span in choices.options(text, spec.options, spec.ignore) if span.doubt is None}
    return Answer(meant.pop()) if len(meant) == 1 else Answer("")


def _period_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    found = periods.date_ranges(even(text), today, f"{spec.labels.zh} {spec.labels.en}")
    certain = len(found) == 1 and found[0].doubt is None
    if re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", text):
        return Answer(text)
    return Answer(found[0].value) if certain else Answer(text, unusual=True)


def _address_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    return Answer(text, unusual=not writing.is_address(even(text)))


def _name_typed(spec: SlotSpec, text: str, today: date) -> Answer:
    return Answer(text, unusual=not writing.is_name(text))


ATTACHMENT = Kind("attachment", _nothing, _as_typed, "attachment", needs=(("media",),))
CHOICE = Kind("choice", _choice, _choice_typed, needs=(("options",),))  # one of the flow's own values
MOBILE = Kind("mobile", _mobile, _mobile_typed, "mobile_number")

KINDS = {
    kind.name: kind
    for kind in (
        Kind("order_number", _orders, _order_typed, "order"),
        MOBILE,
        Kind("money", _money, _money_typed, "payment", needs=(("words", "full"),)),
        CHOICE,
        ATTACHMENT,
        Kind(
            "text", _text, _as_typed, verbatim=True, needs=(("words",),)
        ),  # what stands behind one of the slot's words
        Kind("address", _address, _address_typed, "address", verbatim=True, needs=(("words",),)),
        Kind("name", _name, _name_typed, "name", verbatim=True, needs=(("words",),)),
        Kind("id_card", _id_card, _id_card_typed, "id_card"),
        Kind("date_range", _period, _period_typed),
    )
}
