"""Whether a number satisfies the check that its kind carries."""

from __future__ import annotations

import re
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_OLDEST_BIRTH, _NEWEST_BIRTH = 1900, 2099
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")  # GB/T 2260
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CARD_PREFIX = re.compile(
    r"62\d{14,17}|4\d{15}|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|35\d{14}|6[05]\d{14}"
)


def is_id_card(number: str) -> bool:
    """Whether 18 characters are a valid resident identity number: region, birth date and check digit."""
    if not re.fullmatch(r"[1-8]\d{16}[0-9X]", number) or not _is_birth_date(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == number[17]


def resembles_id_card(number: str) -> bool:
    """One misread or mistyped digit must not uncover the other seventeen: a province, and a birth date or the X that
    ends no other number."""
    if not re.fullmatch(r"\d{17}[0-9X]", number) or not _PROVINCES.match(number):
        return False
    return number.endswith("X") or _is_birth_date(number[6:14])


def is_bank_card(number: str) -> bool:
    """Whether the issuer's prefix, the length and the check digit are those of a payment card."""
    return bool(_CARD_PREFIX.fullmatch(number)) and passes_luhn(number)


def passes_luhn(number: str) -> bool:
    """The check of bank-card numbers."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_iban(number: str) -> bool:
    """Whether letters and digits without spaces are an international account number (ISO 13616)."""
    if not _IBAN.fullmatch(number):
        return False
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1


def _is_birth_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not _OLDEST_BIRTH <= year <= _NEWEST_BIRTH:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
