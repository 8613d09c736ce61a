"""Laws of splitting and holding: received = allocated + held + unallocated, in AUD as well, and back again."""

import shutil
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.model import SYSTEM
from services.banking.queries import line as line_by_id
from services.db.engine import Database
from services.errors import Refused
from services.integrity import queries as integrity
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import trial_balance
from services.money import Money
from services.payments.operations import undo_allocation
from services.payments.queries import allocations_of_line
from services.payments.suspense import queries
from services.payments.suspense.operations import hold, take_out
from services.reconciliation.splitting import fault, split_receipt
from tests.conftest import SYDNEY
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

CHECKS = ("payments_in_suspense", "receipts_unallocated", "allocations", "receivables")
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
    yield database, open_shop(database)
    database.close()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    country=st.sampled_from(["AU", "US"]),
    received=st.integers(1_000, 120_000),
    moves=st.lists(st.tuples(st.sampled_from(["split", "hold", "back"]), amounts, amounts), max_size=7),
)
def test_every_part_of_a_receipt_is_somewhere_and_taking_all_back_restores_every_balance(
    books, country, received, moves
):
    database, shop = books
    customer = shop[country]
    invoices = [issue(database, customer, "600.00", nonce=f"law-{next(numbers)}") for _ in range(2)]
    [receipt] = arrive(database, line(f"{received / 100:.2f}", customer.currency))
    before, stood = _balances(database), _now(database, invoices)
    live = []
    for move, one, two in moves:
        with suppress(Refused):
            _move((database, receipt, invoices), live, move, (one, two))
        _adds_up(database, receipt)
    while live:
        live.pop()()
        _adds_up(database, receipt)
    assert (_balances(database), _now(database, invoices)) == (before, stood)
    with database.read() as conn:
        assert all(found.ok for found in integrity.run(conn, names=CHECKS))


def _move(around, live, move, coins):
    database, receipt, invoices = around
    code = receipt.amount.currency
    one, two = (Money(each * 10_000, code) for each in coins)
    facts = {"by": SYSTEM, "line_id": receipt.id, "nonce": f"law-{next(numbers)}"}
    if move == "hold":
        held = database.act(lambda tx: hold(tx, **facts, reason="a law", amount=one), at=AT)
        live.append(lambda: database.act(lambda tx: take_out(tx, by=SYSTEM, held_id=held.id, reason="a law"), at=AT))
    elif move == "split":
        parts = {invoices[0].id: one, invoices[1].id: two}
        for made in database.act(lambda tx: split_receipt(tx, **facts, parts=parts), at=AT):
            undo = {"by": SYSTEM, "allocation_id": made.id, "reason": "a law"}
            live.append(lambda undo=undo: database.act(lambda tx: undo_allocation(tx, **undo), at=AT))
    elif live:
        live.pop(coins[0] % len(live))()


def _adds_up(database, receipt):
    with database.read() as conn:
        now, given_away = line_by_id(conn, receipt.id), allocations_of_line(conn, receipt.id)
        held = [each for each, _ in queries.in_suspense(conn)[0] if each.bank_line_id == receipt.id]
    paid = sum(each.paid.micros for each in given_away)
    aside = sum(each.amount.micros for each in held)
    assert paid + aside + now.unallocated.micros == receipt.amount.micros
    worth = sum(each.base_micros for each in (*given_away, *held))
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
