"""The monthly run: begin and end commitments on their days, and bill each month of each once, in arrears."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.customers.model import BillingMode
from services.customers.queries import customer as customer_by_id
from services.customers.queries import invoice_details
from services.customers.tables import customer
from services.db.engine import Transaction
from services.invoices.arrears import issue_arrears
from services.invoices.model import Invoice
from services.ledger.lateness import first_open_day
from services.ledger.model import BASE_CURRENCY
from services.ledger.operations import post
from services.money import Money, minor_unit
from services.periods import Period, accounting_period
from services.postpaid.accounting import trued_up
from services.postpaid.breakdown import lines_for
from services.postpaid.commitment import DueMonth
from services.postpaid.consuming import consumed, unbilled
from services.postpaid.model import RUN_COMMITMENTS, Commitment
from services.postpaid.queries import commitments as queries
from services.postpaid.tables import commitment as table
from services.postpaid.tables import commitment_month
from services.postpaid.true_up import early_exit, true_up_of
from services.postpaid.turning import begins, ends
from services.pricing.queries import rate_on


def turn_commitments(tx: Transaction, *, by: Principal, commitment_ids: Collection[int]) -> int:
    """Let commitments begin whose first day has come, and end whose last month is billed; gives how many did.

    From the first day the customer pays afterwards: use may take the balance below zero. After the end the customer is
    prepaid again; what the last invoice asks for stays owed.
    """
    require(by, RUN_COMMITMENTS)
    found = _locked(tx, commitment_ids)
    ids = [each.id for each in found]
    beginning, over = begins(tx.conn, on=tx.today, ids=ids), ends(tx.conn, on=tx.today, ids=ids)
    for each in beginning:
        _switch(tx, by, each, BillingMode.POSTPAID, {"started_at": tx.at})
    for each in over:
        _switch(tx, by, each, BillingMode.PREPAID, {"ended_at": tx.at})
    return len(beginning) + len(over)


def due_months(
    conn: Connection, *, month: date, ids: Collection[int] | None = None
) -> list[tuple[Commitment, DueMonth]]:
    """The commitments whose calendar month is over and not billed, with its days; oldest month first is the caller's.

    `month` is the first day of the month to bill.
    """
    billed = queries.billed_in(conn, month)
    waiting = [each for each in queries.running_commitments(conn, ids=ids) if each.started_at and each.id not in billed]
    return [(each, due) for each in waiting for due in each.contract.due_months() if due.month == month]


def bill_months(tx: Transaction, *, by: Principal, month: date, commitment_ids: Collection[int]) -> int:
    """Bill the calendar month of these commitments, each once; gives how many months were billed now.

    In one transaction the true-up is posted, the invoice issued for all that is owed and not asked for, and the month
    kept. A month in which nothing is owed has no invoice. Raises what `issue_arrears` and the ledger raise.
    """
    require(by, RUN_COMMITMENTS)
    _locked(tx, commitment_ids)
    due = due_months(tx.conn, month=month, ids=commitment_ids)
    for found, part in due:
        _bill(tx, by, found, part)
    return len(due)


def month_so_far(conn: Connection, found: Commitment, due: DueMonth) -> Money:
    """What was consumed up to a month's last day and is in no month billed before: late use counts once, when known."""
    days = Period(found.contract.starts_on, due.days.ends_before)
    total = consumed(conn, customer_id=found.customer_id, currency=found.currency, days=days)
    before = sum((one.consumed.micros for one in queries.months_billed(conn, found.id) if one.month < due.month), 0)
    return total - Money(before, found.currency)


def _bill(tx: Transaction, by: Principal, found: Commitment, due: DueMonth) -> None:
    earlier = [one.consumed for one in queries.months_billed(tx.conn, found.id)]
    used = month_so_far(tx.conn, found, due)
    owed = _true_up(found, [*earlier, used], due)
    entry_id = _post_true_up(tx, by, found, due, owed) if owed else None
    invoice = _invoice(tx, by, found, due, owed)
    row: dict[str, Any] = {
        "commitment_id": found.id,
        "month": due.month,
        "starts_on": due.days.starts_on,
        "ends_before": due.days.ends_before,
        "consumed_micros": used.micros,
        "minimum_micros": due.minimum.micros,
        "true_up_micros": owed.micros,
        "true_up_entry_id": entry_id,
        "invoice_id": invoice.id if invoice else None,
        "billed_at": tx.at,
        "billed_by": by.name,
    }
    tx.conn.execute(insert(commitment_month), row)
    facts = {"month": due.month, "consumed": used.text(), "true_up": owed.text()}
    facts |= {"invoice": invoice.number if invoice else "none"}
    record(tx, by=by, act=RUN_COMMITMENTS.name, subject="commitment", subject_id=found.id, after=facts)


def _true_up(found: Commitment, used: list[Money], due: DueMonth) -> Money:
    owed = true_up_of(found.contract, used)
    closes = due.days.ends_before == found.contract.days.ends_before
    if closes and found.charges_rest and found.contract.left_before:
        agreed = replace(found.contract, left_before=None)
        owed += early_exit(agreed, used, left_before=found.contract.left_before).remaining
    return owed


def _post_true_up(tx: Transaction, by: Principal, found: Commitment, due: DueMonth, owed: Money) -> int:
    on = max(due.days.last_day, first_open_day(tx))
    rate = None if found.currency == BASE_CURRENCY else rate_on(tx.conn, found.currency, on).aud_per_unit
    draft = trued_up(
        commitment_id=found.id,
        customer_id=found.customer_id,
        month=due.month,
        amount=owed,
        rate=rate,
        on=on,
        memo=f"Minimum of {due.minimum.text()} for {due.month:%Y-%m}",
    )
    return post(tx, draft, by=by).entry_id


def _invoice(tx: Transaction, by: Principal, found: Commitment, due: DueMonth, owed: Money) -> Invoice | None:
    open_ = unbilled(tx.conn, customer_id=found.customer_id, currency=found.currency, before=due.days.ends_before)
    coin = minor_unit(found.currency)
    net = Money(open_.micros // coin * coin, found.currency)  # what is less than a coin waits for the next invoice
    if not net:
        return None
    details = invoice_details(tx.conn, found.customer_id)
    language = details.language if details else "en"
    lines = lines_for(tx.conn, found, due, net=net, true_up=owed, language=language)
    return issue_arrears(
        tx,
        by=by,
        nonce=f"commitment:{found.id}:{accounting_period(due.month)}",
        customer_id=found.customer_id,
        lines=lines,
        due_on=tx.today + timedelta(days=found.contract.terms_on(due.days.starts_on).payment_days),
        memo=f"Use of {due.month:%Y-%m}",
        send=True,
    )


def _switch(tx: Transaction, by: Principal, found: Commitment, mode: BillingMode, changes: dict[str, Any]) -> None:
    before = customer_by_id(tx.conn, found.customer_id)
    tx.conn.execute(update(customer).where(customer.c.id == found.customer_id).values(billing_mode=mode.value))
    tx.conn.execute(update(table).where(table.c.id == found.id).values(changes))
    facts = {"customer": before.username, "billing": mode.value}
    record(tx, by=by, act=RUN_COMMITMENTS.name, subject="commitment", subject_id=found.id, after=facts)


def _locked(tx: Transaction, ids: Collection[int]) -> list[Commitment]:
    tx.conn.execute(select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()).all()
    return queries.running_commitments(tx.conn, ids=ids)
