"""The paper of a credit note: golden texts, PDF/A without a finding, the same bytes twice, and what the law asks."""

import dataclasses
import os

import pytest

from services.invoices.credit_note import Cause, NoteKind
from services.invoices.credit_note_pdf import note_pdf
from services.invoices.document import DoesNotAddUp
from services.invoices.queries.credit_notes import note_document
from services.papers.archive import findings
from tests.invoicing import issue, open_shop
from tests.receiving import receive
from tests.services.invoices.test_crediting import credit
from tests.services.invoices.test_paper import AMOUNTS, GOLDEN, printed

REASONS = {"AU": "the bank kept 15.00", "FR": "annulée à la demande du client", "US": "wrong <b>company</b> & country"}


@pytest.fixture
def shop(sqlite_database):
    return open_shop(sqlite_database)


def paper(database, shop, country, amount="255.00"):
    made = issue(database, shop[country], AMOUNTS[country], nonce=country)
    if country == "AU":
        receive(database, made, "2000.00")
    note = credit(database, made, amount, cause=Cause.OTHER, reason=REASONS[country])
    with database.read() as conn:
        return note_document(conn, note.id)


@pytest.mark.parametrize("country", list(REASONS))
def test_the_words_of_a_note_are_those_of_the_golden_file(sqlite_database, shop, country):
    document = paper(sqlite_database, shop, country)
    content = note_pdf(document)
    golden = GOLDEN / f"note_{country.lower()}.txt"
    if os.environ.get("LEDGERDESK_UPDATE_GOLDEN"):
        golden.write_text(printed(content))
    assert printed(content) == golden.read_text()
    assert findings(content) == []
    assert note_pdf(document) == content


def test_an_adjustment_note_says_all_the_determination_asks_for(sqlite_database, shop):
    words = " ".join(printed(note_pdf(paper(sqlite_database, shop, "AU"))).split())
    for said in (
        "Adjustment note AN-2026-000001",
        "it decreases the price of tax invoice INV-2026-000001 and the GST in it",
        "ABN 51 824 753 556",  # the supplier's
        "Wattle & Daughters Pty Ltd",
        "ABN: 51 824 753 556",  # the recipient's, of an invoice of 1,000 or more
        "Date of issue 20 November 2026",
        "Reason: the bank kept 15.00",
        "before this note 2,200.00",
        "with this note 1,945.00",
        "GST 10 % 23.18",
        "AUD 200.00 of it had not been paid",
        "AUD 55.00 of it had been paid and is owed back",
    ):
        assert said in words


def test_a_note_without_tax_never_speaks_of_gst(sqlite_database, shop):
    document = paper(sqlite_database, shop, "US")
    words = printed(note_pdf(document))
    assert document.kind is NoteKind.CREDIT
    assert "GST" not in words
    assert "wrong <b>company</b> & country" in words
    assert document.file_name == "Credit_note_CN-2026-000001.pdf"


def test_a_note_that_does_not_add_up_cannot_be_made(sqlite_database, shop):
    document = paper(sqlite_database, shop, "AU")
    more = document.gross + document.gross
    for wrong in ({"net": document.gross}, {"after": document.before}, {"returned": more}, {"kind": NoteKind.CREDIT}):
        with pytest.raises(DoesNotAddUp):
            dataclasses.replace(document, **wrong)
