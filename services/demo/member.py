"""A customer of the demo as it reckons: what it has left, what it has ordered, and when it buys again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from services.customers.model import Customer, InvoiceDetails
from services.demo.story import Story
from services.demo.traffic import monthly_use
from services.money import Money
from services.numbers.model import DedicatedNumber
from services.periods import months_between

_RESERVE = 2.0  # months of use below which a customer buys again: the money takes weeks to arrive
_LAZY = 0.15  # an overspender waits until its credit is nearly gone
_TOLERATED = 0.3  # months of use below zero at which nothing more is sent
_PATIENCE = 2  # months after which an invoice that was never paid counts no more


@dataclass
class Member:
    """A customer, what it has left by its own reckoning (micros), and what it rents."""

    story: Story
    customer: Customer
    details: InvoiceDetails
    credit: int = 0
    ordered: int = 0
    ordered_on: date | None = None
    sends_from: date | None = None
    numbers: list[DedicatedNumber] = field(default_factory=list)
    fee_id: int | None = None
    pays_after: date | None = None

    def receive(self, credited: Money, usable_on: date) -> None:
        """Credit has arrived; with the first of it the customer begins to send."""
        self.credit += credited.micros
        self.ordered = 0
        self.sends_from = self.sends_from or usable_on

    def order(self, net: Money, on: date) -> None:
        """An invoice was issued, and the customer counts on it for a while."""
        self.ordered, self.ordered_on = net.micros, on

    def may_send(self, month: date) -> bool:
        """Whether it has begun, and is not so far below zero that the platform stops it."""
        return self.sends_from is not None and self.credit > -_TOLERATED * monthly_use(self.story, month)

    def wants_to_buy(self, month: date) -> bool:
        """Whether its credit will not last until the next money could arrive; never once it pays afterwards."""
        if self.pays_after and month >= self.pays_after:
            return False
        if self.ordered_on and months_between(self.ordered_on, month) >= _PATIENCE:
            self.ordered = 0
        reserve = _LAZY if self.story.overspends else _RESERVE
        return self.credit + self.ordered < reserve * monthly_use(self.story, month)

    @property
    def rents_from(self) -> date | None:
        """The day its first number was activated."""
        return self.numbers[0].activated_on if self.numbers else None
