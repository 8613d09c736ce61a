"""The inbox from end to end: what waits, what is proposed, accepting once, and undoing."""

import pytest

from pages._ui.receipts import outcome
from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.customers.operations import create_customer
from services.errors import InvalidForm
from services.invoices.queries import invoice as invoice_by_id
from services.payments.operations import NonceReused
from services.reconciliation.inbox import Changed, InboxState
from services.reconciliation.model import Fit
from services.reconciliation.operations import accept, accept_all_automatic, undo
from services.reconciliation.queries import inbox, proposal, proposed_line
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

CLERK = Principal(None, "Ada", Role.ACCOUNTING)


@pytest.fixture
def shop(database):
    return open_shop(database)


def take(database, receipt, *invoices, nonce="form", by=CLERK, **how):
    ids = [each.id for each in invoices]
    return database.act(lambda tx: accept(tx, by=by, line_id=receipt.id, invoice_ids=ids, nonce=nonce, **how), at=AT)


def status(database, invoice):
    with database.read() as conn:
        return invoice_by_id(conn, invoice.id).status.value


def test_receipts_wait_in_the_inbox_with_what_they_probably_pay(database, shop):
    au, gb = issue(database, shop["AU"], "220.00", nonce="a"), issue(database, shop["GB"], "300.00", nonce="b")
    arrive(database, line("220.00", text=au.reference), line("330.00", payer="WATTLE AND DAUGHTERS"), line("9.00"))
    arrive(database, line("285.00", "GBP", text=gb.reference))
    with database.read() as conn:
        found = inbox(conn)
        ready = inbox(conn, state=InboxState.READY, size=1, page=2)
        pounds = inbox(conn, bank_account="gbp")
        unknown = inbox(conn, state=InboxState.UNKNOWN)
    assert found.counts == {"waiting": 4, "ready": 2, "suggested": 0, "unknown": 2}
    assert (found.total, ready.total, len(ready.lines)) == (4, 2, 1)
    assert [each.proposal.best.fit.value for each in pounds.lines] == ["fee"]
    assert "9.00 AUD" in [each.line.amount.text() for each in unknown.lines]


def test_accepting_pays_the_invoice_and_keeps_why(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    [receipt] = arrive(database, line("220.00", text=invoice.reference))
    [made] = take(database, receipt, invoice)
    assert status(database, invoice) == "paid"
    assert (made.evidence.rule, made.evidence.score, made.evidence.algorithm) == (
        "A reference, exact",
        100,
        "matching 4",
    )
    with database.read() as conn:
        assert inbox(conn).total == 0
        assert proposal(conn, receipt.id).candidates == ()


def test_accepting_a_short_receipt_settles_the_invoice_short(database, shop):
    invoice = issue(database, shop["GB"], "300.00", nonce="a")
    [receipt] = arrive(database, line("288.00", "GBP", text=invoice.reference))
    take(database, receipt, invoice)
    assert status(database, invoice) == "settled short"


def test_what_a_bank_kept_of_a_taxed_invoice_stays_open_and_is_said_before(database, shop):
    """An Australian customer that pays in US dollars: only an adjustment note takes the fee off, with its GST."""
    facts = {"username": "abroad", "name": "Abroad Pty Ltd", "email": "a@abroad.example"}
    abroad = database.act(lambda tx: create_customer(tx, by=SYSTEM, **facts, country="AU", currency="USD"), at=AT)
    invoice = issue(database, abroad, "300.00", nonce="a")
    [receipt] = arrive(database, line("288.00", "USD", text=invoice.reference))
    with database.read() as conn:
        shown = proposed_line(conn, receipt.id)
    best = shown.proposal.best
    assert (best.fit, best.claims[0].taxed) == (Fit.FEE, True)
    assert outcome(shown.line, best) == (
        "Credit is what arrived, 288.00 USD; 12.00 USD stays open until its adjustment note."
    )
    take(database, receipt, invoice)
    assert status(database, invoice) == "part-paid"


def test_a_person_may_leave_the_rest_open_instead(database, shop):
    invoice = issue(database, shop["GB"], "300.00", nonce="a")
    [receipt] = arrive(database, line("288.00", "GBP", text=invoice.reference))
    take(database, receipt, invoice, short="part")
    assert status(database, invoice) == "part-paid"


def test_a_person_may_choose_an_invoice_nothing_speaks_for(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    [receipt] = arrive(database, line("17.00"))
    [made] = take(database, receipt, invoice)
    assert (made.evidence.rule, status(database, invoice)) == ("chosen by hand", "part-paid")


def test_one_receipt_over_several_invoices_is_paid_in_order(database, shop):
    first, second = (issue(database, shop["AU"], "220.00", nonce=each) for each in "ab")
    third = issue(database, shop["AU"], "220.00", nonce="c")
    [receipt] = arrive(database, line("330.00"))
    made = take(database, receipt, first, second, third)
    assert [each.paid.plain() for each in made] == ["220.00", "110.00"]
    assert [status(database, each) for each in (first, second, third)] == ["paid", "part-paid", "issued"]


def test_a_double_click_is_one_match(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    receipt, other = arrive(database, line("220.00"), line("221.00"))
    assert take(database, receipt, invoice) == take(database, receipt, invoice)
    with pytest.raises(NonceReused):
        take(database, other, invoice)


def test_accepting_what_changed_meanwhile_is_refused(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    first, second = arrive(database, line("220.00", text=invoice.reference), line("50.00"))
    with database.read() as conn:
        shown = proposed_line(conn, first.id)
    seen = shown.stamp(shown.proposal.best)
    take(database, second, invoice, nonce="other")
    with pytest.raises(Changed, match="changed meanwhile"):
        take(database, first, invoice, seen=seen)
    take(database, first, invoice, nonce="rest")
    with pytest.raises(Changed):
        take(database, first, invoice, nonce="too late")


def test_every_automatic_proposal_is_accepted_at_once_and_the_rest_waits(database, shop):
    invoices = [issue(database, shop["AU"], f"{amount}.00", nonce=str(amount)) for amount in (220, 330)]
    arrive(database, *(line(each.gross.plain(), text=each.reference) for each in invoices), line("5.00"))
    made = database.act(lambda tx: accept_all_automatic(tx, by=CLERK, nonce="all"), at=AT)
    assert [each.paid.plain() for each in made] == ["220.00", "330.00"]
    with database.read() as conn:
        assert inbox(conn).total == 1
    assert database.act(lambda tx: accept_all_automatic(tx, by=CLERK, nonce="all"), at=AT) == []


def test_undoing_reopens_the_receipt_and_its_invoices(database, shop):
    first, second = (issue(database, shop["AU"], "220.00", nonce=each) for each in "ab")
    [receipt] = arrive(database, line("440.00", text=f"{first.reference} {second.reference}"))
    take(database, receipt, first, second)
    undone = database.act(lambda tx: undo(tx, by=CLERK, line_id=receipt.id, reason="wrong company"), at=AT)
    assert (len(undone), status(database, first), status(database, second)) == (2, "issued", "issued")
    with database.read() as conn:
        assert proposal(conn, receipt.id).automatic


def test_the_same_payment_again_is_a_possible_duplicate(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    issue(database, shop["AU"], "220.00", nonce="b")
    once, again = (line("220.00", payer="WATTLE", text=f"PAY {invoice.reference}") for _ in range(2))
    [receipt] = arrive(database, once)
    take(database, receipt, invoice)
    [second] = arrive(database, again)
    with database.read() as conn:
        found = proposal(conn, second.id)
    assert not found.automatic
    assert "possibly a duplicate" in found.warnings[0]


def test_accepting_needs_an_invoice_and_the_right_role(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    [receipt] = arrive(database, line("220.00"))
    with pytest.raises(InvalidForm):
        take(database, receipt)
    with pytest.raises(NotAllowed):
        take(database, receipt, invoice, by=Principal(None, "Sam", Role.SUPPORT))
