"""What WeCom's interface answers, as far as it is read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from integrations.connectors.wire.shapes import Shape, objects


class Page(Shape):
    next_cursor: str = ""
    has_more: int = 0
    msg_list: Annotated[list[dict[str, Any]], BeforeValidator(objects)]


class Account(Shape):
    open_kfid: str
    name: str = ""


class Accounts(Shape):
    account_list: list[Account]


class Customer(Shape):
    external_userid: str
    nickname: str = ""


class Customers(Shape):
    customer_list: list[Customer] = Field(default_factory=list)


class State(Shape):
    service_state: int


class Sent(Shape):
    msgid: str = ""
