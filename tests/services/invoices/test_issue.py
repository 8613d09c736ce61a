"""Issuing: one invoice a form, every wrong field named, and the books that follow."""

import random
import threading

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.errors import InvalidForm
from services.invoices.model import AllocationDoesNotFit, InvoiceStatus
from services.invoices.operations import NonceReused, issue_invoice, record_payment, undo_payment
from services.invoices.tables import invoice as invoice_table
from services.ledger.model import Account, Purpose
from services.ledger.queries import balance_on, entry
from services.money import Money
from tests.invoicing import AT, details, issue, open_shop

MOVING = {
    "status",
    "allocated_micros",
    "fee_micros",
    "credited_micros",
    "short_micros",
    "cleared_net_micros",
    "absorbed_micros",
}


@pytest.fixture
def shop(database):
    return open_shop(database)


def test_an_australian_invoice_owes_the_gross_against_credit_not_yet_paid_and_gst(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    with database.read() as conn:
        legs = {posting.account.purpose: posting.micros for posting in entry(conn, made.entry_id).postings}
    assert (made.number, made.status, made.open.text()) == ("INV-2026-000001", InvoiceStatus.ISSUED, "220.00 AUD")
    assert legs == {
        Purpose.RECEIVABLE: 220_000_000,
        Purpose.CREDIT_UNPAID: -200_000_000,
        Purpose.GST_PAYABLE: -20_000_000,
    }


def test_a_foreign_invoice_is_untaxed_and_keeps_the_rate_it_was_judged_at(database, shop):
    made = issue(database, shop["US"], "500.00", nonce="a")
    with database.read() as conn:
        owed, owed_aud = balance_on(conn, Account(Purpose.RECEIVABLE, "USD", shop["US"].id), made.issued_on)
    assert (made.tax.micros, made.net) == (0, made.gross)
    assert (str(made.rate_on), made.rate_source) == ("2026-10-30", "European Central Bank")
    assert owed.text() == "500.00 USD"
    assert Money(owed_aud, "AUD") == made.aud_equivalent


@pytest.mark.parametrize("cents", ["200.03", "200.14", "9999.99", "311.11"])
def test_net_and_tax_are_always_the_gross(database, shop, cents):
    made = issue(database, shop["AU"], cents, nonce=cents)
    assert made.net + made.tax == made.gross == Money.of(cents, "AUD")


def test_the_same_form_twice_is_one_invoice(database, shop):
    first = issue(database, shop["AU"], "300.00", nonce="form")
    assert issue(database, shop["AU"], "300.00", nonce="form") == first


def test_the_same_form_with_other_content_is_refused(database, shop):
    issue(database, shop["AU"], "300.00", nonce="form")
    with pytest.raises(NonceReused, match="already issued INV-2026-000001"):
        issue(database, shop["AU"], "301.00", nonce="form")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("company_name", {"company_name": " "}),
        ("address", {"address": "", "business_id": ""}),
        ("email", {"email": "not an address"}),
        ("contact_name", {"contact_name": ""}),
        ("contact_phone", {"contact_phone": ""}),
        ("business_id", {"business_id": "51 824 753 557"}),
        ("company_name", {"company_name": "राम"}),
        ("contact_name", {"contact_name": "نئے"}),
        ("address", {"address": "a line\n" * 8}),
        ("language", {"language": "de"}),
    ],
)
def test_each_wrong_field_gets_its_own_sentence(database, shop, field, changes):
    given = details("AU", **changes)
    with pytest.raises(InvalidForm) as refused:
        _issue_with(database, shop["AU"].id, Money.of("220", "AUD"), given)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("amount", "currency", "field"),
    [
        ("199.99", "AUD", "amount"),
        ("140.49", "USD", "amount"),
        ("100000.01", "AUD", "amount"),
        ("250", "SEK", "currency"),
        ("250", "XXX", "currency"),
        ("250.001", "AUD", "amount"),
        ("-1", "AUD", "amount"),
    ],
)
def test_amounts_and_currencies_outside_the_rules_are_refused(database, shop, amount, currency, field):
    with pytest.raises(InvalidForm) as refused:
        _issue_with(database, shop["AU"].id, Money.of(amount, currency), details("AU"))
    assert list(refused.value.fields) == [field]


def test_exactly_the_minimum_is_accepted(database, shop):
    assert issue(database, shop["AU"], "200.00", nonce="least").gross.text() == "200.00 AUD"


def test_only_accounting_issues_invoices(database, shop):
    support = Principal(1, "Sam", Role.SUPPORT)
    with pytest.raises(NotAllowed), database.write(at=AT) as tx:
        issue_invoice(
            tx, by=support, nonce="a", customer_id=shop["AU"].id, gross=Money.of("220", "AUD"), details=details("AU")
        )


def test_twenty_threads_with_failures_leave_no_gap_and_no_duplicate(database, shop):
    def work(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - chance, not secrecy
        for turn in range(3):
            try:
                _one_that_may_fail(database, shop["AU"].id, nonce=f"{seed // 2}-{turn}", fails=chance.random() < 0.4)
            except RuntimeError:
                continue

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        rows = conn.execute(select(invoice_table.c.serial_no, invoice_table.c.reference)).all()
    assert sorted(row.serial_no for row in rows) == list(range(1, len(rows) + 1))
    assert len({row.reference for row in rows}) == len(rows) > 5


def test_numbers_start_again_each_year(database, shop):
    issue(database, shop["AU"], "220.00", nonce="a")
    later = issue(database, shop["AU"], "220.00", nonce="b", at=AT.replace(year=2027))
    assert later.number == "INV-2027-000001"


def test_paid_in_full_and_undone(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    nothing = Money(0, "AUD")
    paid = database.act(lambda tx: record_payment(tx, invoice_id=made.id, paid=made.gross, fee=nothing, net=made.net))
    assert (paid.status, paid.open) == (InvoiceStatus.PAID, nothing)
    assert (
        database.act(lambda tx: undo_payment(tx, invoice_id=made.id, paid=made.gross, fee=nothing, net=made.net))
        == made
    )


def test_an_untaxed_invoice_short_by_a_bank_fee_is_settled_short(database, shop):
    made = issue(database, shop["US"], "500.00", nonce="a")
    paid, fee = Money.of("475", "USD"), Money.of("25", "USD")
    settled = database.act(lambda tx: record_payment(tx, invoice_id=made.id, paid=paid, fee=fee, net=made.share(paid)))
    assert (settled.status, settled.open.micros, settled.fee) == (InvoiceStatus.SETTLED_SHORT, 0, fee)
    assert (
        database.act(lambda tx: undo_payment(tx, invoice_id=made.id, paid=paid, fee=fee, net=made.share(paid))) == made
    )


def test_a_taxed_invoice_short_by_a_bank_fee_stays_part_paid(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    paid, fee = Money.of("205", "AUD"), Money.of("15", "AUD")
    short = database.act(lambda tx: record_payment(tx, invoice_id=made.id, paid=paid, fee=fee, net=made.share(paid)))
    assert (short.status, short.open.text()) == (InvoiceStatus.PART_PAID, "15.00 AUD")


def test_more_than_the_invoice_asks_for_does_not_fit(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    with pytest.raises(AllocationDoesNotFit), database.write() as tx:
        record_payment(tx, invoice_id=made.id, paid=Money.of("221", "AUD"), fee=Money(0, "AUD"), net=made.net)


def test_the_database_freezes_every_column_but_status_and_what_was_received(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    with database.read() as conn:
        row = conn.execute(select(invoice_table).where(invoice_table.c.id == made.id)).one()._mapping
    for column in invoice_table.columns:
        if column.name in MOVING:
            continue
        with pytest.raises(DBAPIError, match="never changes"), database.write() as tx:
            tx.conn.execute(update(invoice_table).values({column.name: _other(row[column.name])}))


def test_the_database_keeps_every_invoice(database, shop):
    issue(database, shop["AU"], "220.00", nonce="a")
    with pytest.raises(DBAPIError, match="never deleted"), database.write() as tx:
        tx.conn.execute(delete(invoice_table))


def _issue_with(database, customer_id, gross, given):
    database.act(
        lambda tx: issue_invoice(tx, by=SYSTEM, nonce="n", customer_id=customer_id, gross=gross, details=given), at=AT
    )


def _one_that_may_fail(database, customer_id, *, nonce, fails):
    def act(tx):
        issue_invoice(
            tx, by=SYSTEM, nonce=nonce, customer_id=customer_id, gross=Money.of("220", "AUD"), details=details("AU")
        )
        if fails:
            raise RuntimeError("the power went out")

    database.act(act, at=AT)


def _other(value):
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bytes):
        return b"other"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return value.replace(year=2001)
