"""Drafts: kept as typed without a number, one writer at a time, gone once issued."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.access.model import SYSTEM
from services.access.tables import audit_event
from services.errors import InvalidForm, Stale
from services.invoices.draft import DraftContent, anew_of, form_anew
from services.invoices.drafting import AlreadyIssued, delete_draft, save_draft
from services.invoices.operations import issue_invoice
from services.invoices.queries.drafts import NoDraft, draft, draft_of_form, drafts, drafts_kept
from services.invoices.tables import document_counter
from services.money import Money
from tests.invoicing import AT, details, issue, open_shop

TODAY = date(2026, 11, 20)


@pytest.fixture
def shop(database):
    return open_shop(database)


def content(shop, amount="550", **changes):
    return replace(DraftContent(shop["AU"].id, "AUD", amount, details("AU")), **changes)


def save(database, kept, *, nonce="a-form", version=None, at=AT):
    return database.act(
        lambda tx: save_draft(tx, by=SYSTEM, nonce=nonce, content=kept, expected_version=version), at=at
    )


def test_a_draft_keeps_whether_it_is_to_be_mailed(database, shop):
    assert save(database, content(shop)).content.send
    kept = save(database, content(shop, send=False))
    assert (kept.content.send, kept.version) == (False, 2)


def test_a_draft_keeps_what_was_typed_right_or_wrong_and_has_no_number(database, shop):
    typed = content(shop, "12x", details=details("AU", email="nonsense", business_id="123"), po_number="7")
    kept = save(database, typed)
    assert (kept.content, kept.version, kept.owner) == (typed, 1, "Ledgerdesk")
    with database.read() as conn:
        assert draft_of_form(conn, "a-form") == kept == draft(conn, kept.id)
        assert conn.execute(select(document_counter)).all() == []
        assert drafts(conn) == [(kept, shop["AU"].name)]


def test_the_same_content_again_changes_nothing_and_other_content_is_a_new_version(database, shop):
    first = save(database, content(shop))
    later = AT + timedelta(hours=1)
    assert save(database, content(shop), version=77, at=later) == first
    second = save(database, content(shop, "660"), version=1, at=later)
    assert (second.version, second.id, second.begun_at, second.saved_at) == (2, first.id, AT, later)


def test_whoever_saves_over_a_change_or_a_deletion_is_told(database, shop):
    kept = save(database, content(shop), version=0)
    save(database, content(shop, "660"), version=1)
    with pytest.raises(Stale, match="Ledgerdesk changed this draft meanwhile"):
        save(database, content(shop, "770"), version=1)
    database.act(lambda tx: delete_draft(tx, by=SYSTEM, draft_id=kept.id), at=AT)
    with pytest.raises(Stale, match="deleted"):
        save(database, content(shop, "770"), version=2)
    with database.read() as conn:
        assert drafts_kept(conn) == 0
        events = conn.execute(select(audit_event.c.act, audit_event.c.subject)).all()
    assert ("invoices.draft", "invoice draft") in [tuple(each) for each in events]


def test_a_draft_issued_twice_is_one_invoice_and_the_draft_is_gone(database, shop):
    save(database, content(shop, "550.00"))
    first = issue(database, shop["AU"], "550.00", nonce="a-form")
    assert issue(database, shop["AU"], "550.00", nonce="a-form") == first
    with database.read() as conn:
        assert draft_of_form(conn, "a-form") is None
    with pytest.raises(AlreadyIssued, match="has issued INV-2026-000001 already"):
        save(database, content(shop))


def issued_from(database, shop, draft_version, *, amount="550", nonce="a-form"):
    gross = Money.of(amount, "AUD")
    facts = {"nonce": nonce, "customer_id": shop["AU"].id, "gross": gross, "details": details("AU")}
    return database.act(lambda tx: issue_invoice(tx, by=SYSTEM, draft_version=draft_version, **facts), at=AT)


def test_nobody_issues_over_what_another_person_typed_meanwhile(database, shop):
    save(database, content(shop, "550"))
    save(database, content(shop, "660"))
    with pytest.raises(Stale, match="Ledgerdesk changed this draft meanwhile"):
        issued_from(database, shop, 1)
    with database.read() as conn:
        assert drafts_kept(conn) == 1
    made = issued_from(database, shop, 2, amount="660")
    assert issued_from(database, shop, 0, amount="660") == made  # sent again it is the same invoice
    with pytest.raises(Stale, match="deleted this draft"):
        issued_from(database, shop, 2, nonce="of-another-form")


def test_a_form_that_issues_an_invoice_anew_names_it():
    assert (anew_of(form_anew(7)), anew_of(form_anew(123_456))) == (7, 123_456)
    assert [anew_of(nonce) for nonce in ("a-form", "anew-of-invoice-", "anew-of-invoice-7x", "")] == [None] * 4


def test_a_draft_that_is_gone_cannot_be_deleted_again(database, shop):
    with pytest.raises(NoDraft, match="issued or deleted"):
        database.act(lambda tx: delete_draft(tx, by=SYSTEM, draft_id=1))


def test_what_cannot_be_kept_is_refused(database, shop):
    with pytest.raises(InvalidForm) as wrong:
        save(database, content(shop, "1" * 41, details=details("AU", contact_name="x" * 201)))
    assert sorted(wrong.value.fields) == ["amount", "contact_name"]


def test_a_draft_is_old_after_a_week(database, shop):
    kept = save(database, content(shop))
    assert not kept.is_old(AT + timedelta(days=7))
    assert kept.is_old(AT + timedelta(days=7, seconds=1))
