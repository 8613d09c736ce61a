"""Laws of allocation: nothing received is lost, nothing is credited twice, and undoing leaves no trace."""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.model import SYSTEM
from services.banking.queries import line as line_by_id
from services.db.engine import Database
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import trial_balance
from services.money import Money, next_share
from services.payments.allocation import DoesNotFit, FeeTooLarge, RestLeftOnReceipt, fee_limit
from services.payments.operations import allocate, undo_allocation
from services.payments.queries import allocations_of_invoice, allocations_of_line
from tests.conftest import SYDNEY
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

COIN = 10_000
coins = st.integers(1, 50_000)
numbers = iter(range(10**9))


@given(parts=st.lists(coins, min_size=1, max_size=6), tenths=st.integers(0, 11), data=st.data())
def test_shares_sum_to_the_total_in_whatever_order_and_parts(parts, tenths, data):
    whole = sum(parts)
    total = whole * (11 - tenths) // 11
    before = given_so_far = 0
    for part in data.draw(st.permutations(parts)):
        share = next_share(total * COIN, whole * COIN, before=before, given=given_so_far, part=part * COIN, unit=COIN)
        assert share >= 0
        assert share % COIN == 0
        before, given_so_far = before + part * COIN, given_so_far + share
    assert given_so_far == total * COIN


@given(
    moves=st.lists(st.tuples(st.integers(1, 3_000), st.booleans()), min_size=1, max_size=12),
    net=st.integers(15_000, 20_000),
)
def test_shares_still_sum_to_the_total_after_some_were_taken_back(moves, net):
    whole, live = 20_000, []
    for part, takes_back in moves:
        if takes_back and live:
            live.pop(part % len(live))
        elif sum(each for each, _ in live) + part <= whole:
            live.append((part, _share(net, whole, live, part)))
    if rest := whole - sum(part for part, _ in live):
        live.append((rest, _share(net, whole, live, rest)))
    assert sum(share for _, share in live) == net
    assert min(share for _, share in live) >= 0


def _share(net, whole, live, part):
    before, given_so_far = sum(each for each, _ in live), sum(share for _, share in live)
    return next_share(net, whole, before=before, given=given_so_far, part=part)


@given(gross=st.integers(20_000, 10_000_000), rate=st.decimals("0.005", "3", places=6))
def test_a_fee_limit_lies_between_25_and_60_aud(gross, rate):
    limit = fee_limit(Money(gross * COIN, "USD"), rate)
    assert limit.micros % COIN == 0
    assert 25_000_000 - COIN * rate <= limit.micros * rate <= 60_000_000


@pytest.fixture(scope="module")
def books(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("allocation") / "books.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    yield database, open_shop(database)
    database.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    country=st.sampled_from(["AU", "GB", "US"]),
    asked=st.lists(st.integers(30_000, 90_000), min_size=1, max_size=2),
    received=st.lists(st.integers(100, 90_000), min_size=1, max_size=3),
    moves=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["part", "fee", "undo"])), max_size=8
    ),
)
def test_received_and_gross_always_add_up_and_undoing_all_restores_every_balance(
    books, country, asked, received, moves
):
    database, shop = books
    customer = shop[country]
    invoices = [issue(database, customer, f"{each / 100:.2f}", nonce=f"law-{next(numbers)}") for each in asked]
    receipts = arrive(database, *(line(f"{each / 100:.2f}", customer.currency) for each in received))
    before = _balances(database)
    made = []
    for which, where, move in moves:
        if move == "undo" and made:
            _undo(database, made.pop(which % len(made)))
        elif move != "undo":
            _try(database, receipts[which % len(receipts)], invoices[where % len(invoices)], move, made)
        _adds_up(database, receipts, invoices)
    for each in reversed(made):
        _undo(database, each)
    assert _balances(database) == before


def _try(database, receipt, invoice, short, made):
    try:
        how = {"bank_line_id": receipt.id, "invoice_id": invoice.id, "nonce": f"law-{next(numbers)}", "short": short}
        made.append(database.act(lambda tx: allocate(tx, by=SYSTEM, **how), at=AT))
    except (DoesNotFit, FeeTooLarge, RestLeftOnReceipt):
        pass


def _undo(database, made):
    database.act(lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=made.id, reason="a law"), at=AT)


def _adds_up(database, receipts, invoices):
    with database.read() as conn:
        for each in receipts:
            now, given_away = line_by_id(conn, each.id), allocations_of_line(conn, each.id)
            assert sum(one.paid.micros for one in given_away) + now.unallocated.micros == each.amount.micros
        for each in invoices:
            owed, paid = invoice_by_id(conn, each.id), allocations_of_invoice(conn, each.id)
            assert owed.allocated + owed.fee + owed.open == owed.gross
            assert sum(one.paid.micros for one in paid) == owed.allocated.micros
            assert sum(one.fee.micros for one in paid) == owed.fee.micros
            if owed.allocated == owed.gross:
                assert sum(one.net.micros for one in paid) == owed.net.micros


def _balances(database):
    with database.read() as conn:
        frame = trial_balance(conn)
    rows = zip(frame["account"], frame["balance_micros"], frame["base_balance_micros"], strict=True)
    return {account: (int(micros), int(base)) for account, micros, base in rows if micros or base}
