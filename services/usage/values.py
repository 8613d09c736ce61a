"""Reading one written value of a usage file exactly; what does not read says why in one sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from services.customers.countries import COUNTRIES
from services.errors import Refused
from services.money import MICROS
from services.texts import text_fault
from services.usage.model import Product
from services.usage.records import Direction

HIGHEST_UNIT_PRICE = 10_000 * MICROS  # nothing a message costs, in any currency
MOST_UNITS = 1_000_000
UNIT_DECIMALS, PRICE_DECIMALS = 4, 6
LONGEST_STATUS = 40
_SAID = 40

_AMOUNT = re.compile(r"(\d{1,9})(?:\.(\d*))?")
_COMMA = re.compile(r"[+-]?\d*,\d+")
_WHOLE = re.compile(r"\d{1,12}(?:\.0+)?")
_NUMBER = re.compile(r"\+?[1-9]\d{4,14}")
_DIRECTIONS = {"out": Direction.OUT, "outbound": Direction.OUT, "in": Direction.IN, "inbound": Direction.IN}
_PRODUCTS = {product.value: product.value for product in Product}


class WrongValue(Refused):
    """A value of one row cannot be taken as it is written."""


def said(text: str) -> str:
    """A wrong value as a sentence repeats it."""
    return f"“{text[:_SAID]}”"


def micros_of(text: str, what: str, *, decimals: int, most: int) -> int:
    """The exact micros of an amount such as 0.0792; raises `WrongValue`. `what` names the column in the sentence."""
    plain = text.strip()
    if _COMMA.fullmatch(plain):
        raise WrongValue(f"{what} {said(plain)} has a decimal comma; write {plain.replace(',', '.')[:_SAID]}.")
    if plain.startswith("-"):
        raise WrongValue(f"{what} {said(plain)} is negative; usage only takes credit, a refund gives it back.")
    found = _AMOUNT.fullmatch(plain)
    if not found:
        raise WrongValue(f"{what} {said(plain)} is not an amount; write it like 0.0792.")
    part = (found[2] or "").rstrip("0")
    if len(part) > decimals:
        raise WrongValue(f"{what} {said(plain)} has more than {decimals} decimals; round it where it comes from.")
    micros = int(found[1]) * MICROS + int(part.ljust(PRICE_DECIMALS, "0"))
    if micros > most:
        raise WrongValue(f"{what} {said(plain)} is more than {most // MICROS:,}, which no message costs; correct it.")
    return micros


def unit_price_of(text: str) -> int | None:
    """The price of one unit to four decimals; None where it is not said."""
    return micros_of(text, "The unit price", decimals=UNIT_DECIMALS, most=HIGHEST_UNIT_PRICE) if text.strip() else None


def price_of(text: str) -> int:
    """What the record took from the credit."""
    if not text.strip():
        raise WrongValue("The price is missing; write 0 for what was free.")
    return micros_of(text, "The price", decimals=PRICE_DECIMALS, most=HIGHEST_UNIT_PRICE * 100)


def fee_of(text: str) -> int:
    """The carrier's part of the price; nothing where it is not said."""
    return micros_of(text, "The carrier fee", decimals=PRICE_DECIMALS, most=HIGHEST_UNIT_PRICE) if text.strip() else 0


def whole(text: str, what: str, *, least: int) -> int | None:
    """A whole number; None where it is not said."""
    plain = text.strip()
    if not plain:
        return None
    if not _WHOLE.fullmatch(plain):
        raise WrongValue(f"The {what} {said(plain)} is not a whole number; correct it.")
    number = int(plain.split(".")[0])
    if not least <= number <= MOST_UNITS:
        raise WrongValue(f"The {what} {said(plain)} is not between {least} and {MOST_UNITS:,}; correct it.")
    return number


def quantity_of(text: str) -> int:
    """How many messages a record stands for: one, unless it says more."""
    return whole(text, "quantity", least=1) or 1


def parts_of(text: str) -> int | None:
    """How many parts were charged; None where it is not said, and then they are the messages."""
    return whole(text, "number of parts", least=0)


def product_of(text: str) -> str:
    """One of the eight products."""
    plain = text.strip().lower().replace("-", "_").replace(" ", "_")
    if plain not in _PRODUCTS:
        raise WrongValue(f"There is no product {said(text.strip())}; use one of {', '.join(_PRODUCTS)}.")
    return plain


def direction_of(text: str) -> str:
    """Out, unless it says in."""
    plain = text.strip().lower() or "out"
    if plain not in _DIRECTIONS:
        raise WrongValue(f"The direction {said(text.strip())} is neither out nor in; correct it.")
    return _DIRECTIONS[plain].value


def country_of(text: str) -> str:
    """Two capital letters, or nothing; only email may leave it out."""
    plain = text.strip().upper()
    if plain and plain not in COUNTRIES:
        raise WrongValue(f"{said(text.strip())} is not a country; use its two letters, such as AU.")
    return plain


def currency_of(text: str) -> str:
    """A currency code, or nothing; whether it is the customer's is for the row to say."""
    return text.strip().upper()


def status_of(text: str) -> str:
    """What became of the message, in small letters."""
    plain = text.strip().lower()
    if fault := text_fault(plain, longest=LONGEST_STATUS):
        raise WrongValue(f"The status cannot be kept: {fault}")
    return plain


def sub_account_of(text: str) -> str:
    """The sub-account as written; nothing means the account itself."""
    plain = text.strip()
    if fault := text_fault(plain):
        raise WrongValue(f"The sub-account cannot be kept: {fault}")
    return plain


def own_number_of(text: str) -> str | None:
    """The customer's own number as +61480000000; None where the message used none."""
    plain = re.sub(r"[ ().-]", "", text)
    if not plain:
        return None
    if not _NUMBER.fullmatch(plain):
        raise WrongValue(f"The own number {said(text.strip())} is not a number such as +61480000000; correct it.")
    return plain if plain.startswith("+") else f"+{plain}"


def moment_of(text: str) -> datetime:
    """A moment in UTC: ISO 8601 with its offset (UTC without one), or seconds since 1970."""
    plain = text.strip()
    try:
        if plain.isdecimal():
            return datetime.fromtimestamp(int(plain), UTC)
        moment = datetime.fromisoformat(plain)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        what = f"{said(plain)} is not a moment" if plain else "The moment it was sent is missing"
        raise WrongValue(f"{what}; write it like 2026-11-20T10:30:00+11:00.") from None
