"""What is remembered of a payer: an account, the customer whose invoices it paid, how often and when last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.access.model import Permission, Role
from services.errors import NotFound

FORGET = Permission("payments.forget_payer", "forget whose account a payer’s is", frozenset({Role.ACCOUNTING}))


class NotRemembered(NotFound):
    """The account is not remembered for that customer, or not any more."""


@dataclass(frozen=True, slots=True)
class Payer:
    """An account (letters and digits) remembered for a customer; `name` is what the bank called it last.

    `shared`: the same account is remembered for another customer too, so it never speaks alone (decision 0008).
    """

    account: str
    customer_id: int
    customer: str
    name: str
    times: int
    last_on: date
    shared: bool
