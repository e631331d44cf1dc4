"""Telephone numbers other than mainland mobiles: landlines, foreign numbers, and what a label calls a telephone.

Rule: numbers that reach an organisation (400, 800, 95…, toll-free) are nobody's personal data. The numbering plans are
those of the `phonenumbers` library, which is loaded when the first number that may be one turns up.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cs_agent.vision.personal_data.labels import Beside

_OF_COMPANIES = re.compile(r"(?:86)?0?[48]00\d{7}|95\d{3,6}|1[02]\d{3,6}")
_AMERICAN = re.compile(r"\d{3}[)\s.\-]{1,2}\d{3}[\s.\-]\d{4}")

_DOMESTIC = re.compile(r"\(?0\d{1,4}\)?(?:[ .-]\d{2,4}){2,3}")  # in groups, as it is dialled within a country
_DIALLING_ZERO = (
    *(
        "TW",
        "JP",
        "KR",
        "VN",
        "TH",
        "MY",
        "PH",
        "ID",
        "IN",
        "PK",
        "AU",
        "NZ",
        "GB",
        "IE",
        "DE",
        "FR",
        "NL",
        "BE",
        "CH",
        "AT",
    ),
    *("IT", "SE", "FI", "TR", "IL", "AE", "SA", "EG", "ZA", "NG", "GH", "KE", "UA", "BR"),
)


def is_phone(digits: str, raw: str, beside: Beside) -> bool:
    """`raw` is the number as it is written."""
    if not 7 <= len(digits) <= 15 or _OF_COMPANIES.fullmatch(digits):
        return False
    if beside.names_a_phone:
        return True
    if beside.goes_on:  # JD00…: the rest of a word
        return False
    if is_foreign(digits, beside):
        return True
    if digits.startswith("0") and 10 <= len(digits) <= 12 and _is_valid(digits, "CN"):
        return True
    if _DOMESTIC.fullmatch(raw) and any(_is_valid(digits, region) for region in _DIALLING_ZERO):
        return True
    return bool(_AMERICAN.fullmatch(raw)) and _is_valid(digits, "US")


def is_foreign(digits: str, beside: Beside) -> bool:
    """Whether it is written with the code of a country, and not China's."""
    if beside.dials_abroad and not digits.startswith("86"):
        return _is_valid(f"+{digits}", None)
    return digits.startswith("00") and not digits.startswith("0086") and _is_valid(f"+{digits[2:]}", None)


def is_american(digits: str) -> bool:
    """Whether ten digits are somebody's number in the United States."""
    return _is_valid(digits, "US")


@lru_cache(maxsize=512)
def _is_valid(number: str, region: str | None) -> bool:
    """By the numbering plan; a number with its country's code counts if it is as long as that country's are."""
    import phonenumbers  # its plans take a tenth of a second to load, and most texts hold no such number

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    of_companies = {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.UAN,
    }
    known = phonenumbers.is_valid_number(parsed) if region else phonenumbers.is_possible_number(parsed)
    return known and phonenumbers.number_type(parsed) not in of_companies
