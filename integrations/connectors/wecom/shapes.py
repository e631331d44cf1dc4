"""What WeCom's interface answers, as far as it is read."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Page(BaseModel):
    next_cursor: str = ""
    has_more: int = 0
    msg_list: list[dict[str, Any]]


class Account(BaseModel):
    open_kfid: str
    name: str = ""


class Accounts(BaseModel):
    account_list: list[Account]


class Customer(BaseModel):
    external_userid: str
    nickname: str = ""


class Customers(BaseModel):
    customer_list: list[Customer] = Field(default_factory=list)


class State(BaseModel):
    service_state: int


class Sent(BaseModel):
    msgid: str = ""
