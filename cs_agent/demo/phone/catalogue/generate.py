"""Makes the catalogue from a seed and a day.

Rule: the same seed and day give the same records; the named ones are there whatever the seed.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from cs_agent.demo.phone.catalogue import words
from cs_agent.demo.phone.catalogue.named import NAMED, NamedOrder
from cs_agent.demo.phone.catalogue.records import (
    Complaint,
    Customer,
    Order,
    OrderState,
    Product,
    TrackEvent,
)

CUSTOMERS = 240
ORDERS = 320
COMPLAINTS = 260
_HISTORY_DAYS = 180
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_MOBILE_PREFIXES = ("133", "135", "136", "137", "138", "139", "150", "152", "157", "158", "159", "176", "186", "188")

PRODUCTS = tuple(
    Product(name, name_en, variant, Decimal(price), color, sign)
    for name, name_en, variants, price, color, sign in words.GOODS
    for variant in variants
)


class Catalogue:
    """Look-ups over the generated records."""

    def __init__(self, seed: int = 20240521, today: date | None = None) -> None:
        maker = _Maker(random.Random(seed), today or date.today())  # noqa: S311 - made-up data, meant to repeat
        named = [maker.named_order(entry) for entry in NAMED]
        taken = {order.customer.mobile for order in named}
        made = (maker.customer() for _ in range(CUSTOMERS))
        people = [person for person in made if person.mobile not in taken]
        orders = [*named, *(maker.order(maker.random.choice(people)) for _ in range(ORDERS))]
        self.orders = {order.number: order for order in orders}
        everyone = [*(order.customer for order in named), *people]
        self.customers = {person.mobile: person for person in everyone}
        complainers = [*(order.customer for order in named)] * 2
        complainers += [maker.random.choice(everyone) for _ in range(COMPLAINTS - len(complainers))]
        made_complaints = (maker.complaint(person, at) for at, person in enumerate(complainers))
        self.complaints = tuple(sorted(made_complaints, key=lambda item: item.created, reverse=True))

    def order(self, number: str) -> Order | None:
        return self.orders.get(number)

    def find_orders(self, query: str, limit: int = 20) -> list[Order]:
        """By number, its last digits (four at least), mobile number or the customer's name; newest first."""
        query = query.strip()
        if not query:
            return []
        exact = self.orders.get(query)
        if exact is not None:
            return [exact]
        tail = query.isdigit() and 4 <= len(query) < 11
        found = [
            order
            for order in self.newest()
            if query in (order.customer.mobile, order.customer.name) or (tail and order.number.endswith(query))
        ]
        return found[:limit]

    def newest(self) -> list[Order]:
        return sorted(self.orders.values(), key=lambda order: order.created, reverse=True)

    def customer(self, mobile: str) -> Customer | None:
        return self.customers.get(mobile)

    def find_customers(self, query: str, limit: int = 20) -> list[Customer]:
        """By mobile number, its last four digits or more, or name."""
        query = query.strip().replace(" ", "")
        if not query:
            return []
        tail = query.isdigit() and 4 <= len(query) < 11
        found = (
            person
            for person in self.customers.values()
            if query in (person.mobile, person.name) or (tail and person.mobile.endswith(query))
        )
        return list(found)[:limit]

    def orders_of(self, customer: Customer) -> list[Order]:
        return [order for order in self.newest() if order.customer.mobile == customer.mobile]


class _Maker:
    """Draws records from one stream of random numbers."""

    def __init__(self, source: random.Random, today: date) -> None:
        self.random = source
        self.today = today
        self._serial = 0

    def customer(self, name: str = "", mobile: str = "") -> Customer:
        pick = self.random
        province, city, district, code, street = pick.choice(words.PLACES)
        self._serial += 1
        return Customer(
            id=f"U{100000 + self._serial * 7}",
            name=name or pick.choice(words.SURNAMES) + pick.choice(words.GIVEN),
            mobile=mobile or pick.choice(_MOBILE_PREFIXES) + f"{pick.randrange(10**8):08d}",
            province=province,
            city=city,
            district=district,
            street=f"{street}{pick.randrange(1, 399)}号{pick.choice(words.ESTATES)}{pick.randrange(1, 30)}栋"
            f"{pick.randrange(1, 32)}0{pick.randrange(1, 5)}室",
            id_card=self._id_card(code),
            level=pick.choice(words.LEVELS),
            registered=self._moment(pick.randrange(200, 1600)),
        )

    def order(self, customer: Customer) -> Order:
        pick = self.random
        age = pick.randrange(0, _HISTORY_DAYS)
        state = _state_for_age(age, pick)
        created = self._moment(age)
        number = f"{created:%Y%m%d}{pick.randrange(10000):04d}"
        product = pick.choice(PRODUCTS)
        quantity = pick.choice((1, 1, 1, 2, 3))
        discount = Decimal(pick.choice((0, 0, 0, 5, 10, 20)))
        return self._order(number, customer, product, quantity, discount, created, state)

    def named_order(self, entry: NamedOrder) -> Order:
        customer = self.customer(entry.customer, entry.mobile)
        product = next(item for item in PRODUCTS if item.name == entry.product)
        product = replace(product, price=Decimal(entry.price))
        created = datetime.combine(self.today - timedelta(days=entry.days_ago), time(8, 12, 36))
        return self._order(entry.number, customer, product, 1, Decimal(0), created, entry.state, entry.carrier)

    def complaint(self, customer: Customer, at: int) -> Complaint:
        topic, text = self.random.choice(words.COMPLAINT_TOPICS)
        created = self._moment(self.random.randrange(0, _HISTORY_DAYS))
        state = self.random.choice(words.COMPLAINT_STATES)
        goods = self.random.choice(PRODUCTS).name
        return Complaint(f"TS{created:%y%m%d}{at:04d}", customer, created, topic, text.format(goods=goods), state)

    def _order(
        self,
        number: str,
        customer: Customer,
        product: Product,
        quantity: int,
        discount: Decimal,
        created: datetime,
        state: OrderState,
        by: str = "",
    ) -> Order:
        named = [item for item in words.CARRIERS if item[0] == by]
        carrier, prefix = self.random.choice(named or words.CARRIERS)
        return Order(
            number=number,
            customer=customer,
            product=product,
            quantity=quantity,
            discount=discount,
            created=created,
            paid_at=created + timedelta(minutes=self.random.randrange(1, 9), seconds=24),
            state=state,
            carrier="" if state is OrderState.PAID else carrier,
            waybill="" if state is OrderState.PAID else f"{prefix}{self.random.randrange(10**12):013d}",
            track=_track(created, customer, state),
        )

    def _moment(self, days_ago: int) -> datetime:
        second = self.random.randrange(8 * 3600, 22 * 3600)
        return datetime.combine(self.today - timedelta(days=days_ago), time()) + timedelta(seconds=second)

    def _id_card(self, area: str) -> str:
        born = date(1960, 1, 1) + timedelta(days=self.random.randrange(45 * 365))
        digits = f"{area}{born:%Y%m%d}{self.random.randrange(1, 999):03d}"
        total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True))
        return digits + _ID_CHECKS[total % 11]


def _state_for_age(days: int, pick: random.Random) -> OrderState:
    if days == 0:
        return OrderState.PAID
    if days <= 3:
        return pick.choice((OrderState.SHIPPED, OrderState.SHIPPED, OrderState.SIGNED))
    return OrderState.SIGNED if days <= 12 else OrderState.FINISHED


def _track(created: datetime, customer: Customer, state: OrderState) -> tuple[TrackEvent, ...]:
    """Newest first. A signed order was signed on the evening of the day it was bought or the next ones."""
    city = customer.city or customer.province
    steps = [
        (1.2, "商家仓库", "商家已发货,等待揽收", "Shipped by the seller"),
        (2.5, "华东分拣中心", "快件已到达华东分拣中心", "Arrived at the East China sorting centre"),
        (5.5, f"{city}转运中心", f"快件已到达{city}转运中心", "Arrived at the destination hub"),
        (8.0, customer.district, f"快件已到达{customer.district}营业点,派送中", "Out for delivery"),
        (10.5, customer.district, "快件已签收,签收人:本人", "Delivered, signed by the customer"),
    ]
    reached = {OrderState.PAID: 0, OrderState.SHIPPED: 3}.get(state, len(steps))
    events = [
        TrackEvent(created + timedelta(hours=hours), place, text, text_en)
        for hours, place, text, text_en in steps[:reached]
    ]
    return tuple(reversed(events))
