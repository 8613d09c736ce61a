"""Credit ahead of a transfer: on proof, by two people, within caps; settled by its receipt, else taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.access import approvals
from services.access.approvals import SelfApproval
from services.access.model import SYSTEM, Role
from services.errors import InvalidForm
from services.integrity import queries as integrity
from services.jobs.running import job_named, run_due
from services.ledger.queries import credit_balance
from services.money import Money
from services.payments.operations import undo_allocation
from services.provisional import queries
from services.provisional.model import AlreadyAhead, OverTheCap, Stage
from services.provisional.operations import request_provisional
from services.provisional.settling import take_back_expired
from services.wiring.approvals import ACTS
from services.wiring.jobs import JOBS
from tests.builders import post, used
from tests.invoicing import AT, issue, open_shop
from tests.people import person
from tests.receiving import receive

PROOF = b"%PDF-1.7 confirmation of the bank"
ONE = 1_000_000
LATER = AT + timedelta(days=9)


@pytest.fixture
def shop(database):
    return open_shop(database)


@pytest.fixture
def pair(database, shop):
    return [person(database, name, Role.ACCOUNTING) for name in ("Ada", "Bea")]


def ask(database, by, made, ahead, *, nonce="n", **changed):
    facts = {"invoice_id": made.id, "amount": Money.of(ahead, made.currency), "proof_name": "proof.pdf"}
    facts |= {"proof": PROOF, "reason": "A campaign starts tonight"} | changed
    return database.act(lambda tx: request_provisional(tx, by=by, nonce=nonce, **facts), at=AT)


def give(database, pair, made, amount, **changed):
    number = ask(database, pair[0], made, amount, **changed)
    approve(database, pair[1], number)
    return number


def approve(database, by, number):
    with database.read() as conn:
        asked = conn.exec_driver_sql(f"SELECT approval_id FROM provisional_credit WHERE id = {int(number)}").scalar()
    return database.act(lambda tx: approvals.approve(tx, by=by, approval_id=asked, acts=ACTS), at=AT)


def credit(database, made) -> str:
    with database.read() as conn:
        return credit_balance(conn, made.customer_id, made.currency).text()


def spend(database, made, micros):
    post(database, used(made.customer_id, micros, key="s", currency=made.currency, on=AT.date(), rate="1.5"))


def found(database, number):
    with database.read() as conn:
        return queries.provisional(conn, provisional_id=number)


def green(database) -> list[str]:
    names = [
        "credit_ahead",
        "entries_balance",
        "balances_kept",
        "receipts_unallocated",
        "credit_awaited",
        "trial_balance",
    ]
    with database.read() as conn:
        return [one.check for one in integrity.run(conn, names=names) if not one.ok]


@pytest.mark.parametrize("country", ["AU", "US"])
def test_it_is_given_settled_by_its_receipt_and_given_again_when_that_is_undone(database, shop, pair, country):
    made = issue(database, shop[country], "440.00", nonce="a")
    number = give(database, pair, made, "200.00")
    assert credit(database, made) == f"200.00 {made.currency}"
    assert green(database) == []
    allocation = receive(database, made, "440.00")
    net = made.net.text()
    assert (credit(database, made), found(database, number).stage(AT.date())) == (net, Stage.SETTLED)
    assert green(database) == []
    database.act(lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=allocation.id, reason="wrong"), at=AT)
    assert (credit(database, made), found(database, number).left) == (
        f"200.00 {made.currency}",
        Money.of("200", made.currency),
    )
    assert green(database) == []


def test_a_part_payment_settles_its_part(database, shop, pair):
    made = issue(database, shop["US"], "440.00", nonce="a")
    number = give(database, pair, made, "200.00")
    receive(database, made, "150.00")
    assert (credit(database, made), found(database, number).left.text()) == ("200.00 USD", "50.00 USD")
    assert green(database) == []


@pytest.mark.parametrize("country", ["AU", "US"])
def test_unused_credit_is_taken_back_when_the_transfer_does_not_come(database, shop, pair, country):
    made = issue(database, shop[country], "440.00", nonce="a")
    number = give(database, pair, made, "200.00")
    spend(database, made, 120 * ONE)
    assert database.act(lambda tx: take_back_expired(tx, by=SYSTEM, ids=[number]), at=AT) == 0
    assert database.act(lambda tx: take_back_expired(tx, by=SYSTEM, ids=[number]), at=LATER) == 1
    left = found(database, number)
    assert (credit(database, made), left.left.text()) == (f"0.00 {made.currency}", f"120.00 {made.currency}")
    assert left.stage(LATER.date()) is Stage.EXPIRED
    assert green(database) == []
    receive(database, made, "440.00", at=LATER)
    assert credit(database, made) == (made.net - Money.of("120", made.currency)).text()
    assert (found(database, number).left.micros, green(database)) == (0, [])


def test_credit_that_was_used_is_not_due_to_be_taken_back_until_there_is_some_again(database, shop, pair):
    made = issue(database, shop["AU"], "440.00", nonce="a")
    number = give(database, pair, made, "200.00")
    spend(database, made, 300 * ONE)

    def run(day: int) -> list[tuple[int, int]]:
        at = LATER + timedelta(days=day)
        on = at.astimezone(database.timezone).date()
        told = run_due(database, by=SYSTEM, jobs=[job_named(JOBS, "provisional")], on=on, at=at)
        return [(one.done, one.failed) for one in told if one.outcome]

    assert run(0) == []
    receive(database, issue(database, shop["AU"], "220.00", nonce="b"), "220.00", at=LATER)
    with database.read() as conn:
        ((_, part),) = queries.to_take_back(conn, on=LATER.date())
    assert part == Money.of("100", "AUD")
    assert run(1) == [(1, 0)]
    assert (credit(database, made), found(database, number).left.text()) == ("0.00 AUD", "100.00 AUD")
    assert run(2) == []
    assert green(database) == []


def test_two_people_and_one_at_a_time(database, shop, pair):
    made = issue(database, shop["AU"], "440.00", nonce="a")
    number = ask(database, pair[0], made, "100.00")
    assert ask(database, pair[0], made, "100.00") == number
    with pytest.raises(SelfApproval):
        approve(database, pair[0], number)
    with pytest.raises(AlreadyAhead):
        ask(database, pair[0], made, "100.00", nonce="other")
    assert credit(database, made) == "0.00 AUD"


def test_no_customer_has_more_ahead_than_the_cap(database, shop, pair):
    first, second = (issue(database, shop["AU"], "600.00", nonce=nonce) for nonce in "ab")
    give(database, pair, first, "400.00")
    with pytest.raises(OverTheCap, match=r"500\.00 AUD may be ahead for this customer; 100\.00 AUD"):
        ask(database, pair[0], second, "100.01", nonce="m")
    assert ask(database, pair[0], second, "100.00", nonce="m")


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"amount": Money.of("400.01", "AUD")}, "amount"), ({"amount": Money.of("1", "USD")}, "amount"),
     ({"days": 11}, "days"), ({"proof": b"hello"}, "proof"), ({"reason": " "}, "reason")],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_field(database, shop, pair, changed, field):
    made = issue(database, shop["AU"], "440.00", nonce="a")
    with pytest.raises(InvalidForm) as refused:
        ask(database, pair[0], made, "100.00", **changed)
    assert field in refused.value.fields


def test_a_declined_request_may_be_asked_for_again_and_the_proof_is_kept(database, shop, pair):
    made = issue(database, shop["AU"], "440.00", nonce="a")
    number = ask(database, pair[0], made, "100.00")
    with database.read() as conn:
        [(asked, total)] = [queries.waiting(conn)]
        assert ([each.id for each in asked], total) == ([number], 1)
        assert queries.proof(conn, provisional_id=number) == ("proof.pdf", PROOF)
        request = conn.exec_driver_sql("SELECT approval_id FROM provisional_credit").scalar()
    database.act(
        lambda tx: approvals.decline(tx, by=pair[1], approval_id=request, acts=ACTS, reason="not theirs"), at=AT
    )
    assert ask(database, pair[0], made, "100.00", nonce="again") > number
