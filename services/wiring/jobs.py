"""The one list of scheduled work: what is due when, and the operation of the room that does it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from services.access.model import Principal
from services.adjustments import queries as promotions
from services.adjustments.operations import expire_promotions
from services.customers import queries as customers
from services.db.engine import Transaction
from services.dunning import queries as dunning
from services.dunning import reminding
from services.fees import charging as fees
from services.invoices.ending import expire_invoices
from services.invoices.queries import endings
from services.jobs import queries
from services.jobs.job import Job
from services.jobs.model import EVERY_DAY, ON_THE_FIRST, Subject
from services.money import Money
from services.numbers import charging
from services.periods import add_months
from services.postpaid import billing, limits, turning
from services.postpaid.model import Commitment
from services.postpaid.queries.holds import kept_back
from services.postpaid.queries.limits import moved
from services.provisional import queries as ahead
from services.provisional.settling import take_back_expired


def _due_rentals(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    return [
        Subject(one.number.id, one.number.e164, one.number.customer_id, one.customer, one.amount)
        for one in charging.due_rentals(conn, month=period, number_ids=ids)
    ]


def _charge_rentals(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    return charging.charge_rental(tx, by=by, month=period, number_ids=ids)


def _due_fees(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    return [
        Subject(one.fee_id, one.description, one.customer_id, one.customer, one.amount)
        for one in fees.due_fees(conn, month=period, fee_ids=ids)
    ]


def _charge_fees(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    return fees.charge_fees(tx, by=by, month=period, fee_ids=ids)


def _due_promotions(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    due = promotions.due_expiries(conn, on=period, adjustment_ids=ids)
    names = customers.names(conn, ids=sorted({one.wanted.customer_id for one in due})) if due else {}
    return [
        Subject(one.adjustment_id, one.wanted.reason, one.wanted.customer_id, names[one.wanted.customer_id], one.left)
        for one in due
    ]


def _expire_promotions(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    del period  # what is left now goes now: the day it should have gone may lie in a closed month
    return expire_promotions(tx, by=by, adjustment_ids=ids)


def _due_invoices(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    return [
        Subject(one.id, one.number, one.customer_id, one.details.company_name, one.open)
        for one in endings.lapsed(conn, on=period, ids=ids)
    ]


def _expire_invoices(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    del period  # it leaves the books on the day it is done: its last day may lie in a closed month
    return expire_invoices(tx, by=by, invoice_ids=ids)


def _turning(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    found = [*turning.begins(conn, on=period, ids=ids), *turning.ends(conn, on=period, ids=ids)]
    return _of_commitments(conn, [(each, each.contract.now.minimum) for each in found])


def _turn(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    del period  # who has to begin or end does so now, also days later
    return billing.turn_commitments(tx, by=by, commitment_ids=ids)


def _due_bills(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    due = billing.due_months(conn, month=add_months(period, -1), ids=ids)
    charged, held = billing.charges(conn, due), kept_back(conn, due)
    amounts = [(each, sum(charged[each.id], Money(0, each.currency))) for each, _ in due]
    return [replace(one, held=held.get(one.id, "")) for one in _of_commitments(conn, amounts)]


def _bill(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    return billing.bill_months(tx, by=by, month=add_months(period, -1), commitment_ids=ids)


# A commitment may pass several marks on one day, which a job does each once: what moves is told apart by its turn.
_TURNS = 10_000


def _limits_moved(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    mine = None if ids is None else sorted({each // _TURNS for each in ids})
    found = [
        Subject(each.commitment_id * _TURNS + each.turn % _TURNS, each.says, each.customer_id, each.customer, each.owed)
        for each in moved(conn, on=period, ids=mine)
    ]
    return found if ids is None else [each for each in found if each.id in ids]


def _watch_limits(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    del period  # what is owed now decides now
    return limits.watch_limits(tx, by=by, commitment_ids=sorted({each // _TURNS for each in ids}))


def _of_commitments(conn: Connection, found: list[tuple[Commitment, Money]]) -> list[Subject]:
    names = customers.names(conn, ids=sorted({each.customer_id for each, _ in found})) if found else {}
    called = "{} a month".format
    return [
        Subject(each.id, called(each.contract.now.minimum.text()), each.customer_id, names[each.customer_id], amount)
        for each, amount in found
    ]


def _due_provisional(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    due = ahead.to_take_back(conn, on=period, ids=ids)
    names = customers.names(conn, ids=sorted({one.customer_id for one, _ in due})) if due else {}
    return [Subject(one.id, one.proof_name, one.customer_id, names[one.customer_id], part) for one, part in due]


def _take_provisional(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    del period  # it goes on the day it is done: its last day may lie in a closed month
    return take_back_expired(tx, by=by, ids=ids)


def _due_reminders(conn: Connection, period: date, ids: Collection[int] | None = None) -> list[Subject]:
    return [
        Subject(one.invoice_id, f"{one.number}, {one.stage.label.lower()}", one.customer_id, one.customer, one.open)
        for one in dunning.due_steps(conn, on=period, ids=ids)
    ]


def _remind(tx: Transaction, *, by: Principal, period: date, ids: Collection[int]) -> int:
    return reminding.remind_due(tx, by=by, on=period, invoice_ids=ids)


JOBS = (
    Job(
        name="rental",
        label="Number rental",
        says="Charges each dedicated number its rental of the month, in advance.",
        noun="number",
        schedule=ON_THE_FIRST,
        since=charging.entered_since,
        due=_due_rentals,
        run=_charge_rentals,
    ),
    Job(
        name="fees",
        label="Recurring fees",
        says="Charges each recurring custom fee its month, in advance.",
        noun="fee",
        schedule=ON_THE_FIRST,
        since=fees.set_since,
        due=_due_fees,
        run=_charge_fees,
    ),
    Job(
        name="promotions",
        label="Promotions that expire",
        says="Takes back what is left of promotional credit on the day it expires.",
        noun="promotion",
        schedule=EVERY_DAY,
        since=promotions.expires_since,
        due=_due_promotions,
        run=_expire_promotions,
    ),
    Job(
        name="invoices",
        label="Invoices that expire",
        says="Lets an invoice expire that nobody paid anything on by its last day.",
        noun="invoice",
        schedule=EVERY_DAY,
        since=endings.lapses_since,
        due=_due_invoices,
        run=_expire_invoices,
    ),
    Job(
        name="commitments",
        label="Commitments that begin or end",
        says="Lets a signed commitment begin on its first day, and end once its last month is billed.",
        noun="commitment",
        schedule=EVERY_DAY,
        since=turning.turns_since,
        due=_turning,
        run=_turn,
    ),
    Job(
        name="postpaid",
        label="Postpaid invoices",
        says="Bills what postpaid customers used in the month before, with the true-up of their commitment.",
        noun="commitment",
        schedule=ON_THE_FIRST,
        since=turning.bills_since,
        due=_due_bills,
        run=_bill,
    ),
    Job(
        name="limits",
        label="Credit limits",
        says="Tells customers who passed 50, 80 or 100 % of their credit limit, and stops whose contract says so.",
        noun="commitment",
        schedule=EVERY_DAY,
        since=limits.limits_since,
        due=_limits_moved,
        run=_watch_limits,
    ),
    Job(
        name="provisional",
        label="Credit ahead of transfers",
        says="Takes back unused credit that was given ahead of a transfer which did not arrive in time.",
        noun="credit",
        schedule=EVERY_DAY,
        since=ahead.expires_since,
        due=_due_provisional,
        run=_take_provisional,
    ),
    Job(
        name="dunning",
        label="Reminders of debts",
        says="Reminds of overdue invoices in arrears by stages, with the statement of account; the last stage stops.",
        noun="reminder",
        schedule=EVERY_DAY,
        since=dunning.first_due,
        due=_due_reminders,
        run=_remind,
    ),
)


def troubles(conn: Connection, *, on: date) -> list[str]:
    """What somebody has to look at on a day in the scheduled work, a sentence each."""
    return [words for one in queries.standings(conn, jobs=JOBS, on=on) for words in one.troubles(on)]
