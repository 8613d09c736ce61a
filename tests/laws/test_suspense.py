"""Laws of what becomes of a receipt: received = allocated + held + refunded + unallocated, in AUD too, and back."""

import shutil
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from services.access import approvals
from services.access.model import SYSTEM, Role
from services.access.tables import approval
from services.banking.queries import line as line_by_id
from services.banking.sorting.operations import undo_sorting
from services.banking.tables import bank_statement
from services.banking.undoing import undo_import
from services.db.engine import Database
from services.errors import Refused
from services.integrity import queries as integrity
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import trial_balance
from services.money import Money
from services.payments.operations import undo_allocation
from services.payments.queries import allocations_of_line
from services.payments.refunds.operations import match_refund, refund_receipt, undo_refund
from services.payments.refunds.queries import refunds_of_line
from services.payments.suspense import queries
from services.payments.suspense.operations import hold, take_out
from services.reconciliation.splitting import fault, split_receipt
from services.wiring.approvals import ACTS
from tests.conftest import SYDNEY
from tests.invoicing import AT, issue, open_shop
from tests.people import person
from tests.receiving import arrive, leave, line

CHECKS = ("payments_in_suspense", "receipts_unallocated", "receipts_to_pay_back", "allocations", "receivables")
numbers = iter(range(10**9))
amounts = st.integers(1, 60_000)


@given(left=amounts, parts=st.lists(st.integers(-5, 60_000), max_size=5))
def test_parts_fit_exactly_when_two_or_more_positive_ones_come_to_no_more_than_is_left(left, parts):
    wrong = fault(Money(left * 10_000, "AUD"), [Money(each * 10_000, "AUD") for each in parts])
    fits = len(parts) >= 2 and min(parts) > 0 and sum(parts) <= left
    assert (wrong == "") is fits


@pytest.fixture(scope="module")
def books(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("suspense") / "books.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    people = [person(database, name, role) for name, role in (("Ada", Role.ACCOUNTING), ("Max", Role.MANAGER))]
    yield database, open_shop(database), people
    database.close()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    country=st.sampled_from(["AU", "US"]),
    received=st.integers(1_000, 120_000),
    moves=st.lists(
        st.tuples(st.sampled_from(["split", "hold", "refund", "refund held", "back"]), amounts, amounts), max_size=7
    ),
)
def test_every_part_of_a_receipt_is_somewhere_and_taking_all_back_restores_every_balance(
    books, country, received, moves
):
    database, shop, people = books
    customer = shop[country]
    invoices = [issue(database, customer, "600.00", nonce=f"law-{next(numbers)}") for _ in range(2)]
    [receipt] = arrive(database, line(f"{received / 100:.2f}", customer.currency))
    before, stood = _balances(database), _now(database, invoices)
    live = []
    for move, one, two in moves:
        with suppress(Refused):
            _move((database, receipt, invoices, people), live, move, (one, two))
        _adds_up(database, receipt)
    while live:
        live.pop()()
        _adds_up(database, receipt)
    assert (_balances(database), _now(database, invoices)) == (before, stood)
    with database.read() as conn:
        assert all(found.ok for found in integrity.run(conn, names=CHECKS))


def _move(around, live, move, coins):
    database, receipt, invoices, people = around
    code = receipt.amount.currency
    one, two = (Money(each * 10_000, code) for each in coins)
    facts = {"by": SYSTEM, "line_id": receipt.id, "nonce": f"law-{next(numbers)}"}
    if move in {"hold", "refund held"}:
        held = database.act(lambda tx: hold(tx, **facts, reason="a law", amount=one), at=AT)
    if move.startswith("refund"):
        what = {"held_id": held.id} if move == "refund held" else {"amount": one}
        live.append(_refund(database, people, facts | what | {"nonce": f"law-{next(numbers)}"}))
    elif move == "hold":
        live.append(lambda: database.act(lambda tx: take_out(tx, by=SYSTEM, held_id=held.id, reason="a law"), at=AT))
    elif move == "split":
        parts = {invoices[0].id: one, invoices[1].id: two}
        for made in database.act(lambda tx: split_receipt(tx, **facts, parts=parts), at=AT):
            undo = {"by": SYSTEM, "allocation_id": made.id, "reason": "a law"}
            live.append(lambda undo=undo: database.act(lambda tx: undo_allocation(tx, **undo), at=AT))
    elif live:
        live.pop(coins[0] % len(live))()


def _refund(database, people, facts):
    """The refund of part of a receipt, paid by the bank or not; by two people where it is 500 AUD or more."""
    ada, max_ = people
    facts |= {"by": ada, "reason": "a law", "pay_to": "12-3140"}
    made = database.act(lambda tx: refund_receipt(tx, **facts), at=AT)
    if made is None:
        with database.read() as conn:
            asked = conn.execute(select(func.max(approval.c.id))).scalar_one()
        made = database.act(lambda tx: approvals.approve(tx, by=max_, approval_id=asked, acts=ACTS), at=AT)
    undo = {"by": ada, "refund_id": made.id, "reason": "a law"}
    if made.amount.micros % 20_000:
        return lambda: database.act(lambda tx: undo_refund(tx, **undo), at=AT)
    out = leave(database, made.amount)
    tie = {"by": ada, "line_id": out.id, "refund_id": made.id}
    paid = database.act(lambda tx: match_refund(tx, **tie), at=AT)

    def back():
        database.act(lambda tx: undo_sorting(tx, by=ada, sorting_id=paid.id, reason="a law"), at=AT)
        database.act(lambda tx: undo_refund(tx, **undo), at=AT)
        with database.read() as conn:
            file_id = statement_file_of(conn, out)
        database.act(lambda tx: undo_import(tx, by=ada, file_id=file_id, reason="a law"), at=AT)

    return back


def statement_file_of(conn, line):
    kept = bank_statement.c
    return conn.execute(select(kept.file_id).where(kept.id == line.statement_id)).scalar_one()


def _adds_up(database, receipt):
    with database.read() as conn:
        now, given_away = line_by_id(conn, receipt.id), allocations_of_line(conn, receipt.id)
        held = [each for each, _ in queries.in_suspense(conn)[0] if each.bank_line_id == receipt.id]
        back = refunds_of_line(conn, receipt.id)
    paid = sum(each.paid.micros for each in given_away)
    aside = sum(each.amount.micros for each in held) + sum(each.amount.micros for each in back)
    assert paid + aside + now.unallocated.micros == receipt.amount.micros
    gone = [each.base_micros for each in given_away] + [each.base_micros for each in held]
    worth = sum(gone) + sum(each.base_micros for each in back)
    assert 0 <= worth <= receipt.base_micros
    if not now.unallocated:
        assert worth == receipt.base_micros


def _now(database, invoices):
    with database.read() as conn:
        return [invoice_by_id(conn, each.id) for each in invoices]


def _balances(database):
    with database.read() as conn:
        frame = trial_balance(conn)
    rows = zip(frame["account"], frame["balance_micros"], frame["base_balance_micros"], strict=True)
    return {account: (int(micros), int(base)) for account, micros, base in rows if micros or base}
