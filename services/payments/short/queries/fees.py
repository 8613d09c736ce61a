"""What banks usually keep, learned from payments settled short: by country, bank and currency, with its spread."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Row,
    Select,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from services.invoices.tables import invoice
from services.money import MICROS, Money
from services.payments.short.banks import DOMESTIC_NEW_ZEALAND
from services.payments.short.model import Cause, UsualFee
from services.payments.short.tables import short_decision
from services.payments.tables import allocation

NEWEST = 3_000  # fees learned from: habits change, and a list of them is drawn with every short payment


def usual_fees(conn: Connection) -> list[UsualFee]:
    """For each country and currency, and each bank of it that is known, what was kept: quartiles and how many.

    A country stands before its banks, whose `bank` is not "".
    """
    kept = _kept().cte("kept")
    rows = [row for by_bank in (False, True) for row in conn.execute(_quartiles(kept, by_bank=by_bank))]
    return sorted((_usual(row) for row in rows), key=lambda each: (each.country, each.currency, each.bank))


def bank_column(account: ColumnElement[str]) -> ColumnElement[str]:
    """`banks.bank_of` as a column."""
    first, second, third = (func.substr(account, place, 1) for place in (1, 2, 3))
    iban = (first >= "A") & (second >= "A") & (third >= "0") & (third < "A")
    domestic = (first >= "0") & (first < "A") & func.length(account).in_(DOMESTIC_NEW_ZEALAND)
    return case((iban, func.substr(account, 5, 4)), (domestic, func.substr(account, 1, 2)), else_="")


def _kept() -> Select[Any]:
    """The newest fees banks kept, whoever bears them: country, bank, currency, micros. Rounding is nobody's fee."""
    given, decided, of = allocation.c, short_decision.c, invoice.c
    worth: ColumnElement[float] = cast(given.fee_micros, Float) * cast(
        given.base_micros, Float
    )  # a fraction: it is only compared
    recent = (
        select(given.invoice_id, given.payer_account, given.currency, given.fee_micros)
        .where(given.fee_micros > 0, given.undone_at.is_(None), worth >= cast(given.paid_micros, Float) * MICROS)
        .order_by(given.id.desc())
        .limit(NEWEST)
        .subquery()
        .c
    )
    with_receipt = select(
        of.country, recent.payer_account.label("account"), recent.currency, recent.fee_micros.label("micros")
    ).join(invoice, of.id == recent.invoice_id)
    newest = (
        select(given.payer_account)
        .where(given.invoice_id == decided.invoice_id, given.undone_at.is_(None))
        .order_by(given.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    later = (
        select(of.country, func.coalesce(newest, ""), decided.currency, decided.micros)
        .join(invoice, of.id == decided.invoice_id)
        .where(
            decided.undone_at.is_(None),
            decided.entry_id.is_not(None),
            decided.was_fee.is_(False),
            decided.cause == Cause.BANK_FEE.value,
        )
    )
    each = union_all(with_receipt, later).subquery().c
    return select(each.country, bank_column(each.account).label("bank"), each.currency, each.micros)


def _quartiles(kept: FromClause, *, by_bank: bool) -> Select[Any]:
    one = kept.c
    group = [one.country, one.currency, *([one.bank] if by_bank else [])]
    place = func.row_number().over(partition_by=group, order_by=one.micros).label("place")
    seen = func.count().over(partition_by=group).label("seen")
    bank = one.bank if by_bank else literal("")
    ranked = select(one.country, one.currency, bank.label("bank"), one.micros, place, seen)
    each = (ranked.where(one.bank != "") if by_bank else ranked).cte("ranked").c

    def at(where: ColumnElement[int]) -> ColumnElement[int]:
        return cast(func.max(case((each.place == where, each.micros))), BigInteger)

    columns = {
        "seen": func.max(each.seen),
        "least": cast(func.min(each.micros), BigInteger),
        "low": at((each.seen + 3) // 4),
        "middle": at(each.seen // 2 + 1),  # the higher of two, so that rather too much arrives
        "high": at((3 * each.seen + 3) // 4),
        "most": cast(func.max(each.micros), BigInteger),
    }
    named = [column.label(name) for name, column in columns.items()]
    return select(each.country, each.bank, each.currency, *named).group_by(each.country, each.bank, each.currency)


def _usual(row: Row[Any]) -> UsualFee:
    spread = [Money(int(micros), row.currency) for micros in tuple(row)[4:]]
    return UsualFee(row.country, row.bank, row.currency, int(row.seen), *spread)
