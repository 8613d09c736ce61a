"""Reads of charges: a page of them with what each paid, one by its id, and which invoice a charge paid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import ColumnElement, CompoundSelect, Connection, and_, exists, or_, select, union
from sqlalchemy import func as sql

from services.cards.charges import FAILED, SUCCEEDED
from services.cards.model import ACCEPTED, LOST, PENDING, REFUND, WITHDRAWN, WON, brand_words
from services.cards.queries.on_file import named
from services.cards.queries.returns import returns_of
from services.cards.tables import card_fee, card_payment, card_return, card_settlement
from services.customers.tables import customer
from services.errors import NotFound
from services.frames import frame
from services.invoices.tables import invoice
from services.money import Money
from services.periods import Period

_P = card_payment.c
FLAGGED, OPEN_DISPUTE, REFUND_PENDING = "flagged", "dispute open", "refund pending"
WAITING = (OPEN_DISPUTE, REFUND_PENDING)
_BACK = {REFUND_PENDING: PENDING, "refunded": REFUND, "disputed": WITHDRAWN}


class NoCardPayment(NotFound):
    """No charge has this id."""


@dataclass(frozen=True, slots=True)
class CardPayment:
    """A charge that is over; `settled` and `fee` are known once its balance transaction is."""

    id: int
    external_id: str
    customer_id: int
    status: str
    failure_code: str
    failure: str
    card: str
    gross: Money
    owed_back: Money
    charged_at: datetime
    invoice_ids: tuple[int, ...]
    settled: Money | None
    fee: Money | None


@dataclass(frozen=True, slots=True)
class CardYear:
    """How a customer's cards were charged in some days: how often they paid, and how often each reason refused.

    `disputed` counts the disputes that began in those days, `lost` those decided against us in them.
    """

    taken: int
    refused: tuple[tuple[str, int], ...]
    disputed: int = 0
    lost: int = 0

    @property
    def failed(self) -> int:
        """How many charges failed."""
        return sum(count for _, count in self.refused)

    @property
    def words(self) -> str:
        """As a dossier says it: "12 taken, 3 refused (insufficient funds 2, expired card 1), 1 disputed"."""
        reasons = ", ".join(f"{reason} {count}" for reason, count in self.refused)
        said = [f"{self.taken} taken", f"{self.failed} refused ({reasons})" if self.failed else "none refused"]
        said += [f"{self.disputed} disputed"] if self.disputed else []
        said += [f"{self.lost} lost to a dispute"] if self.lost else []
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class PaymentsPage:
    """Some of the charges, and how many there are in all."""

    rows: pd.DataFrame
    total: int


def payments_page(
    conn: Connection,
    *,
    customer_id: int | None = None,
    between: tuple[datetime, datetime] | None = None,
    text: str = "",
    status: str | None = None,
    page: int = 1,
    size: int = 50,
) -> PaymentsPage:
    """A page of charges, newest first: `status` is "succeeded", "failed", "flagged", what went back, or None for all.

    Flagged are those taken below the least top-up or on a brand we do not take; "dispute open" are those whose dispute
    nobody has decided, "disputed" all that ever were. `text` is a customer's name, username
    or account id, a card's last four digits, or the processor's id of the charge. `between` is the first moment and
    the one after the last.
    """
    wanted = _of_status(status)
    if sought := text.strip():
        wanted.append(_P.id.in_(_found_by(sought)))
    if customer_id is not None:
        wanted.append(_P.customer_id == customer_id)
    if between:
        wanted += [_P.charged_at >= between[0], _P.charged_at < between[1]]
    joined = card_payment.join(customer, customer.c.id == _P.customer_id)
    columns = (
        _P.id, _P.external_id, _P.customer_id, customer.c.name.label("customer"), customer.c.account_id, _P.status,
        _P.failure_code, _P.failure, _P.brand, _P.last_four, _P.currency, _P.gross_micros, _P.owed_back_micros,
        _P.under_least, _P.charged_at, card_fee.c.fee_micros, card_fee.c.currency.label("fee_currency"),
    )  # fmt: skip
    with_fee = joined.outerjoin(card_fee, card_fee.c.card_payment_id == _P.id)
    query = select(*columns).select_from(with_fee).where(*wanted).order_by(_P.charged_at.desc(), _P.id.desc())
    total = conn.execute(select(sql.count()).select_from(card_payment).where(*wanted)).scalar_one()
    rows = conn.execute(query.limit(size).offset((page - 1) * size)).all()
    numbers = _numbers(conn, [row.id for row in rows])
    types = {"id": "int64", "customer_id": "int64", "gross_micros": "int64", "fee_micros": "Int64"}
    found = frame([column.name for column in query.selected_columns], rows, types)
    back = returns_of(conn, [row.id for row in rows])
    said = [", ".join(one.words for one in back.get(int(each), [])) for each in found["id"]]
    return PaymentsPage(found.assign(invoice=[numbers.get(int(each), "") for each in found["id"]], back=said), total)


def payment(conn: Connection, payment_id: int) -> CardPayment:
    """The charge; raises `NoCardPayment`."""
    joined = card_payment.outerjoin(card_fee, card_fee.c.card_payment_id == _P.id)
    fee = (card_fee.c.currency.label("fee_currency"), card_fee.c.settled_micros, card_fee.c.fee_micros)
    row = conn.execute(select(card_payment, *fee).select_from(joined).where(_P.id == payment_id)).one_or_none()
    if row is None:
        raise NoCardPayment(f"No card payment has the number {payment_id}.")
    c = card_settlement.c
    paid = conn.execute(select(c.invoice_id).where(c.card_payment_id == payment_id).order_by(c.id)).scalars()
    known = row.fee_currency is not None
    return CardPayment(
        row.id, row.external_id, row.customer_id, row.status, row.failure_code, row.failure,
        f"{brand_words(row.brand)} ending {row.last_four}", Money(row.gross_micros, row.currency),
        Money(row.owed_back_micros, row.currency), row.charged_at, tuple(paid),
        Money(row.settled_micros, row.fee_currency) if known else None,
        Money(row.fee_micros, row.fee_currency) if known else None,
    )  # fmt: skip


def charged(conn: Connection, *, customer_id: int, period: Period) -> CardYear:
    """How a customer's cards were charged in a period: the commonest reason of a refusal first."""
    mine = (_P.customer_id == customer_id, _P.effective_on >= period.starts_on, _P.effective_on < period.ends_before)
    counted = select(_P.status, _P.failure_code, sql.count().label("many")).where(*mine)
    rows = conn.execute(counted.group_by(_P.status, _P.failure_code)).all()
    refused = [
        (row.failure_code.replace("_", " ") or "no reason given", row.many) for row in rows if row.status == FAILED
    ]
    taken = sum(row.many for row in rows if row.status == SUCCEEDED)
    back = card_return.c
    days = (back.effective_on >= period.starts_on, back.effective_on < period.ends_before)
    acts = select(back.act, sql.count()).join_from(card_return, card_payment, _P.id == back.card_payment_id)
    told = acts.where(_P.customer_id == customer_id, *days).group_by(back.act)
    went = {str(act): int(many) for act, many in conn.execute(told)}
    by_reason = tuple(sorted(refused, key=lambda pair: (-pair[1], pair[0])))
    return CardYear(taken, by_reason, went.get(WITHDRAWN, 0), went.get(LOST, 0))


def settled_by_card(conn: Connection, invoice_id: int) -> list[tuple[CardPayment, Money, Money, int]]:
    """The charges that paid an invoice: each with what it paid, the net of it, and its journal entry."""
    c = card_settlement.c
    rows = conn.execute(select(card_settlement).where(c.invoice_id == invoice_id).order_by(c.id)).all()
    found = [(payment(conn, row.card_payment_id), row) for row in rows]
    return [
        (one, Money(row.paid_micros, one.gross.currency), Money(row.net_micros, one.gross.currency), row.entry_id)
        for one, row in found
    ]


def paid_invoices(conn: Connection, payment_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """By charge: the number of the invoice it paid, the card's brand as people write it, and its last four."""
    numbers = _numbers(conn, payment_ids)
    rows = conn.execute(select(_P.id, _P.brand, _P.last_four).where(_P.id.in_(payment_ids)))
    return {row.id: (numbers.get(row.id, ""), brand_words(row.brand), row.last_four) for row in rows}


def _numbers(conn: Connection, payment_ids: Collection[int]) -> dict[int, str]:
    c = card_settlement.c
    wanted = select(c.card_payment_id, invoice.c.number).join(invoice, invoice.c.id == c.invoice_id)
    found: dict[int, list[str]] = {}
    for row in conn.execute(wanted.where(c.card_payment_id.in_(payment_ids)).order_by(c.id)):
        found.setdefault(row.card_payment_id, []).append(row.number)
    return {each: ", ".join(numbers) for each, numbers in found.items()}


def _of_status(status: str | None) -> list[ColumnElement[bool]]:
    if status == FLAGGED:
        taken = _P.status == "succeeded"
        return [taken, or_(_P.under_least, ~_P.brand.in_(ACCEPTED))]
    if status == OPEN_DISPUTE:
        outcome = card_return.alias()
        same = and_(outcome.c.external_id == card_return.c.external_id, outcome.c.act.in_((WON, LOST)))
        begun = (card_return.c.act == WITHDRAWN, ~exists().where(same))
        return [_P.id.in_(select(card_return.c.card_payment_id).where(*begun))]
    if status in _BACK:
        return [_P.id.in_(select(card_return.c.card_payment_id).where(card_return.c.act == _BACK[status]))]
    return [_P.status == status] if status else []


def _found_by(sought: str) -> CompoundSelect[tuple[int]]:
    """Each way by its own index; as one condition with `or` all charges would be read, the newest first."""
    ways = (_P.customer_id.in_(named(sought)), _P.last_four == sought, _P.external_id == sought)
    return union(*(select(_P.id).where(way) for way in ways))
