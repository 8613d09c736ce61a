"""A change of details: which papers it reaches, what each shows then, and that the copies given out before are kept."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM, Principal, Role
from services.access.queries import audit_events
from services.customers.model import Customer
from services.customers.queries import invoice_details
from services.db.engine import Database
from services.errors import InvalidForm, Stale
from services.invoices import queries as invoices
from services.invoices.credit_note import Cause, CreditNote
from services.invoices.crediting import credit_invoice
from services.invoices.presentation import Paper, PaperKind
from services.invoices.presenting import NotThisPaper, change_details, file_of
from services.invoices.queries.credit_notes import credit_note, note_document
from services.invoices.queries.versions import copy_of, paper_document, versions_of
from services.ledger.period_lock import close_period
from services.money import Money
from tests.invoicing import AT, details, issue, open_shop
from tests.services.invoices.changing import WHY, changed, drawn, keep, radius

SUPPORT = Principal(None, "Sam Support", Role.SUPPORT)
ACCOUNTING = Principal(None, "Ada Accounting", Role.ACCOUNTING)
LATER = AT + timedelta(days=2)


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


def note_on(database: Database, invoice_id: int) -> CreditNote:
    made = database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce="note-1", invoice_id=invoice_id, gross=Money.of("22", "AUD"), cause=Cause.PRICE,
            reason="A discount was left out",
        ),
        at=AT,
    )  # fmt: skip
    assert isinstance(made, CreditNote)
    return made


def words(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace("\n", " ")


def test_a_change_reaches_invoices_and_notes_and_says_field_by_field_what_differs(
    database: Database, shop: dict[str, Customer]
) -> None:
    first, second = (issue(database, shop["AU"], "220", nonce=f"n{number}") for number in (1, 2))
    note = note_on(database, first.id)
    found = radius(database, shop["AU"], details("AU", company_name="Wattle Group Pty Ltd"))
    assert {each.number for each in found} == {first.number, second.number, note.number}
    assert {tuple(each.changes.items()) for each in found} == {
        (("company_name", ("Wattle & Daughters Pty Ltd", "Wattle Group Pty Ltd")),)
    }
    assert radius(database, shop["AU"], details("AU")) == []


def test_every_chosen_paper_gets_a_version_and_its_number_dates_amounts_and_tax_stay(
    database: Database, shop: dict[str, Customer]
) -> None:
    made = issue(database, shop["AU"], "1220", nonce="n1")
    done = changed(database, shop["AU"], details("AU", company_name="Wattle Group Pty Ltd"), at=LATER, by=SUPPORT)
    assert dict(done.papers) == {made.number: 2}
    with database.read() as conn:
        now = invoices.invoice(conn, made.id)
        paper = invoices.document(conn, made.id)
        listed = invoices.page(conn, text="wattle & daughters").rows
        in_force = invoice_details(conn, shop["AU"].id)
    assert now == replace(made, details=details("AU", company_name="Wattle Group Pty Ltd"), version=2)
    assert in_force == now.details
    printed = words(file_of(paper))
    assert "Wattle Group Pty Ltd" in printed
    assert "Version 2, issued 22 November 2026, replaces the copy of 20 November 2026." in printed
    assert list(listed["company_name"]) == ["Wattle Group Pty Ltd"]  # found by its old name, shown by its new one
    assert list(listed["version"]) == [2]


def test_the_copy_given_out_before_is_kept_byte_by_byte(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "220", nonce="n1")
    with database.read() as conn:
        as_issued = file_of(invoices.document(conn, made.id))
    changed(database, shop["AU"], details("AU", address="1 New Street\nPerth WA 6000"), at=LATER)
    with database.read() as conn:
        first, second = versions_of(conn, Paper(PaperKind.INVOICE, made.id))
        assert copy_of(conn, first.sha256) == as_issued
        assert hashlib.sha256(copy_of(conn, second.sha256)).hexdigest() == second.sha256
        assert file_of(paper_document(conn, Paper(PaperKind.INVOICE, made.id), 1)) == as_issued
    assert (first.version, first.issued_by, first.printed.details) == (1, SYSTEM.name, details("AU"))
    assert (second.reason, second.issued_by) == (WHY, SYSTEM.name)


def test_a_credit_note_changes_too(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "220", nonce="n1")
    note = note_on(database, made.id)
    changed(database, shop["AU"], details("AU", company_name="Wattle Group Pty Ltd", language="fr"), at=LATER)
    with database.read() as conn:
        now, paper = credit_note(conn, note.id), note_document(conn, note.id)
        kept = versions_of(conn, Paper(PaperKind.NOTE, note.id))
    assert (now.buyer.company_name, now.language, now.version) == ("Wattle Group Pty Ltd", "fr", 2)
    assert (now.gross, now.number, now.issued_on, now.tax) == (note.gross, note.number, note.issued_on, note.tax)
    assert "Version 2 du 22 novembre 2026, remplace l’exemplaire du 20 novembre 2026." in words(file_of(paper))
    assert [each.version for each in kept] == [1, 2]


def test_another_language_says_title_and_tax_in_it(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["GB"], "300", nonce="n1")
    with database.read() as conn:
        before = invoices.document(conn, made.id)
    changed(database, shop["GB"], details("GB", language="fr"), at=LATER)
    with database.read() as conn:
        after = invoices.document(conn, made.id)
        first = paper_document(conn, Paper(PaperKind.INVOICE, made.id), 1)
    assert (after.language, after.gross, after.tax, after.reference) == (
        "fr", before.gross, before.tax, before.reference
    )  # fmt: skip
    assert after.title != before.title
    assert after.tax_note != before.tax_note
    assert first == before


def test_only_some_papers_and_only_their_order_number(database: Database, shop: dict[str, Customer]) -> None:
    first, second = (issue(database, shop["AU"], "220", nonce=f"n{number}") for number in (1, 2))
    paper = Paper(PaperKind.INVOICE, second.id)
    wanted = drawn(database, shop["AU"], details("AU"), papers=[], po_number=None, for_customer=False)
    assert keep(database, wanted).papers == {}
    with database.read() as conn:
        assert invoice_details(conn, shop["AU"].id) is None
    one = drawn(database, shop["AU"], details("AU"), papers=[paper], po_number="PO 77", for_customer=False)
    assert dict(keep(database, one).papers) == {second.number: 2}
    with database.read() as conn:
        assert invoices.invoice(conn, first.id) == first
        assert invoices.invoice(conn, second.id).po_number == "PO 77"
        assert invoice_details(conn, shop["AU"].id) is None


def test_an_order_number_alone_leaves_each_invoice_its_own_details(
    database: Database, shop: dict[str, Customer]
) -> None:
    first, second = (issue(database, shop["AU"], "220", nonce=f"n{number}") for number in (1, 2))
    paper = Paper(PaperKind.INVOICE, first.id)
    moved = details("AU", address="9 New Street\nPerth WA 6000")
    keep(database, drawn(database, shop["AU"], moved, papers=[paper], for_customer=False))
    order = {"po_number": " PO  78 ", "for_customer": False}
    told = keep(database, drawn(database, shop["AU"], None, **order))
    assert dict(told.papers) == {first.number: 3, second.number: 2}
    with database.read() as conn:
        now = [invoices.invoice(conn, each.id) for each in (first, second)]
        assert invoice_details(conn, shop["AU"].id) is None
    assert [each.details for each in now] == [moved, second.details]
    assert [each.po_number for each in now] == ["PO 78", "PO 78"]
    assert radius(database, shop["AU"], None, po_number="PO 78") == []
    keep(database, drawn(database, shop["AU"], None, papers=[paper], po_number="", for_customer=False))
    with database.read() as conn:
        assert [invoices.invoice(conn, each.id).po_number for each in (first, second)] == ["", "PO 78"]


def test_paid_and_closed_months_are_marked_and_never_hinder(database: Database, shop: dict[str, Customer]) -> None:
    old = AT - timedelta(days=40)
    issue(database, shop["AU"], "220", nonce="n1", at=old)
    issue(database, shop["AU"], "220", nonce="n2")
    database.act(lambda tx: close_period(tx, by=ACCOUNTING, period=202610), at=AT)
    found = radius(database, shop["AU"], details("AU", contact_name="Bo Bell"))
    assert [each.in_closed_month for each in found] == [False, True]
    assert len(changed(database, shop["AU"], details("AU", contact_name="Bo Bell")).papers) == 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"business_id": "83 914 571 673"}, "another legal entity"),
        ({"address": "1 rue X\n69000 Lyon\nFrance"}, "The new address is in France"),
        ({"address": "1 Low Road\nLeeds\nUK"}, "The new address is in United Kingdom"),
    ],
)
def test_country_and_legal_entity_need_a_credit_note(
    database: Database, shop: dict[str, Customer], changes: dict[str, str], why: str
) -> None:
    made = issue(database, shop["AU"], "220", nonce="n1")
    wanted = details("AU", **changes)
    (found,) = radius(database, shop["AU"], wanted)
    assert why in found.refusal
    with pytest.raises(NotThisPaper, match="Credit it and issue it anew"):
        drawn(database, shop["AU"], wanted, papers=[found.paper])
    assert keep(database, drawn(database, shop["AU"], wanted)).papers == {}  # future invoices take it all the same
    with database.read() as conn:
        assert invoices.invoice(conn, made.id) == made
        assert invoice_details(conn, shop["AU"].id) == wanted


def test_leaving_the_id_out_first_is_no_way_round(database: Database, shop: dict[str, Customer]) -> None:
    issue(database, shop["AU"], "220", nonce="n1")
    changed(database, shop["AU"], details("AU", business_id=""))
    (found,) = radius(database, shop["AU"], details("AU", business_id="83 914 571 673"))
    assert "another legal entity" in found.refusal
    assert changed(database, shop["AU"], details("AU", business_id="ABN 51824753556")).papers


def test_what_was_missing_is_never_refused(database: Database, shop: dict[str, Customer]) -> None:
    issue(database, shop["GB"], "300", nonce="n1")
    assert changed(database, shop["GB"], details("GB", business_id="GB 980 7806 84")).papers


def test_a_change_that_was_looked_at_too_early_is_refused(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "220", nonce="n1")
    stale = drawn(database, shop["AU"], details("AU", company_name="First Pty Ltd"))
    changed(database, shop["AU"], details("AU", company_name="Second Pty Ltd"))
    with pytest.raises(Stale, match="changed meanwhile"):
        keep(database, stale)
    with pytest.raises(Stale, match="new day"):
        keep(database, drawn(database, shop["AU"], details("AU", company_name="Third Pty Ltd")), at=LATER)
    with database.read() as conn:
        assert invoices.invoice(conn, made.id).version == 2


def test_of_two_changes_at_once_one_is_second_and_both_get_their_own_version(
    database: Database, shop: dict[str, Customer]
) -> None:
    made = issue(database, shop["AU"], "220", nonce="n1")
    names = ("First Pty Ltd", "Second Pty Ltd")
    changes = [drawn(database, shop["AU"], details("AU", company_name=name)) for name in names]

    def outcome(number: int) -> str:
        try:
            keep(database, changes[number])
        except Stale:
            changed(database, shop["AU"], details("AU", company_name=names[number]))
            return "again"
        return "at once"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(outcome, range(2))) == ["again", "at once"]
    with database.read() as conn:
        kept = versions_of(conn, Paper(PaperKind.INVOICE, made.id))
    assert [each.version for each in kept] == [1, 2, 3]


def test_one_audit_event_tells_of_all_papers(database: Database, shop: dict[str, Customer]) -> None:
    made = [issue(database, shop["AU"], "220", nonce=f"n{number}") for number in (1, 2)]
    with database.read() as conn:
        before = audit_events(conn, text="customers.change_details").total
    changed(database, shop["AU"], details("AU", company_name="Wattle Group Pty Ltd"), by=SUPPORT)
    with database.read() as conn:
        told = audit_events(conn, text="customers.change_details")
    assert told.total == before + 1
    assert all(each.number in str(told.rows.iloc[0]["after"]) for each in made)


def test_wrong_fields_and_a_missing_reason_change_nothing(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "220", nonce="n1")
    with pytest.raises(InvalidForm) as wrong:
        drawn(database, shop["AU"], details("AU", company_name="", email="nobody"), po_number="x" * 60)
    assert set(wrong.value.fields) == {"company_name", "email", "po_number"}
    change = drawn(database, shop["AU"], details("AU", company_name="Wattle Group Pty Ltd"))
    with pytest.raises(InvalidForm, match="Say why the details change"):
        database.act(lambda tx: change_details(tx, by=SUPPORT, change=change, reason=" "), at=AT)
    with database.read() as conn:
        assert invoices.invoice(conn, made.id) == made


@pytest.mark.parametrize("table", ["paper_version", "kept_paper"])
def test_the_database_keeps_versions_and_files(database: Database, shop: dict[str, Customer], table: str) -> None:
    issue(database, shop["AU"], "220", nonce="n1")
    changed(database, shop["AU"], details("AU", company_name="Wattle Group Pty Ltd"))
    for statement in (f"UPDATE {table} SET sha256 = '{'0' * 64}'", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError), database.write() as tx:
            tx.conn.execute(text(statement))


def test_the_database_refuses_a_gap(database: Database, shop: dict[str, Customer]) -> None:
    issue(database, shop["AU"], "220", nonce="n1")
    changed(database, shop["AU"], details("AU", company_name="Wattle Group Pty Ltd"))
    columns = "invoice_id, company_name, address, business_id, email, contact_name, contact_phone, language, po_number"
    columns += ", tax_title, tax_note, issued_on, replaces_on, issued_at, issued_by, reason, template, sha256"
    copy = f"INSERT INTO paper_version (version, {columns}) SELECT 4, {columns} FROM paper_version WHERE version = 2"
    with pytest.raises(DBAPIError, match="no gaps"), database.write() as tx:
        tx.conn.execute(text(copy))
