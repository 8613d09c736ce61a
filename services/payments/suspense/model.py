"""What a held receipt is: part of a bank line kept out of the inbox, why, and whose work it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.access.model import Permission, Role
from services.errors import NotFound, Refused, Stale
from services.money import Money

HOLD = Permission("payments.hold", "hold a receipt in suspense", frozenset({Role.ACCOUNTING}))
TAKE_OUT = Permission("payments.take_out", "take a receipt out of suspense", frozenset({Role.ACCOUNTING}))


class NoSuchHeld(NotFound):
    """No held receipt has this id."""


class NothingToHold(Refused):
    """Nothing of the receipt is left to hold, or less than was asked for."""


class AlreadyOut(Stale):
    """Somebody took it out before."""


@dataclass(frozen=True, slots=True)
class Held:
    """Part of a receipt in suspense. `base_micros` is its worth in AUD, `owner` whoever finds out whose it is."""

    id: int
    bank_line_id: int
    amount: Money
    base_micros: int
    reason: str
    owner_id: int | None
    owner: str
    entry_id: int
    held_on: date
    held_at: datetime
    held_by: str
    out_at: datetime | None = None
    out_by: str | None = None
    out_reason: str | None = None
    reversal_entry_id: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it is still in suspense."""
        return self.out_at is None
