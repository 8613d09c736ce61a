"""A customer who pays afterwards is sold no credit by bank transfer, and no request for it is taken."""

from __future__ import annotations

from datetime import date

import pytest

from services.access.model import SYSTEM, Principal
from services.customers.model import Customer
from services.db.engine import Database
from services.errors import InvalidForm
from services.invoices.queries import preview_document
from services.money import Money
from services.postpaid.billing import turn_commitments
from services.requests.model import Asked, Channel, RequestStatus
from services.requests.operations import open_request
from services.requests.queries import request
from tests.invoicing import details, issue, open_shop
from tests.postpaid import at, committed, staff

START = date(2026, 9, 1)


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


def begins(database: Database, people: dict[str, Principal], customer: Customer) -> None:
    found = committed(database, people, customer, START)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=at(2026, 9, 1))


def asked(customer: Customer) -> Asked:
    gross = Money.of("550", customer.currency)
    return Asked(customer.id, customer.currency, gross, details(customer.country), Channel.EMAIL, START)


def test_no_credit_is_sold_by_transfer_to_who_pays_afterwards(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    before = issue(database, wattle, "550", nonce="before", at=at(2026, 8, 31))
    begins(database, people, wattle)
    with pytest.raises(InvalidForm, match="pays afterwards") as refused:
        issue(database, wattle, "550", nonce="after", at=at(2026, 9, 2))
    assert "Match what it pays to its monthly invoices" in refused.value.fields["customer"]
    with database.read() as conn, pytest.raises(InvalidForm, match="pays afterwards"):
        preview_document(
            conn, customer_id=wattle.id, gross=Money.of("550", "AUD"), details=details(), on=date(2026, 9, 2)
        )
    assert issue(database, wattle, "550", nonce="before", at=at(2026, 9, 2)).id == before.id  # a reload of the old form


def test_no_request_is_taken_and_one_that_waits_lacks_a_customer_who_pays_before(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle, societe = shop["AU"], shop["FR"]
    kept = database.act(
        lambda tx: open_request(tx, by=people["Sue"], nonce="kept", asked=asked(wattle)), at=at(2026, 9, 1)
    )
    assert kept.status is RequestStatus.RECEIVED
    begins(database, people, wattle)
    with database.read() as conn:
        waiting = request(conn, kept.id, on=date(2026, 9, 2))
    assert waiting.status is RequestStatus.INCOMPLETE
    assert "pays afterwards" in waiting.missing["customer"]
    with pytest.raises(InvalidForm, match="pays afterwards"):
        database.act(lambda tx: open_request(tx, by=people["Sue"], nonce="new", asked=asked(wattle)), at=at(2026, 9, 2))
    database.act(lambda tx: open_request(tx, by=people["Sue"], nonce="fr", asked=asked(societe)), at=at(2026, 9, 2))
