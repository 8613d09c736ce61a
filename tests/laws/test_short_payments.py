"""Laws of judging a short payment: every one has a cause with reasons, and more missing is never a smaller matter."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access import approvals
from services.access.model import Role
from services.db.engine import Database
from services.errors import Refused
from services.integrity import queries as integrity
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import trial_balance
from services.money import Money
from services.payments.allocation import fee_limit, largest_fee
from services.payments.short import queries
from services.payments.short.absorbing import request_absorbing
from services.payments.short.judging import judge, usual_words
from services.payments.short.model import Cause, Facts, UsualFee
from services.payments.short.operations import settle_short, undo_short
from services.wiring.approvals import ACTS
from tests.conftest import SYDNEY
from tests.invoicing import AT, issue, open_shop
from tests.people import person
from tests.receiving import receive

COIN = 10_000
ORDER = list(Cause)
RATES = st.decimals("0.01", "2.5", places=4)
numbers = iter(range(10**9))


def facts(gross, missing, *, rate="0.90", code="NZD", **more):
    """What is known of an invoice of which so many coins are missing."""
    invoice = SimpleNamespace(gross=Money(gross * COIN, code), rate=Decimal(rate))
    return Facts(**{"invoice": invoice, "missing": Money(missing * COIN, code), "domestic": False} | more)


def usual(*amounts, seen=6):
    """Five amounts of a spread: least, quartiles, most."""
    return UsualFee("NZ", "12", "NZD", seen, *(Money.of(each, "NZD") for each in amounts))


FEES = usual(20, 22, 25, 28, 55)


@pytest.mark.parametrize(
    ("known", "cause", "said"),
    [
        (facts(50_000, 2_500), Cause.BANK_FEE, "no more than a bank keeps on the way, at most 30.00 NZD"),
        (facts(50_000, 2_500, usual=FEES), Cause.BANK_FEE, "keep 25.00 NZD (half of 6 payments between 22.00 and 28"),
        (facts(50_000, 5_000, usual=FEES), Cause.BANK_FEE, "usually keep 25.00 NZD"),
        (facts(50_000, 5_000), Cause.PART, "10.0 % is missing; that is more than a bank keeps, at most 30.00 NZD here"),
        (facts(50_040, 40), Cause.ROUNDING, "only 0.40 NZD is missing"),
        (facts(50_000, 25_000), Cause.PART, "half of it arrived"),
        (facts(30_000, 10_000), Cause.PART, "two thirds of it arrived"),
        (facts(22_000, 1_500, code="AUD", rate="1", domestic=True), Cause.PART, "inside Australia loses nothing"),
        (facts(500_000, 15_000, code="USD", rate="1.5", home="NZD"), Cause.EXCHANGE, "accounts in NZD"),
        (facts(500_000, 15_000, code="NZD", home="NZD"), Cause.PART, "3.0 % is missing"),
        (
            facts(22_000, 7_000, code="AUD", rate="1", domestic=True, stated=Money.of(70, "AUD")),
            Cause.BANK_FEE,
            "the bank says that 70.00 AUD was kept",
        ),
        (facts(50_000, 9_000, sent=Money.of(300, "USD")), Cause.EXCHANGE, "300.00 USD was sent and exchanged"),
    ],
)
def test_the_difference_is_judged_with_its_reasons_in_words(known, cause, said):
    found = judge(known)
    assert found.cause is cause
    assert said in "; ".join(found.reasons)


def test_fees_that_are_all_the_same_have_no_spread():
    said = usual_words(usual(20, 25, 25, 25, 30))
    assert said == "banks there usually keep 25.00 NZD (at least half of 6 payments lost exactly that)"


def test_one_payment_seen_is_no_spread():
    assert usual_words(usual(25, 25, 25, 25, 25, seen=1)) == "the one payment seen before from there lost 25.00 NZD"


@given(gross=st.integers(20_000, 2_000_000), rate=RATES, home=st.sampled_from(["", "NZD", "USD"]), data=st.data())
def test_more_missing_is_never_a_smaller_matter(gross, rate, home, data):
    less, more = sorted(data.draw(st.tuples(st.integers(1, gross - 1), st.integers(1, gross - 1))))
    first, second = (judge(facts(gross, each, rate=rate, home=home)) for each in (less, more))
    assert ORDER.index(first.cause) <= ORDER.index(second.cause)
    assert all(first.reasons)
    assert all(second.reasons)


@given(gross=st.integers(20_000, 2_000_000), rate=RATES, missing=st.integers(1, 2_000_000), seen=st.booleans())
def test_a_bank_fee_nobody_stated_is_never_more_than_banks_keep_nor_at_home(gross, rate, missing, seen):
    known = facts(gross, min(missing, gross - 1), rate=rate, usual=FEES if seen else None)
    if judge(known).cause is Cause.BANK_FEE:
        most = largest_fee("NZD", rate)
        assert known.missing <= (most if seen else fee_limit(known.invoice.gross, rate))
    assert judge(replace(known, domestic=True)).cause in {Cause.ROUNDING, Cause.PART}


@pytest.fixture(scope="module")
def books(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("short") / "books.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    shop = open_shop(database)
    yield database, shop, person(database, "Ada", Role.ACCOUNTING), person(database, "Max", Role.MANAGER)
    database.close()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    country=st.sampled_from(["AU", "GB", "US"]),
    asked=st.integers(45_000, 90_000),
    missing=st.integers(10, 2_500),
    short=st.sampled_from(["part", "fee"]),
    moves=st.lists(st.sampled_from(["settle", "absorb", "undo"]), max_size=5),
)
def test_who_bears_it_always_adds_up_and_taking_back_restores_everything(books, country, asked, missing, short, moves):  # noqa: PLR0917
    database, shop, ada, _ = books
    made = issue(database, shop[country], f"{asked / 100:.2f}", nonce=f"law-{next(numbers)}")
    receive(database, made, f"{(asked - missing) / 100:.2f}", key="law", short=short)
    before, stood = _balances(database), _now(database, made)
    live = []
    for move in moves:
        _try(books, made, move, live)
        now = _now(database, made)
        assert now.received == stood.received
        assert now.received + now.absorbed + now.fee + now.open == now.gross
    for each in reversed(live):
        _undo(database, ada, each)
    assert (_balances(database), _now(database, made)) == (before, stood)
    with database.read() as conn:
        names = ["allocations", "receivables", "credit_awaited", "receipts_unallocated", "gst_payable"]
        assert all(found.ok for found in integrity.run(conn, names=names))


def _try(books, made, move, live):
    database, _, ada, max_ = books
    form = {"nonce": f"law-{next(numbers)}", "invoice_id": made.id, "reason": "a law"}
    try:
        if move == "settle":
            live.append(database.act(lambda tx: settle_short(tx, by=ada, **form), at=AT).id)
        elif move == "absorb":
            asked = database.act(lambda tx: request_absorbing(tx, by=ada, **form), at=AT)
            decided = database.act(lambda tx: approvals.approve(tx, by=max_, approval_id=asked, acts=ACTS), at=AT)
            live.append(decided.id)
        elif live:
            _undo(database, ada, live.pop())
    except Refused:
        pass


def _undo(database, by, decision_id):
    database.act(lambda tx: undo_short(tx, by=by, decision_id=decision_id, reason="a law"), at=AT)
    with database.read() as conn:
        assert not queries.decision(conn, decision_id=decision_id).counts


def _now(database, made):
    with database.read() as conn:
        return invoice_by_id(conn, made.id)


def _balances(database):
    with database.read() as conn:
        frame = trial_balance(conn)
    rows = zip(frame["account"], frame["balance_micros"], frame["base_balance_micros"], strict=True)
    return {account: (int(micros), int(base)) for account, micros, base in rows if micros or base}
