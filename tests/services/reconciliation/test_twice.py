"""One form sent from two browsers at the same moment: it happens once, and both see what it made."""

import threading

import pytest

from services.access.model import Principal, Role
from services.reconciliation.operations import accept, accept_all_automatic
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

CLERK = Principal(None, "Ada", Role.ACCOUNTING)
BROWSERS = 6


def at_once(work):
    """What each browser saw: a result, or the error."""
    seen, gate = [], threading.Barrier(BROWSERS)

    def browser():
        gate.wait()
        try:
            seen.append(work())
        except Exception as error:  # noqa: BLE001 - the error is what is looked at
            seen.append(error)

    threads = [threading.Thread(target=browser) for _ in range(BROWSERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


@pytest.fixture
def shop(database):
    return open_shop(database)


def test_one_acceptance_of_a_receipt_that_pays_two_invoices(database, shop):
    invoices = [issue(database, shop["AU"], "220.00", nonce=each) for each in "ab"]
    [receipt] = arrive(database, line("440.00", text=" ".join(each.reference for each in invoices)))
    ids = [each.id for each in invoices]

    def take(tx):
        return accept(tx, by=CLERK, line_id=receipt.id, invoice_ids=ids, nonce="form")

    seen = at_once(lambda: [each.id for each in database.act(take, at=AT)])
    assert [each for each in seen if isinstance(each, Exception)] == []
    assert seen == [seen[0]] * BROWSERS
    assert len(seen[0]) == 2


def test_accepting_all_of_one_form(database, shop):
    invoices = [issue(database, shop["AU"], "220.00", nonce=each) for each in "abc"]
    arrive(database, *(line("220.00", text=each.reference, payer=f"PAYER {each.number}") for each in invoices))
    seen = at_once(
        lambda: len(database.act(lambda tx: accept_all_automatic(tx, by=CLERK, nonce="all"), at=AT)),
    )
    assert [each for each in seen if isinstance(each, Exception)] == []
    assert sorted(seen) == [0] * (BROWSERS - 1) + [3]
