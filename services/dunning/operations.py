"""What people do about debts: take promises down, pause reminders and let them go on, lift stops, choose the days."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from services.access.audit import record
from services.access.model import Permission, Principal, require
from services.customers.stopping import UNPAID, end_stop
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.dunning.model import (
    CHOOSE_DAYS,
    LIFT_STOP,
    LONGEST_PROMISE,
    PAUSE,
    PROMISE,
    NoSuchDebt,
    NotStanding,
    Pause,
    Promise,
    Stop,
    Terms,
)
from services.dunning.queries.standing import ANY, pause_of, promises_of, stops_of, terms_by_currency
from services.dunning.tables import dunning_pause, dunning_promise, dunning_terms
from services.errors import InvalidForm
from services.invoices.model import InvoiceKind
from services.invoices.tables import invoice
from services.money import Money, minor_unit
from services.pricing.queries import currencies
from services.texts import checked_reason, text_fault

_DAY_PASSED = "Its last day passed."


def promise_to_pay(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    customer_id: int,
    amount: Money,
    promised_on: date,
    who: str,
    note: str = "",
) -> Promise:
    """Take down what a customer promises to pay by a day; until that day is over no reminder is sent.

    The newest promise counts. `nonce` names the form: sent again it gives the promise it made. Raises `InvalidForm`
    (amount, promised_on, who, note) and `NoSuchDebt`.
    """
    require(by, PROMISE)
    wait_for_turn(tx, nonce)
    table = dunning_promise
    if made := tx.conn.execute(select(table.c.id).where(table.c.nonce == nonce)).scalar():
        return _promise(tx, customer_id, amount.currency, made)
    _owes(tx, customer_id, amount.currency)
    if wrong := _promise_faults(tx, amount, promised_on, who.strip(), note.strip()):
        raise InvalidForm(wrong)
    row: dict[str, Any] = {
        "nonce": nonce,
        "customer_id": customer_id,
        "currency": amount.currency,
        "micros": amount.micros,
        "promised_on": promised_on,
        "who": who.strip(),
        "note": note.strip(),
        "made_on": tx.today,
        "made_at": tx.at,
        "made_by": by.name,
    }
    made = tx.conn.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
    after = {"amount": amount.text(), "by": promised_on, "who": who.strip()}
    _record(tx, by, PROMISE, customer_id, after, reason=note)
    return _promise(tx, customer_id, amount.currency, int(made))


def withdraw_promise(tx: Transaction, *, by: Principal, promise_id: int, reason: str) -> None:
    """Take a promise back that was misheard or is off; reminders go on. Raises `InvalidForm` and `NotStanding`."""
    require(by, PROMISE)
    reason = checked_reason(reason, ask="Say why the promise does not stand.")
    table = dunning_promise
    ended = {"withdrawn_at": tx.at, "withdrawn_by": by.name, "withdrawn_reason": reason}
    mine = update(table).where(table.c.id == promise_id, table.c.withdrawn_at.is_(None)).values(ended)
    customer_id = tx.conn.execute(mine.returning(table.c.customer_id)).scalar()
    if customer_id is None:
        raise NotStanding("The promise was withdrawn before; look at the customer again.")
    _record(tx, by, PROMISE, int(customer_id), {"promise": "withdrawn"}, reason=reason)


def pause_reminders(
    tx: Transaction, *, by: Principal, nonce: str, customer_id: int, currency: str, reason: str, until: date | None
) -> Pause:
    """Let reminders wait, until a day is over or until somebody lets them go on; payments are taken all the same.

    `nonce` names the form: sent again it gives the pause it made. Raises `InvalidForm` (reason, until), `NoSuchDebt`,
    and `NotStanding` while another pause holds.
    """
    require(by, PAUSE)
    wait_for_turn(tx, nonce, f"dunning:{customer_id}:{currency}")
    reason = checked_reason(reason, ask="Say why reminders wait; it stands beside the customer.")
    table = dunning_pause
    standing = pause_of(tx.conn, customer_id=customer_id, currency=currency)
    if standing and tx.conn.execute(select(table.c.id).where(table.c.nonce == nonce)).scalar() == standing.id:
        return standing
    _owes(tx, customer_id, currency)
    if until is not None and until < tx.today:
        raise InvalidForm({"until": "Choose today or a later day."})
    if standing and standing.holds(tx.today):
        raise NotStanding(f"{standing.paused_by} paused reminders before; let them go on first.")
    if standing:
        _lift(tx, by, standing, _DAY_PASSED)
    row: dict[str, Any] = {
        "nonce": nonce,
        "customer_id": customer_id,
        "currency": currency,
        "reason": reason,
        "until": until,
        "paused_on": tx.today,
        "paused_at": tx.at,
        "paused_by": by.name,
    }
    tx.conn.execute(insert(table).values(row))
    _record(tx, by, PAUSE, customer_id, {"paused": currency, "until": until or "lifted"}, reason=reason)
    made = pause_of(tx.conn, customer_id=customer_id, currency=currency)
    assert made is not None  # noqa: S101 - it was just made
    return made


def resume_reminders(tx: Transaction, *, by: Principal, customer_id: int, currency: str, reason: str) -> None:
    """Let reminders go on before the pause is over. Raises `InvalidForm` without a reason, and `NotStanding`."""
    require(by, PAUSE)
    reason = checked_reason(reason, ask="Say why reminders go on.")
    wait_for_turn(tx, f"dunning:{customer_id}:{currency}")
    standing = pause_of(tx.conn, customer_id=customer_id, currency=currency, on=tx.today)
    if standing is None:
        raise NotStanding("No pause holds any more; look at the customer again.")
    _lift(tx, by, standing, reason)
    _record(tx, by, PAUSE, customer_id, {"paused": "no longer"}, reason=reason)


def lift_stop(tx: Transaction, *, by: Principal, stop_id: int, reason: str) -> Stop:
    """Let a customer go on although the debt is unpaid. Raises `InvalidForm` without a reason, `NotStanding`."""
    require(by, LIFT_STOP)
    reason = checked_reason(reason, ask="Say why the customer may go on before it is paid.")
    found = next((each for each in stops_of(tx.conn) if each.id == stop_id), None)
    if found is None or not end_stop(
        tx, by=by, customer_id=found.customer_id, cause=UNPAID, why=reason, invoice_id=found.invoice_id, lifted=True
    ):
        raise NotStanding("The stop is over: its invoice was paid or somebody lifted it.")
    _record(tx, by, LIFT_STOP, found.customer_id, {"stop": "lifted", "invoice": found.number}, reason=reason)
    return found


def choose_days(tx: Transaction, *, by: Principal, currency: str, terms: Terms, reason: str) -> Terms:
    """Choose from which day overdue each stage is due, for one currency or, with "", for all without days of their own.

    Letters sent stay sent; the next ones follow the new days. Raises `InvalidForm` (days, currency, reason).
    """
    require(by, CHOOSE_DAYS)
    reason = checked_reason(reason, ask="Say why the days change; it is kept in the audit trail.")
    if currency != ANY and currency not in {each.code for each in currencies(tx.conn)}:
        raise InvalidForm({"currency": "Choose a currency of ours."})
    if terms.fault:
        raise InvalidForm({"days": terms.fault})
    known = terms_by_currency(tx.conn)
    before = known.get(currency, known[ANY])
    days = {"friendly_days": terms.friendly, "firm_days": terms.firm, "final_days": terms.final}
    row: dict[str, Any] = days | {"stop_days": terms.stop, "currency": currency, "reason": reason}
    tx.conn.execute(insert(dunning_terms).values(row | {"chosen_at": tx.at, "chosen_by": by.name}))
    record(
        tx,
        by=by,
        act=CHOOSE_DAYS.name,
        subject="dunning days",
        subject_id=currency or "every currency",
        before={"days": _said(before)},
        after={"days": _said(terms)},
        reason=reason,
    )
    return terms


def _said(terms: Terms) -> str:
    return f"{terms.friendly}, {terms.firm}, {terms.final}, {terms.stop}"


def _promise_faults(tx: Transaction, amount: Money, promised_on: date, who: str, note: str) -> dict[str, str]:
    wrong = {}
    if amount.micros <= 0 or amount.micros % minor_unit(amount.currency):
        wrong["amount"] = "Enter an amount that can be paid."
    if promised_on < tx.today:
        wrong["promised_on"] = "Choose today or a later day."
    elif promised_on > tx.today + LONGEST_PROMISE:
        wrong["promised_on"] = f"Choose a day within {LONGEST_PROMISE.days} days; pause reminders for a longer plan."
    if not who:
        wrong["who"] = "Say who of the customer promised it."
    elif fault := text_fault(who, longest=100):
        wrong["who"] = fault
    if note and (fault := text_fault(note, longest=500)):
        wrong["note"] = fault
    return wrong


def _owes(tx: Transaction, customer_id: int, currency: str) -> None:
    c = invoice.c
    debt = (c.customer_id == customer_id, c.currency == currency, c.kind == InvoiceKind.ARREARS.value)
    open_ = select(c.id).where(*debt, c.status.in_(("issued", "part-paid"))).limit(1)
    if tx.conn.execute(open_).scalar() is None:
        raise NoSuchDebt(f"The customer owes nothing in {currency} any more; look at the list again.")


def _promise(tx: Transaction, customer_id: int, currency: str, promise_id: int) -> Promise:
    found = promises_of(tx.conn, customer_id=customer_id, currency=currency)
    return next(each for each in found if each.id == promise_id)


def _lift(tx: Transaction, by: Principal, standing: Pause, reason: str) -> None:
    table = dunning_pause
    ended = {"lifted_at": tx.at, "lifted_by": by.name, "lifted_reason": reason}
    tx.conn.execute(update(table).where(table.c.id == standing.id).values(ended))


def _record(
    tx: Transaction, by: Principal, act: Permission, customer_id: int, after: dict[str, Any], *, reason: str
) -> None:
    record(tx, by=by, act=act.name, subject="customer", subject_id=customer_id, after=after, reason=reason)
