"""Commitments that follow each other, and what the day of a signature decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from services.access.model import SYSTEM, Principal
from services.company.model import TaxPoint
from services.customers.model import BillingMode, Customer
from services.customers.queries import customer as customer_by_id
from services.db.engine import Database
from services.errors import InvalidForm
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import credit_balance
from services.postpaid import queries
from services.postpaid.applying import keep_file
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.changing import Change, change_now, request_change
from services.postpaid.model import Commitment
from services.postpaid.signing import sign_commitment
from services.postpaid.versions import Wanted
from services.pricing.operations import import_rates
from tests.invoicing import open_shop
from tests.postpaid import SIGNED, approved, asked, at, committed, staff, uses

FIRST, SECOND = date(2025, 11, 1), date(2026, 11, 1)


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


def second(
    database: Database, people: dict[str, Principal], customer: Customer, *, starts_on: date, signed_on: date
) -> Callable[[], Commitment]:
    """A contract that is approved on 30 October 2026 and may be kept on the day it is signed."""
    found = approved(database, people, customer, asked(currency=customer.currency), when=at(2026, 10, 30))
    kept = {"application_id": found.id, "kind": "contract", "name": "c.pdf", "content": SIGNED}
    file_id = database.act(lambda tx: keep_file(tx, by=people["Ann"], **kept), at=at(2026, 10, 30))
    facts = {"nonce": "second", "application_id": found.id, "file_id": file_id, "wanted": Wanted()}
    days = {"starts_on": starts_on, "signed_on": signed_on}
    when = at(2026, 11, signed_on.day) if signed_on >= SECOND else at(2026, 10, 30)
    return lambda: database.act(lambda tx: sign_commitment(tx, by=people["Ann"], **facts, **days), at=when)


def turn(database: Database, on: date, *found: Commitment) -> None:
    ids = [each.id for each in found]
    when = at(on.year, on.month, on.day)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=ids), at=when)


def bill(database: Database, found: Commitment, month: date, on: date) -> None:
    act = {"by": SYSTEM, "month": month, "commitment_ids": [found.id]}
    database.act(lambda tx: bill_months(tx, **act), at=at(on.year, on.month, on.day))


@pytest.mark.parametrize("point", list(TaxPoint))
def test_who_signs_again_goes_on_paying_afterwards(
    database: Database, people: dict[str, Principal], point: TaxPoint
) -> None:
    wattle = open_shop(database, tax_point=point)["AU"]
    old = committed(database, people, wattle, FIRST)
    turn(database, FIRST, old)
    new = second(database, people, wattle, starts_on=SECOND, signed_on=date(2026, 10, 30))()
    uses(database, wattle, "1200.00", date(2026, 10, 12), by=SYSTEM)
    for each in old.contract.due_months():
        bill(database, old, each.month, each.days.ends_before)
    with database.read() as conn:
        before = credit_balance(conn, wattle.id, "AUD")
    for _ in range(2):  # the new one begins while the old one's last month is billed, and only then the old one ends
        turn(database, SECOND, old, new)
    with database.read() as conn:
        assert customer_by_id(conn, wattle.id).billing_mode is BillingMode.POSTPAID
        assert queries.commitment(conn, old.id).ended_at is not None
        assert queries.commitment(conn, new.id).ended_at is None
        assert credit_balance(conn, wattle.id, "AUD") == before  # nothing turned, so no tax did
    uses(database, wattle, "300.00", date(2026, 11, 12), by=SYSTEM)
    bill(database, new, SECOND, date(2026, 12, 1))
    with database.read() as conn:
        [month] = queries.months_billed(conn, new.id)
        assert month.invoice_id is not None
        made = invoice_by_id(conn, month.invoice_id)
    assert (month.consumed.text(), month.true_up.text()) == ("300.00 AUD", "700.00 AUD")
    assert (made.net.text(), made.tax.text()) == ("1,000.00 AUD", "100.00 AUD")


def test_a_term_is_not_renewed_into_the_commitment_that_follows_it(
    database: Database, people: dict[str, Principal]
) -> None:
    wattle = open_shop(database)["AU"]
    old = committed(database, people, wattle, FIRST)
    turn(database, FIRST, old)
    second(database, people, wattle, starts_on=SECOND, signed_on=date(2026, 10, 30))()
    now = change_now(old, date(2026, 10, 1))
    longer = Change(now.effective_on, asked(months=24), now.wanted)
    asks = {"commitment_id": old.id, "expected_version": 1, "change": longer, "file_id": 1, "reason": "Renewed"}
    with pytest.raises(InvalidForm) as refused:
        database.act(lambda tx: request_change(tx, by=people["Ann"], **asks), at=at(2026, 10, 31))
    assert "begins on 2026-11-01" in refused.value.fields["months"]


def test_a_minimum_is_worth_enough_on_the_day_it_is_signed(database: Database, people: dict[str, Principal]) -> None:
    societe = open_shop(database)["FR"]
    given = {"content": b"currency,date,aud_per_unit\nEUR,2026-11-02,0.999999\nEUR,2026-11-03,1.00", "source": "a test"}
    database.act(lambda tx: import_rates(tx, by=SYSTEM, **given), at=at(2026, 11, 3))
    below = second(database, people, societe, starts_on=date(2026, 11, 4), signed_on=date(2026, 11, 2))
    with pytest.raises(InvalidForm) as refused:
        below()
    assert "at least 1,000.01 EUR a month" in refused.value.fields["signed_on"]


def test_a_minimum_of_just_enough_is_signed_and_frozen(database: Database, people: dict[str, Principal]) -> None:
    societe = open_shop(database)["FR"]
    given = {"content": b"currency,date,aud_per_unit\nEUR,2026-11-03,1.00", "source": "a test"}
    database.act(lambda tx: import_rates(tx, by=SYSTEM, **given), at=at(2026, 11, 3))
    made = second(database, people, societe, starts_on=date(2026, 11, 4), signed_on=date(2026, 11, 3))()
    assert made.contract.now.aud.text() == "1,000.00 AUD"


def test_no_contract_is_signed_before_the_customer_applied(database: Database, people: dict[str, Principal]) -> None:
    wattle = open_shop(database)["AU"]
    with pytest.raises(InvalidForm) as refused:
        second(database, people, wattle, starts_on=SECOND, signed_on=date(2026, 10, 29))()
    assert "applied on 2026-10-30" in refused.value.fields["signed_on"]
