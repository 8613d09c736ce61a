"""The processor's objects as far as we read them: each field checked, everything else left where it is.

Field names and meanings are Stripe's (API 2026-10-28): docs/card-files.md says which are read. Amounts stay integers in
the currency's smallest coin until they are money.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.cards.model import CardFacts
from services.errors import Refused
from services.texts import seen

Json = Mapping[str, Any]

_ID = re.compile(r"[A-Za-z0-9_]{3,255}")
_LAST_FOUR = re.compile(r"[0-9]{4}")
_WORD = re.compile(r"[a-z_]{1,40}")  # a brand, a wallet
_COUNTRY = re.compile(r"[A-Z]{2}")
_FINGERPRINT = re.compile(r"[A-Za-z0-9]{1,64}")
_ACCOUNT_ID = re.compile(r"[0-9]{1,20}")
_EARLIEST = 946_684_800  # 1 January 2000
_LATEST = 4_102_444_800  # 1 January 2100
_SAID = 40  # characters of a wrong value that a sentence repeats


class WrongObject(Refused):
    """A field of one object cannot be what it should be."""


@dataclass(frozen=True, slots=True)
class Whose:
    """How an object names its customer: the processor's customer id, our account id, or both; empty where not said."""

    external_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class ReadCustomer:
    """A `customer`: whose it is says `metadata.account_id`."""

    external_id: str
    whose: Whose


@dataclass(frozen=True, slots=True)
class ReadCard:
    """A `payment_method` of type card; one that belongs to nobody any more was taken off (`is_attached`)."""

    external_id: str
    whose: Whose
    facts: CardFacts
    added_at: datetime
    is_attached: bool


def kind_of(value: object) -> str:
    """Which object it is; raises `WrongObject` for what is none."""
    if not isinstance(value, dict):
        raise WrongObject("It is not an object.")
    return text_of(value, "object")


def id_of(value: object) -> str:
    """Its id, where it has one that can be shown."""
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def mode_of(value: object) -> bool | None:
    """Whether it is of the processor's live mode; None where the object does not say."""
    found = value.get("livemode") if isinstance(value, dict) else None
    return found if isinstance(found, bool) else None


def customer_of(value: Json) -> ReadCustomer:
    """A `customer`. Raises `WrongObject`."""
    external_id = own_id(value)
    return ReadCustomer(external_id, Whose(external_id, _account_id(value)))


def card_of(value: Json) -> ReadCard:
    """A `payment_method`. Raises `WrongObject`, also for one that is no card."""
    if (kind := text_of(value, "type")) != "card":
        raise WrongObject(f"A payment method of the type “{shortened(kind)}” is no card; only cards are kept.")
    whose = whose_of(value)
    return ReadCard(
        own_id(value, "pm_", "card_"),
        whose,
        facts_of(value.get("card"), "card"),
        moment_of(value, "created"),
        bool(whose.external_id),
    )


def facts_of(found: object, name: str) -> CardFacts:
    """The card inside an object: brand, last four and expiry must be there. Raises `WrongObject`."""
    if not isinstance(found, dict):
        raise WrongObject(f"It has no “{name}”, so its card is not known.")
    last_four = text_of(found, "last4")
    if not _LAST_FOUR.fullmatch(last_four):
        raise WrongObject(f"Its last4 is “{shortened(last_four)}”, not four digits.")
    month, year = whole_of(found, "exp_month"), whole_of(found, "exp_year")
    if not (1 <= month <= 12 and 2000 <= year <= 2100):  # noqa: PLR2004 - months of a year, years of our time
        raise WrongObject(f"Its expiry {month}/{year} is no month.")
    brand = text_of(found, "brand")
    if not _WORD.fullmatch(brand):
        raise WrongObject(f"Its brand “{shortened(brand)}” is no name of a brand.")
    wallet = found.get("wallet")
    return CardFacts(
        brand,
        last_four,
        month,
        year,
        _optional(found, "country", _COUNTRY),
        _optional(found, "fingerprint", _FINGERPRINT),
        _optional(wallet, "type", _WORD) if isinstance(wallet, dict) else "",
    )


def whose_of(value: Json) -> Whose:
    """Which customer an object names; `customer` may be an id or the whole object. Raises `WrongObject`."""
    found = value.get("customer")
    account_id = _account_id(value)
    if isinstance(found, dict) and found.get("object") == "customer":
        account_id = account_id or _account_id(found)
        found = found.get("id")
    if found is not None and not (isinstance(found, str) and _ID.fullmatch(found)):
        raise WrongObject(f"Its customer is “{shortened(found)}”, not an id.")
    return Whose(found or "", account_id)


def own_id(value: Json, *prefixes: str) -> str:
    """Its id, which begins with one of the prefixes where any is given. Raises `WrongObject`."""
    found = text_of(value, "id")
    if not _ID.fullmatch(found):
        raise WrongObject(f"Its id is “{shortened(found)}”, which is none.")
    if prefixes and not found.startswith(prefixes):
        raise WrongObject(f"Its id “{shortened(found)}” does not begin with {' or '.join(prefixes)}.")
    return found


def moment_of(value: Json, name: str) -> datetime:
    """A moment given in seconds since 1970. Raises `WrongObject`."""
    seconds = whole_of(value, name)
    if not _EARLIEST <= seconds < _LATEST:
        raise WrongObject(f"Its {name} is {seconds}, which is no moment of our time in seconds since 1970.")
    return datetime.fromtimestamp(seconds, UTC)


def whole_of(value: Json, name: str) -> int:
    """A whole number; 10.0, true and "10" are none. Raises `WrongObject`."""
    found = value.get(name)
    if type(found) is not int:
        raise WrongObject(f"Its {name} is “{shortened(found)}”, not a whole number.")
    return found


def text_of(value: Json, name: str) -> str:
    """A text that says something. Raises `WrongObject`."""
    found = value.get(name)
    if not isinstance(found, str) or not found:
        raise WrongObject(f"It has no “{name}”.")
    return found


def _optional(value: Json, name: str, form: re.Pattern[str]) -> str:
    found = value.get(name)
    return found if isinstance(found, str) and form.fullmatch(found) else ""


def _account_id(value: Json) -> str:
    metadata = value.get("metadata")
    found = metadata.get("account_id") if isinstance(metadata, dict) else None
    if found is None:
        return ""
    if not (isinstance(found, str) and _ACCOUNT_ID.fullmatch(found.strip())):
        raise WrongObject(f"Its metadata.account_id is “{shortened(found)}”, not an account id.")
    return found.strip()


def shortened(found: object, longest: int = _SAID) -> str:
    """A value from outside as a sentence may repeat it."""
    said = seen(str(found))
    return said if len(said) <= longest else f"{said[:longest]}…"
