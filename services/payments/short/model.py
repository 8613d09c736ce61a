"""What a short payment is: three facts, what the difference is judged to be, and what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.access.model import Permission, Role
from services.errors import NotFound, Refused, Stale
from services.invoices.model import Invoice
from services.money import Money

DECIDE = Permission("payments.decide_short", "decide on a short payment", frozenset({Role.ACCOUNTING}))
UNDO_DECISION = Permission(
    "payments.undo_short", "take back a decision on a short payment", frozenset({Role.ACCOUNTING})
)
APPROVE_ABSORBING = Permission(
    "payments.absorb", "approve that we bear what a bank kept", frozenset({Role.ACCOUNTING, Role.MANAGER})
)
ABSORB_ACT = "payments.absorb_short"  # the act's name in the register of approvals


class NoSuchDecision(NotFound):
    """No decision on a short payment has this id."""


class NotShort(Refused):
    """The invoice is not paid short, or not in the way the act needs."""


class AlreadyTakenBack(Stale):
    """Somebody took the decision back before."""


class Cause(StrEnum):
    """What the difference between an invoice and what arrived is judged to be, the smallest first."""

    ROUNDING = "rounding"
    BANK_FEE = "bank_fee"
    EXCHANGE = "exchange"
    PART = "part"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"rounding": "Rounding", "bank_fee": "Bank fee", "exchange": "Exchange", "part": "Part payment"}[self]


class Decision(StrEnum):
    """What a person decided: the payer bears it, we bear it, or the rest is still to come."""

    SETTLED = "settled"
    ABSORBED = "absorbed"
    WAITS = "waits"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"settled": "Settled short", "absorbed": "Borne by us", "waits": "Waits for the rest"}[self]


class Standing(StrEnum):
    """Where a short payment stands."""

    OPEN = "open"
    WAITS = "waits"
    SETTLED = "settled"
    ABSORBED = "absorbed"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"open": "To decide", "waits": "Waits for the rest"}.get(self) or Decision(self.value).label


@dataclass(frozen=True, slots=True)
class UsualFee:
    """What banks of a country (or one bank of it) kept of payments in a currency.

    `low` and `high` are the quartiles: half of the `seen` fees lie between them. `bank` is "" for the whole country.
    """

    country: str
    bank: str
    currency: str
    seen: int
    least: Money
    low: Money
    middle: Money
    high: Money
    most: Money


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a short payment before it is judged; every amount in the invoice's currency but `sent`.

    `stated` is what the payer's bank says was kept, `sent` what was sent where that was another currency, `home` the
    currency of the payer's country ("" where unknown), `domestic` whether a transfer loses nothing on its way.
    """

    invoice: Invoice
    missing: Money
    domestic: bool
    stated: Money | None = None
    sent: Money | None = None
    home: str = ""
    usual: UsualFee | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the difference is, and why: whole phrases."""

    cause: Cause
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it stands. `micros` was open before it, or was borne by the payer (`was_fee`)."""

    id: int
    invoice_id: int
    decision: Decision
    cause: Cause
    amount: Money
    net: Money
    was_fee: bool
    reason: str
    wait_until: date | None
    entry_id: int | None
    decided_at: datetime
    decided_by: str
    approved_by: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None
    reversal_entry_id: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it was not taken back."""
        return self.undone_at is None


@dataclass(frozen=True, slots=True)
class ShortPayment:
    """An invoice paid short with its judgement: invoice amount, received and missing are three facts."""

    invoice: Invoice
    customer: str
    country: str
    bank: str
    received_on: date | None
    missing: Money
    judgement: Judgement
    standing: Standing
    usual: UsualFee | None
    bearable: bool = False  # little enough to be a bank's fee, so that somebody may bear it
    wait_until: date | None = None

    @property
    def under_minimum(self) -> bool:
        """Whether what arrived is less than a transfer has to be, at the rate kept with the invoice."""
        return self.invoice.received < self.invoice.minimum
