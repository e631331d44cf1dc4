"""The kinds of records of the practice apps. Rule: values only, amounts are Decimal in CNY."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class OrderState(StrEnum):
    PAID = "paid"
    SHIPPED = "shipped"
    SIGNED = "signed"
    FINISHED = "finished"

    def label(self, english: bool) -> str:
        return _STATE_LABELS[self][english]


_STATE_LABELS = {
    OrderState.PAID: ("待发货", "To be shipped"),
    OrderState.SHIPPED: ("运输中", "In transit"),
    OrderState.SIGNED: ("已签收", "Delivered"),
    OrderState.FINISHED: ("交易完成", "Completed"),
}


@dataclass(frozen=True, slots=True)
class Product:
    name: str
    name_en: str
    variant: str
    price: Decimal
    color: str  # of the drawn picture
    sign: str  # one character on it

    def title(self, english: bool) -> str:
        return self.name_en if english else self.name


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    name: str
    mobile: str
    province: str
    city: str
    district: str
    street: str
    id_card: str
    level: str
    registered: datetime

    @property
    def address(self) -> str:
        return f"{self.province}{self.city}{self.district}{self.street}"


@dataclass(frozen=True, slots=True)
class TrackEvent:
    time: datetime
    place: str
    text: str
    text_en: str

    def words(self, english: bool) -> str:
        return self.text_en if english else self.text


@dataclass(frozen=True, slots=True)
class Order:
    number: str
    customer: Customer
    product: Product
    quantity: int
    discount: Decimal
    created: datetime
    paid_at: datetime
    state: OrderState
    carrier: str
    waybill: str
    track: tuple[TrackEvent, ...]  # newest first

    @property
    def goods_total(self) -> Decimal:
        return self.product.price * self.quantity

    @property
    def paid(self) -> Decimal:
        return self.goods_total - self.discount


@dataclass(frozen=True, slots=True)
class Complaint:
    id: str
    customer: Customer
    created: datetime
    topic: str
    text: str
    state: str
