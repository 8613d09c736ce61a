"""The processor's charges and what it kept of them, read field by field: money in whole coins, never anything else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.cards.model import CardFacts
from services.cards.objects import (
    Json,
    Whose,
    WrongObject,
    facts_of,
    moment_of,
    own_id,
    shortened,
    text_of,
    whole_of,
    whose_of,
)
from services.money import MICROS, Money, NotAnAmount, digits, minor_unit

SUCCEEDED, FAILED = "succeeded", "failed"
_CHARGE_IDS = ("ch_", "py_")
_CURRENCY = re.compile(r"[a-z]{3}")
_CODE = re.compile(r"[a-z0-9_]{1,60}")
_LONGEST_MESSAGE = 200
_COUNTED = {"ISK": 2, "MGA": 0, "UGX": 2}  # decimals the processor counts in, where they are not those of ISO 4217


@dataclass(frozen=True, slots=True)
class ReadCharge:
    """A `charge` of a card that is over: `gross` was captured, or `failure` says why nothing was.

    What it says was `refunded` or disputed is posted by objects of their own.
    """

    external_id: str
    whose: Whose
    payment_intent: str
    payment_method: str
    facts: CardFacts
    gross: Money
    charged_at: datetime
    status: str
    failure_code: str = ""
    failure: str = ""
    refunded: Money | None = None
    is_disputed: bool = False

    @property
    def has_failed(self) -> bool:
        """Whether nothing was taken."""
        return self.status == FAILED


@dataclass(frozen=True, slots=True)
class ReadBalance:
    """A `balance_transaction` of a charge: what the processor added to our balance for it, and kept as its fee."""

    external_id: str
    charge: str
    amount: Money
    fee: Money
    made_at: datetime

    @property
    def whose(self) -> Whose:
        """Nobody: it names its charge."""
        return Whose("", "")


def charge_of(value: Json) -> ReadCharge:
    """A `charge`. Raises `WrongObject`, also for one that is pending, only authorised, or of no card."""
    details = value.get("payment_method_details")
    if not isinstance(details, dict) or text_of(details, "type") != "card":
        raise WrongObject("It is no charge of a card.")
    status = text_of(value, "status")
    if status not in {SUCCEEDED, FAILED}:
        raise WrongObject(
            f"Its status is “{shortened(status)}”: nothing was taken yet. Import it again once it is over."
        )
    if status == SUCCEEDED and value.get("captured") is not True:
        raise WrongObject("It is only authorised, not captured: nothing was taken yet. Import it again once it is.")
    amount = whole_of(value, "amount_captured" if status == SUCCEEDED else "amount")
    if amount <= 0:
        raise WrongObject(f"Its amount is {amount}; a charge is above zero.")
    refunded = whole_of(value, "amount_refunded") if value.get("amount_refunded") is not None else 0
    code, message = value.get("failure_code"), value.get("failure_message")
    return ReadCharge(
        external_id=own_id(value, *_CHARGE_IDS),
        whose=whose_of(value),
        payment_intent=reference_of(value, "payment_intent"),
        payment_method=reference_of(value, "payment_method"),
        facts=facts_of(details.get("card"), "payment_method_details.card"),
        gross=money_of(amount, currency_of(value)),
        charged_at=moment_of(value, "created"),
        status=status,
        failure_code=_failure_code(value, code) if status == FAILED else "",
        refunded=money_of(refunded, currency_of(value)) if refunded else None,
        is_disputed=value.get("disputed") is True,
        failure=shortened(message, _LONGEST_MESSAGE) if status == FAILED and isinstance(message, str) else "",
    )


def balance_of(value: Json) -> ReadBalance:
    """A `balance_transaction` of a charge. Raises `WrongObject` for every other category: none is guessed."""
    category = text_of(value, "reporting_category")
    if category != "charge":
        raise WrongObject(f"A balance transaction of the category “{shortened(category)}” is not read.")
    currency = currency_of(value)
    amount, fee, net = (whole_of(value, name) for name in ("amount", "fee", "net"))
    if fee < 0 or amount <= 0 or amount - fee != net:
        raise WrongObject(f"Its amount {amount}, fee {fee} and net {net} do not add up.")
    return ReadBalance(
        own_id(value, "txn_"),
        _required(value, "source"),
        money_of(amount, currency),
        money_of(fee, currency),
        moment_of(value, "created"),
    )


def money_of(amount: int, currency: str) -> Money:
    """An amount in the processor's smallest coin as money. Raises `WrongObject` for one that is no payable amount."""
    micros = amount * MICROS // 10 ** _COUNTED.get(currency, digits(currency))
    if micros % minor_unit(currency):
        raise WrongObject(f"{amount} hundredths of {currency} are no whole amount of it.")
    return Money(micros, currency)


def currency_of(value: Json) -> str:
    """Its currency in capitals. Raises `WrongObject`."""
    found = text_of(value, "currency")
    if not _CURRENCY.fullmatch(found):
        raise WrongObject(f"Its currency “{shortened(found)}” is no code of three letters.")
    code = found.upper()
    try:
        digits(code)
    except NotAnAmount as wrong:
        raise WrongObject(str(wrong)) from wrong
    return code


def _failure_code(value: Json, code: Any) -> str:
    """The bank's own reason where the processor passes it on ("insufficient_funds"), else the processor's."""
    outcome = value.get("outcome")
    reason = outcome.get("reason") if isinstance(outcome, dict) else None
    return next((each for each in (reason, code) if isinstance(each, str) and _CODE.fullmatch(each)), "")


def reference_of(value: Json, name: str) -> str:
    """The id of another object, given alone or whole; empty where there is none."""
    found = value.get(name)
    if isinstance(found, dict):
        found = found.get("id")
    return shortened(found, 255) if isinstance(found, str) else ""


def _required(value: Json, name: str) -> str:
    if not (found := reference_of(value, name)):
        raise WrongObject(f"It has no “{name}”.")
    return found
