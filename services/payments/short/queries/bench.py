"""The bench: every invoice paid short, a page at a time, each judged by what is known of its payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import get_territory_currencies
from sqlalchemy import ColumnElement, Connection, Row, case, func, literal, or_, select

from services.banking.tables import bank_line
from services.customers.tables import customer
from services.invoices.model import Invoice, InvoiceStatus
from services.invoices.rows import from_row, invoices_now
from services.invoices.tables import invoice as invoice_table
from services.ledger.model import BASE_CURRENCY
from services.money import Money
from services.payments.allocation import largest_fee
from services.payments.short.banks import bank_of, usual_for
from services.payments.short.judging import judge
from services.payments.short.model import Cause, Decision, Facts, NotShort, ShortPayment, Standing, UsualFee
from services.payments.short.queries.fees import usual_fees
from services.payments.short.tables import short_decision
from services.payments.tables import allocation

PAGE_SIZE = 50
_I, _D, _A, _L = invoice_table.c, short_decision.c, allocation.c, bank_line.c
_HOME = "AU"


@dataclass(frozen=True, slots=True)
class ShortsPage:
    """One page of short payments, how many have that standing, and how many each standing has."""

    rows: tuple[ShortPayment, ...]
    total: int
    counts: dict[Standing, int]


def shorts(
    conn: Connection,
    *,
    today: date,
    standing: Standing | None = None,
    page: int = 1,
    size: int = PAGE_SIZE,
    usual: Sequence[UsualFee] | None = None,
) -> ShortsPage:
    """One page (the first is 1) of invoices paid short, those to decide oldest first, others newest first.

    `usual` is the answer of `usual_fees` where it is known already: it is the dearest part of the judgement.
    """
    stands, counts = _standing(today), short_counts(conn, today=today)
    fits = [*_short(), *([stands == standing.value] if standing else [])]
    waits_first = standing in {Standing.OPEN, Standing.WAITS}
    order = (_I.issued_on, _I.id) if waits_first else (_I.issued_on.desc(), _I.id.desc())
    wanted = _invoices(today).where(*fits).order_by(*order).limit(size).offset((page - 1) * size)
    rows = conn.execute(wanted).all()
    total = counts.get(standing, 0) if standing else sum(counts.values())
    return ShortsPage(tuple(_judged(conn, rows, usual)), total, {each: counts.get(each, 0) for each in Standing})


def short_counts(conn: Connection, *, today: date) -> dict[Standing, int]:
    """How many invoices paid short stand how; without those of which there is none."""
    stands = _standing(today)
    counted = select(stands, func.count()).where(*_short()).group_by(stands)
    return {Standing(name): int(number) for name, number in conn.execute(counted)}


def short_payment(conn: Connection, *, invoice_id: int, today: date) -> ShortPayment:
    """One invoice paid short with its judgement; raises `NotShort`."""
    rows = conn.execute(_invoices(today).where(_I.id == invoice_id, *_short())).all()
    if not rows:
        raise NotShort("Nothing is missing of this invoice, or nothing of it was paid; look at it again.")
    return next(iter(_judged(conn, rows)))


def _short() -> list[ColumnElement[bool]]:
    lacks = or_(_I.status == InvoiceStatus.PART_PAID.value, _I.fee_micros + _I.short_micros + _I.absorbed_micros > 0)
    return [lacks, _I.status != InvoiceStatus.WRITTEN_OFF.value, _I.status != InvoiceStatus.CREDITED.value]


def _until() -> ColumnElement[Any]:
    live = (_D.invoice_id == _I.id, _D.decision == Decision.WAITS.value, _D.undone_at.is_(None))
    return select(func.max(_D.wait_until)).where(*live).scalar_subquery()


def _standing(today: date) -> ColumnElement[str]:
    part_paid = _I.status == InvoiceStatus.PART_PAID.value
    waits = func.coalesce(_until() >= literal(today, _D.wait_until.type), False)
    return case(
        (part_paid & waits, Standing.WAITS.value),
        (part_paid, Standing.OPEN.value),
        (_I.absorbed_micros > 0, Standing.ABSORBED.value),
        else_=Standing.SETTLED.value,
    ).label("standing")


def _invoices(today: date) -> Any:
    name = select(customer.c.name).where(customer.c.id == _I.customer_id).scalar_subquery()
    return invoices_now().add_columns(name.label("customer_name"), _standing(today), _until().label("wait_until"))


def _judged(conn: Connection, rows: Sequence[Row[Any]], usual: Sequence[UsualFee] | None = None) -> list[ShortPayment]:
    """Each with the evidence of its receipts: two reads, however many rows."""
    if not rows:
        return []
    fees = usual_fees(conn) if usual is None else usual
    receipts = _receipts(conn, [row.id for row in rows])
    return [_one(row, receipts.get(row.id, []), fees) for row in rows]


def _receipts(conn: Connection, invoice_ids: Sequence[int]) -> dict[int, list[Any]]:
    columns = (_A.invoice_id, _A.payer_account, _L.booked_on, _L.currency, _L.amount_micros)
    wanted = (
        select(*columns, _L.instructed_micros, _L.instructed_currency)
        .join(bank_line, _L.id == _A.bank_line_id)
        .where(_A.invoice_id.in_(invoice_ids), _A.undone_at.is_(None))
        .order_by(_A.id)
    )
    found: dict[int, list[Any]] = {}
    for row in conn.execute(wanted):
        found.setdefault(row.invoice_id, []).append(row)
    return found


def _one(row: Row[Any], receipts: Sequence[Row[Any]], fees: Sequence[UsualFee]) -> ShortPayment:
    invoice = from_row(row)
    bank = next((found for each in reversed(receipts) if (found := bank_of(each.payer_account))), "")
    usual = usual_for(fees, country=row.country, bank=bank, currency=invoice.currency)
    if usual is not None and usual.seen == 1 and invoice.fee + invoice.absorbed == usual.middle:
        usual = None  # the one payment that was learned from is this one: it is no evidence of itself
    facts = Facts(
        invoice=invoice,
        missing=missing_of(invoice),
        domestic=row.country == _HOME and invoice.currency == BASE_CURRENCY,
        stated=_stated(receipts),
        sent=_sent(receipts, invoice.currency),
        home=next(iter(get_territory_currencies(row.country)), ""),
        usual=usual,
    )
    judgement = judge(facts)
    little = facts.missing <= largest_fee(invoice.currency, invoice.rate)
    return ShortPayment(
        invoice=invoice,
        customer=row.customer_name,
        country=row.country,
        bank=bank,
        received_on=receipts[-1].booked_on if receipts else None,
        missing=facts.missing,
        judgement=judgement,
        standing=Standing(row.standing),
        usual=usual,
        bearable=little or judgement.cause is Cause.BANK_FEE,
        wait_until=row.wait_until if row.standing == Standing.WAITS.value else None,
    )


def missing_of(invoice: Invoice) -> Money:
    """What of the invoice never arrived, whoever bears it and whether or not it is still expected."""
    return invoice.open + invoice.fee + invoice.short + invoice.absorbed


def _stated(receipts: Sequence[Row[Any]]) -> Money | None:
    kept = sum(
        each.instructed_micros - each.amount_micros for each in receipts if each.instructed_currency == each.currency
    )
    return Money(kept, receipts[0].currency) if receipts and kept > 0 else None


def _sent(receipts: Sequence[Row[Any]], code: str) -> Money | None:
    others = [each for each in receipts if each.instructed_currency not in (None, code)]
    return Money(others[-1].instructed_micros, others[-1].instructed_currency) if others else None
