"""The stop at the end of dunning is a stop like any other: it refuses what is new, and ends the moment it is paid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from services.access.model import SYSTEM, Principal, Role
from services.customers.model import Customer
from services.customers.stopping import UNPAID, Stopped, past_stops, stopped, stops_of
from services.db.engine import Database
from services.dunning import operations, queries
from services.dunning.reminding import remind_due
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import set_fee
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.model import Invoice, InvoiceStatus
from services.invoices.queries import invoice as invoice_by_id
from services.money import Money
from services.numbers.model import NumberType
from services.numbers.operations import add_number
from services.payments.operations import undo_allocation
from services.postpaid.billing import turn_commitments
from services.postpaid.commitment import AtLimit
from services.postpaid.limits import watch_limits
from services.postpaid.queries.limits import CAUSE
from services.provisional.operations import request_provisional
from tests.debts import debt, noon, two, written_off
from tests.invoicing import issue, open_shop
from tests.people import person
from tests.postpaid import committed, staff, uses
from tests.receiving import receive

FIRST = date(2026, 11, 20)  # issued then, due on day 14
STAGES = (3, 10, 20, 30)


def day(number: int) -> date:
    """So many days after the invoice was due."""
    return FIRST + timedelta(days=14 + number)


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def ann(database: Database) -> Principal:
    return person(database, "Ann", Role.ACCOUNTING)


def dunned(database: Database, owes: Customer, *, nonce: str = "") -> Invoice:
    """A debt nobody paid until its last stage stopped the customer."""
    made = debt(database, owes, "1000.00", issued=FIRST, nonce=nonce)
    for on in map(day, STAGES):
        database.act(lambda tx, on=on: remind_due(tx, by=SYSTEM, on=on, invoice_ids=[made.id]), at=noon(on))
    return made


def causes(database: Database, owes: Customer) -> list[str]:
    with database.read() as conn:
        return [each.cause for each in stops_of(conn, owes.id)]


def test_who_is_stopped_by_dunning_gets_no_number_fee_or_credit_ahead(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    wattle = shop["AU"]
    topping_up = issue(database, wattle, "440.00", nonce="credit", at=noon(day(25)))
    made = dunned(database, wattle)
    with database.read() as conn:
        [stop] = stops_of(conn, wattle.id)
    assert (stop.cause, stop.invoice_id) == (UNPAID, made.id)
    assert stop.why == f"{made.number} was to be paid by 4 December 2026 and is still open."

    price, words = Money.of("20", "AUD"), "Keyword BEACH"
    fee = WantedFee(wattle.id, FeeKind.KEYWORD, False, price, words, words, True, "Asked for")
    new: dict[str, Callable[[], object]] = {
        "No new number": lambda: database.act(
            lambda tx: add_number(
                tx, by=ann, e164="+61480000001", customer_id=wattle.id, country="AU", type=NumberType.MOBILE,
                monthly_price=price,
            ),
            at=noon(day(31)),
        ),
        "No new fee": lambda: database.act(
            lambda tx: set_fee(tx, by=ann, nonce="f", wanted=fee), at=noon(day(31))
        ),
        "No credit ahead of a transfer": lambda: database.act(
            lambda tx: request_provisional(
                tx, by=ann, nonce="a", invoice_id=topping_up.id, amount=Money.of("100", "AUD"), proof_name="p.pdf",
                proof=b"%PDF-1.7", reason="Tonight",
            ),
            at=noon(day(31)),
        ),
    }  # fmt: skip
    for said, act in new.items():
        with pytest.raises(Stopped, match=f"{said} for Wattle .* still open"):
            act()
    receive(database, made, "1100.00", at=noon(day(32)))  # the payment is taken, and everything is open again
    uses(database, wattle, "-100.00", day(30), by=ann)  # some credit for the fee and the number
    for act in new.values():
        act()


@pytest.mark.parametrize("path", ["a receipt", "a credit note", "a write-off"])
def test_it_ends_by_itself_whatever_ends_the_debt(
    database: Database, shop: dict[str, Customer], ann: Principal, path: str
) -> None:
    wattle = shop["AU"]
    made = dunned(database, wattle)
    if path == "a receipt":
        receive(database, made, "100.00", at=noon(day(31)), key="part")
        assert causes(database, wattle) == [UNPAID]
        receive(database, made, "1000.00", at=noon(day(32)))
    elif path == "a credit note":
        database.act(
            lambda tx: credit_invoice(
                tx, by=ann, nonce="c", invoice_id=made.id, gross=made.gross, cause=Cause.PRICE, reason="agreed"
            ),
            at=noon(day(32)),
        )
    else:
        written_off(database, made, two(database), on=day(32))
    with database.read() as conn:
        assert stops_of(conn, wattle.id) == []
        assert stopped(conn) == {}
        [past] = past_stops(conn, wattle.id)
        status = invoice_by_id(conn, made.id).status
        told = [each.what for each in queries.story(conn, customer_id=wattle.id, currency="AUD")]
    assert (past.ended_at, past.ended_by, past.lifted) == (noon(day(32)), "Ledgerdesk", False)
    assert past.ended_why == f"{made.number} is {status}."
    assert told[0] == "Stop ended"


def test_a_receipt_taken_back_stops_again_but_never_what_a_person_lifted(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    wattle = shop["AU"]
    made = dunned(database, wattle)

    def back(number: int, key: str) -> None:
        given = receive(database, made, "1100.00", at=noon(day(number)), key=key)
        assert causes(database, wattle) == []
        database.act(
            lambda tx: undo_allocation(tx, by=ann, allocation_id=given.id, reason="not theirs"), at=noon(day(number))
        )

    back(31, "a")
    assert causes(database, wattle) == [UNPAID]
    with database.read() as conn:
        assert invoice_by_id(conn, made.id).status is InvoiceStatus.ISSUED
        [stop] = queries.stops_of(conn)
    database.act(lambda tx: operations.lift_stop(tx, by=ann, stop_id=stop.id, reason="Three parts"), at=noon(day(32)))
    back(33, "b")
    assert causes(database, wattle) == []
    with database.read() as conn:
        told = [each.what for each in queries.story(conn, customer_id=wattle.id, currency="AUD")]
    assert sorted(told[:3]) == ["Stop ended", "Stop lifted", "Stopped again"]


def test_two_causes_hold_at_once_and_ending_one_leaves_the_other(database: Database, shop: dict[str, Customer]) -> None:
    wattle, people = shop["AU"], staff(database)
    found = committed(database, people, wattle, FIRST, at_limit=AtLimit.STOP)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=noon(FIRST))

    def watch(number: int) -> None:
        database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=[found.id]), at=noon(day(number)))

    made = dunned(database, wattle)
    uses(database, wattle, "2500.00", day(30), by=people["Ann"])
    watch(30)
    assert causes(database, wattle) == [UNPAID, CAUSE]
    uses(database, wattle, "2000.00", day(31), by=people["Ann"], key="more")
    receive(database, made, "1100.00", at=noon(day(32)))
    watch(32)
    assert causes(database, wattle) == [CAUSE]  # 4,500 is owed still
    uses(database, wattle, "-2000.00", day(33), by=people["Ann"], key="given back")
    watch(33)
    assert causes(database, wattle) == []
