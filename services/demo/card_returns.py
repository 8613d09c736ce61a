"""What goes back of card payments in the demo: a refund, a dispute that is lost, and one that is still open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from services.cards.going_back import DisputeState, ReadDispute, ReadRefund, RefundState
from services.cards.operations import take_dispute, take_refund
from services.db.engine import Transaction
from services.demo.company import HOME, Act, DemoCompany
from services.demo.opening import at
from services.ledger.queries import credit_balance
from services.money import MICROS, Money
from services.periods import Period, months_between

_REFUND, _LOST = 3, 5  # months after the first
_FEE = Money(25 * MICROS, HOME)


def card_returns_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """One refund and one lost dispute in the demo's first year, and one dispute on its last day but one."""
    month, scale = days.starts_on, company.scale
    place = months_between(scale.first_on, month)
    if place in {_REFUND, _LOST}:
        moment = at(company.database, month + timedelta(days=19), 11)
        yield moment, partial(_go_back, company, moment, DisputeState.LOST if place == _LOST else None)
    last = scale.last_on - timedelta(days=1)
    if last in days:
        moment = at(company.database, last, 20)
        yield moment, partial(_go_back, company, moment, DisputeState.OPEN)


def _go_back(company: DemoCompany, moment: datetime, disputed: DisputeState | None) -> None:
    """The newest charge at home goes back, half of it where it is refunded, whole where it is disputed."""
    if company.charged:
        company.database.act(partial(_take, company, moment, disputed), at=moment)


def _take(company: DemoCompany, moment: datetime, disputed: DisputeState | None, tx: Transaction) -> None:
    member, charge = company.charged.pop()
    own, whose = charge.external_id.removeprefix("ch_"), (member.customer.id, HOME)
    before = credit_balance(tx.conn, *whose)
    if disputed is None:
        half = Money(charge.gross.micros // 2, HOME)
        take_refund(
            tx,
            by=company.accounting,
            found=ReadRefund(f"re_{own}", charge.external_id, half, moment, RefundState.SUCCEEDED),
        )
        company.at_processor -= half.micros
    else:
        fees, why = ((f"txn_d{own}", _FEE),), "fraudulent"
        found = ReadDispute(f"dp_{own}", charge.external_id, charge.gross, moment, disputed, why, fees)
        take_dispute(tx, by=company.accounting, found=found)
        company.at_processor -= charge.gross.micros + _FEE.micros
    member.credit -= (before - credit_balance(tx.conn, *whose)).micros
