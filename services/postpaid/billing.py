"""The monthly run: begin and end commitments on their days, and bill each month of each once, in arrears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
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
from services.ledger.operations import post_many
from services.money import Money, minor_unit
from services.periods import accounting_period
from services.postpaid.accounting import trued_up
from services.postpaid.breakdown import lines_for
from services.postpaid.commitment import DueMonth, TrueUp
from services.postpaid.consuming import months_so_far, unbilled
from services.postpaid.model import RUN_COMMITMENTS, Commitment
from services.postpaid.queries import commitments as queries
from services.postpaid.queries.consumption import consumed_by_month
from services.postpaid.queries.holds import kept_back
from services.postpaid.tables import commitment as table
from services.postpaid.tables import commitment_month
from services.postpaid.taxing import turn_tax
from services.postpaid.true_up import true_up_of
from services.postpaid.turning import begins, ends
from services.pricing.queries import rate_on

Due = tuple[Commitment, DueMonth]


def turn_commitments(tx: Transaction, *, by: Principal, commitment_ids: Collection[int]) -> int:
    """Let commitments begin whose first day has come, and end whose last month is billed; gives how many did.

    From the first day the customer pays afterwards: use may take the balance below zero. After the end the customer is
    prepaid again, unless another commitment of it has begun; what the last invoice asks for stays owed.
    """
    require(by, RUN_COMMITMENTS)
    found = _locked(tx, commitment_ids)
    ids = [each.id for each in found]
    beginning, over = begins(tx.conn, on=tx.today, ids=ids), ends(tx.conn, on=tx.today, ids=ids)
    for each in beginning:
        _switch(tx, by, each, BillingMode.POSTPAID, {"started_at": tx.at})
    for each in over:
        goes_on = queries.another_runs(tx.conn, customer_id=each.customer_id, besides=each.id)
        mode = BillingMode.POSTPAID if goes_on else BillingMode.PREPAID
        _switch(tx, by, each, mode, {"ended_at": tx.at})
    return len(beginning) + len(over)


def due_months(conn: Connection, *, month: date, ids: Collection[int] | None = None) -> list[Due]:
    """The commitments whose calendar month is over and not billed, with its days; oldest month first is the caller's.

    `month` is the first day of the month to bill.
    """
    billed = queries.billed_in(conn, month)
    waiting = [each for each in queries.running_commitments(conn, ids=ids) if each.started_at and each.id not in billed]
    return [(each, due) for each in waiting for due in each.contract.due_months() if due.month == month]


def charges(conn: Connection, due: Sequence[Due]) -> dict[int, tuple[Money, Money]]:
    """By commitment what its month used, and what it owes beyond that so that the minimum is kept, as things stand."""
    earlier, used = consumed_by_month(conn, ids=[found.id for found, _ in due]), months_so_far(conn, due)
    return {
        found.id: (
            used[found.id],
            true_up_of(
                found.contract,
                [*(one for _, one in earlier.get(found.id, [])), used[found.id]],
                charges_rest=found.charges_rest,
            ),
        )
        for found, _ in due
    }


def bill_months(tx: Transaction, *, by: Principal, month: date, commitment_ids: Collection[int]) -> int:
    """Bill the calendar month of these commitments, each once; gives how many months were billed now.

    Those that are held, or of which an earlier month is not billed yet, are left (`kept_back`).

    In one transaction the true-ups are posted, the invoices issued for all that is owed and not asked for, and the
    months kept. A month in which nothing is owed has no invoice. Raises what `issue_arrears` and the ledger raise.
    """
    require(by, RUN_COMMITMENTS)
    _locked(tx, commitment_ids)
    due = due_months(tx.conn, month=month, ids=commitment_ids)
    left = kept_back(tx.conn, due)
    due = [each for each in due if each[0].id not in left]
    for turn in _turns(due):
        _bill(tx, by, turn)
    return len(due)


def _turns(due: Sequence[Due]) -> list[list[Due]]:
    """Two commitments of one customer take turns: the invoice of the first is known when the second is worked out."""
    turns: list[list[Due]] = []
    billed: Counter[int] = Counter()
    for each in due:
        turn = billed[each[0].customer_id]
        billed[each[0].customer_id] += 1
        turns += [[]] if turn == len(turns) else []
        turns[turn].append(each)
    return turns


def _bill(tx: Transaction, by: Principal, due: Sequence[Due]) -> None:
    """Bill months of as many customers: what can be read or posted for all of them at once is."""
    told = charges(tx.conn, due)
    used, owed = {each: one[0] for each, one in told.items()}, {each: one[1] for each, one in told.items()}
    entries = _post_true_ups(tx, by, [(found, part, owed[found.id]) for found, part in due if owed[found.id]])
    open_ = unbilled(tx.conn, due)
    rows = []
    for found, part in due:
        invoice = _invoice(tx, by, found, part, owed=owed[found.id], open_=open_[found.id])
        rows.append(
            {
                "commitment_id": found.id,
                "month": part.month,
                "starts_on": part.days.starts_on,
                "ends_before": part.days.ends_before,
                "consumed_micros": used[found.id].micros,
                "minimum_micros": part.minimum.micros,
                "true_up_micros": owed[found.id].micros,
                "true_up_entry_id": entries.get(found.id),
                "invoice_id": invoice.id if invoice else None,
                "billed_at": tx.at,
                "billed_by": by.name,
            }
        )
        facts = {"month": part.month, "consumed": used[found.id].text(), "true_up": owed[found.id].text()}
        facts |= {"invoice": invoice.number if invoice else "none"}
        record(tx, by=by, act=RUN_COMMITMENTS.name, subject="commitment", subject_id=found.id, after=facts)
    if rows:
        tx.conn.execute(insert(commitment_month), rows)


def _post_true_ups(
    tx: Transaction, by: Principal, owed: Sequence[tuple[Commitment, DueMonth, Money]]
) -> dict[int, int]:
    """The entries' ids by commitment."""
    if not owed:
        return {}
    open_from = first_open_day(tx)
    drafts = []
    for found, due, amount in owed:
        on = max(due.days.last_day, open_from)
        rate = None if found.currency == BASE_CURRENCY else rate_on(tx.conn, found.currency, on).aud_per_unit
        drafts.append(
            trued_up(
                commitment_id=found.id,
                customer_id=found.customer_id,
                month=due.month,
                amount=amount,
                rate=rate,
                on=on,
                memo=_memo(found, due),
            )
        )
    return dict(zip((found.id for found, *_ in owed), post_many(tx, drafts, by=by), strict=True))


def _memo(found: Commitment, due: DueMonth) -> str:
    if found.contract.now.true_up is TrueUp.TERM:
        return f"Minimum of the whole term, which ends in {due.month:%Y-%m}"
    closes = found.charges_rest and due.days.ends_before == found.contract.days.ends_before
    rest = ", and the rest of the commitment that was left" if closes else ""
    return f"Minimum of {due.minimum.text()} for {due.month:%Y-%m}{rest}"


def _invoice(
    tx: Transaction, by: Principal, found: Commitment, due: DueMonth, *, owed: Money, open_: Money
) -> Invoice | None:
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
        used=due.days,
        due_on=tx.today + timedelta(days=found.contract.terms_on(due.days.starts_on).payment_days),
        memo=f"Use of {due.month:%Y-%m}",
        send=True,
    )


def _switch(tx: Transaction, by: Principal, found: Commitment, mode: BillingMode, changes: dict[str, Any]) -> None:
    before = customer_by_id(tx.conn, found.customer_id)
    tx.conn.execute(update(table).where(table.c.id == found.id).values(changes))
    if before.billing_mode is not mode:  # between two commitments that follow each other nothing turns
        tx.conn.execute(update(customer).where(customer.c.id == found.customer_id).values(billing_mode=mode.value))
        turn_tax(tx, by, found, mode)
    facts = {"customer": before.username, "billing": mode.value}
    record(tx, by=by, act=RUN_COMMITMENTS.name, subject="commitment", subject_id=found.id, after=facts)


def _locked(tx: Transaction, ids: Collection[int]) -> list[Commitment]:
    tx.conn.execute(select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()).all()
    return queries.running_commitments(tx.conn, ids=ids)
