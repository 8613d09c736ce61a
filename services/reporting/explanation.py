"""Why a customer's credit is what it is between two days, told by class of movement, and what of it the customer sees.

Custom fees may be hidden from the customer but are deducted all the same (rule 24), so what the customer can add up
misses the balance by exactly those: that is the gap, and it is shown, never spread.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from services.fees import queries as fees
from services.ledger import queries as ledger
from services.ledger.classes import MovementClass, class_of, kinds_of, usual_direction
from services.ledger.model import Explanation, ExplanationLine, Kind
from services.money import Money, zero
from services.periods import Period


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class of movement, usage by product: its rows, what they come to, and what of it undid earlier movements.

    `money` is positive where credit rose; `taken_back` is never negative, and part of `money` already.
    """

    of: MovementClass
    kind: Kind | None
    rows: int
    money: Money
    taken_back: Money

    @property
    def label(self) -> str:
        """The words on screen: the product for usage, else the class."""
        return self.kind.label if self.kind else self.of.label


@dataclass(frozen=True, slots=True)
class Hidden:
    """The custom fees of a period the customer is not shown: their entries, and what those did to the credit."""

    entry_ids: tuple[int, ...]
    money: Money
    taken_back: Money


@dataclass(frozen=True, slots=True)
class Why:
    """Opening, what moved the credit by class, closing; and the part of it that is hidden from the customer."""

    period: Period
    opening: Money
    lines: tuple[ClassLine, ...]
    closing: Money
    hidden: Hidden

    @property
    def difference(self) -> Money:
        """Closing less opening less every line: 0.00 unless the books disagree with themselves."""
        return self.closing - _sum(self.lines, self.opening)

    @property
    def bought(self) -> Money:
        """What came in, less what of it was taken back."""
        return _sum((line for line in self.lines if not line.of.is_charge), zero(self.opening.currency))

    @property
    def used(self) -> Money:
        """What sending, number rental, custom fees and a commitment took, positive."""
        return -_sum((line for line in self.lines if line.of.is_charge), zero(self.opening.currency))

    def as_the_customer_sees_it(self) -> Seen:
        """The same without hidden fees, and the gap they leave."""
        shown = [_without(line, self.hidden) if line.of is MovementClass.FEES else line for line in self.lines]
        lines = tuple(line for line in shown if line.rows or line.money)
        return Seen(self.opening, lines, _sum(lines, self.opening), self.closing)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the customer sees: the true balances, the movements shown to them, and where those would lead.

    A balance on the customer's account is always the true one: hidden fees are deducted, only not listed.
    """

    opening: Money
    lines: tuple[ClassLine, ...]
    expected: Money
    closing: Money

    @property
    def gap(self) -> Money:
        """What the customer's own sum misses the closing balance by: the hidden fees, negative where they took."""
        return self.closing - self.expected


def why_of(conn: Connection, *, customer_id: int, currency: str, period: Period) -> Why:
    """Why one customer's credit in a currency is what it is at the end of a period."""
    explained = ledger.explain(conn, customer_id=customer_id, currency=currency, period=period)
    return why(explained, period=period, hidden=hidden_fees(conn, customer_id, currency, period))


def hidden_fees(conn: Connection, customer_id: int, currency: str, period: Period) -> Hidden:
    """The fees of a period that are not shown to the customer, those taken back among them."""
    found = fees.hidden_moves(conn, customer_id=customer_id, period=period)
    ids = tuple(entry_id for entry_id, _ in found)
    moved = [micros for _, micros in found]
    back = sum(micros for micros in moved if micros > 0)
    return Hidden(ids, Money(sum(moved), currency), Money(back, currency))


def why(explained: Explanation, *, period: Period, hidden: Hidden) -> Why:
    """An explanation of the books, told by class."""
    by_kind = {line.kind: line for line in explained.lines}
    lines: list[ClassLine] = []
    for each in MovementClass:
        found = [by_kind[kind] for kind in kinds_of(each) if kind in by_kind]
        parts = [[line] for line in found] if each.by_kind else [found]
        lines += [_told(each, part) for part in parts if part]
    # a movement of no known class would be missing from the sum; asking for its class says so loudly
    for kind in by_kind:
        class_of(kind)
    return Why(period, explained.opening, tuple(lines), explained.closing, hidden)


def _told(of: MovementClass, parts: list[ExplanationLine]) -> ClassLine:
    nothing = zero(parts[0].money.currency)
    money = sum((part.money for part in parts), nothing)
    taken_back = sum((_undone(part) for part in parts), nothing)
    rows = sum(part.rows for part in parts)
    return ClassLine(of, parts[0].kind if of.by_kind else None, rows, money, taken_back)


def _undone(line: ExplanationLine) -> Money:
    direction = usual_direction(line.kind)
    if not direction:
        return zero(line.money.currency)
    return line.lowered if direction > 0 else line.raised


def _without(line: ClassLine, hidden: Hidden) -> ClassLine:
    return replace(
        line,
        rows=line.rows - len(hidden.entry_ids),
        money=line.money - hidden.money,
        taken_back=line.taken_back - hidden.taken_back,
    )


def _sum(lines: Iterable[ClassLine], start: Money) -> Money:
    return sum((line.money for line in lines), start)
