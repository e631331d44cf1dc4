"""The kinds of personal data that are told apart, and where one was found.

Rule: a kind's value is what settings, flows and commands write; it never changes once released.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DataKind(StrEnum):
    ID_CARD = "id_card"  # identity numbers, of other countries too
    BANK_CARD = "bank_card"  # card and account numbers
    MOBILE = "mobile"  # of mainland China
    PHONE = "phone"  # landlines, foreign numbers, whatever a label calls a telephone
    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105 - the name of a kind; keys and tokens of programs too
    CODE = "code"  # one-time verification code
    VOUCHER = "voucher"  # whoever knows it may collect, redeem or pay: pick-up, coupon and payment codes, CVV
    NAME = "name"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"  # and coordinates
    PLATE = "plate"  # of a car, and its chassis number
    PASSPORT = "passport"  # passports and travel permits
    MESSENGER = "messenger"  # accounts of WeChat, QQ and their like
    DEVICE = "device"  # IMEI, hardware and network addresses
    BARCODE = "barcode"  # QR and bar codes; in pictures only
    ID_PHOTO = "id_photo"  # a photographed identity document as a whole; in pictures only


SECRETS = frozenset({DataKind.PASSWORD, DataKind.CODE, DataKind.VOUCHER})
DOCUMENTS = frozenset({DataKind.ID_CARD, DataKind.BANK_CARD, DataKind.PASSPORT, DataKind.ID_PHOTO, DataKind.BARCODE})


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data at text[start:end]; `value` is the normalised form (digits without spaces)."""

    kind: DataKind
    start: int
    end: int
    value: str
