"""Remembered payers: listed as matching uses them, forgotten with a reason, and learned anew afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError

from services.access.model import NotAllowed, Principal, Role
from services.errors import InvalidForm
from services.payments.operations import allocate, undo_allocation
from services.payments.payers import queries
from services.payments.payers.model import NotRemembered
from services.payments.payers.operations import forget_payer
from services.payments.payers.tables import forgotten_payer
from services.reconciliation.model import Rule
from services.reconciliation.queries import proposal
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

ADA = Principal(None, "Ada", Role.ACCOUNTING)
ACCOUNT = "GB29 NWBK 6016 1331 9268 19"
KEY = "GB29NWBK60161331926819"


@pytest.fixture
def shop(database):
    return open_shop(database)


def paid(database, customer, nonce, *, amount="500.00", account=ACCOUNT):
    made = issue(database, customer, amount, nonce=nonce)
    [receipt] = arrive(database, line(amount, customer.currency, payer="THISTLE LTD", account=account))
    facts = {"bank_line_id": receipt.id, "invoice_id": made.id, "nonce": nonce}
    return database.act(lambda tx: allocate(tx, by=ADA, **facts), at=AT)


def forget(database, customer, *, by=ADA, account=KEY, reason="It is their accountant’s"):
    facts = {"account": account, "customer_id": customer.id, "reason": reason}
    return database.act(lambda tx: forget_payer(tx, by=by, **facts), at=AT)


def listed(database, **filters):
    with database.read() as conn:
        return queries.payers(conn, **filters)


def known(database):
    with database.read() as conn:
        return queries.known_payers(conn, [KEY])


def test_a_payer_is_listed_with_how_often_and_when_last_and_who_shares_it(database, shop):
    paid(database, shop["GB"], "a")
    paid(database, shop["GB"], "b")
    [found], total = listed(database)
    assert (found.account, found.customer, found.name) == (KEY, shop["GB"].name, "THISTLE LTD")
    assert (found.times, found.last_on, found.shared, total) == (2, AT.date(), False, 1)
    paid(database, shop["US"], "c")
    both, total = listed(database)
    assert ([each.shared for each in both], total) == ([True, True], 2)
    assert [each.customer_id for each in listed(database, text="maple nwbk")[0]] == [shop["US"].id]
    assert listed(database, text="100%")[1] == 0
    assert len(listed(database, page=2, size=1)[0]) == 1
    assert listed(database, page=9) == ([], 2)


def test_a_forgotten_payer_speaks_no_more_until_it_is_learned_anew(database, shop):
    paid(database, shop["GB"], "a")
    open_one = issue(database, shop["GB"], "700.00", nonce="open")
    [receipt] = arrive(database, line("700.00", "GBP", account=ACCOUNT))
    with database.read() as conn:
        assert proposal(conn, receipt.id).best.rule is Rule.ACCOUNT
    forget(database, shop["GB"])
    assert (known(database), listed(database)) == ({}, ([], 0))
    with database.read() as conn:
        best = proposal(conn, receipt.id).best
    assert best is None or (best.rule is not Rule.ACCOUNT and best.invoice_ids == (open_one.id,))
    paid(database, shop["GB"], "again", amount="600.00")
    assert known(database) == {KEY: frozenset({shop["GB"].id})}
    assert listed(database)[0][0].times == 1


def test_only_what_is_remembered_is_forgotten_and_with_a_reason(database, shop):
    made = paid(database, shop["GB"], "a")
    with pytest.raises(InvalidForm):
        forget(database, shop["GB"], reason=" ")
    with pytest.raises(NotRemembered):
        forget(database, shop["US"])
    with pytest.raises(NotAllowed, match="ask accounting"):
        forget(database, shop["GB"], by=Principal(None, "Sam", Role.SUPPORT))
    undo = {"allocation_id": made.id, "reason": "wrong"}
    database.act(lambda tx: undo_allocation(tx, by=ADA, **undo), at=AT)
    with pytest.raises(NotRemembered):
        forget(database, shop["GB"])
    paid(database, shop["GB"], "b")
    forget(database, shop["GB"])
    with pytest.raises(NotRemembered):
        forget(database, shop["GB"])
    with database.read() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM audit_event WHERE act = 'payments.forget_payer'")).scalar() == 1
    with pytest.raises(DBAPIError), database.write() as tx:
        tx.conn.execute(delete(forgotten_payer))
